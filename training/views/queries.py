"""Questions about figures."""

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from training.models import FigureQuery


@door(Can.READ_FIGURES, of=FigureQuery, methods=("GET",))
def query_detail(request: SignedInRequest, query: FigureQuery) -> HttpResponse:
    """The question stands with its figures."""
    return redirect("training:return-detail", query.figure_return.reference)

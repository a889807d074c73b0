"""One figures return: where it stands, its versions, and what can be done with it."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from training.models import FigureReturn


@door(Can.SEE_RETURN_STATUS, of=FigureReturn, methods=("GET",))
def return_detail(request: SignedInRequest, figure_return: FigureReturn) -> HttpResponse:
    """Where it stands."""
    return render(request, "training/return_detail.html", {"figure_return": figure_return})

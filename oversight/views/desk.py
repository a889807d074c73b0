"""The desk: one page that leads to every part of oversight."""

from django.http import HttpResponse

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from oversight.desk import parts_for


@door(Can.SEE_OVERVIEW, methods=("GET",))
def desk(request: SignedInRequest) -> HttpResponse:
    """The parts of oversight that this person may open, each with what is done there."""
    return page(request, "oversight/desk.html", parts=parts_for(held_capabilities(request)))

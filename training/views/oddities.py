"""Oddities to query: what the checks ask about the submitted figures of a period, with what providers explained."""

from itertools import groupby

from django.http import HttpResponse
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.pages import page
from training.models import FigureReturn, Period
from training.oddities import oddities_of

A_PAGE = 40


@door(Can.READ_FIGURES, of=Period, methods=("GET",))
def oddity_list(request: SignedInRequest, period: Period) -> HttpResponse:
    """The returns received, those with something odd with their questions; explained ones where they are asked for."""
    received = FigureReturn.objects.permitted(request.user, Can.READ_FIGURES).filter(period=period).returned()
    paged = page_of(received.order_by("organisation__name", "pk"), request.GET.get("page"), A_PAGE)
    everything = request.GET.get("show") == "all"
    found = oddities_of(list(paged), on=timezone.localdate())
    shown = [each for each in found if everything or each.question.waits]
    by_return = [(whose, list(some)) for whose, some in groupby(shown, key=lambda each: each.figure_return)]
    explained = sum(not each.question.waits for each in found)
    return page(
        request, "training/oddity_list.html", period=period, paged=paged, by_return=by_return, everything=everything,
        explained=explained, may_ask=Can.QUERY_FIGURES in held_capabilities(request),
    )  # fmt: skip

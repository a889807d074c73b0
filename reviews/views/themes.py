"""Recurring themes: pictures, figures and sentences, the same for everybody who may count."""

from django.http import HttpResponse
from django.utils import timezone

from accounts.acting import acting_with
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from reviews.recurring import Recurring


@door(Can.COUNT_REVIEWS, methods=("GET",))
def theme_list(request: SignedInRequest) -> HttpResponse:
    """How often each theme comes up, by year and kind."""
    places = acting_with(request, Can.COUNT_REVIEWS)
    whose = places[0].pk if len(places) == 1 else None
    found = Recurring(request.user, request.GET, timezone.localdate(), whose)
    return page(request, "reviews/theme_list.html", found=found, today=timezone.localdate())

"""Pictures of the register: numbers only, for everybody who may count reviews."""

from django.http import HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from reviews.pictures import Pictures
from reviews.register import Counts


@door(Can.COUNT_REVIEWS, methods=("GET",))
def review_pictures(request: SignedInRequest) -> HttpResponse:
    """Slippage by stage, ages of actions, and how far reviews were month by month."""
    today = timezone.localdate()
    counts = Counts.of(request.user)
    return page(request, "reviews/pictures.html", pictures=Pictures(request.user, today), counts=counts, today=today)

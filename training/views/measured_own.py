"""What is asked of one's own organisation, and the thresholds that hold for it."""

from django.http import HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.calendar import FinancialYear
from design.pages import page
from exports.taking import places
from training.measured_own import measured_for


@door(Can.READ_FIGURES, methods=("GET",))
def measured_own(request: SignedInRequest) -> HttpResponse:
    """This year and the next, with the reason where a threshold differs; of a commissioner its own people."""
    on = timezone.localdate()
    found, year = measured_for(places(request, Can.READ_FIGURES), on=on), FinancialYear.of(on)
    return page(request, "training/measured_own.html", found=found, on=on, year=year)

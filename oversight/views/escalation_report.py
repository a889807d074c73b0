"""The exception report for committee: page, PDF and workbook, all from the same lines."""

from datetime import date

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from design.downloads import attachment
from design.pages import page
from exports.files import answer
from exports.taking import note
from oversight import exceptions
from oversight.exceptions import PeriodForm, Report
from providers.models import Organisation


def _asked(request: SignedInRequest, on: date) -> tuple[PeriodForm, Report]:
    allowed = Organisation.objects.permitted(request.user, Can.SEE_SURVEILLANCE, on=on)
    ours = allowed.acted_for(request.user, Can.SEE_SURVEILLANCE, on=on).order_by("name")
    if not ours:
        raise Refused("No commissioner is yours, so there is no report.")
    form = PeriodForm(request.GET, ours=ours, on=on)
    commissioner, key = form.asked()
    label, first, last = form.periods[key]
    return form, exceptions.gather(request.user, commissioner, label, first, last, on=on)


@door(Can.SEE_SURVEILLANCE, methods=("GET",))
def report(request: SignedInRequest) -> HttpResponse:
    """What was escalated in a period, with counts and dates."""
    today = timezone.localdate()
    form, found = _asked(request, today)
    asked = request.GET.urlencode()
    return page(request, "oversight/escalation_report.html", filter=form, report=found, asked=asked, today=today)


@door(Can.SEE_SURVEILLANCE, methods=("GET",))
def report_pdf(request: SignedInRequest) -> HttpResponse:
    """The same for the committee's papers."""
    _, found = _asked(request, timezone.localdate())
    content = exceptions.as_pdf(found, at=timezone.now(), demonstration=settings.PORTAL_DEMONSTRATION)
    note(exceptions.as_table(found, by=request.user, at=timezone.now()), "pdf", [found.commissioner],
         by=request.user, at=timezone.now())  # fmt: skip
    return attachment(content, "application/pdf", f"exception-report-{found.first:%Y-%m-%d}.pdf")


@door(Can.SEE_SURVEILLANCE, methods=("GET",))
def report_book(request: SignedInRequest) -> HttpResponse:
    """The same as a workbook; taking it out is noted."""
    now = timezone.now()
    _, found = _asked(request, timezone.localdate())
    table = exceptions.as_table(found, by=request.user, at=now)
    note(table, "xlsx", [found.commissioner], by=request.user, at=now)
    return answer(table, "xlsx", demonstration=settings.PORTAL_DEMONSTRATION)

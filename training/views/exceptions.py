"""The exception report for a contract meeting: what it says, on A4, and as a workbook."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.text import slugify

from accounts.acting import acting_with
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.downloads import XLSX, attachment
from design.pages import page
from exports.taking import note_file
from training.exception_files import MOST, as_pdf, as_workbook, said
from training.exception_report import TITLE, Report
from training.forms.exceptions import ReportFilter
from training.models import FigureReturn, Period

SHOWN = 50


@door(Can.SEE_FIGURES, methods=("GET",))
def exception_report(request: SignedInRequest) -> HttpResponse:
    """Choose the period and the provider, read what stands in the report, and take it along."""
    form = _filter(request)
    report = _report(request, form, first=SHOWN)
    asked = request.GET.urlencode()
    by = str(request.user)
    return page(
        request, "training/exception_report.html", filter=form, report=report, asked=asked,
        lines=report.below if report else (), said=said(report, by) if report else (),
    )  # fmt: skip


@door(Can.SEE_FIGURES, methods=("GET",))
def exception_pdf(request: SignedInRequest) -> HttpResponse:
    """On A4."""
    report = _found(request, first=MOST)
    content = as_pdf(report, by=str(request.user), demonstration=settings.PORTAL_DEMONSTRATION)
    return _taken(request, report, content, "pdf", "application/pdf")


@door(Can.SEE_FIGURES, methods=("GET",))
def exception_workbook(request: SignedInRequest) -> HttpResponse:
    """With every line."""
    report = _found(request)
    content = as_workbook(report, by=str(request.user), demonstration=settings.PORTAL_DEMONSTRATION)
    return _taken(request, report, content, "xlsx", XLSX)


def _filter(request: SignedInRequest) -> ReportFilter:
    periods = Period.objects.permitted(request.user, Can.SEE_FIGURES)
    returns = FigureReturn.objects.permitted(request.user, Can.SEE_FIGURES).issued()
    ours = acting_with(request, Can.SEE_FIGURES)
    return ReportFilter(request.GET, ours=ours, periods=periods, returns=returns)


def _report(request: SignedInRequest, form: ReportFilter, *, first: int | None) -> Report | None:
    if (period := form.chosen_period) is None:
        return None
    now = timezone.now()
    asked = (form.chosen_provider, request.user, now, form.periods, form.returns)
    return Report(form.chosen, period, *asked, form.chosen in acting_with(request, Can.READ_FIGURES), first)


def _found(request: SignedInRequest, *, first: int | None = None) -> Report:
    report = _report(request, _filter(request), first=first)
    if report is None:
        raise Http404
    return report


def _taken(request: SignedInRequest, report: Report, content: bytes, ending: str, kind: str) -> HttpResponse:
    """Noted in the log of exports, like every file."""
    if request.method == "GET":
        note_file(
            "exception-report", TITLE, ending=ending, rows=report.count, place=report.commissioner,
            by=request.user, at=report.at,
        )  # fmt: skip
    about = report.organisation.name if report.organisation else "all-providers"
    name = f"exception-report-{slugify(about)[:60]}-{slugify(report.period.label)}.{ending}"
    return attachment(content, kind, name)

"""Reading reports: the list, one report with its figures, the list behind each figure, the paper itself."""

from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.acting import acting_for
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from governance import desk, serving
from governance.models import AnnualReport
from governance.training import line_of

A_PAGE = 50
Reading = Callable[..., HttpResponse]


@door(Can.READ_REPORT, methods=("GET",))
def report_list(request: SignedInRequest) -> HttpResponse:
    """Published reports, and those that the person is making."""
    making = AnnualReport.objects.permitted(request.user, Can.BUILD_REPORT)
    reports = AnnualReport.objects.permitted(request.user, Can.READ_REPORT) | making
    reports = reports.filter(commissioner__in=acting_for(request)).select_related("commissioner")
    rows = Paginator(reports.order_by("-year", "commissioner__name", "-number"), A_PAGE)
    may_build = set(making.values_list("pk", flat=True)) if making.exists() else set()
    return page(
        request, "governance/report_list.html", rows=rows.get_page(request.GET.get("page")), may_build=may_build,
        may_begin=desk.may_begin(request.user, on=timezone.localdate()),
    )  # fmt: skip


@door(Can.READ_REPORT, of=AnnualReport, methods=("GET",))
def report_detail(request: SignedInRequest, report: AnnualReport) -> HttpResponse:
    """A published report: its key figures, each with the list behind it, and the paper."""
    figures, paper = desk.key_figures(report), desk.paper_of(report)
    return page(
        request, "governance/report_detail.html", report=report, figures=figures, paper=paper, late=desk.late_of(report)
    )


def _figures(request: SignedInRequest, report: AnnualReport) -> HttpResponse:
    """Every figure with what it means."""
    rows = Paginator(report.figures.order_by("pk"), A_PAGE).get_page(request.GET.get("page"))
    return page(request, "governance/figure_list.html", report=report, rows=rows, routes=_routes(request))


def _figure(request: SignedInRequest, report: AnnualReport, key: str) -> HttpResponse:
    """The list of facts behind one figure, as frozen."""
    figure = get_object_or_404(report.figures, key=key)
    rows = Paginator(report.facts.behind(figure), A_PAGE).get_page(request.GET.get("page"))
    context = {"figure": figure, "kind": figure.filter["kind"], "sums": figure.value.get("sums", "")}
    context["line"] = line_of(figure.filter)
    return page(request, "governance/figure_detail.html", report=report, rows=rows, routes=_routes(request), **context)


def _paper(request: SignedInRequest, report: AnnualReport) -> HttpResponse:
    """The PDF, to be saved. One line in the reading log, none for HEAD."""
    return serving.paper(report, by=request.user, at=timezone.now(), log=request.method == "GET")


def _routes(request: SignedInRequest) -> dict[str, str]:
    """Names of the routes on this side of publication: makers and readers have their own addresses."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    side = "draft" if (name or "").startswith("draft") else "report"
    back = "governance:report-builder" if side == "draft" else "governance:report-detail"
    return {"back": back, "figures": f"governance:{side}-figures", "figure": f"governance:{side}-figure"}


def _for_readers(view: Reading) -> Reading:
    return door(Can.READ_REPORT, of=AnnualReport, methods=("GET",))(view)


def _for_makers(view: Reading) -> Reading:
    return door(Can.BUILD_REPORT, of=AnnualReport, methods=("GET",))(view)


report_figures, draft_figures = _for_readers(_figures), _for_makers(_figures)
report_figure, draft_figure = _for_readers(_figure), _for_makers(_figure)
report_paper, draft_paper = _for_readers(_paper), _for_makers(_paper)

"""Making a report: begin, write, build, look, approve, publish, and begin a further version."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.acting import acting_for
from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, Stale, door
from design.pages import page
from governance import desk
from governance.forms import ConfirmForm, ReportForm, WordsForm
from governance.models import AnnualReport, ReportDownload, ReportNarrative
from governance.paper import Paper
from governance.sections import BY_KEY
from governance.tasks import nudge
from providers.models import Organisation

LATEST = 20


def _sent(request: SignedInRequest) -> Any:
    """What was sent; None while the form is only shown. A form with nothing to fill in may send nothing."""
    return request.POST if request.method == "POST" else None


@door(Can.BUILD_REPORT)
def report_add(request: SignedInRequest) -> HttpResponse:
    """Begin a report of a year."""
    on = timezone.localdate()
    held = Organisation.objects.permitted(request.user, Can.BUILD_REPORT, on=on)
    held = held.acted_for(request.user, Can.BUILD_REPORT, on=on).filter(pk__in=acting_for(request))
    form = ReportForm(_sent(request), commissioners=held.order_by("name"), on=on)
    if form.is_valid():
        given = form.cleaned_data
        try:
            report = AnnualReport.objects.permitted(request.user, Can.BUILD_REPORT).begin(
                given["commissioner"], year=given["year"], cut_off=given["cut_off"], by=request.user, at=timezone.now()
            )
        except Refused as problem:
            form.add_error("year", str(problem))
        else:
            return redirect("governance:report-builder", reference=report.reference)
    return page(request, "governance/report_add.html", form)


@door(Can.BUILD_REPORT, of=AnnualReport, methods=("GET",))
def report_builder(request: SignedInRequest, report: AnnualReport) -> HttpResponse:
    """State, blocks, figures as at, the paper, and what comes next."""
    blocks = desk.blocks_of(report)
    read = ReportDownload.objects.permitted(request.user, Can.READ_HISTORY).filter(file__report=report)
    may_approve = AnnualReport.objects.permitted(request.user, Can.APPROVE_REPORT).filter(pk=report.pk).exists()
    return page(
        request, "governance/report_builder.html", report=report, blocks=blocks, missing=desk.missing(blocks),
        figures=desk.key_figures(report), late=desk.late_of(report), paper=desk.paper_of(report),
        read=read.select_related("by")[:LATEST],
        approvers=desk.approvers(report, on=timezone.localdate()), may_approve=may_approve,
        worker=desk.worker(at=timezone.now()) if report.is_under_way else None,
    )  # fmt: skip


@door(Can.BUILD_REPORT, of=AnnualReport)
def report_words(request: SignedInRequest, report: AnnualReport, section: str) -> HttpResponse:
    """Write one block, last year's words beside."""
    report.refuse_unless_open()
    narrative = get_object_or_404(report.narratives, section=section)
    form, conflict = WordsForm(_sent(request), narrative=narrative), None
    if form.is_valid():
        try:
            _write(request, narrative, form)
        except Stale as problem:
            form.show_conflict(problem.theirs)
            conflict = desk.conflict(problem.theirs, problem.yours, request.path)
        else:
            messages.success(request, f"“{BY_KEY[section].title}” is saved")
            return redirect("governance:report-builder", reference=report.reference)
    return page(
        request, "governance/report_words.html", form, status=409 if conflict else None, report=report,
        conflict=conflict, section=BY_KEY[section], last_year=desk.last_year(report, section),
        figures=desk.key_figures(report),
    )  # fmt: skip


@door(Can.BUILD_REPORT, of=AnnualReport, methods=("POST",))
def report_words_save(request: SignedInRequest, report: AnnualReport, section: str) -> HttpResponse:
    """The block saving itself: 200 with the new version, 422 with what is wrong, 409 with theirs and yours."""
    narrative = get_object_or_404(report.narratives, section=section)
    form = WordsForm(request.POST, narrative=narrative)
    if not form.is_valid():
        return JsonResponse(form.refusal, status=422)
    try:
        at = _write(request, narrative, form)
    except Stale as problem:
        conflict = desk.conflict(problem.theirs, problem.yours, request.path)
        return render(request, "components/theirs_yours.html", {"conflict": conflict}, status=409)
    return JsonResponse({"saved_at": f"{timezone.localtime(at):%H:%M}", "version": narrative.version})


def _write(request: SignedInRequest, narrative: ReportNarrative, form: WordsForm) -> datetime:
    at = timezone.now()
    given = form.cleaned_data
    narrative.write(given["text"] or "", by=request.user, at=at, seen=given["version"])
    return at


@door(Can.BUILD_REPORT, of=AnnualReport, methods=("POST",))
def report_build(request: SignedInRequest, report: AnnualReport) -> HttpResponse:
    """Put the report in front of the worker; asking twice asks once."""
    if report.ask_for_build():
        transaction.on_commit(lambda: nudge(report), robust=True)
    return redirect("governance:report-builder", reference=report.reference)


@door(Can.BUILD_REPORT, of=AnnualReport, methods=("GET",))
def report_preview(request: SignedInRequest, report: AnnualReport) -> HttpResponse:
    """The first page as it stands: the words as written, the figures as last taken."""
    return page(request, "governance/report_preview.html", **Paper(report).context())


@door(Can.APPROVE_REPORT, of=AnnualReport)
def report_approve(request: SignedInRequest, report: AnnualReport) -> HttpResponse:
    """A director who did not begin it answers for the paper as built."""
    statement = f"I have read version {report.number} as built, and I answer for it"
    form = ConfirmForm(_sent(request), label="Approve this report", statement=statement)
    blocks = desk.blocks_of(report)
    if form.is_valid():
        desk.refuse_incomplete(blocks)
        report.approve(by=request.user, at=timezone.now())
        transaction.on_commit(lambda: nudge(report), robust=True)
        messages.success(request, "Approved. The final paper is being made from the same figures.")
        return redirect("governance:report-builder", reference=report.reference)
    paper, figures = desk.paper_of(report), desk.key_figures(report)
    return page(
        request, "governance/report_approve.html", form, report=report, paper=paper, figures=figures,
        missing=desk.missing(blocks), own=report.created_by_id == request.user.pk,
    )  # fmt: skip


@door(Can.APPROVE_REPORT, of=AnnualReport)
def report_publish(request: SignedInRequest, report: AnnualReport) -> HttpResponse:
    """Let its readers read it."""
    form = ConfirmForm(_sent(request), label="Publish this report")
    if form.is_valid():
        report.publish(by=request.user, at=timezone.now())
        messages.success(request, "Published. Its readers can open it now.")
        return redirect("governance:report-detail", reference=report.reference)
    return page(request, "governance/report_publish.html", form, report=report, paper=desk.paper_of(report))


@door(Can.BUILD_REPORT, of=AnnualReport)
def report_next_version(request: SignedInRequest, report: AnnualReport) -> HttpResponse:
    """Correct an approved report by a further version; the approved one stays as it is."""
    form = ConfirmForm(_sent(request), label=f"Begin version {report.number + 1}")
    if form.is_valid():
        made = report.next_version(by=request.user, at=timezone.now())
        return redirect("governance:report-builder", reference=made.reference)
    return page(request, "governance/report_next_version.html", form, report=report)

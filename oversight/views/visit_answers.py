"""The provider's side of a report: its draft and comments, the final report, letters; and what associates read."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from design.counting import page_of
from design.pages import page
from oversight.models import ActionPlan, Visit, VisitLetter, VisitReport
from oversight.models.visit_comments import comment, no_more_comments
from oversight.views.visit_reports import comment_of, paper
from oversight.visiting.answering import CommentForm, DisputeForm
from oversight.visiting.document import headings_of
from oversight.visiting.papers import shown
from oversight.visiting.seen import seen_of
from providers.models import Organisation

A_PAGE = 25


@door(Can.SEE_VISIT_REPORTS, methods=("GET",))
def report_list(request: SignedInRequest) -> HttpResponse:
    """Final reports, the latest first."""
    found = Visit.objects.permitted(request.user, Can.SEE_VISIT_REPORTS).filter(state=Visit.State.FINAL)
    found = found.select_related("organisation", "commissioner", "site").order_by("-ended_on", "-pk")
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    return page(request, "oversight/visits/report_list.html", rows=rows)


def _report(visit: Visit, kind: str) -> VisitReport:
    found: VisitReport | None = visit.reports.filter(kind=kind).select_related("by").first()
    if found is None:
        raise Http404
    return found


@door(Can.SEE_VISIT_REPORTS, of=Visit, methods=("GET",))
def report(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The final report."""
    final = _report(visit, VisitReport.Kind.FINAL)
    plan = ActionPlan.objects.permitted(request.user, Can.SEE_VISIT_REPORTS).filter(visit=visit).first()
    said: dict[str, Any] = {"visit": visit, "report": final, "plan": plan, **shown(final.document)}
    return page(request, "oversight/visits/report.html", **said)


@door(Can.SEE_VISIT_REPORTS, of=Visit, methods=("GET",))
def report_file(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The final report as a PDF."""
    final = _report(visit, VisitReport.Kind.FINAL)
    return paper(final.document, visit, stage="final", at=final.at)


@door(Can.ANSWER_VISIT_REPORT, of=Visit)
def draft(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The provider reads its draft and comments on it in its window; afterwards the final report."""
    if visit.state == Visit.State.FINAL:
        return redirect("oversight:report", reference=visit.reference)
    sent, today = _report(visit, VisitReport.Kind.DRAFT), timezone.localdate()
    given = request.POST or None
    form = CommentForm(given, headings=headings_of(sent.document), initial={"about": request.GET.get("about")})
    status = None
    if form.is_valid():
        about = form.cleaned_data["about"]
        said = (about, form.headings[about], form.cleaned_data["text"])
        try:
            comment(visit, *said, by=request.user, at=timezone.now(), today=today)
        except Refused as problem:
            form.add_error(None, str(problem))
            status = 409
        else:
            messages.success(request, "Your comment is sent")
            return redirect("oversight:report-draft", reference=visit.reference)
    return page(request, "oversight/visits/report_draft.html", form, status=status, **_draft(visit, sent, today))


def _draft(visit: Visit, sent: VisitReport, today: Any) -> dict[str, Any]:
    rows = visit.comments.select_related("by", "answered_by", "decided_by")
    open_now = visit.takes_comments(today)
    return {"visit": visit, "report": sent, "rows": rows, "open": open_now, **shown(sent.document)}


@door(Can.ANSWER_VISIT_REPORT, of=Visit, methods=("GET",))
def draft_file(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The draft as a PDF, while it is with the provider."""
    if visit.state != Visit.State.WITH_PROVIDER:
        raise Refused("The draft has been replaced by the final report.")
    sent = _report(visit, VisitReport.Kind.DRAFT)
    return paper(sent.document, visit, stage="draft", at=sent.at)


@door(Can.ANSWER_VISIT_REPORT, of=Visit, methods=("POST",))
def draft_closed(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The provider has no more comments."""
    no_more_comments(visit, by=request.user, at=timezone.now(), today=timezone.localdate())
    messages.success(request, "Noted: your organisation has no more comments")
    return redirect("oversight:report-draft", reference=visit.reference)


@door(Can.ANSWER_VISIT_REPORT, of=Visit)
def dispute(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The provider does not agree with an answer: a second person looks at it."""
    found = comment_of(request, visit)
    form = DisputeForm(request.POST or None)
    status = None
    if form.is_valid():
        try:
            found.contest(form.cleaned_data["text"], by=request.user, at=timezone.now())
        except Refused as problem:
            form.add_error(None, str(problem))
            status = 409
        else:
            messages.success(request, "A second reviewer decides")
            return redirect("oversight:report-draft", reference=visit.reference)
    return page(request, "oversight/visits/report_dispute.html", form, status=status, visit=visit, comment=found)


@door(Can.SEE_VISIT_REPORTS, of=Organisation, methods=("GET",))
def seen(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    """What visits saw of one provider at each of its sites, and where nobody has looked."""
    return page(
        request, "oversight/visits/seen.html", organisation=organisation, rows=seen_of(organisation, request.user)
    )


@door(Can.ANSWER_VISIT_REPORT, of=VisitLetter, methods=("GET",))
def letter_read(request: SignedInRequest, letter: VisitLetter) -> HttpResponse:
    """A letter to the executive lead, as it was sent."""
    return page(request, "oversight/visits/letter_read.html", letter=letter)

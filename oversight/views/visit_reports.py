"""The report of a visit at the commissioner's: drafted, sent, comments answered, signed."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from design.pages import page
from oversight.models import ReportComment, Visit
from oversight.models.visit_clocks import VisitClock, due_after
from oversight.models.visit_reports import begin_draft, open_before_final, send_draft, sign_final
from oversight.models.visit_writing import NARRATIVE
from oversight.visiting.answering import DecideForm, MoreTimeForm, ReplyForm, SendForm, SignForm
from oversight.visiting.document import document_of, seen_of
from oversight.visiting.papers import report_pdf, shown
from oversight.visiting.planning import VisitVerbForm

State = Visit.State
BEING_WRITTEN = (State.DONE, State.DRAFT, State.WITH_PROVIDER)


def _refuse_unless(visit: Visit, *states: str) -> None:
    if visit.state not in states:
        raise Refused(f"This visit is “{visit.get_state_display()}”, so this cannot be done now.")


@door(Can.DO_VISITS, of=Visit)
def drafting(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The words of the report beside its findings; each paragraph saves itself."""
    _refuse_unless(visit, *BEING_WRITTEN)
    if request.method == "POST":
        begin_draft(visit, by=request.user, at=timezone.now())
        return redirect("oversight:visit-drafting", reference=visit.reference)
    parts = {each.part: each for each in visit.parts.all()}
    words = [{"key": key, "heading": heading, "part": parts.get(key)} for key, heading in NARRATIVE.items()]
    values = {part: each.value for part, each in parts.items()}
    said: dict[str, Any] = {"visit": visit, "words": words, **shown(document_of(visit, values))}
    return page(request, "oversight/visits/report_drafting.html", **said)


@door(Can.SEE_VISIT_WORK, of=Visit, methods=("GET",))
def drafting_pdf(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The report as it reads now, as a working copy."""
    _refuse_unless(visit, *BEING_WRITTEN)
    return paper(document_of(visit), visit, stage="draft")


@door(Can.DO_VISITS, of=Visit)
def send(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The draft goes to the provider for factual accuracy."""
    form = SendForm(request.POST or None, visit=visit)

    def do() -> None:
        send_draft(form.as_seen(), document_of(visit), by=request.user, at=timezone.now())

    until = due_after(VisitClock.What.ACCURACY, timezone.localdate(), commissioner=visit.commissioner_id)
    return _verb(request, form, "report_send", do, "The draft is with the provider", until=until)


@door(Can.DO_VISITS, of=Visit)
def more_time(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Another last day for comments."""
    form = MoreTimeForm(request.POST or None, visit=visit)
    form.fields["until"].earliest = timezone.localdate()  # type: ignore[attr-defined]

    def do() -> None:
        given = form.cleaned_data
        form.as_seen().give_more_time(given["until"], reason=given["reason"], by=request.user, at=timezone.now())

    return _verb(request, form, "report_more_time", do, "The provider has more time for comments")


@door(Can.SIGN_VISIT_REPORT, of=Visit)
def sign(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """The executive reads the whole report and signs it: the one final report."""
    form = SignForm(request.POST or None, visit=visit)
    document = document_of(visit)

    def do() -> None:
        sign_final(form.as_seen(), document, seen_of(visit), by=request.user, at=timezone.now())

    missing = open_before_final(visit, today=timezone.localdate()) if visit.state == State.WITH_PROVIDER else []
    said = {"missing": missing, **shown(document)}
    return _verb(request, form, "report_sign", do, "The final report is signed", **said)


def _verb(request: SignedInRequest, form: VisitVerbForm, name: str, do: Any, done: str, **said: Any) -> HttpResponse:
    """Do the one verb and go back to the visit; a refusal is said on the form."""
    if form.is_valid():
        try:
            do()
        except Refused as problem:
            form.refuse(problem)
        else:
            messages.success(request, done)
            return redirect("oversight:visit", reference=form.visit.reference)
    return page(request, f"oversight/visits/{name}.html", form, status=form.status, visit=form.visit, **said)


@door(Can.SEE_VISIT_WORK, of=Visit, methods=("GET",))
def comments(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """What the provider said of the draft, and what became of each."""
    rows = visit.comments.select_related("by", "answered_by", "disputed_by", "decided_by")
    may = Visit.objects.permitted(request.user, Can.DO_VISITS).filter(pk=visit.pk).exists()
    attended = visit.was_attended_by(request.user)
    return page(request, "oversight/visits/report_comments.html", visit=visit, rows=rows, may_do=may, attended=attended)


@door(Can.DO_VISITS, of=Visit)
def comment_answer(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Answer one comment; when the answer was disputed, decide as the second person."""
    found = comment_of(request, visit)
    form = (DecideForm if found.is_disputed else ReplyForm)(request.POST or None)
    verb = found.decide if found.is_disputed else found.reply
    if form.is_valid():
        try:
            verb(form.cleaned_data["answer"], form.cleaned_data["text"], by=request.user, at=timezone.now())
        except Refused as problem:
            form.add_error(None, str(problem))
            return page(request, "oversight/visits/comment_answer.html", form, status=409, visit=visit, comment=found)
        messages.success(request, "The provider reads your answer now")
        return redirect("oversight:visit-comments", reference=visit.reference)
    return page(request, "oversight/visits/comment_answer.html", form, visit=visit, comment=found)


def comment_of(request: SignedInRequest, visit: Visit) -> ReportComment:
    """The comment that the address names, of this visit."""
    given = request.GET.get("comment", "")
    found: ReportComment | None = visit.comments.filter(pk=int(given)).first() if given.isdecimal() else None
    if found is None:
        raise Http404
    return found


def paper(document: dict[str, Any], visit: Visit, *, stage: str, at: Any = None) -> HttpResponse:
    """The report as a file."""
    content = report_pdf(document, stage=stage, at=at or timezone.now(), demonstration=settings.PORTAL_DEMONSTRATION)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="visit-{visit.reference}-{stage}.pdf"'
    return response

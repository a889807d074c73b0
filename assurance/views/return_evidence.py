"""Evidence for one answer of a return: add a file, choose what is here, link, seen on site, remove."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from assurance.forms.evidence import AnswerEvidenceForm
from assurance.forms.rounds import ConfirmForm
from assurance.models import SelfAssessment
from assurance.models.questions import Question, grades_of, questions_of
from design.pages import page
from evidence.intake import NotAccepted, take_in
from evidence.models import EvidenceItem


def evidence(request: HttpRequest, assessment: SelfAssessment, desk: Any, answer: int) -> HttpResponse:
    """What supports the answer, and the form that adds more. A refused file says why beside its box."""
    question = _question(assessment, answer)
    used = [use.item_id for use in question.evidence]
    items = (
        EvidenceItem.objects.current().filter(organisation=assessment.organisation_id, circle=None).exclude(pk__in=used)
    )
    form = AnswerEvidenceForm(request.POST or None, request.FILES or None, items=items.order_by("title"))
    status = None
    if getattr(request, "upload_too_large", False):
        form.add_error("file", "The file is larger than 25 MB. Send only the pages that are evidence.")
        status = 413
    elif form.is_valid():
        try:
            added = _add(request, assessment, question, form.cleaned_data)
        except NotAccepted as problem:
            form.add_error("file", str(problem))
            status = problem.status
        else:
            messages.success(request, f"“{added}” now supports {question.criterion.ref}.")
            return redirect(desk.url("evidence", assessment, answer=answer))
    return page(
        request, "assurance/return_evidence.html", form, status=status, assessment=assessment, desk=desk,
        question=question, takes_case_words=True,
    )  # fmt: skip


@transaction.atomic
def _add(request: HttpRequest, assessment: SelfAssessment, question: Question, found: dict[str, Any]) -> EvidenceItem:
    """Make or choose the item, and use it for the answer."""
    by, at = request.user, timezone.now()
    about = {
        "commissioner": assessment.commissioner,
        "organisation": assessment.organisation,
        "title": found["title"],
        "valid_until": found["valid_until"],
        "by": by,
        "at": at,
    }
    match found["kind"]:
        case "file":
            item = take_in(found["file"], **about).item
        case "link":
            item = EvidenceItem.objects.add_link(found["address"], **about)
        case "seen":
            item = EvidenceItem.objects.add_seen(found["seen_where"], **about)
        case _:
            item = found["item"]
    question.answer.use(item, by=by, at=at)
    return item


def remove(request: HttpRequest, assessment: SelfAssessment, desk: Any, answer: int, use: int) -> HttpResponse:
    """Take the evidence off this answer; the item itself stays for others."""
    question = _question(assessment, answer)
    row = get_object_or_404(question.answer.evidence.select_related("item"), pk=use)
    form = ConfirmForm(request.POST or None, label="Remove it from this answer")
    if form.is_valid():
        question.answer.stop_using(row)
        messages.success(request, f"“{row.item}” no longer supports {question.criterion.ref}.")
        return redirect(desk.url("evidence", assessment, answer=answer))
    return page(
        request, "assurance/return_evidence_remove.html", form, assessment=assessment, desk=desk, question=question,
        use=row,
    )  # fmt: skip


def _question(assessment: SelfAssessment, answer: int) -> Question:
    found = questions_of(assessment, grades_of(assessment), answer=answer)
    if not found:
        raise Http404
    return found[0]

"""Evidence for one answer of a return: add a file, choose what is here, link, seen on site, remove."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.door import SignedInRequest
from assurance.forms.evidence import AnswerEvidenceForm
from assurance.forms.rounds import ConfirmForm
from assurance.models import SelfAssessment
from assurance.models.questions import Question, grades_of, questions_of
from assurance.supporting import items_for, support
from design.pages import page
from evidence.intake import NotAccepted
from evidence.uploads import refused_upload


def evidence(request: SignedInRequest, assessment: SelfAssessment, desk: Any, answer: int) -> HttpResponse:
    """What supports the answer, and the form that adds more. A refused file says why beside its box."""
    question = _question(assessment, answer)
    form = AnswerEvidenceForm(request.POST or None, request.FILES or None, items=items_for(question))
    refused = refused_upload(request) if request.method == "POST" else None
    if refused is None and form.is_valid():
        try:
            added = support(question, form.cleaned_data, by=request.user, at=timezone.now())
        except NotAccepted as problem:
            refused = problem
        else:
            messages.success(request, added.words(question.criterion.ref))
            return redirect(desk.url("evidence", assessment, answer=answer))
    if refused is not None:
        form.say_of_the_file(refused)
    return page(
        request, "assurance/return_evidence.html", form, status=refused.status if refused else None, desk=desk,
        assessment=assessment, question=question,
    )  # fmt: skip


def remove(request: SignedInRequest, assessment: SelfAssessment, desk: Any, answer: int, use: int) -> HttpResponse:
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

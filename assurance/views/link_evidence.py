"""Evidence added by link: a file for this return, or where something can be seen. Only what links added is listed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from assurance.by_link import around
from assurance.forms.links import LinkEvidenceForm
from assurance.forms.rounds import ConfirmForm
from assurance.links import url
from assurance.models import ReturnLink
from assurance.supporting import support
from assurance.views.link_form import one_question
from chasing.views.by_link import not_there
from design.pages import page
from evidence.intake import NotAccepted
from evidence.uploads import refused_upload


def evidence(request: HttpRequest, link: ReturnLink, answer: int) -> HttpResponse:
    """What the holder added to the answer, and the form that adds more. A refused file says why beside its box."""
    question = one_question(link, answer)
    form = LinkEvidenceForm(request.POST or None, request.FILES or None)
    refused = refused_upload(request) if request.method == "POST" else None
    if refused is None and form.is_valid():
        try:
            support(question, form.cleaned_data, by=link.bearer, at=timezone.now())
        except NotAccepted as problem:
            refused = problem
        else:
            messages.success(request, f"Added to {question.criterion.ref}.")
            return redirect(url("evidence", link, answer=answer))
    if refused is not None:
        form.say_of_the_file(refused)
    return page(
        request, "assurance/link_evidence.html", form, status=refused.status if refused else None, question=question,
        **around(link),
    )  # fmt: skip


def remove(request: HttpRequest, link: ReturnLink, answer: int, use: int) -> HttpResponse:
    """Take what a link added off this answer."""
    question = one_question(link, answer)
    row = next((each for each in question.evidence if each.pk == use), None)
    if row is None:
        return not_there(request)
    form = ConfirmForm(request.POST or None, label="Remove it from this answer")
    if form.is_valid():
        question.answer.stop_using(row)
        messages.success(request, f"Removed from {question.criterion.ref}.")
        return redirect(url("evidence", link, answer=answer))
    return page(request, "assurance/link_evidence_remove.html", form, question=question, use=row, **around(link))

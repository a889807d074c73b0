"""The provider's lead asks a colleague to answer one standard, and takes that back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from assurance.forms.returns import AskColleagueForm
from assurance.models import SelfAssessment
from assurance.models.colleagues import ask_colleague
from assurance.returns import asks_of, people_who
from assurance.views.return_form import PROVIDER
from design.pages import page


@door(Can.ASK_COLLEAGUE, of=SelfAssessment)
def colleague_ask(request: SignedInRequest, assessment: SelfAssessment, number: int) -> HttpResponse:
    """Whom to ask for this standard; those asked already are listed."""
    PROVIDER.refuse(assessment)
    of_standard = assessment.answers.filter(criterion_version__standard__number=number)
    answer = of_standard.select_related("criterion_version__standard").first()
    if answer is None:
        raise Http404
    standard = answer.criterion_version.standard
    asked = asks_of(assessment, request.user).filter(standard=standard)
    people = people_who(Can.FILL_ASSESSMENT, assessment.organisation_id, on=timezone.localdate())
    people = people.exclude(pk=request.user.pk).exclude(pk__in=asked.values("colleague"))
    form = AskColleagueForm(request.POST or None, people=people)
    if form.is_valid():
        colleague = form.cleaned_data["colleague"]
        ask_colleague(assessment, standard, colleague, by=request.user, at=timezone.now())
        messages.success(request, f"{colleague} will get a mail with a link to this standard.")
        return redirect(PROVIDER.url("standard", assessment, number=number))
    return page(
        request,
        "assurance/colleague_ask.html",
        form,
        assessment=assessment,
        standard=standard,
        asked=asked,
        desk=PROVIDER,
        may_ask=True,
    )


@door(Can.ASK_COLLEAGUE, of=SelfAssessment, methods=("POST",))
def colleague_take_back(request: SignedInRequest, assessment: SelfAssessment, ask: str) -> HttpResponse:
    """They are not asked any more; what they wrote stays."""
    found = get_object_or_404(asks_of(assessment, request.user), reference=ask)
    found.take_back(by=request.user, at=timezone.now())
    messages.success(request, f"{found.colleague} is not asked any more. What they wrote stays.")
    return redirect(PROVIDER.url("tasks", assessment))

"""What visits go by: who is due when, what each reason weighs, what staff are asked; read, and set from a day on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from oversight.programme.policy import FromADay, QuestionsForm, RuleForm, WeightsForm, numbers_of
from providers.models import Organisation


@door(Can.SEE_VISIT_WORK, methods=("GET",))
def rules(request: SignedInRequest) -> HttpResponse:
    """Rules, weights and questions of each commissioner: what holds, and what held or will hold."""
    on = timezone.localdate()
    allowed = Organisation.objects.permitted(request.user, Can.SEE_VISIT_WORK, on=on)
    ours = allowed.acted_for(request.user, Can.SEE_VISIT_WORK, on=on)
    may_set = Can.CHANGE_SETTINGS in held_capabilities(request)
    return page(request, "oversight/visit_rules.html", numbers=numbers_of(ours, on=on), on=on, may_set=may_set)


@door(Can.CHANGE_SETTINGS)
def rule_add(request: SignedInRequest) -> HttpResponse:
    """How often one kind of provider is visited, from a day on."""
    return _set(request, RuleForm, "Say how often a kind of provider is visited")


@door(Can.CHANGE_SETTINGS)
def weights_set(request: SignedInRequest) -> HttpResponse:
    """What every reason weighs, from a day on."""
    return _set(request, WeightsForm, "Say what each reason for a visit weighs")


@door(Can.CHANGE_SETTINGS)
def questions_set(request: SignedInRequest) -> HttpResponse:
    """What staff are asked, from a day on."""
    return _set(request, QuestionsForm, "Say what staff are asked on a visit")


def _set(request: SignedInRequest, form_of: type[FromADay], heading: str) -> HttpResponse:
    on = timezone.localdate()
    allowed = Organisation.objects.permitted(request.user, Can.CHANGE_SETTINGS, on=on)
    ours = allowed.acted_for(request.user, Can.CHANGE_SETTINGS, on=on)
    form = form_of(request.POST or None, commissioners=ours, on=on)
    if form.is_valid() and form.save():
        messages.success(request, "Saved. What held before is kept with its dates.")
        leads = Can.SEE_VISIT_WORK in held_capabilities(request)
        return redirect("oversight:visit-rules" if leads else "home")
    return page(request, "oversight/visit_rule_form.html", form, heading=heading)

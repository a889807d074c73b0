"""What visits go by: who is due when, what each reason weighs, what staff are asked; read, and set from a day on."""

from django.http import HttpResponse
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from oversight.programme.policy import QuestionsForm, RuleForm, WeightsForm, numbers_of
from providers.forms.from_a_day import FromADay
from providers.views.from_a_day import ours, set_from_a_day


@door(Can.SEE_STEPS, methods=("GET",))
def rules(request: SignedInRequest) -> HttpResponse:
    """Rules, weights and questions of each commissioner: what holds, and what held or will hold."""
    on = timezone.localdate()
    numbers, held = numbers_of(ours(request, Can.SEE_STEPS), on=on), held_capabilities(request)
    may = {"set": Can.CHANGE_SETTINGS in held, "see_programme": Can.SEE_VISIT_WORK in held}
    return page(request, "oversight/visit_rules.html", numbers=numbers, on=on, may=may)


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
    template, back = "oversight/visit_rule_form.html", "oversight:visit-rules"
    return set_from_a_day(request, form_of, heading, template=template, back=back)

"""The rules of reviews: read by those who see the reminder steps, set from a day on by those who change settings."""

from django.http import HttpResponse
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from providers.views.from_a_day import ours, set_from_a_day
from reviews.forms.rules import ClockForm, ImpactForm, OfOurRules, ThemeForm
from reviews.policy import rules_of


@door(Can.SEE_STEPS, methods=("GET",))
def rule_list(request: SignedInRequest) -> HttpResponse:
    """Clocks, looks at impact and themes: what holds today, and what held or will hold."""
    on, may_set = timezone.localdate(), Can.CHANGE_SETTINGS in held_capabilities(request)
    found = rules_of(ours(request, Can.SEE_STEPS), on=on)
    return page(request, "reviews/rules.html", found=found, on=on, may_set=may_set)


@door(Can.CHANGE_SETTINGS)
def rule_clock(request: SignedInRequest) -> HttpResponse:
    """How long one step of one kind of review may take."""
    return _set(request, ClockForm, "Change a clock")


@door(Can.CHANGE_SETTINGS)
def rule_impact(request: SignedInRequest) -> HttpResponse:
    """How many months on somebody looks whether a change has lasted."""
    return _set(request, ImpactForm, "Change when somebody looks at impact")


@door(Can.CHANGE_SETTINGS)
def rule_theme(request: SignedInRequest) -> HttpResponse:
    """A theme of the pick list."""
    return _set(request, ThemeForm, "Change a theme")


def _set(request: SignedInRequest, form_of: type[OfOurRules], heading: str) -> HttpResponse:
    asked = request.GET.get("which", "").replace("\x00", "")[:80]
    template, back = "reviews/rule_form.html", "reviews:rule-list"
    return set_from_a_day(request, form_of, heading, template=template, back=back, asked=asked)

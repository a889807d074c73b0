"""How often the guard warned, what was said about it, and the dated rules by which it is tuned."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from privacy.forms import OverrideFilter, RuleForm
from privacy.models import GuardRule, Kind, Override, Removal, Warned
from privacy.models.rules import set_rule
from privacy.places import place_named
from privacy.tuning import by_form, by_month, rules_of
from providers.models import Organisation
from providers.models.policy import Overtaken

A_PAGE, A_YEAR = 25, timedelta(days=365)


@door(Can.SEE_GUARD, methods=("GET",))
def guard(request: SignedInRequest) -> HttpResponse:
    """The last year: warnings by rule and month and by form, and every override with its reason."""
    since = timezone.localdate() - A_YEAR
    warned = Warned.objects.permitted(request.user, Can.SEE_GUARD).since(since)
    form = OverrideFilter(request.GET)
    overrides = form.narrow(Override.objects.permitted(request.user, Can.SEE_GUARD)).newest()
    removals = Removal.objects.permitted(request.user, Can.SEE_GUARD).since(since)
    rows: Any = Paginator(overrides, A_PAGE).get_page(request.GET.get("page"))
    heard = Can.SEE_INTELLIGENCE in held_capabilities(request)
    for row in rows:
        row.place = place_named(row.warned.route, row.warned.form, heard=heard)
    return page(
        request, "privacy/guard.html", filter=form, since=since, months=by_month(warned),
        forms=by_form(warned, heard=heard), rows=rows, removals=removals.count(),
    )  # fmt: skip


@door(Can.CHANGE_SETTINGS, methods=("GET",))
def rule_list(request: SignedInRequest) -> HttpResponse:
    """For each commissioner the rules that hold, held and will hold, with how often each warned and was overridden."""
    on = timezone.localdate()
    commissioners = Organisation.objects.permitted(request.user, Can.CHANGE_SETTINGS).acted_for(
        request.user, Can.CHANGE_SETTINGS, on=on
    )
    return page(request, "privacy/rule_list.html", rules=rules_of(commissioners, on=on), on=on, kinds=Kind.choices)


@door(Can.CHANGE_SETTINGS)
def rule_add(request: SignedInRequest, code: str) -> HttpResponse:
    """A rule of the commissioner's own for one kind, from a day on; the row before ends that day."""
    on = timezone.localdate()
    if code not in Kind.values:
        raise Http404
    commissioners = Organisation.objects.permitted(request.user, Can.CHANGE_SETTINGS).acted_for(
        request.user, Can.CHANGE_SETTINGS, on=on
    )
    initial = GuardRule.like(code, commissioners.first(), on=on)
    form = RuleForm(request.POST or None, initial=initial, code=Kind(code), commissioners=commissioners, on=on)
    if form.is_valid():
        try:
            set_rule(form.instance)
        except Overtaken as problem:
            form.add_error("valid_from", str(problem))
        else:
            messages.success(request, "Saved. What was saved before is not looked at again.")
            return redirect("privacy:rule-list")
    return page(request, "privacy/rule_form.html", form, kind=Kind(code))

"""The escalation route and its rules: read by those who escalate, changed from a day on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import held_capabilities
from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.pages import page
from oversight.escalation_policy import form_for, rules_of
from providers.models import Organisation
from providers.models.policy import Overtaken


@door(Can.SEE_STEPS, methods=("GET",))
def route(request: SignedInRequest) -> HttpResponse:
    """Steps by contract, what proposes them, notices with their clocks, levels and numbers."""
    on = timezone.localdate()
    allowed = Organisation.objects.permitted(request.user, Can.SEE_STEPS, on=on)
    ours, held = allowed.acted_for(request.user, Can.SEE_STEPS, on=on).order_by("name"), held_capabilities(request)
    may = {"set": Can.CHANGE_SETTINGS in held, "see_steps_taken": Can.SEE_SURVEILLANCE in held}
    return page(request, "oversight/escalation_route.html", rules=rules_of(ours, on=on), on=on, may=may)


@door(Can.CHANGE_SETTINGS)
def rule_change(request: SignedInRequest) -> HttpResponse:
    """Put one rule in other words or numbers, from a day on; the address says which."""
    on = timezone.localdate()
    back = "oversight:escalation-route"
    allowed = Organisation.objects.permitted(request.user, Can.CHANGE_SETTINGS, on=on)
    ours = allowed.acted_for(request.user, Can.CHANGE_SETTINGS, on=on).order_by("name")
    kind, code = (request.GET.get(name, "").replace("\x00", "")[:40] for name in ("kind", "code"))
    form = form_for(kind, code, request.POST or None, ours=ours, today=on) if ours else None
    if form is None:
        return redirect(back)
    if form.is_valid():
        try:
            form.save()
        except Overtaken as problem:
            form.add_error("starts", f"{problem}.")
        else:
            messages.success(request, "Saved. What held before is kept with its dates.")
            return redirect(back)
    return page(request, "oversight/escalation_rule.html", form, back=back)

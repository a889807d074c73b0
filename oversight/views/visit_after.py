"""After the final report: the action plan, sharing, following up, and the clocks."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from design.pages import page
from oversight.models import ActionPlan, Visit, VisitClock
from oversight.models.visit_after import follow_up, promise, share
from oversight.visiting.answering import FollowUpForm, PromiseForm, ShareForm
from oversight.visiting.clocks import ClockForm, clocks_of
from providers.models import Organisation
from providers.models.policy import let_hold


@door(Can.SEE_VISIT_REPORTS, of=ActionPlan, methods=("GET",))
def action_plan(request: SignedInRequest, plan: ActionPlan) -> HttpResponse:
    """Each concern with the actions that answer it."""
    may = {
        "provider": ActionPlan.objects.permitted(request.user, Can.ANSWER_VISIT_REPORT).filter(pk=plan.pk).exists(),
        "team": ActionPlan.objects.permitted(request.user, Can.DO_VISITS).filter(pk=plan.pk).exists(),
    }
    return page(request, "oversight/visits/action_plan.html", may=may, **_plan(plan))


def _plan(plan: ActionPlan) -> dict[str, Any]:
    concerns = plan.visit.findings.concerns().select_related("site").prefetch_related("actions__action__owner")
    return {"plan": plan, "visit": plan.visit, "concerns": list(concerns), "today": timezone.localdate()}


@door(Can.ANSWER_VISIT_REPORT, of=ActionPlan)
def action_promise(request: SignedInRequest, plan: ActionPlan) -> HttpResponse:
    """The provider says what it will do."""
    return _promise(request, plan)


@door(Can.DO_VISITS, of=ActionPlan)
def action_set(request: SignedInRequest, plan: ActionPlan) -> HttpResponse:
    """The commissioner sets an action that was not given."""
    return _promise(request, plan, setting=True)


def _promise(request: SignedInRequest, plan: ActionPlan, *, setting: bool = False) -> HttpResponse:
    said = {"setting": setting, **_plan(plan)}
    first = {"finding": request.GET.get("finding")}
    form = PromiseForm(request.POST or None, concerns=said["concerns"], on=said["today"], initial=first)
    if form.is_valid():
        given = form.cleaned_data
        finding = form.concerns[given["finding"]]
        what = {name: given[name] for name in ("due_on", "owner_name", "proof")}
        promise(finding, given["text"], by=request.user, at=timezone.now(), **what)
        messages.success(request, "The action is added")
        return redirect("oversight:action-plan", reference=plan.reference)
    return page(request, "oversight/visits/action_promise.html", form, **said)


@door(Can.DO_VISITS, of=Visit)
def visit_share(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Note with whom the final report was shared."""
    if visit.state != Visit.State.FINAL:
        raise Refused("Only a final report is shared.")
    form = ShareForm(request.POST or None)
    form.fields["shared_on"].latest = timezone.localdate()  # type: ignore[attr-defined]
    if form.is_valid():
        given = form.cleaned_data
        about = {"on": given["shared_on"], "why": given["why"], "checks": given["checks"]}
        share(visit, given["shared_with"], by=request.user, at=timezone.now(), **about)
        messages.success(request, "Recorded with whom the report was shared")
        return redirect("oversight:visit", reference=visit.reference)
    return page(request, "oversight/visits/visit_share.html", form, visit=visit)


@door(Can.DO_VISITS, of=Visit)
def visit_follow_up(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """What became of the concerns, and when somebody looks again."""
    form = FollowUpForm(request.POST or None, visit=visit)
    form.fields["on"].latest = timezone.localdate()  # type: ignore[attr-defined]
    if form.is_valid():
        given = form.cleaned_data
        days = {"on": given["on"], "next_on": given["next_on"]}
        try:
            follow_up(form.as_seen(), given["outcome"], by=request.user, at=timezone.now(), **days)
        except Refused as problem:
            form.refuse(problem)
        else:
            messages.success(request, "Saved what became of it")
            return redirect("oversight:visit", reference=visit.reference)
    return page(request, "oversight/visits/visit_follow_up.html", form, status=form.status, visit=visit)


@door(Can.CHANGE_SETTINGS)
def clocks(request: SignedInRequest) -> HttpResponse:
    """How many working days each step may take: what holds, and another number from a day on."""
    on = timezone.localdate()
    ours = Organisation.objects.permitted(request.user, Can.CHANGE_SETTINGS)
    ours = ours.acted_for(request.user, Can.CHANGE_SETTINGS, on=on)
    form = ClockForm(request.POST or None, commissioners=ours, on=on)
    if form.is_valid():
        try:
            let_hold(VisitClock(**form.row), "what")
        except ValueError as problem:
            form.add_error("valid_from", str(problem))
        else:
            messages.success(request, "Saved. Dates that were set before stay.")
            return redirect("oversight:visit-clocks")
    return page(request, "oversight/visits/clocks.html", form, places=clocks_of(ours, on=on))

"""Visits: the list, planning one, the visit itself, moving and cancelling it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from design.counting import page_of
from design.pages import page
from oversight.models import Visit
from oversight.models.visit_plan import refuse_no_plan
from oversight.visiting.one import visit_page
from oversight.visiting.planning import CancelForm, PlanForm, ReplanForm, VisitVerbForm, proposed
from oversight.visiting.replanning import ChangePlanForm
from oversight.visiting.visit_list import visits_shown
from providers.models import Organisation

A_PAGE = 25


@door(Can.SEE_VISIT_WORK, methods=("GET",))
def visit_list(request: SignedInRequest) -> HttpResponse:
    """All visits, the latest first."""
    allowed = Visit.objects.permitted(request.user, Can.SEE_VISIT_WORK)
    form, found = visits_shown(request, allowed)
    rows = page_of(found, request.GET.get("page"), A_PAGE)
    return page(request, "oversight/visits/visit_list.html", filter=form, rows=rows, today=timezone.localdate())


@door(Can.DO_VISITS, of=Organisation)
def visit_plan(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    """Plan a visit to one provider; ``?on=2017-05-03`` proposes a day, ``?kind=`` a kind, ``?follows=`` a visit."""
    before = Visit.objects.permitted(request.user, Can.DO_VISITS).of(organisation)
    follows = before.filter(reference=request.GET.get("follows", "")).select_related("site").first()
    initial, on = proposed(request.GET, follows), timezone.localdate()
    form = PlanForm(request.POST or None, organisation=organisation, user=request.user, on=on, initial=initial)
    if not form.commissioners:
        raise Refused(f"{organisation} has no running contract with you, so there is nobody to visit it for.")
    if form.is_valid() and (visit := form.plan(at=timezone.now(), follows=follows)) is not None:
        messages.success(request, f"{visit} on {visit.planned_on:%-d %B %Y} is planned")
        return redirect("oversight:visit", reference=visit.reference)
    return page(request, "oversight/visits/visit_plan.html", form, status=form.status, organisation=organisation)


@door(Can.SEE_VISIT_WORK, of=Visit, methods=("GET",))
def visit(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """One visit: what it is about, who goes, how far it is, what is next."""
    shown = visit_page(visit, request.user, today=timezone.localdate())
    return page(request, "oversight/visits/visit.html", visit=visit, **shown)


def _verb(request: SignedInRequest, form: VisitVerbForm, name: str, do: Callable[[], None], done: str) -> HttpResponse:
    """Do the one verb and go back to the visit; a refusal is said on the form, with everything typed still there."""
    if form.is_valid():
        try:
            do()
        except Refused as problem:
            form.refuse(problem)
        else:
            messages.success(request, done)
            return redirect("oversight:visit", reference=form.visit.reference)
    return page(request, f"oversight/visits/{name}.html", form, status=form.status, visit=form.visit)


@door(Can.DO_VISITS, of=Visit)
def visit_replan(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Another day."""
    form = ReplanForm(request.POST or None, visit=visit)

    def replan() -> None:
        given = form.cleaned_data
        form.as_seen().replan(given["planned_on"], reason=given["reason"], by=request.user, at=timezone.now())

    return _verb(request, form, "visit_replan", replan, "The visit is moved. Its first date is kept.")


@door(Can.DO_VISITS, of=Visit)
def visit_change(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Another day, kind or team, until somebody begins to write it up."""
    if request.method == "GET":
        refuse_no_plan(visit)
    form = ChangePlanForm(request.POST or None, visit=visit, on=timezone.localdate())
    if form.is_valid():
        try:
            if form.change(by=request.user, at=timezone.now()):
                messages.success(request, "The plan is changed. What was planned before stays below.")
                return redirect("oversight:visit", reference=visit.reference)
        except Refused as problem:
            form.refuse(problem)
    return page(request, "oversight/visits/visit_change.html", form, status=form.status, visit=visit)


@door(Can.DO_VISITS, of=Visit)
def visit_cancel(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """It does not take place."""
    form = CancelForm(request.POST or None, visit=visit)

    def cancel() -> None:
        form.as_seen().cancel(reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())

    return _verb(request, form, "visit_cancel", cancel, "The visit is cancelled. It does not count as a visit.")

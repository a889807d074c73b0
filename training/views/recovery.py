"""Recovery plans: all that are asked for or given, one line with its plan, and writing a plan."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import held_capabilities, memberships
from accounts.capabilities import Can
from accounts.door import Refused, SignedInRequest, door
from design.pages import page
from providers.record_form import done
from training.below import filled
from training.forms.plans import PlanForm
from training.models import FigureReturn, Trajectory
from training.plans import OnePlan, plans_shown

A_PAGE = 25


@door(Can.READ_FIGURES, methods=("GET",))
def recovery_list(request: SignedInRequest) -> HttpResponse:
    """Lines that have a plan, are asked for one, or stand out, what weighs most first."""
    today = timezone.localdate()
    form, found = plans_shown(request.user, request.GET, on=today)
    rows = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    fills = Can.FILL_FIGURES in held_capabilities(request)
    several = not fills or len({each.name for each in found}) > 1
    rows.object_list = filled(list(rows))
    context: dict[str, Any] = {"filter": form, "rows": rows, "fills": fills, "several": several, "today": today}
    return page(request, "training/recovery_list.html", **context)


@door(Can.READ_FIGURES, of=FigureReturn, methods=("GET",))
def recovery_detail(request: SignedInRequest, figure_return: FigureReturn, code: str) -> HttpResponse:
    """One line: how it stands, planned against reached, and every plan that there was."""
    one = _one(request, figure_return, code)
    allowed = FigureReturn.objects.permitted(request.user, Can.READ_FIGURES).filter(pk=figure_return.pk)
    rights = allowed.rights_of(request.user)
    write = "training:recovery-write" if rights["fill"] else "training:recovery-enter" if rights["receive"] else ""
    context: dict[str, Any] = {
        "one": one,
        "figure_return": figure_return,
        "write": write,
        "own": _is_own(request, figure_return),
    }
    return page(request, "training/recovery_detail.html", **context)


@door(Can.FILL_FIGURES, of=FigureReturn)
def recovery_write(request: SignedInRequest, figure_return: FigureReturn, code: str) -> HttpResponse:
    """The provider writes a plan; the one before it is kept."""
    return _write(request, figure_return, code, Can.FILL_FIGURES)


@door(Can.RECORD_RECEIVED, of=FigureReturn)
def recovery_enter(request: SignedInRequest, figure_return: FigureReturn, code: str) -> HttpResponse:
    """The commissioner keeps a plan for its own people, or types one that arrived another way."""
    return _write(request, figure_return, code, Can.RECORD_RECEIVED)


def _one(request: SignedInRequest, figure_return: FigureReturn, code: str) -> OnePlan:
    one = OnePlan(figure_return, code, request.user, timezone.localdate())
    if one.line is None:
        raise Http404
    return one


def _write(request: SignedInRequest, figure_return: FigureReturn, code: str, can: Can) -> HttpResponse:
    one = _one(request, figure_return, code)
    if (standing := one.standing) is None:
        raise Refused("No figure of this line has been received lately, so there is nothing to plan from yet.")
    told: dict[str, Any] = {"plan": one.plan, "measure": standing.measure, "threshold": standing.last.threshold}
    form = PlanForm(request.POST or None, on=one.on, **told)

    def keep() -> None:
        words = {name: form.cleaned_data[name] for name in ("why_below", "what_is_done", "why_not_reached")}
        Trajectory.objects.permitted(request.user, can).plan(
            figure_return, code, form.points(), expected=form.cleaned_data["seen"], by=request.user,
            at=timezone.now(), **words,
        )  # fmt: skip

    if done(form, keep):
        messages.success(request, "The plan is kept")
        return redirect("training:recovery-detail", figure_return.reference, code)
    context: dict[str, Any] = {"one": one, "figure_return": figure_return, "own": _is_own(request, figure_return)}
    return page(request, "training/recovery_write.html", form, status=form.status, **context)


def _is_own(request: SignedInRequest, figure_return: FigureReturn) -> bool:
    """Is the plan about the reader's own organisation?"""
    return any(row.organisation_id == figure_return.organisation_id for row in memberships(request))

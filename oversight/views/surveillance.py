"""Providers by level of surveillance, setting the level, and suspensions of placements."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import SignedInRequest, door
from design.counting import page_of
from design.pages import page
from oversight import notice_forms
from oversight.escalation_forms import SetLevelForm
from oversight.escalation_lists import levels_shown
from oversight.models import PlacementSuspension
from oversight.views.doing import doing
from providers.models import Arrangement, Organisation

A_PAGE = 50
PROVIDER = "oversight:escalation-provider"


@door(Can.SEE_SURVEILLANCE, methods=("GET",))
def surveillance_list(request: SignedInRequest) -> HttpResponse:
    """Every provider with its level, the most closely watched first; counts that lead to the list."""
    today = timezone.localdate()
    allowed = Arrangement.objects.permitted(request.user, Can.SEE_SURVEILLANCE, on=today)
    shown = levels_shown(allowed, request.user, request.GET, on=today)
    rows = page_of(shown.rows, request.GET.get("page"), A_PAGE)
    return page(
        request, "oversight/surveillance_list.html", filter=shown.form, counts=shown.counts, rows=rows, today=today
    )


@door(Can.SET_SURVEILLANCE, of=Organisation)
def surveillance_set(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    """Set the level from a day; the one before is kept."""
    user, today = request.user, timezone.localdate()
    form = SetLevelForm(request.POST or None, user=user, can=Can.SET_SURVEILLANCE, about=organisation, today=today)

    def do(told: dict[str, Any]) -> None:
        form.save(by=user, at=timezone.now())

    context = {"organisation": organisation, "heading": "Set the level of surveillance"}
    done = "The level is set. The one before stays in the history."
    return doing(request, form, "oversight/provider_verb.html", do, done=done, to=PROVIDER, of=organisation, **context)


@door(Can.RECORD_NOTICES, of=Organisation)
def suspension_new(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    """Record that placements are suspended."""
    user, today = request.user, timezone.localdate()
    form = notice_forms.SuspendForm(
        request.POST or None, user=user, can=Can.RECORD_NOTICES, about=organisation, today=today
    )

    def do(told: dict[str, Any]) -> None:
        form.save(by=user, at=timezone.now())

    context = {"organisation": organisation, "heading": "Record a suspension of placements"}
    return doing(
        request, form, "oversight/provider_verb.html", do, done="Suspension recorded.", to=PROVIDER, of=organisation,
        **context,
    )  # fmt: skip


@door(Can.RECORD_NOTICES, of=PlacementSuspension)
def suspension_lift(request: SignedInRequest, suspension: PlacementSuspension) -> HttpResponse:
    """Record that placements may be made again."""
    about = suspension.organisation
    form = notice_forms.LiftForm(request.POST or None, today=timezone.localdate())

    def do(told: dict[str, Any]) -> None:
        suspension.lift(on=told["day"], reason=told["reason"], by=request.user, at=timezone.now())

    context = {"organisation": about, "heading": "Placements may be made again", "suspension": suspension}
    done = "Recorded. The suspension stays in the history."
    return doing(request, form, "oversight/provider_verb.html", do, done=done, to=PROVIDER, of=about, **context)

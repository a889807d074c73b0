"""The lists of steps, of levels of surveillance and of contract notices, as their pages show them and as files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count, F, Q
from django.http import HttpRequest

from accounts.capabilities import Can
from exports.listings import Listing, Reach, Shown, register
from exports.table import Column, Kind
from oversight.escalation_forms import LevelFilter, StepFilter
from oversight.models import ContactEntry, ContractNotice, Escalation, SurveillanceLevel
from providers.models import Arrangement

if TYPE_CHECKING:
    from accounts.models import User


def steps_shown(allowed: Any, form: StepFilter) -> Any:
    """Of the steps that were asked for, oldest first; proposals that no longer stand are left out."""
    said = form.cleaned_data if form.is_valid() else {}
    waiting, running = Q(pk__in=allowed.waiting().values("pk")), Q(state__in=Escalation.WALKED)
    wanted = {
        "": waiting | running,
        "proposed": waiting,
        "running": running,
        "ended": ~Q(state="proposed") & ~running,
    }[said.get("state", "")]
    found = allowed.filter(wanted)
    if words := said.get("words"):
        found = found.filter(organisation__name__icontains=words)
    found = found.annotate(last_spoken_on=ContactEntry.objects.last_human_on("organisation"))
    found = found.select_related("step", "organisation", "commissioner").with_why()
    ended = said.get("state") == "ended"
    return found.order_by("-closed_on", "-pk") if ended else found.order_by("proposed_on", "pk")


STEPS = (
    Column("Provider", lambda row: str(row.organisation), width=36),
    Column("Commissioner", lambda row: str(row.commissioner), width=36),
    Column("Named people only", lambda row: "yes" if row.circle_id else "", width=10),
    Column("Step", lambda row: str(row.step), width=30),
    Column("Why", lambda row: "; ".join(row.why) or "Proposed by a person", width=60),
    Column("Since", lambda row: row.proposed_on, Kind.DATE, 14),
    Column("Last spoken to", lambda row: row.last_spoken_on or "Nobody logged", Kind.DATE, 14),
    Column("State", lambda row: row.get_state_display(), width=24),
)


def _steps(request: HttpRequest, reach: Reach) -> Shown:
    form = StepFilter(request.GET)
    allowed = Escalation.objects.permitted(reach.user, Can.SEE_SURVEILLANCE, on=reach.on)
    return Shown(STEPS, steps_shown(reach.rows(allowed), form), form)


@dataclass(frozen=True)
class Levels:
    """Contracts with the provider's level, the filter, and how many there are of each level."""

    form: LevelFilter
    rows: Any
    counts: list[tuple[str, int]]


def levels_shown(contracts: Any, user: "User", asked: Mapping[str, Any], *, on: date) -> Levels:
    """Of these contracts the live ones, each with the level that its commissioner set."""
    mine = SurveillanceLevel.objects.permitted(user, Can.SEE_SURVEILLANCE, on=on)
    rows = contracts.live(on=on).exclude(organisation=F("commissioner"))
    rows = rows.annotate(**mine.label_of("organisation", commissioner="commissioner", on=on))
    counted = rows.order_by().values_list("surveillance").annotate(n=Count("pk"))
    counts = sorted(((name or "", n) for name, n in counted), key=lambda pair: (pair[0] == "", pair[0]))
    form = LevelFilter(asked, levels=[(name, name) for name, _ in counts if name])
    said = form.cleaned_data if form.is_valid() else {}
    if level := said.get("level"):
        rows = rows.filter(surveillance=None if level == "none" else level)
    if words := said.get("words"):
        rows = rows.filter(organisation__name__icontains=words)
    rows = rows.select_related("organisation__category", "commissioner")
    order = (F("surveillance_weight").desc(nulls_last=True), "organisation__name", "pk")
    return Levels(form, rows.order_by(*order), counts)


LEVELS = (
    Column("Provider", lambda row: str(row.organisation), width=36),
    Column("Category", lambda row: str(row.organisation.category or ""), width=28),
    Column("Commissioner", lambda row: str(row.commissioner), width=36),
    Column("Level", lambda row: row.surveillance or "No level set", width=24),
    Column("Since", lambda row: row.surveillance_since, Kind.DATE, 14),
)


def _levels(request: HttpRequest, reach: Reach) -> Shown:
    allowed = Arrangement.objects.permitted(reach.user, Can.SEE_SURVEILLANCE, on=reach.on)
    shown = levels_shown(reach.rows(allowed), reach.user, request.GET, on=reach.on)
    return Shown(LEVELS, shown.rows, shown.form)


class NoticeFilter(forms.Form):
    """Which notices the list shows."""

    mark_optional = False
    words = forms.CharField(label="Provider", required=False, max_length=100)


def notices_shown(allowed: Any, form: NoticeFilter, *, on: date) -> Any:
    """Of the notices that were asked for, open ones first."""
    words = form.cleaned_data.get("words") if form.is_valid() else ""
    found = allowed.filter(organisation__name__icontains=words) if words else allowed
    return found.with_milestones_missed(on=on).select_related("rule", "organisation", "commissioner").open_first()


NOTICES = (
    Column("Notice", str, width=36),
    Column("Provider", lambda row: str(row.organisation), width=36),
    Column("Commissioner", lambda row: str(row.commissioner), width=36),
    Column("Issued", lambda row: row.issued_on, Kind.DATE, 14),
    Column("Meeting due", lambda row: row.meeting_due_on, Kind.DATE, 14),
    Column("Meeting", lambda row: row.meeting_on, Kind.DATE, 14),
    Column("Outcome", lambda row: row.get_outcome_display() or "not yet", width=30),
    Column("State", lambda row: "Closed" if row.closed_on else "Milestone missed" if row.missed else "Open", width=18),
    Column("Closed on", lambda row: row.closed_on, Kind.DATE, 14),
)


def _notices(request: HttpRequest, reach: Reach) -> Shown:
    form = NoticeFilter(request.GET)
    allowed = ContractNotice.objects.permitted(reach.user, Can.SEE_NOTICES, on=reach.on)
    return Shown(NOTICES, notices_shown(reach.rows(allowed), form, on=reach.on), form)


def register_lists() -> None:
    """Called once at start."""
    see = Can.SEE_SURVEILLANCE
    register(
        Listing("escalation-steps", "Steps of the escalation route", see, "oversight:escalation-list", _steps,
                circled=True),
        Listing("surveillance", "Surveillance", see, "oversight:surveillance-list", _levels),
        Listing("notices", "Contract notices", Can.SEE_NOTICES, "oversight:notice-list", _notices),
    )  # fmt: skip

"""Reminder steps for the screen: per commissioner and kind, what holds now, what is planned, what held before."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.capabilities import Can
from chasing.kinds import Kind, due_kinds
from chasing.models import Ladder
from chasing.sending import commissioners_of
from chasing.steps import EVERYBODY, in_force, rungs_between
from providers.models import Organisation

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Shown:
    """The steps of one commissioner for one kind."""

    whose: Organisation
    kind: Kind
    may_change: bool
    now: Ladder | None = None
    planned: list[Ladder] = field(default_factory=list)
    before: list[Ladder] = field(default_factory=list)

    @property
    def caption(self) -> str:
        """What the table of steps is of."""
        return f"Steps for {self.kind.plural.lower()} of {self.whose}"


def ladders_shown(user: "User", *, on: date) -> list[Shown]:
    """Every commissioner whose reminders the person sees, with every kind; four queries."""
    commissioners = list(commissioners_of(user, Can.SEE_STEPS).order_by("name"))
    changeable = set(commissioners_of(user, Can.CHANGE_SETTINGS).values_list("pk", flat=True))
    whose = Q(commissioner__in=commissioners) | Q(commissioner__isnull=True)
    rows = Ladder.objects.filter(whose).select_related("written_by").prefetch_related("rungs").order_by("-valid_from")
    ladders = list(rows)
    return [
        _shown(commissioner, kind, commissioner.pk in changeable, ladders, on)
        for commissioner in commissioners
        for kind in due_kinds()
    ]


def _shown(whose: Organisation, kind: Kind, may_change: bool, ladders: list[Ladder], on: date) -> Shown:
    shown = Shown(whose, kind, may_change)
    of_kind = [ladder for ladder in ladders if ladder.kind == kind.code]
    for ladder in [one for one in of_kind if one.commissioner_id == whose.pk]:
        if ladder.valid_from > on:
            shown.planned.append(ladder)
        elif ladder.valid_to is None or ladder.valid_to > on:
            shown.now = ladder
        else:
            shown.before.append(ladder)
    if shown.now is None:
        holds = [one for one in of_kind if one.commissioner_id is None and one.valid_from <= on]
        shown.now = next((one for one in holds if one.valid_to is None or one.valid_to > on), None)
    return shown


def steps_now(kind: str, whose: Organisation, *, on: date) -> dict[int, str]:
    """The steps {offset: audience} that hold for a commissioner: its own, else the shipped ones."""
    ladders = in_force(rungs_between(on, on), kind, on)
    return {rung.offset: rung.audience for rung in ladders.get(whose.pk, ladders.get(EVERYBODY, []))}


def put_in_force(
    kind: str, whose: Organisation, steps: dict[int, str], *, starts: date, by: "User", at: datetime
) -> Ladder:
    """The commissioner's own steps from a later day; those before keep their dates."""
    return Ladder.objects.replace(kind, whose=whose, steps=steps, starts=starts, by=by, at=at)

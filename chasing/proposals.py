"""A person takes or declines what the clock proposed: nothing above the named lead goes without one."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.door import Refused
from chasing import planner, spoken
from chasing.kinds import kind_of
from chasing.models import Audience, Chase

if TYPE_CHECKING:
    from accounts.models import User


_elsewhere: list[Callable[[Chase], str]] = []


def decide_elsewhere(where: Callable[[Chase], str]) -> None:
    """An app above decides some proposals together with others: ``where`` gives the address, or nothing."""
    _elsewhere[:] = [where]


def decided_elsewhere(chase: Chase) -> str:
    """The address where a person decides this proposal with others; empty when it is decided here."""
    return next((url for where in _elsewhere if (url := where(chase))), "")


def open_proposal(kind: str, thing: int, due_version: int) -> Chase | None:
    """The highest step of the thing that waits for a person."""
    found: Chase | None = (
        Chase.objects.proposed()
        .filter(kind=kind, thing=thing, due_version=due_version)
        .select_related("rung")
        .order_by("-rung__offset")
        .first()
    )
    return found


@transaction.atomic
def take(chase: Chase, *, by: "User", reason: str, on: date, at: datetime) -> int:
    """Write to whom the step speaks; returns to how many people. Before an executive is written to, the reason says who
    was spoken to: it goes into the contact log as well.

    Refused when somebody else decided first, when the thing no longer waits for the provider, or when there is
    nobody to write to: then the proposal stays open.
    """
    waiting = kind_of(chase.kind).wants_a_reminder().filter(pk=chase.thing, due_version=chase.due_version)
    thing = waiting.select_related("commissioner", "organisation").first()
    if thing is None:
        raise Refused("This no longer waits for the provider, so there is nothing to escalate.")
    chase.decide(Chase.Outcome.TAKEN, by=by, at=at, reason=reason)
    _close_lower(chase, by=by, at=at)
    if chase.rung.audience == Audience.EXECUTIVE:
        spoken.logged(thing, chase.kind, by=by, words=reason, at=at)
    people = planner.write_about(chase, on=on, at=at)
    if not people:
        raise Refused("There is nobody to write to. Add an executive lead to the organisation's contacts first.")
    return people


@transaction.atomic
def decline(chase: Chase, *, by: "User", reason: str, at: datetime) -> None:
    """Nothing is sent, and the history says who decided that and why."""
    chase.decide(Chase.Outcome.DECLINED, by=by, at=at, reason=reason)
    _close_lower(chase, by=by, at=at)


def _close_lower(chase: Chase, *, by: "User", at: datetime) -> None:
    """A lower step that also waited is settled by the decision about the higher one."""
    same = Chase.objects.proposed().filter(kind=chase.kind, thing=chase.thing, due_version=chase.due_version)
    same.update(outcome=Chase.Outcome.DECLINED, decided_by=by, decided_at=at, reason="Decided with the later step.")

"""A reminder that a person sends now, outside the steps: to whoever would be reminded, never to anybody above them.

It is a decision like the clock's (``Chase`` with ``by_hand``), so that history, delivery and the check before sending
are the same. It is no step: the steps go on as if it had not been sent. A form sent twice writes once.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from accounts.door import Refused
from chasing import planner
from chasing.kinds import Kind
from chasing.models import Chase, Rung
from chasing.steps import EVERYBODY, in_force, rungs_between, step_date

if TYPE_CHECKING:
    from accounts.models import User

NOBODY = "There is nobody to write to. Add a contact who receives reminders first."
NO_STEPS = "No reminder steps are in force, so there is no letter to send."
TODAY = "A reminder was written today already."


class NotReminded(Refused):
    """No reminder was written; the message says why."""


@transaction.atomic
def remind(kind: Kind, thing: Any, *, token: UUID, by: "User", on: date, at: datetime, enclose: bool = True) -> int:
    """Write to whoever would be reminded of it now; returns to how many people. The letters leave with the next ones.

    Whoever reminds of several leaves out ``enclose`` and calls ``planner.gather`` at the end: one letter a person.
    Of two at once the second finds it written. Refused when it no longer waits for the provider, is paused, was
    reminded today already, or when there is nobody to write to.
    """
    locked = kind.things.select_related(None).select_for_update(of=("self",)).get(pk=thing.pk)
    same = Chase.objects.filter(kind=kind.code, thing=locked.pk, by_hand=token).first()
    if same is not None:
        return same.notices.count()
    if why := why_not(kind, [locked], on=on).get(locked.pk):
        raise NotReminded(why)
    whose = {each: getattr(locked, each) for each in ("commissioner_id", "organisation_id", "circle_id")}
    chase = Chase.objects.create(
        kind=kind.code, thing=locked.pk, due_version=locked.due_version, rung=_rung(kind, locked, on), by_hand=token,
        outcome=Chase.Outcome.REMINDED, due_on=locked.due_on, planned_on=on, decided_by=by, decided_at=at, **whose,
    )  # fmt: skip
    people = planner.write_about(chase, on=on, at=at, enclose=enclose)
    if not people:
        raise NotReminded(NOBODY)
    return people


def why_not(kind: Kind, things: Iterable[Any], *, on: date) -> dict[int, str]:
    """Of these things those that may not be reminded now, and why. Two queries however many they are."""
    found = list(things)
    ids = [each.pk for each in found]
    waiting = set(kind.wants_a_reminder().filter(pk__in=ids).values_list("pk", flat=True))
    written = Chase.objects.filter(kind=kind.code, thing__in=ids, planned_on=on, outcome=Chase.Outcome.REMINDED)
    today = set(written.values_list("thing", flat=True))
    said = {each.pk: _why_not(each, waiting, today, on) for each in found}
    return {pk: words for pk, words in said.items() if words}


def _why_not(thing: Any, waiting: set[int], today: set[int], on: date) -> str:
    if thing.pk not in waiting:
        return "It no longer waits for the provider."
    if thing.paused_until and thing.paused_until > on:
        return f"Its reminders are paused until {thing.paused_until:%-d %B %Y}. Let them go on first."
    return TODAY if thing.pk in today else ""


def _rung(kind: Kind, thing: Any, on: date) -> Rung:
    """The step that its letter is of: the last one reached that speaks to the provider's own people, else the first."""
    ladders = in_force(rungs_between(on, on), kind.code, on)
    rungs = ladders.get(thing.commissioner_id) or ladders.get(EVERYBODY, [])
    open_to = sorted((each for each in rungs if not each.is_proposed_only), key=lambda each: each.offset)
    if not open_to:
        raise NotReminded(NO_STEPS)
    reached = [each for each in open_to if step_date(thing.due_on, each.offset) <= on]
    return reached[-1] if reached else open_to[0]

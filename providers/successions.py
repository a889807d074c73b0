"""What happens around the end of an organisation: a merger, a takeover, a replacement, or a plain closing.

Returns live above the register. An app that holds something open about an organisation appends a function to
``on_succession`` and to ``on_closing`` when it starts; both run inside the same transaction, so that a practice is
never gone with its return left behind, or the return moved with the practice still open. A function that cannot do
what was asked raises ``Refused`` with words for the person, and then nothing at all is saved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.door import Refused
from accounts.models import User
from providers.models import Organisation, Succession


@dataclass(frozen=True)
class Closing:
    """An organisation that closed without a successor."""

    organisation: Organisation
    day: date
    reason: str
    by: User
    at: datetime


on_succession: list[Callable[[Succession], None]] = []
on_closing: list[Callable[[Closing], None]] = []


@transaction.atomic
def close(
    organisation: Organisation, *, day: date, reason: str, by: User, at: datetime, on: date, expected: int
) -> None:
    """Close an organisation that nobody follows, and tell whoever holds open work about it."""
    organisation.close(day=day, reason=reason, by=by, on=on, expected=expected)
    for told in on_closing:
        told(Closing(organisation, day, reason, by, at))


@transaction.atomic
def record(succession: Succession, *, by: User, at: datetime, on: date, expected: int) -> Succession:
    """Keep who followed whom, close the old body unless it is closed, and carry its open returns as decided."""
    both = (succession.predecessor_id, succession.successor_id)
    locked = {
        each.pk: each for each in Organisation.objects.select_for_update(no_key=True).filter(pk__in=both).order_by("pk")
    }
    succession.predecessor, succession.successor = old, new = locked[both[0]], locked[both[1]]
    if new.is_closed:
        raise Refused(f"{new} is closed itself. Choose the organisation that carries on.")
    if succession.open_returns == Succession.OpenReturns.MOVE:
        _refuse_without_contract(old, new, on=on)
    if not old.is_closed:
        reason = f"{succession.get_kind_display()} {new}"
        old.close(day=succession.on, reason=reason, by=by, on=on, expected=expected)
    succession.recorded_by, succession.recorded_at = by, at
    succession.save(force_insert=True)
    for told in on_succession:
        told(succession)
    return succession


def _refuse_without_contract(old: Organisation, new: Organisation, *, on: date) -> None:
    """A return can only move to a body that the same commissioner commissions."""
    collects = old.arrangements.live(on=on).leading().values_list("commissioner", flat=True)
    for commissioner in Organisation.objects.filter(pk__in=collects):
        if not new.arrangements.live(on=on).filter(commissioner=commissioner).exists():
            raise Refused(f"{new} has no running contract with {commissioner}. Add it first, or close the returns.")

"""Dated policy of several commissioners at once: what holds for each of them on a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from providers.models.policy import Dated


def standing(model: type[Dated], commissioners: Sequence[int], on: date) -> Any:
    """The rows in force on the day: the shipped ones and those of these commissioners."""
    mine = Q(commissioner__in=commissioners) | Q(commissioner__isnull=True)
    return model._default_manager.filter(mine, Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)


def for_each(
    rows: Sequence[Any], commissioners: Sequence[int], rivals: Sequence[str]
) -> dict[int, dict[tuple[Any, ...], Any]]:
    """By commissioner, and by the values of the rivals, the row that holds: its own, else the shipped one."""
    found: dict[int, dict[tuple[Any, ...], Any]] = {}
    for commissioner in commissioners:
        held: dict[tuple[Any, ...], Any] = {}
        for row in sorted(rows, key=lambda each: each.commissioner_id is None):
            if row.commissioner_id in (None, commissioner):
                held.setdefault(tuple(getattr(row, name) for name in rivals), row)
        found[commissioner] = held
    return found

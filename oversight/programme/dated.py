"""Dated policy of several commissioners at once: what holds for each of them on a day, in one query."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from providers.models.policy import Dated


def holding(
    model: type[Dated], commissioners: Sequence[int], on: date, *rivals: str
) -> dict[int, dict[tuple[Any, ...], Any]]:
    """By commissioner, and by the values of the rivals, the row in force: its own, else the shipped one. One query."""
    mine = Q(commissioner__in=commissioners) | Q(commissioner__isnull=True)
    rows = list(model._default_manager.filter(mine, Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on))
    found: dict[int, dict[tuple[Any, ...], Any]] = {}
    for commissioner in commissioners:
        held: dict[tuple[Any, ...], Any] = {}
        for row in sorted(rows, key=lambda each: each.commissioner_id is None):
            if row.commissioner_id in (None, commissioner):
                held.setdefault(tuple(getattr(row, name) for name in rivals), row)
        found[commissioner] = held
    return found

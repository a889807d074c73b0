"""The dated rules of reviews as their page shows them: clocks by kind, looks at impact, and the pick list of themes.

A commissioner's own row stands in place of the shipped one from its day. A clock that runs keeps the rule that it was
counted by, and a review the words of the theme that it was given.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from providers.models import Organisation
from reviews.kinds import KINDS
from reviews.models import ClockRule, ImpactRule, ReviewTheme

RIVALS: dict[Any, tuple[str, ...]] = {ClockRule: ("kind", "step"), ImpactRule: ("step",), ReviewTheme: ("code",)}


@dataclass(frozen=True)
class Rules:
    """What holds for one commissioner on the day, and what held before or will hold."""

    commissioner: Organisation
    clocks: list[tuple[str, list[ClockRule]]]
    impacts: list[ImpactRule]
    themes: list[ReviewTheme]
    others: list[str]


def rules_of(commissioners: Iterable[Organisation], *, on: date) -> list[Rules]:
    """The rules of each commissioner, its own before the shipped ones. Three queries."""
    ours = list(commissioners)
    whose = Q(commissioner__in=ours) | Q(commissioner=None)
    rows = {model: list(model.objects.filter(whose).order_by("valid_from", "pk")) for model in RIVALS}
    return [_rules(each, rows, on) for each in ours]


def _rules(whose: Organisation, rows: dict[Any, list[Any]], on: date) -> Rules:
    held = {model: _holding(model, of, whose.pk, on) for model, of in rows.items()}
    clocks = [(kind.label, [row for row in held[ClockRule] if row.kind == code]) for code, kind in KINDS.items()]
    own = [row for of in rows.values() for row in of if row.commissioner_id == whose.pk and not row.holds(on)]
    return Rules(
        whose, [each for each in clocks if each[1]], sorted(held[ImpactRule], key=lambda row: row.months),
        sorted((row for row in held[ReviewTheme] if row.in_use), key=lambda row: (row.position, row.label)),
        [_other(row) for row in own],
    )  # fmt: skip


def _holding(model: Any, rows: list[Any], whose: int, on: date) -> list[Any]:
    """Of rivals that hold on the day the commissioner's own, in the order in which they were set."""
    found: dict[tuple[Any, ...], Any] = {}
    mine = [row for row in rows if row.commissioner_id in (None, whose) and row.holds(on)]
    for row in sorted(mine, key=lambda each: each.commissioner_id is not None):
        found[tuple(getattr(row, name) for name in RIVALS[model])] = row
    return list(found.values())


def _other(row: Any) -> str:
    until = f" until {row.valid_to:%-d %B %Y}" if row.valid_to else ""
    kind = f"{KINDS[row.kind].short}: " if isinstance(row, ClockRule) else ""
    return f"{kind}{row}, from {row.valid_from:%-d %B %Y}{until}"

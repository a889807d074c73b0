"""Where a provider stands among like ones, and nothing that says anything of any of them.

The only function that reads figures of organisations that the reader may not see. What leaves it is one of four
words, and only where enough others of the same category have returned and the date of the period has passed: no
value, no name, no rank, no middle (which would be one provider's own figure).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from django.db.models import F

from training.models import Figure, Line, Period
from training.resolver.cells import FIELDS, Cell, cell_of


class Quarter(StrEnum):
    """Which quarter of like providers."""

    TOP = "best quarter"
    UPPER = "upper middle"
    LOWER = "lower middle"
    BOTTOM = "lowest quarter"


@dataclass(frozen=True)
class Standing:
    """A quarter among ``others`` like providers; none where there are too few, or nothing to compare."""

    quarter: Quarter | None
    others: int = 0
    too_few: bool = False


def standings(
    period: Period, lines: Iterable[Line], own: Mapping[str, Cell], *, organisation: int, category: str, fewest: int,
    on: date,
) -> dict[str, Standing]:  # fmt: skip
    """For each line where the provider's own cell stands in a period. One statement; none while the period runs."""
    by_code = {line.code: line for line in lines if line.direction != Line.Direction.NONE}
    if not category or on <= period.due_on:
        return {}
    rows = Figure.objects.known().totals().filter(
        commissioner=period.commissioner_id, period=period, code__in=list(by_code), figure_return__category=category,
        figure_return__withdrawn_at=None,
    ).exclude(organisation=organisation).exclude(organisation=F("commissioner"))  # fmt: skip
    others: dict[str, list[Fraction]] = {code: [] for code in by_code}
    for row in rows.order_by().values_list(*FIELDS):
        cell = cell_of(by_code[row[0]], row)
        if cell.value is not None:
            others[row[0]].append(cell.value)
    return {
        code: standing(own[code].value, values, by_code[code].direction, fewest=fewest)
        for code, values in others.items()
        if code in own and own[code].value is not None and by_code[code].form != Line.Form.MILESTONE
    }


def standing(own: Fraction | None, others: list[Fraction], direction: str, *, fewest: int) -> Standing:
    """By how many of the others are better; equals share the better place."""
    if own is None:
        return Standing(None)
    if len(others) < fewest:
        return Standing(None, too_few=True)
    better = sum(value > own if direction == Line.Direction.UP else value < own for value in others)
    part = 4 * better // len(others)
    return Standing((Quarter.TOP, Quarter.UPPER, Quarter.LOWER, Quarter.BOTTOM)[min(part, 3)], len(others))

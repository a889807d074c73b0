"""What stands out in a line's figures, period after period: a dip, a flat line below the threshold, behind the plan.

Pure. Values are exact; a period without a figure is none, and nothing is said across a gap. The limits are the
commissioner's (``CollectingRule``).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from design.numbers import one_decimal
from training.arithmetic import Number, state_of
from training.recovery import PERCENT, Measure


class Limits(Protocol):
    """The numbers that a commissioner sets (``CollectingRule``)."""

    dip: Decimal
    flat: Decimal


class Code(StrEnum):
    """Which kind of alert."""

    DIP = "dip"
    FLAT = "flat"
    BEHIND = "behind"


@dataclass(frozen=True)
class Alert:
    """One thing that stands out, in words."""

    code: Code
    words: str

    @property
    def label(self) -> str:
        """A word or two, for a mark."""
        return {Code.DIP: "Dip", Code.FLAT: "Flat line", Code.BEHIND: "Behind the plan"}[self.code]


def alerts(
    last: Fraction | None, before: Fraction | None, *, measure: Measure, threshold: Number | None,
    amber: Number | None = None, planned: Number | None = None, limits: Limits,
) -> list[Alert]:  # fmt: skip
    """What stands out at the last value; ``before`` is that of the period just before it, none where it is missing.

    Dips and flat lines are in points of a per cent, so they are looked for in shares only. Nothing is said of a
    number of which no way is the good one.
    """
    if last is None or measure.direction == "none":
        return []
    sign = -1 if measure.direction == "down" else 1
    found = []
    if measure.per == PERCENT and before is not None:
        fallen = sign * (before - last)
        if fallen >= Fraction(limits.dip):
            found.append(Alert(Code.DIP, f"{'Rose' if sign < 0 else 'Fell'} by {_points(fallen)} since last time"))
        states = (state_of(value, threshold, amber, measure.direction) for value in (before, last))
        if all(state.is_short for state in states) and abs(fallen) < Fraction(limits.flat):
            found.append(Alert(Code.FLAT, f"Below the threshold, and moved by less than {_points(limits.flat)}"))
    if planned is not None and (gap := sign * (Fraction(planned) - last)) > 0:
        said = f"{_points(gap)} behind" if measure.per == PERCENT else f"{_number(gap)} worse than"
        found.append(Alert(Code.BEHIND, f"{said} the plan"))
    return found


def _number(value: Number) -> str:
    return one_decimal(value).removesuffix(".0")


def _points(value: Number) -> str:
    said = _number(value)
    return f"{said} point{'' if said == '1' else 's'}"

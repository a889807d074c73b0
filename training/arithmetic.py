"""The sums of training figures and indicators: exact, unrounded, and said in one way everywhere.

Nothing here asks the database. A share is compared unrounded and shown with one decimal, half up, and never as none or
all by rounding alone; nought of nought is no share at all ("n/a", never 0 or 100). ``state`` is the one place that
decides how a value stands to its threshold (domain.md 5.2, 5.3, 17).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from design.numbers import one_decimal, per_cent

Number = int | Decimal | Fraction


class State(StrEnum):
    """How a value stands to its threshold."""

    MET = "met"
    NEAR = "near"
    BELOW = "below"
    NO_THRESHOLD = "no_threshold"
    NOTHING_TO_MEASURE = "nothing_to_measure"
    NOT_APPLICABLE = "not_applicable"
    NO_FIGURE = "no_figure"

    @property
    def words(self) -> str:
        """As a reader says it; never the colour alone."""
        return IN_WORDS[self]

    @property
    def is_short(self) -> bool:
        """Is the threshold missed, by little or by much?"""
        return self in (State.NEAR, State.BELOW)


IN_WORDS = {
    State.MET: "at threshold", State.NEAR: "near threshold", State.BELOW: "below threshold",
    State.NO_THRESHOLD: "no threshold", State.NOTHING_TO_MEASURE: "n/a", State.NOT_APPLICABLE: "does not apply",
    State.NO_FIGURE: "no figure received",
}  # fmt: skip


@dataclass(frozen=True)
class Share:
    """So many of so many. ``n`` may be greater than ``d`` only in a draft, which the checks ask about."""

    n: int
    d: int

    def __add__(self, other: "Share") -> "Share":
        """Together: the sum of those counted over the sum of all, never a mean of per cents."""
        return Share(self.n + other.n, self.d + other.d)

    @property
    def percent(self) -> Fraction | None:
        """Exactly; none where there is nobody."""
        return Fraction(100 * self.n, self.d) if self.d else None

    @property
    def shown(self) -> str:
        """ "83.3 %", or "n/a" where there is nobody."""
        exact = self.percent
        return "n/a" if exact is None else per_cent(exact)

    @property
    def counted(self) -> str:
        """ "1,799 of 2,000"."""
        return f"{self.n:,} of {self.d:,}"

    def short_of(self, threshold: Number) -> int:
        """How many more have to be counted to reach the threshold, all being as many as now; 0 when met."""
        return missing(self.n, Fraction(threshold) * self.d / 100)


def goal(threshold: Number, unit: str = "") -> str:
    """ "90 %", "33.3 %", "1,000": how a threshold is written everywhere, whole without a decimal, else with one."""
    exact = Fraction(threshold)
    said = f"{int(exact):,}" if exact.denominator == 1 else one_decimal(exact)
    return f"{said} {unit}".rstrip()


def state_of(value: Number | None, threshold: Number | None, amber: Number | None, direction: str = "up") -> State:
    """How an exact value stands. ``direction`` "down": the threshold is the most that is good; "none": no judgement."""
    if value is None:
        return State.NOTHING_TO_MEASURE
    if threshold is None or direction == "none":
        return State.NO_THRESHOLD
    # Whole numbers throughout: a page of the overview asks a thousand times, and fractions take ten times as long.
    n, d = value.as_integer_ratio()
    limit, of_limit = threshold.as_integer_ratio()
    missed_by = limit * d - n * of_limit if direction == "up" else n * of_limit - limit * d
    if missed_by <= 0:
        return State.MET
    margin, of_margin = (amber or 0).as_integer_ratio()
    return State.NEAR if missed_by * of_margin <= margin * d * of_limit else State.BELOW


def missing(counted: int, needed: Number, direction: str = "up") -> int:
    """How many more would reach what is needed; ``direction`` "down": how many fewer would; 0 when it is met."""
    if direction == "none":
        return 0
    return max(0, ceil(needed) - counted) if direction == "up" else max(0, counted - floor(needed))


def lowest_drawn(values: Sequence[float]) -> int:
    """Where an axis of per cents begins: ten below the lowest, so that a quarter can be told from the next."""
    return max(0, 10 * floor(min(values) / 10) - 10) if values else 0


def points_between(before: Share, after: Share) -> Fraction | None:
    """By how many points the share moved; none where one of them has nobody."""
    if before.percent is None or after.percent is None:
        return None
    return after.percent - before.percent


def monthly_rate(missing: int, months: int) -> int | None:
    """How many a month reach the number in time, rounded up; none when no month is left."""
    return ceil(Fraction(missing, months)) if months > 0 else None

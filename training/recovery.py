"""What it takes to get there: how many more, by when, how many a month, and how a plan stands to what was reached.

Pure. Values are exact (training.arithmetic); a month without a figure is none, and nothing is drawn or judged for it.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

from design.calendar import FinancialYear
from design.charts import Chart, Series, Threshold, line_chart
from design.numbers import one_decimal, per_cent
from training.arithmetic import Number, Share, State, goal, lowest_drawn, missing, monthly_rate

PERCENT = 100


@dataclass(frozen=True)
class Measure:
    """What a value counts. ``per`` is 100 for a share, the line's own for a rate, none for a count.

    ``of_staff``: people who work for the provider are counted; ``level`` says of which level.
    """

    per: int | None = PERCENT
    direction: str = "up"
    of_staff: bool = False
    level: str = ""

    @property
    def unit(self) -> str:
        """As it stands behind a value."""
        return "%" if self.per == PERCENT else f"per {self.per:,}" if self.per else ""

    def value(self, n: int | None, d: int | None) -> Fraction | None:
        """The exact value; none where there is no number, or nobody to measure."""
        if n is None or (self.per is not None and not d):
            return None
        return Fraction(n) if self.per is None else Fraction(self.per * n, d or 1)

    def said(self, value: Number | None) -> str:
        """ "83.3 %", "12", "1.5 per 1,000", "n/a"."""
        if value is None:
            return "n/a"
        if self.per is None:
            return f"{floor(value):,}" if Fraction(value).denominator == 1 else one_decimal(value)
        return per_cent(value) if self.per == PERCENT else f"{one_decimal(value)} {self.unit}"

    def goal(self, threshold: Number) -> str:
        """ "85 %", "33.3 %": a threshold in its unit (``arithmetic.goal``)."""
        return goal(threshold, self.unit)

    def short(self, n: int, d: int | None, threshold: Number) -> int:
        """How many more (or, where less is better, fewer) reach the threshold, all else being as now; 0 when met."""
        return missing(n, Fraction(threshold) * (Fraction(d or 0, self.per) if self.per else 1), self.direction)

    def people(self, n: int) -> str:
        """ "41 more people at level 3", "1 more person", "4 fewer"."""
        if self.direction == "down":
            return f"{n:,} fewer"
        if not self.of_staff:
            return f"{n:,} more"
        level = f" at level {self.level}" if self.level.isdigit() else ""
        return f"{n:,} more {'person' if n == 1 else 'people'}{level}"


@dataclass(frozen=True)
class Need:
    """So many more by a day to reach a threshold."""

    missing: int
    by: date
    threshold: Fraction
    months: int
    measure: Measure

    @property
    def rate(self) -> int | None:
        """How many a month; none when no month is left."""
        return monthly_rate(self.missing, self.months)

    @property
    def words(self) -> str:
        """ "41 more people at level 3 by 31 March 2018 to reach 85 %: 7 a month"."""
        goal = self.measure.goal(self.threshold)
        said = f"{self.measure.people(self.missing)} by {self.by:%-d %B %Y} to reach {goal}"
        return f"{said}: {self.rate:,} a month" if self.rate is not None and self.months > 1 else said


FURTHEST = (State.BELOW, State.NEAR)


def weighty(state: State, need: Need | None, run: int, name: str) -> tuple[int, int, int, str]:
    """The order of lists of lines below their threshold, what weighs most first (templates/training/_order.html)."""
    return weight(state, need.missing if need else 0, run, name)


def weight(state: State, missing: int, run: int, name: str) -> tuple[int, int, int, str]:
    """The same of how many are missing."""
    nearer = FURTHEST.index(state) if state in FURTHEST else len(FURTHEST)
    return nearer, -missing, -run, name


def needed(
    measure: Measure, n: int | None, d: int | None, threshold: Number | None, *, on: date, by: date
) -> Need | None:
    """What is missing on a day, and until when; none without a number, a threshold or anything missing."""
    if n is None or threshold is None or measure.direction == "none" or measure.value(n, d) is None:
        return None
    short = measure.short(n, d, threshold)
    return Need(short, by, Fraction(threshold), months_left(on, by), measure) if short else None


def months_left(on: date, by: date) -> int:
    """Ends of months after the one day until the other: from 30 September until 31 March six, from 1 October too."""
    return sum(1 for end in month_ends(on + timedelta(1), by) if end <= by)


def usual_end(as_at: date) -> date:
    """By when, where no plan says otherwise: the end of the financial year that follows the as-at date."""
    return FinancialYear.of(as_at + timedelta(1)).ends


def month_ends(first: date, last: date) -> Iterator[date]:
    """The last day of every month that touches the stretch."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield date(year, month, monthrange(year, month)[1])
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def planned_on(points: Sequence[tuple[date, Decimal]], day: date) -> Decimal | None:
    """What the plan says for a day: its last point until then; before the first nothing is planned."""
    before = [value for by_day, value in points if by_day <= day]
    return before[-1] if before else None


def merged(plans: Iterable[Sequence[tuple[date, Decimal]]]) -> list[tuple[date, Decimal]]:
    """The points of several plans, the newest plan first: one takes over on its own first day, and not before.

    So a new plan changes nothing of what was planned for the days that have passed.
    """
    found: list[tuple[date, Decimal]] = []
    for points in plans:
        first = found[0][0] if found else date.max
        found = [*(point for point in points if point[0] < first), *found]
    return found


@dataclass(frozen=True)
class Compared:
    """One day for which figures were due: planned and actual, each as it is read."""

    label: str
    on: date
    planned: Decimal | None
    actual: Fraction | None
    counted: str
    measure: Measure

    @property
    def planned_said(self) -> str:
        """The plan in words."""
        return "" if self.planned is None else self.measure.said(self.planned)

    @property
    def actual_said(self) -> str:
        """What was reached, with n of d."""
        value = self.measure.said(self.actual)
        return "" if self.actual is None else f"{value} ({self.counted})" if self.counted else value

    @property
    def is_behind(self) -> bool:
        """Was less reached than planned (or more, where less is better)? Not known without both."""
        if self.planned is None or self.actual is None:
            return False
        planned = Fraction(self.planned)
        return self.actual > planned if self.measure.direction == "down" else self.actual < planned


def compare(
    measure: Measure, points: Sequence[tuple[date, Decimal]], actual: Mapping[date, tuple[int | None, int | None]],
    labels: Mapping[date, str],
) -> list[Compared]:  # fmt: skip
    """One a period of ``labels`` (its last day, and how it is called), oldest first."""
    found = []
    for day in sorted(labels):
        n, d = actual.get(day, (None, None))
        counted = Share(n, d).counted if n is not None and d is not None else ""
        found.append(Compared(labels[day], day, planned_on(points, day), measure.value(n, d), counted, measure))
    return found


def picture(compared: Sequence[Compared], threshold: Number | None, *, title: str, on: date) -> Chart:
    """Planned against actual as two lines, with the threshold. A period without a figure is a gap, or still to come."""
    measure = compared[0].measure if compared else Measure()
    unit = "%" if measure.unit == "%" else ""
    series = [Series("Actual", tuple(_drawn(each.actual) for each in compared),
                     tuple(each.actual_said or ("No figure" if each.on < on else "Still to come")
                           for each in compared))]  # fmt: skip
    if any(each.planned is not None for each in compared):
        planned = tuple(_drawn(each.planned) for each in compared)
        series.append(Series("Planned", planned, tuple(each.planned_said or "Not planned" for each in compared)))
    line = None if threshold is None else Threshold(float(threshold), f"Threshold {measure.goal(threshold)}")
    known = [float(point) for each in series for point in each.points if point is not None]
    low = lowest_drawn([*known, *([] if line is None else [float(line.value)])]) if unit else 0
    return line_chart(
        series, periods=[each.label for each in compared], title=title, unit=unit, threshold=line, low=low
    )


def _drawn(value: Number | None) -> float | None:
    return None if value is None else float(value)

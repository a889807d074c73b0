"""The pictures of the register: slippage by stage, ages of actions, how far reviews were at the end of each month.

Drawn from every review that may be counted, whoever looks, so that two people are never shown different totals (hazard
20); they hold numbers only. Dates are compared with the first day of a clock and of an action, never with a later one.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Case, DateField, DurationField, ExpressionWrapper, F, Max, Q, Value, When
from django.db.models.functions import Greatest

from accounts.capabilities import Can
from actions.models import AGES, Action
from design.charts import Bucket, Chart, Fill, Segment, Series, Stack, ageing_bars, line_chart, stacked_bars
from reviews.kinds import STAGES
from reviews.models import Review, StageMove

if TYPE_CHECKING:
    from accounts.models import User

MONTHS = 24
# How many days after its first day the clock that has slipped most will run out, or has run for.
SLIPS: tuple[tuple[str, int, int | None, Fill], ...] = (
    ("No clock runs", 0, 0, Fill.BLANK),
    ("Within the first day", 0, 0, Fill.BLUE),
    ("1 to 30 days beyond", 1, 30, Fill.DOTS),
    ("31 to 90 days beyond", 31, 90, Fill.DIAGONAL),
    ("More than 90 days beyond", 91, None, Fill.DARK),
)
PHASES: tuple[tuple[str, str], ...] = (
    ("Before the decision", "decided"),
    ("Being reviewed", "published"),
    ("Published, plan live", "closed"),
    ("Closed", ""),
)


def slippage(reviews: Any, on: date) -> list[Stack]:
    """The open reviews at each stage, by how far beyond its first day the clock that slipped most has come."""
    running = Q(clocks__met_on__isnull=True, clocks__ended_on__isnull=True)
    until = Greatest(F("clocks__due_on"), Value(on, DateField()), output_field=DateField())
    late = ExpressionWrapper(until - F("clocks__original_due_on"), DurationField())
    slip = Case(When(running, then=late))
    rows = reviews.filter(closed_at__isnull=True).order_by().annotate(slip=Max(slip)).values_list("stage", "slip")
    counts = Counter((stage, _slip(late)) for stage, late in rows)
    stages = [stage for stage in STAGES if any(held == stage for held, _ in counts)]
    return [
        Stack(STAGES[stage], tuple(Segment(words, counts[stage, words], fill) for words, _, _, fill in SLIPS))
        for stage in stages
    ]


def _slip(late: timedelta | None) -> str:
    if late is None:
        return SLIPS[0][0]
    days = late.days
    return next(words for words, first, last, _ in SLIPS[1:] if first <= days and (last is None or days <= last))


def ages(reviews: Any, on: date) -> list[Bucket]:
    """The open actions of the reviews, by how long ago the day was that was first agreed."""
    counts = actions_of(reviews).counted(on=on)
    return [Bucket(words, counts[code]) for code, words, _, _ in AGES]


def actions_of(reviews: Any) -> Any:
    """Every action of the reviews, whoever may read it: for counts."""
    return Action.objects.filter(circle__in=reviews.order_by().values("circle"))


def month_ends(on: date, months: int = MONTHS) -> list[date]:
    """The last days of so many months that are over, oldest first, and the day itself."""
    found, day = [on], on.replace(day=1) - timedelta(days=1)
    while len(found) <= months:
        found.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return found[::-1]


def over_time(reviews: Any, days: list[date]) -> list[Series]:
    """In which phase the reviews were on each day, from the stages that were written down then. Two queries."""
    begun = {pk: (added, stage) for pk, added, stage in reviews.order_by().values_list("pk", "referred_on", "stage")}
    moves: dict[int, list[tuple[date, str, str]]] = {}
    said = StageMove.objects.filter(review__in=reviews.order_by().values("pk")).order_by("on", "pk")
    for pk, on, before, after in said.values_list("review", "on", "before", "after"):
        moves.setdefault(pk, []).append((on, before, after))
    counts: list[Counter[str]] = [Counter() for _ in days]
    for pk, (added, stage) in begun.items():
        held = moves.get(pk, [])
        first = held[0][1] if held else stage
        dates = [on for on, _, _ in held]
        for place, day in enumerate(days):
            if added <= day:
                passed = bisect_right(dates, day)
                counts[place][phase(held[passed - 1][2] if passed else first)] += 1
    return [Series(words, tuple(count[words] for count in counts)) for words, _ in PHASES]


def phase(stage: str) -> str:
    """The phase of a stage, in words."""
    order = list(STAGES)
    return next(words for words, end in PHASES if not end or order.index(stage) < order.index(end))


@dataclass
class Pictures:
    """The pictures for one reader on one day."""

    user: "User"
    on: date

    @cached_property
    def counted(self) -> Any:
        """Every review that the reader may count."""
        return Review.objects.permitted(self.user, Can.COUNT_REVIEWS, on=self.on)

    @cached_property
    def slippage(self) -> Chart:
        """Stages and how far beyond the first day."""
        title = "Open reviews by stage, and how far beyond their first day"
        return stacked_bars(slippage(self.counted, self.on), title=title, heading="Stage", to_scale=True)

    @cached_property
    def ages(self) -> Chart:
        """Open actions by the day first agreed."""
        title = "Open actions of reviews by days past the date first agreed"
        buckets = ages(self.counted, self.on)
        return ageing_bars(buckets, title=title, heading="Days past the original date", measure="Open actions")

    @cached_property
    def over_time(self) -> Chart:
        """Phases at the end of each month."""
        days = month_ends(self.on)
        series = over_time(self.counted, days)
        return line_chart(series, periods=list(_said(days)), title="How far reviews were, month by month")


def _said(days: Iterable[date]) -> Iterable[str]:
    return (f"{day:%b %Y}" for day in days)

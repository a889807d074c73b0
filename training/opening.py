"""Periods that open by themselves, and which one a commissioner would open next.

Due dates are so many working days after the period's last day, over weekends and bank holidays (domain.md 17).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import Max, Q

from design.calendar import add_working_days
from providers.models import Organisation
from providers.models.policy import Dated
from training.measured import lines_from, lines_in_force, rule_in_force
from training.models import CollectingRule, Line, Period, days_of

D = TypeVar("D", bound=Dated)
TIMINGS = (Line.Timing.QUARTER, Line.Timing.MONTH)


@dataclass(frozen=True)
class Next:
    """The days of a period and when its figures are due."""

    timing: str
    starts_on: date
    ends_on: date
    due_on: date


def due_after(ends_on: date, timing: str, rule: CollectingRule) -> date:
    """So many working days after the last day."""
    days = rule.quarter_working_days if timing == Line.Timing.QUARTER else rule.month_working_days
    return add_working_days(ends_on, days)


def last_ended(timing: str, *, on: date, rule: CollectingRule) -> Next:
    """The latest period whose last day is before the day."""
    starts, _ = days_of(timing, on)
    first, last = days_of(timing, starts - timedelta(days=1))
    return Next(timing, first, last, due_after(last, timing, rule))


def next_after(latest: date | None, timing: str, *, on: date, rule: CollectingRule) -> Next:
    """What is opened next: the period after the latest one by its last day, else the last that has ended."""
    if latest is None:
        return last_ended(timing, on=on, rule=rule)
    first, last = days_of(timing, latest + timedelta(days=1))
    return Next(timing, first, last, due_after(last, timing, rule))


def prepare_due(*, on: date, at: datetime) -> list[Period]:
    """The periods that open today by themselves, ready to be issued, each once.

    Of commissioners whose rule says so: the last month and quarter that ended, where lines are collected so often and
    the due date still lies ahead. What somebody prepared for it is opened as it was prepared.
    """
    found = []
    for commissioner in Organisation.objects.filter(kind=Organisation.Kind.COMMISSIONER, closed_on=None):
        rule = rule_in_force(commissioner, on=on)
        if rule.automatic:
            ended = (last_ended(timing, on=on, rule=rule) for timing in TIMINGS)
            found += [period for each in ended if (period := _prepared(commissioner, each, on=on, at=at))]
    return found


def _prepared(commissioner: Organisation, ended: Next, *, on: date, at: datetime) -> Period | None:
    """The period in the worker's hands; None when it is open already, past, or nothing is collected in it."""
    if ended.due_on <= on or not lines_in_force(commissioner, on=ended.ends_on, timing=ended.timing):
        return None
    days = {"ends_on": ended.ends_on, "due_on": ended.due_on, "by_schedule": True}
    period, _ = Period.objects.get_or_create(
        commissioner=commissioner, timing=ended.timing, starts_on=ended.starts_on, defaults=days
    )
    if period.state == Period.State.DRAFT and period.due_on > on:
        period.begin_issuing(by=None, at=at)
    return period if period.state == Period.State.ISSUING else None


@dataclass(frozen=True)
class Offer:
    """The next period of one commissioner: it can be prepared, or when its days will have passed."""

    commissioner: Organisation
    period: Period
    has_ended: bool

    @property
    def choice(self) -> str:
        """As the form for a new period names it."""
        return f"{self.period.timing} {self.period.ends_on.isoformat()}"


def offered(commissioners: Iterable[Organisation], *, on: date) -> list[Offer]:
    """The next quarter of each commissioner, and the next month where lines are collected every month.

    Three queries, however many commissioners.
    """
    ours = list(commissioners)
    whose = Q(commissioner__in=ours) | Q(commissioner=None)
    rules = [rule for rule in CollectingRule.objects.filter(whose) if rule.holds(on)]
    lines = list(Line.objects.filter(whose))
    ended = Period.objects.filter(commissioner__in=ours).order_by().values("commissioner", "timing")
    latest = {(row["commissioner"], row["timing"]): row["last"] for row in ended.annotate(last=Max("ends_on"))}
    found = []
    for commissioner in ours:
        rule = next(iter(_own_first(rules, commissioner)), None) or CollectingRule(valid_from=on)
        for timing in TIMINGS:
            next_ = next_after(latest.get((commissioner.pk, timing)), timing, on=on, rule=rule)
            held = [line for line in _own_first(lines, commissioner) if line.holds(next_.ends_on)]
            if timing == Line.Timing.MONTH and not lines_from(held, timing=timing):
                continue
            days = {"starts_on": next_.starts_on, "ends_on": next_.ends_on, "due_on": next_.due_on}
            found.append(Offer(commissioner, Period(timing=timing, **days), next_.ends_on < on))
    return found


def _own_first(rows: Iterable[D], commissioner: Organisation) -> list[D]:
    """The commissioner's own before the shipped ones; of others none."""
    mine = [row for row in rows if row.commissioner_id in (None, commissioner.pk)]
    return sorted(mine, key=lambda row: row.commissioner_id is None)

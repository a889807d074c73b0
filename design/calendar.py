"""Working days, bank holidays of England, financial years and quarters.

Knows dates only: nothing here asks what day it is, so every caller passes the day in. Bank holidays come from
the `holidays` package, which works without a network; a new royal occasion arrives by upgrading that package.
The package knows the years 1872 to 2100; outside them only weekends are free.
"""

import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Self
from zoneinfo import ZoneInfo

from holidays import country_holidays

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
YEAR_LABEL = re.compile(r"(?P<starting>[0-9]{4})[/-](?P<ending>[0-9]{2})", re.ASCII)


def london_date(moment: datetime) -> date:
    """The date on a London wall at that moment. A moment without a time zone is refused with ValueError."""
    if moment.utcoffset() is None:
        raise ValueError("A moment needs a time zone before it has a London date")
    return moment.astimezone(LONDON).date()


@lru_cache(maxsize=512)
def bank_holidays(year: int) -> Mapping[date, str]:
    """The bank holidays of England in one calendar year and their names, in order. Read-only."""
    known = country_holidays("GB", subdiv="ENG", years=year, expand=False)
    return MappingProxyType(dict(sorted(known.items())))


@lru_cache(maxsize=512)
def _weekday_holidays(year: int) -> tuple[date, ...]:
    return tuple(day for day in bank_holidays(year) if day.weekday() < 5)


def is_working_day(day: date) -> bool:
    """Monday to Friday and not a bank holiday in England."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def add_working_days(day: date, n: int) -> date:
    """The nth working day after `day`, or before it when n is negative; the day itself when n is 0.

    `day` need not be a working day: one working day after a Saturday is the Monday, one before it the Friday.
    """
    step, left = (DAY, n) if n > 0 else (-DAY, -n)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days `end` is from `start`, so that adding them to `start` arrives at `end`.

    Counts the days after `start` up to and including `end`. When `end` is earlier the answer is negative and
    counts `end` up to the day before `start`.
    """
    if end >= start:
        return _working_days_from(start + DAY, end)
    return -_working_days_from(end, start - DAY)


def _working_days_from(first: date, last: date) -> int:
    """Working days in a stretch with both ends included, without walking it day by day."""
    days = (last - first).days + 1
    weeks, rest = divmod(days, 7)
    weekdays = 5 * weeks + sum((first.weekday() + ahead) % 7 < 5 for ahead in range(rest))
    return weekdays - sum(_holidays_within(year, first, last) for year in range(first.year, last.year + 1))


def _holidays_within(year: int, first: date, last: date) -> int:
    free = _weekday_holidays(year)
    return max(0, bisect_right(free, last) - bisect_left(free, first))


def latest_due_reaching(step_offset_working_days: int, on: date) -> date:
    """The latest due date whose step falls on or before `on`; the step is the due date plus the offset.

    A negative offset is a step before the due date. Every due date up to and including the answer has reached
    its step and no later one has, so a planner needs one comparison per step: `due_on <= answer`.
    """
    if step_offset_working_days > 0:
        return add_working_days(on + DAY, -step_offset_working_days) - DAY
    return add_working_days(on, -step_offset_working_days)


def add_months(day: date, n: int) -> date:
    """The same day of the month n months on (n may be negative), or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, order=True)
class FinancialYear:
    """1 April to 31 March, named by the calendar year in which it starts."""

    starting: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The financial year that a day belongs to."""
        return cls(day.year if day.month >= 4 else day.year - 1)

    @classmethod
    def last_complete(cls, on: date) -> Self:
        """The latest financial year whose last day is before `on`."""
        return cls(cls.of(on).starting - 1)

    @classmethod
    def parse(cls, label: str) -> Self:
        """Read "2017/18" or "2017-18"; anything else, "2017/19" too, is a ValueError."""
        found = YEAR_LABEL.fullmatch(label.strip())
        if not found or (int(found["starting"]) + 1) % 100 != int(found["ending"]):
            raise ValueError(f"{label!r} is not a financial year such as 2017-18")
        return cls(int(found["starting"]))

    @property
    def label(self) -> str:
        """As it is written everywhere, on screen, on paper and in addresses: 2017-18 (screens.md 2)."""
        return f"{self.starting}-{(self.starting + 1) % 100:02d}"

    @property
    def slug(self) -> str:
        """As it is kept and put into addresses and file names: the same."""
        return self.label

    @property
    def starts(self) -> date:
        """1 April."""
        return date(self.starting, 4, 1)

    @property
    def ends(self) -> date:
        """31 March, included."""
        return date(self.starting + 1, 3, 31)

    @property
    def previous(self) -> Self:
        """The year before."""
        return type(self)(self.starting - 1)

    @property
    def next(self) -> Self:
        """The year after."""
        return type(self)(self.starting + 1)

    @property
    def quarters(self) -> "tuple[Quarter, ...]":
        """Its four quarters, in order."""
        return tuple(Quarter(self, number) for number in (1, 2, 3, 4))

    def contains(self, day: date) -> bool:
        """Is the day within the year?"""
        return self.starts <= day <= self.ends

    def __contains__(self, day: date) -> bool:
        return self.contains(day)

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a financial year: Q1 is April to June, Q4 January to March."""

    year: FinancialYear
    number: int

    def __post_init__(self) -> None:
        if self.number not in (1, 2, 3, 4):
            raise ValueError(f"A year has quarters 1 to 4, not {self.number}")

    @classmethod
    def of(cls, day: date) -> Self:
        """The quarter that a day belongs to: 30 June is in Q1."""
        return cls(FinancialYear.of(day), (day.month - 4) % 12 // 3 + 1)

    @classmethod
    def last_complete(cls, on: date) -> Self:
        """The latest quarter whose last day is before `on`."""
        return cls.of(on).previous

    @property
    def label(self) -> str:
        """As people write it: “Q1 2017-18”."""
        return f"Q{self.number} {self.year.label}"

    @property
    def starts(self) -> date:
        """Its first day."""
        return add_months(self.year.starts, 3 * (self.number - 1))

    @property
    def ends(self) -> date:
        """Its last day, included."""
        return add_months(self.starts, 3) - DAY

    @property
    def previous(self) -> Self:
        """The quarter before, across the year’s end."""
        return type(self).of(self.starts - DAY)

    @property
    def next(self) -> Self:
        """The quarter after, across the year’s end."""
        return type(self).of(self.ends + DAY)

    def contains(self, day: date) -> bool:
        """Is the day within the quarter?"""
        return self.starts <= day <= self.ends

    def __contains__(self, day: date) -> bool:
        return self.contains(day)

    def __str__(self) -> str:
        return self.label

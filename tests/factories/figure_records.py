"""Figures of several quarters as they come in from a commissioner's records: the short way to something known."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from accounts.capabilities import Role
from design.calendar import Quarter
from tests.factories.accounts import someone
from training.models import CollectingRule, FigureReturn, Line
from training.records import Numbers, Recorded, record

AT = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def last_quarters(on: date, count: int = 4) -> list[date]:
    """The last days of the quarters that have ended, oldest first."""
    quarter, found = Quarter.last_complete(on), []
    for _ in range(count):
        found.append(quarter.ends)
        quarter = quarter.previous
    return found[::-1]


def a_rule(commissioner: Any, **values: Any) -> CollectingRule:
    """The commissioner's own rule, from long ago."""
    rule: CollectingRule = CollectingRule.objects.create(
        commissioner=commissioner, valid_from=date(2013, 4, 1), **values
    )
    return rule


def recorded(
    commissioner: Any, organisation: Any, quarters: Mapping[date, Mapping[Line, tuple[int, int | None]]], *,
    by: Any = None, at: datetime = AT,
) -> list[FigureReturn]:  # fmt: skip
    """One return a quarter, by its last day; each line so many of so many."""
    found = [
        Recorded(organisation, Line.Timing.QUARTER, ends, {line: Numbers(*each) for line, each in lines.items()})
        for ends, lines in quarters.items()
    ]
    by = by or someone(Role.QUALITY_ANALYST, commissioner)
    return record(found, commissioner=commissioner, source="Test", by=by, at=at)

"""Whether a return came on time: the one place that says it, for pages and for the annual report.

What counts is the first submission (hazard 6). It is on time by the date first set, which nothing moves, and by the
date that was agreed before it came: a new date given when a return is sent back is for the next submission, so it
makes the first one neither late nor early.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import F

from chasing.models import DueChange
from design.calendar import london_date

if TYPE_CHECKING:
    from assurance.models.assessments import SelfAssessment


@dataclass(frozen=True, slots=True)
class OnTime:
    """The two dates that a return was asked for by, and the London day on which it first came, if it did."""

    original_on: date
    agreed_on: date
    came_on: date | None
    extensions: int = 0

    @property
    def by_original(self) -> bool | None:
        """By the date first set; None while it has not come."""
        return None if self.came_on is None else self.came_on <= self.original_on

    @property
    def by_agreed(self) -> bool | None:
        """By the date agreed before it came; None while it has not come."""
        return None if self.came_on is None else self.came_on <= self.agreed_on


def on_time(assessment: "SelfAssessment", changes: Sequence[DueChange], *, before: datetime | None = None) -> OnTime:
    """As it is, or as it was just before a moment. ``changes`` are the moves of its date, oldest first.

    Only a date that somebody agreed counts; ``extensions`` says how many were, whether before or after it came.
    """
    came = assessment.first_submitted_at
    if came is not None and before is not None and came >= before:
        came = None
    known = [change for change in changes if before is None or change.at < before]
    agreed = [change for change in known if change.agreed_by_id]
    in_time = [change.new for change in agreed if came is None or change.at <= came]
    # A return that was moved from a merged provider brought its date with it, without a change of its own.
    at_issue = changes[0].old if changes else assessment.due_on
    agreed_on = in_time[-1] if in_time else at_issue
    return OnTime(assessment.original_due_on, agreed_on, london_date(came) if came else None, len(agreed))


def moves(changes: Iterable[DueChange]) -> list[DueChange]:
    """Those of the changes that moved the date; pauses move nothing."""
    return [change for change in changes if change.new != change.old]


def on_time_of(returns: Iterable["SelfAssessment"]) -> dict[int, OnTime]:
    """The same for many returns, by id. One query besides the returns'."""
    rows = {each.pk: each for each in returns}
    changes = moves_of(rows)
    return {pk: on_time(each, changes[pk]) for pk, each in rows.items()}


def moves_of(returns: Iterable[int]) -> dict[int, list[DueChange]]:
    """Every move of a return's date by its id, oldest first; pauses move nothing. One query."""
    found: dict[int, list[DueChange]] = {pk: [] for pk in returns}
    rows = DueChange.objects.filter(kind="self_assessment", thing__in=list(found)).exclude(new=F("old"))
    for change in rows.order_by("at", "pk"):
        found[change.thing].append(change)
    return found

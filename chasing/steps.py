"""Which reminder step a due date has reached on a day: dates and ladders, no rows of things.

Each step becomes a band of due dates: from just above the dates that have reached the next step, up to the latest
that has reached this one. Holidays are in the cut-offs, so a planner compares dates and nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.db.models import Q

from chasing.models import Rung
from chasing.models.ladders import PROPOSED_ONLY
from design.calendar import DAY, add_working_days, is_working_day, latest_due_reaching

EVERYBODY = 0  # the shipped steps, for every commissioner without steps of its own


@dataclass(frozen=True)
class Band:
    """Due dates after ``above`` (and, not to be counted twice, after ``since``) up to ``cut`` are at this step."""

    whose: int
    day: date
    rung_id: int
    audience: str
    offset: int
    proposes: bool
    above: date | None
    since: date | None
    cut: date
    lower: tuple[int, ...]
    day_before: date | None


@dataclass(frozen=True)
class NextStep:
    """What happens next to a thing, and when."""

    rung: Rung
    on: date


def working_days_from(on: date, days: int) -> list[date]:
    """The working days from ``on`` until so many calendar days later."""
    return [day for n in range(days + 1) if is_working_day(day := on + timedelta(days=n))]


def next_working_day(on: date) -> date:
    """The day itself when it is a working day."""
    return on if is_working_day(on) else add_working_days(on, 1)


def rungs_between(first: date, last: date) -> list[Rung]:
    """Every step that is in force on some day between the two, of every kind and commissioner. One query."""
    ends = Q(ladder__valid_to__isnull=True) | Q(ladder__valid_to__gt=first)
    rungs = Rung.objects.filter(ends, ladder__valid_from__lte=last)
    return list(rungs.select_related("ladder").order_by("offset"))


def in_force(rungs: Iterable[Rung], kind: str, on: date) -> dict[int, list[Rung]]:
    """The steps of a kind on the day: by commissioner, and the shipped ones under ``EVERYBODY``."""
    found: dict[int, list[Rung]] = {}
    for rung in rungs:
        ladder = rung.ladder
        if ladder.kind == kind and ladder.holds(on):
            found.setdefault(ladder.commissioner_id or EVERYBODY, []).append(rung)
    return found


def bands(kind: str, days: Sequence[date], rungs: Sequence[Rung]) -> tuple[list[Band], list[int]]:
    """The bands of one kind for each day, and the commissioners that have steps of their own."""
    found: list[Band] = []
    own: set[int] = set()
    before: date | None = None
    for day in days:
        for whose, steps in in_force(rungs, kind, day).items():
            own.add(whose)
            found += _bands_of_ladder(whose, steps, day, before)
        before = day
    return found, sorted(own - {EVERYBODY})


def _bands_of_ladder(whose: int, rungs: list[Rung], day: date, before: date | None) -> Iterator[Band]:
    """One band a step, from the lowest step up."""
    above = None
    for rung in sorted(rungs, key=lambda rung: -rung.offset):
        cut = latest_due_reaching(rung.offset, day)
        yield Band(
            whose=whose,
            day=day,
            rung_id=rung.pk,
            audience=rung.audience,
            offset=rung.offset,
            proposes=rung.audience in PROPOSED_ONLY,
            above=above,
            since=latest_due_reaching(rung.offset, before) if before else None,
            cut=cut,
            lower=tuple(sorted(lower.offset for lower in rungs if lower.offset < rung.offset)),
            day_before=before,
        )
        above = cut


def step_date(due_on: date, offset: int) -> date:
    """The first working day on which a thing due then has reached the step."""
    return next_working_day(add_working_days(due_on, offset) if offset else due_on)


def next_step(
    rungs: list[Rung], *, due_on: date, done: int | None, paused_until: date | None, on: date
) -> NextStep | None:
    """The step that a thing takes next, and on which working day at the earliest; None after the last one.

    ``done`` is the offset of the highest step decided so far. Today's plan counts as run.
    """
    ahead = [rung for rung in rungs if done is None or rung.offset > done]
    if not ahead:
        return None
    earliest = next_working_day(max(paused_until or on + DAY, on + DAY))
    for rung, after in pairwise([*ahead, None]):
        if rung and (after is None or step_date(due_on, after.offset) > earliest):
            return NextStep(rung, max(step_date(due_on, rung.offset), earliest))
    return None

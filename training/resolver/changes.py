"""Why a sum is another than it was: each return that came in or was corrected between two moments, and what it did.

The steps take the sum of the first moment to that of the second exactly; ``Change.adds_up`` says that they do.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Can
from training.arithmetic import Share
from training.models import Figure, Line, Period
from training.resolver.cells import FIELDS, Cell, CellKind, cell_of
from training.resolver.sums import Sum, figures, none_of, sums

if TYPE_CHECKING:
    from accounts.models import User

About = tuple[int, str, str, int, str]
NOTHING_YET = Share(0, 0)
ABOUT = (
    "asked_id", "organisation_id", "organisation__name", "figure_return__reference", "submission__number",
    "submission__reason",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One submission between the two moments: what stood before it, what after, and the sum as it was then."""

    organisation: int
    name: str
    return_reference: str
    number: int
    reason: str
    at: datetime
    before: Cell | None
    after: Cell
    running: Share = NOTHING_YET

    @property
    def is_correction(self) -> bool:
        """Did something stand there before?"""
        return self.before is not None

    @property
    def is_taken_back(self) -> bool:
        """Did it end without anything in its place?"""
        return self.after.kind is CellKind.NO_FIGURE

    @property
    def added(self) -> tuple[int, int]:
        """By how much numerator and denominator of the sum moved."""
        n, d = _numbers(self.after)
        was_n, was_d = _numbers(self.before) if self.before else (0, 0)
        return n - was_n, d - was_d

    @property
    def added_said(self) -> str:
        """ "+82 of +96"; a count alone is "+3"."""
        n, d = self.added
        alone = all(each is None or each.d is None for each in (self.before, self.after))
        return f"{n:+,}" if alone else f"{n:+,} of {d:+,}"


@dataclass(frozen=True)
class Change:
    """The sum at both moments and the steps from one to the other."""

    line: Line
    before: Sum
    after: Sum
    steps: tuple[Step, ...]

    @property
    def adds_up(self) -> bool:
        """Do the steps lead from the one sum to the other?"""
        n = self.before.n + sum(step.added[0] for step in self.steps)
        d = self.before.d + sum(step.added[1] for step in self.steps)
        return (n, d) == (self.after.n, self.after.d)


def between(user: "User", period: Period, line: Line, *, first: datetime, second: datetime) -> Change:
    """What one line of a period came to at two moments, and every submission in between. Four statements."""
    before, after = (_sum_at(user, period, line, at) for at in (first, second))
    rows = Figure.objects.permitted(user, Can.SEE_FIGURES).totals().filter(period=period, code=line.code)
    rows = rows.exclude(organisation=period.commissioner_id).order_by("known_from", "pk")
    begun = rows.filter(known_from__gt=first, known_from__lte=second).values_list("known_from", *ABOUT, *FIELDS)
    over = rows.filter(known_to__gt=first, known_to__lte=second).values_list("known_to", *ABOUT, *FIELDS)
    ended = {(at, asked): (about, cell_of(line, row)) for at, asked, about, row in map(_apart, over)}
    steps = []
    for at, asked, about, row in map(_apart, begun):
        _, was = ended.pop((at, asked), (None, None))
        steps.append(Step(*about, at, was, cell_of(line, row)))
    # What ended and was followed by nothing was taken back.
    gone = Cell(line.code, CellKind.NO_FIGURE, line.form, line.direction)
    steps += [Step(*about, at, was, gone) for (at, _), (about, was) in ended.items()]
    return Change(line, before, after, tuple(_with_sums(before, sorted(steps, key=lambda step: step.at))))


def _apart(row: tuple[Any, ...]) -> tuple[datetime, int, About, tuple[Any, ...]]:
    """When, which line of which return, whose it is, and its numbers."""
    return row[0], row[1], (row[2], row[3], row[4], row[5], row[6]), row[1 + len(ABOUT) :]


def _with_sums(before: Sum, steps: list[Step]) -> Iterator[Step]:
    """Each step with the sum as it was after it."""
    n, d = before.n, before.d
    for step in steps:
        n, d = n + step.added[0], d + step.added[1]
        yield replace(step, running=Share(n, d))


def _sum_at(user: "User", period: Period, line: Line, at: datetime) -> Sum:
    found = figures(user, period.commissioner_id, at=at).filter(period=period)
    return sums(found, [line]).get((line.code,)) or none_of(line)


def _numbers(cell: Cell) -> tuple[int, int]:
    return cell.n or 0, cell.d or 0

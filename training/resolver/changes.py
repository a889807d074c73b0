"""Why a sum is another than it was: each return that came in or was corrected between two moments, and what it did.

The steps take the sum of the first moment to that of the second exactly; ``Change.adds_up`` says that they do.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from accounts.capabilities import Can
from training.arithmetic import Share
from training.models import Figure, Line, Period
from training.resolver.cells import FIELDS, Cell, cell_of
from training.resolver.sums import Sum, figures, none_of, sums

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Step:
    """One submission between the two moments: what stood before it, what after, and the sum as it was then."""

    organisation: int
    name: str
    return_reference: str
    at: datetime
    number: int
    reason: str
    before: Cell | None
    after: Cell
    running: Share

    @property
    def is_correction(self) -> bool:
        """Did something stand there before?"""
        return self.before is not None

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
        return (
            f"{n:+,}"
            if self.after.d is None and (self.before is None or self.before.d is None)
            else f"{n:+,} of {d:+,}"
        )


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
    rows = rows.exclude(organisation=period.commissioner_id).order_by()
    ended = {
        (asked, to): cell_of(line, row)
        for asked, to, *row in rows.filter(known_to__gt=first, known_to__lte=second).values_list(
            "asked_id", "known_to", *FIELDS
        )
    }
    begun = rows.filter(known_from__gt=first, known_from__lte=second).order_by("known_from", "pk").values_list(
        "asked_id", "known_from", "organisation_id", "organisation__name", "figure_return__reference",
        "submission__number", "submission__reason", *FIELDS,
    )  # fmt: skip
    n, d, steps = before.n, before.d, []
    for asked, at, organisation, name, reference, number, reason, *row in begun:
        step = Step(
            organisation, name, reference, at, number, reason, ended.get((asked, at)), cell_of(line, row), Share(0, 0)
        )  # fmt: skip
        n, d = n + step.added[0], d + step.added[1]
        steps.append(_with_running(step, Share(n, d)))
    return Change(line, before, after, tuple(steps))


def _with_running(step: Step, running: Share) -> Step:
    return Step(**{**step.__dict__, "running": running})


def _sum_at(user: "User", period: Period, line: Line, at: datetime) -> Sum:
    found = figures(user, period.commissioner_id, at=at).filter(period=period)
    return sums(found, [line]).get((line.code,)) or none_of(line)


def _numbers(cell: Cell) -> tuple[int, int]:
    return cell.n or 0, cell.d or 0

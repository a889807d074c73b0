"""Measures the daily plan for ./portal bench: from start to committed notices; a second run must add nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from chasing.planner import plan

Seconds = Callable[[], float]


@dataclass(frozen=True)
class PlanSpeed:
    """What one measurement found."""

    things: int
    notices: int
    letters: int
    seconds: float
    again: int
    again_seconds: float

    @property
    def per_second(self) -> float:
        """Due things decided in a second, their notices and letters written."""
        return self.things / self.seconds if self.seconds else 0.0


def plan_speed(on: date, *, at: datetime, clock: Seconds) -> PlanSpeed:
    """Plan the day twice over whatever is due; ``clock`` counts seconds. Writes, so use it on a throwaway database."""
    began = clock()
    first = plan(on, at=at)
    between = clock()
    second = plan(on, at=at)
    return PlanSpeed(
        things=first.decided,
        notices=first.notices,
        letters=first.letters,
        seconds=between - began,
        again=second.decided,
        again_seconds=clock() - between,
    )

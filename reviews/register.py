"""The figures of the register: how many of each kind are at each stage. Whoever may count reads no more than this."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Can
from reviews.kinds import KINDS, STAGES
from reviews.models import Clock, Review

if TYPE_CHECKING:
    from accounts.models import User


def followed(user: "User") -> Any:
    """The clocks that run, of every review whose reference the person may follow, the next day first."""
    reviews = Review.objects.permitted(user, Can.FOLLOW_REVIEWS)
    running = Clock.objects.filter(review__in=reviews).running().moved()
    return running.select_related("rule", "review").order_by("due_on", "pk")


@dataclass
class Counts:
    """``rows`` are (kind, stage, how many, on how many of them the person is named)."""

    rows: Iterable[tuple[str, str, int, int]]
    cells: Counter[tuple[str, str]] = field(init=False, default_factory=Counter)
    named: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        for kind, stage, n, mine in self.rows:
            self.cells[kind, stage] += n
            self.named += mine

    @classmethod
    def of(cls, user: "User") -> "Counts":
        """What the person may count."""
        return cls(Review.objects.counted_for(user))

    @property
    def total(self) -> int:
        """All of them, open and closed."""
        return self.cells.total()

    @property
    def stages(self) -> list[str]:
        """The words of the stages at which there is one, in order."""
        return [STAGES[stage] for stage in self._stages]

    @property
    def _stages(self) -> list[str]:
        return [stage for stage in STAGES if any(held == stage for _, held in self.cells)]

    @property
    def lines(self) -> list[tuple[str, list[int], int]]:
        """Each kind of which there is one, how many at each of the stages, and in all."""
        found = []
        for code, kind in KINDS.items():
            numbers = [self.cells[code, stage] for stage in self._stages]
            if any(numbers):
                found.append((kind.label, numbers, sum(numbers)))
        return found

    @property
    def below(self) -> list[int]:
        """How many there are at each stage."""
        return [sum(n for (_, held), n in self.cells.items() if held == stage) for stage in self._stages]

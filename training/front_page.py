"""What training figures say on a first page: the lines below their threshold over all providers, as at when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from training.measured import lines_in_force
from training.models import Line, Period
from training.resolver.keeping import kept, stamps
from training.resolver.sums import Sum, figures, none_of, sums

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User

SHOWN = 6


@dataclass(frozen=True)
class Below:
    """One quarter of one commissioner: who has returned, and the lines below, the furthest first."""

    whose: str
    period: Period
    returned: int
    asked: int
    lines: Sequence[tuple[Line, Sum]]
    judged: int

    @property
    def shown(self) -> Sequence[tuple[Line, Sum]]:
        """The first of them."""
        return self.lines[:SHOWN]


def below(user: "User", quarters: Iterable[dict[str, Any]], *, on: "date") -> list[Below]:
    """Of the newest quarters that are due, as ``oversight.needs`` found them. One statement while nothing moved."""
    rows = list(quarters)
    moved = stamps([row["period"] for row in rows]) if rows else {}
    found = []
    for row in rows:
        period = Period(
            pk=row["period"], timing=Line.Timing.QUARTER, starts_on=row["starts_on"], ends_on=row["ends_on"]
        )
        question = ("below", user.pk, on, row["period"])
        told: list[tuple[Line, Sum]] = kept(
            question, moved.get(row["period"]), _asking(user, row["commissioner"], period)
        )
        short = [(line, each) for line, each in told if each.state.is_short]
        short.sort(key=lambda pair: (pair[1].value or 0) - (pair[1].threshold or 0))
        judged = sum(1 for _, each in told if each.judged_d)
        found.append(Below(row["whose"], period, row["returned"], row["asked"], short, judged))
    return found


def _asking(user: "User", commissioner: int, period: Period) -> Any:
    def ask() -> list[tuple[Line, Sum]]:
        lines = lines_in_force(commissioner, on=period.ends_on, timing=Line.Timing.QUARTER)
        held = sums(figures(user, commissioner).filter(period=period.pk), lines)
        return [(line, held.get((line.code,)) or none_of(line)) for line in lines]

    return ask

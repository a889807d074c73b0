"""What training figures say on a first page: the lines below their threshold over all providers, as at when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject

from training.measured import lines_from
from training.models import Line, Period
from training.resolver.keeping import kept, of_json
from training.resolver.sums import Sum, figures, none_of, sums

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User

SHOWN = 6
# What sums ask of a line, and what is shown of it.
LINE = ("code", "name", "form", "direction", "per", "timing", "in_use", "position")


@dataclass(frozen=True)
class Below:
    """One quarter of one commissioner: who has returned, and the lines below, the furthest first."""

    whose: str
    period: Period
    returned: int
    asked: int
    missing: Sequence[str]
    lines: Sequence[tuple[Line, Sum]]
    judged: int

    @property
    def shown(self) -> Sequence[tuple[Line, Sum]]:
        """The first of them."""
        return self.lines[:SHOWN]

    @property
    def unnamed(self) -> int:
        """How many are missing beside those that are named."""
        return self.asked - self.returned - len(self.missing)


def below(user: "User", quarters: Iterable[dict[str, Any]], *, on: "date") -> list[Below]:
    """Of the newest quarters that are due, as ``oversight.needs`` found them. One statement when something moved."""
    found = []
    for row in quarters:
        told_of = {name: row[name] for name in ("reference", "starts_on", "ends_on")}
        period = Period(pk=row["period"], timing=Line.Timing.QUARTER, **told_of)
        ask = _asking(user, row["commissioner"], period, row["lines"])
        told: list[tuple[Line, Sum]] = kept(("below", user.pk, on, period.pk), of_json(row["stamp"]), ask)
        short = [(line, each) for line, each in told if each.state.is_short]
        short.sort(key=lambda pair: -pair[1].gap)
        judged = sum(1 for _, each in told if each.judged_d)
        found.append(Below(row["whose"], period, row["returned"], row["asked"], row["missing"], short, judged))
    return found


def lines_beside() -> ArraySubquery:
    """The lines that may hold on the last day of each row's period, the commissioner's own first, as JSON."""
    rows = Line.objects.filter(Q(commissioner=OuterRef("commissioner")) | Q(commissioner=None))
    rows = rows.filter(valid_from__lte=OuterRef("ends_on")).exclude(valid_to__lte=OuterRef("ends_on"))
    told = JSONObject(**{name: name for name in LINE})
    return ArraySubquery(rows.order_by(F("commissioner").asc(nulls_last=True), "pk").values(told=told))


def _asking(user: "User", commissioner: int, period: Period, held: Iterable[dict[str, Any]] | None) -> Any:
    def ask() -> list[tuple[Line, Sum]]:
        lines = lines_from([Line(**each) for each in held or ()], timing=Line.Timing.QUARTER)
        found = sums(figures(user, commissioner).filter(period=period.pk), lines)
        return [(line, found.get((line.code,)) or none_of(line)) for line in lines]

    return ask

"""What the totals are made of: groups, reasons for being late, and host areas, over a commissioner's providers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q
from django.db.models import Sum as Total
from django.db.models.functions import Coalesce

from accounts.capabilities import Can
from training.arithmetic import Share
from training.models import Figure, HostCount, Period

if TYPE_CHECKING:
    from accounts.models import User

Kind, Assurance = Figure.Kind, HostCount.Assurance


@dataclass(frozen=True)
class Part:
    """One group or reason of one line, summed over the providers that said it."""

    code: str
    kind: str
    group: str
    n: int
    d: int
    providers: int

    @property
    def share(self) -> Share:
        """Those counted of all."""
        return Share(self.n, self.d)


@dataclass(frozen=True)
class Host:
    """Children of one host area by what is known of its assurance. Counts of children, never a child."""

    code: str
    area: str
    children: int
    held: int
    asked: int
    not_asked: int
    held_on: date | None


def parts_of(
    user: "User", period: Period, codes: Sequence[str], *, at: datetime | None = None
) -> dict[str, list[Part]]:
    """By line its groups and reasons. One statement."""
    rows = _figures(user, period, codes, at).filter(kind__in=[Kind.GROUP, Kind.REASON])
    found: dict[str, list[Part]] = {code: [] for code in codes}
    told = rows.order_by("code", "kind", "group").values_list("code", "kind", "group").annotate(
        n=Coalesce(Total("numerator"), 0), d=Coalesce(Total("denominator"), 0),
        providers=Count("organisation", distinct=True),
    )  # fmt: skip
    for row in told:
        found[row[0]].append(Part(*row))
    return found


def hosts_of(
    user: "User", period: Period, codes: Sequence[str], *, at: datetime | None = None
) -> dict[str, list[Host]]:
    """By line its host areas, the most children first. One statement."""
    rows = _figures(user, period, codes, at).filter(kind=Kind.HOST).order_by().values_list("code", "group").annotate(
        children=Coalesce(Total("numerator"), 0),
        held=_where(Assurance.HELD), was_asked=_where(Assurance.ASKED), not_asked=_where(Assurance.NOT_ASKED),
        last=Max("held_on"),
    )  # fmt: skip
    found: dict[str, list[Host]] = {code: [] for code in codes}
    for row in rows:
        found[row[0]].append(Host(*row))
    return {code: sorted(each, key=lambda host: (-host.children, host.area)) for code, each in found.items()}


def _where(assurance: str) -> Coalesce:
    """The children of those areas of which this is known."""
    return Coalesce(Total("numerator", filter=Q(assurance=assurance)), 0)


def _figures(user: "User", period: Period, codes: Sequence[str], at: datetime | None) -> Any:
    known = Figure.objects.permitted(user, Can.SEE_FIGURES).known(at=at).filter(period=period, code__in=list(codes))
    return known.exclude(organisation=period.commissioner_id)

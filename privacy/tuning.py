"""How often each rule warned and was overridden: what the rules are tuned by."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q

from privacy.models import GuardRule, Kind, Warned
from privacy.models.warnings import WarnedQuerySet
from privacy.places import place_named


@dataclass
class Month:
    """One month: for each kind how many warnings and how many of them were overridden."""

    first: Any
    cells: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """The pages of one thing: how often they warned and were overridden."""

    words: str
    n: int
    overridden: int


@dataclass(frozen=True)
class Tuned:
    """One row of the rules with its figures and whether it holds today."""

    rule: GuardRule
    n: int
    overridden: int
    holds: bool


def by_month(warned: WarnedQuerySet) -> list[Month]:
    """The months with a warning, latest first, in the order of the kinds. One query."""
    found: dict[Any, dict[str, tuple[int, int]]] = {}
    for row in warned.counted_by("month", "code"):
        found.setdefault(row["month"], {})[str(row["code"])] = (row["n"], row["overridden"])  # type: ignore[assignment]
    return [Month(month, [cells.get(code, (0, 0)) for code in Kind.values]) for month, cells in found.items()]


def by_form(warned: WarnedQuerySet, *, heard: bool) -> list[Line]:
    """The pages by how often they warned, those of one thing together. One query."""
    found: dict[str, list[int]] = {}
    rows: list[Any] = warned.counted_by("route", "form")
    for row in rows:
        counts = found.setdefault(place_named(row["route"], row["form"], heard=heard), [0, 0])
        counts[0] += row["n"]
        counts[1] += row["overridden"]
    lines = [Line(words, *counts) for words, counts in found.items()]
    return sorted(lines, key=lambda line: (-line.n, line.words))


def rules_of(commissioners: Iterable[Any], *, on: date) -> list[tuple[Any, list[Tuned]]]:
    """Each commissioner with its own and the shipped rules and what they did for it. Three queries."""
    ours = list(commissioners)
    mine = Q(commissioner__in=ours) | Q(commissioner__isnull=True)
    rows = list(GuardRule.objects.filter(mine).order_by("code", "-valid_from"))
    counted = Warned.objects.filter(commissioner__in=ours).order_by().values("rule", "commissioner")
    figures = {
        (each["rule"], each["commissioner"]): (each["n"], each["overridden"])
        for each in counted.annotate(n=Count("pk"), overridden=Count("override"))
    }
    return [(each, _tuned(each, rows, figures, on)) for each in ours]


def _tuned(
    commissioner: Any, rows: list[GuardRule], figures: dict[tuple[int, int], tuple[int, int]], on: date
) -> list[Tuned]:
    mine = [row for row in rows if row.commissioner_id in (commissioner.pk, None)]
    current = [row for row in mine if row.holds(on)]
    own = {row.code for row in current if row.commissioner_id is not None}
    return [
        Tuned(row, *figures.get((row.pk, commissioner.pk), (0, 0)),
              row in current and (row.commissioner_id is not None or row.code not in own))
        for row in mine
    ]  # fmt: skip

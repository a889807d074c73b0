"""What figures say of one provider, for a page that asks everything about it at once (``design.statements``).

``SOURCES`` gives the rows as JSON, as far as the reader may see them; ``read`` makes of them what is shown. Every
value is a cell of the resolver: nothing is computed here, and no figure stands in for that of another period.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject

from accounts.capabilities import Can
from design.statements import Rows
from providers.models import Organisation
from training.arithmetic import State
from training.below import measure_of
from training.models import (
    AskedLine,
    CollectingRule,
    Figure,
    FigureQuery,
    FigureReturn,
    Line,
    Period,
    Trajectory,
    TrajectoryPoint,
    days_of,
)
from training.recovery import Compared, compare
from training.resolver.cells import Cell, CellKind, cell_of, said
from training.resolver.trends import EIGHT, running_below, slots_of, starts_to
from training.words import cell_said, held_to_said, short_said

if TYPE_CHECKING:
    from accounts.models import User

RETURNS, QUERIES, PLANS = 16, 10, 40
USUAL_BELOW = 2
Source = Callable[[Organisation, "User", date], Rows]
Facts = Mapping[str, Any]


def _returns(organisation: Organisation, user: "User", on: date) -> Rows:
    """The newest returns with every line that they ask for, and what was submitted of it."""
    said = Figure.objects.known().totals().filter(asked=OuterRef("pk")).values(
        each=JSONObject(
            answer="answer", n="numerator", d="denominator", threshold="threshold", amber="amber",
            headcount="headcount", reached="reached_on",
        )
    )  # fmt: skip
    lines = AskedLine.objects.filter(figure_return=OuterRef("pk")).order_by("position", "pk").values(
        each=JSONObject(
            code="code", name="line__name", form="line__form", direction="line__direction", per="line__per",
            family="line__family", level="line__level", said=Subquery(said[:1]),
        )
    )  # fmt: skip
    rules = CollectingRule.objects.filter(Q(commissioner=OuterRef("commissioner")) | Q(commissioner=None))
    rules = rules.filter(valid_from__lte=on).exclude(valid_to__lte=on).order_by(F("commissioner").asc(nulls_last=True))
    rows = FigureReturn.objects.permitted(user, Can.SEE_FIGURES, on=on).issued().filter(organisation=organisation)
    told = JSONObject(
        reference="reference", commissioner="commissioner", whose="commissioner__name", timing="period__timing",
        ends_on="period__ends_on", due_on="due_on", first_due_on="original_due_on", received="first_submitted_at",
        circle="circle", lines=ArraySubquery(lines),
        rule=Coalesce(Subquery(rules.values("below_periods")[:1]), USUAL_BELOW),
    )  # fmt: skip
    return rows.order_by("-period__ends_on", "pk").annotate(told=told)[:RETURNS]


def _plans(organisation: Organisation, user: "User", on: date) -> Rows:
    """The plans that stand, with their points."""
    points = TrajectoryPoint.objects.filter(trajectory=OuterRef("pk")).order_by("by_day").values(
        each=JSONObject(by="by_day", planned="planned")
    )  # fmt: skip
    rows = Trajectory.objects.permitted(user, Can.READ_FIGURES, on=on).standing().filter(organisation=organisation)
    told = JSONObject(commissioner="commissioner", code="code", points=ArraySubquery(points))
    return rows.order_by("code", "pk").annotate(told=told)[:PLANS]


def _queries(organisation: Organisation, user: "User", on: date) -> Rows:
    """Open questions, the oldest first."""
    rows = FigureQuery.objects.permitted(user, Can.READ_FIGURES, on=on).open().filter(organisation=organisation)
    told = JSONObject(
        reference="reference", circle="circle", state="state", due_on="due_on", line="asked__line__name",
        question="question", timing="figure_return__period__timing", ends_on="figure_return__period__ends_on",
    )  # fmt: skip
    return rows.order_by("due_on", "pk").annotate(told=told)[:QUERIES]


ROWS: Mapping[str, Source] = MappingProxyType({"figures": _returns, "figure_plans": _plans, "figure_queries": _queries})


def _told(rows: Source) -> Source:
    return lambda organisation, user, on: rows(organisation, user, on).values("told")


# For ``design.statements.gather``; for ``design.several.ask_several`` take ``ROWS`` and ``told_of``.
SOURCES: Mapping[str, Source] = MappingProxyType({name: _told(rows) for name, rows in ROWS.items()})


@dataclass(frozen=True)
class KnownLine:
    """One line of the shown period. ``last`` is what was said of it before, in words, where there is a gap now."""

    name: str
    code: str
    cell: Cell
    below: int
    last: str
    compared: Compared | None

    @property
    def said(self) -> str:
        """ "82 of 96, 85.4 %, below threshold, 5 short", or why there is nothing and what was last known."""
        return "; ".join(part for part in (cell_said(self.cell), self.last) if part)

    @property
    def plan_said(self) -> str:
        """ "planned 88.0 %, behind it"; empty without a plan."""
        if self.compared is None:
            return ""
        planned = f"planned {self.compared.planned_said}" if self.compared.planned_said else "plan begins later"
        return f"{planned}, behind it" if self.compared.is_behind else planned

    @property
    def short(self) -> str:
        """How many more would reach the threshold."""
        return short_said(self.cell)

    @property
    def held(self) -> str:
        """ "90 %": the threshold; empty without one."""
        return held_to_said(self.cell)

    @property
    def state_said(self) -> str:
        """ "below threshold, 5 short", or why there is no figure."""
        state = self.cell.kind.words or self.cell.state.words
        return f"{state}, {self.short}" if self.short else state

    @property
    def away(self) -> Fraction:
        """How far from the threshold, in parts of it, the furthest being the least; for an order only."""
        value, held = self.cell.value, self.cell.held_to
        return -abs(value - Fraction(held)) / Fraction(held) if value is not None and held else Fraction(0)

    @property
    def is_short(self) -> bool:
        """Is the threshold missed?"""
        return self.cell.state.is_short


@dataclass(frozen=True)
class Told:
    """The returns of one commissioner and one timing, newest first, as read from the rows."""

    rows: Sequence[Facts]
    plans: Mapping[str, Sequence[tuple[date, Decimal]]]
    on: date

    @cached_property
    def shown(self) -> Facts | None:
        """The newest return that came or should have come; none while the first one is not due yet."""
        return next((row for row in self.rows if row["received"] or row["due_on"] < self.on), None)

    @property
    def awaited(self) -> Facts | None:
        """A newer one that is not due yet."""
        newest = self.rows[0]
        return None if newest is self.shown else newest

    @property
    def is_missing(self) -> bool:
        """Has the newest one that is due not come?"""
        return self.shown is not None and not self.shown["received"]

    @property
    def days_late(self) -> int:
        """Since the date that holds."""
        return (self.on - self.shown["due_on"]).days if self.shown and self.is_missing else 0

    @property
    def period(self) -> str:
        """The shown period, as people say it."""
        return period_of(self.shown).label if self.shown else ""

    @property
    def next(self) -> str:
        """The period that is awaited, as people say it."""
        return period_of(self.awaited).label if self.awaited else ""

    @property
    def rule(self) -> int:
        """So many periods below ask for a plan."""
        found: int = self.rows[0]["rule"]
        return found

    @property
    def whose(self) -> str:
        """The commissioner that collects them."""
        return str(self.rows[0]["whose"])

    @cached_property
    def lines(self) -> list[KnownLine]:
        """Every line of the shown return, in its order."""
        return list(self._lines())

    @property
    def below(self) -> list[KnownLine]:
        """Those that miss their threshold, the longest below first, then the furthest away."""
        return sorted((each for each in self.lines if each.is_short), key=lambda each: (-each.below, each.away))

    @property
    def judged(self) -> int:
        """How many lines can be held to a threshold."""
        return sum(each.cell.state in (State.MET, State.NEAR, State.BELOW) for each in self.lines)

    def _lines(self) -> Iterator[KnownLine]:
        if self.shown is None:
            return
        shown = period_of(self.shown)
        received = [(period_of(row), _cells(row)) for row in self.rows if row["received"]]
        over = slots_of(starts_to(shown, EIGHT), shown.timing, [period for period, _ in received])
        cells = {period.starts_on: found for period, found in received}
        for asked in self.shown["lines"]:
            code, line = asked["code"], _line(asked)
            now = _cell(asked, received=bool(self.shown["received"]))
            none = Cell(code, CellKind.NO_FIGURE, line.form, line.direction)
            history = [cells[each.starts_on].get(code, none) if each else none for each in over.periods]
            last = _last(received, shown, code) if now.kind.is_missing else ""
            yield KnownLine(
                asked["name"], code, now, running_below([*history[:-1], now]), last, self._compared(line, code, now)
            )

    def _compared(self, line: Line, code: str, now: Cell) -> Compared | None:
        points = self.plans.get(code)
        if points is None or self.shown is None:
            return None
        ends = self.shown["ends_on"]
        actual = {ends: (now.n, now.d)} if now.kind is CellKind.FIGURE else {}
        return compare(measure_of(line), points, actual, {ends: period_of(self.shown).label})[0]


@dataclass(frozen=True)
class Known:
    """Everything that figures say of one provider to one reader."""

    parts: Sequence[Told]
    queries: Sequence[Facts]

    @property
    def below(self) -> list[tuple[Told, KnownLine]]:
        """Lines that miss their threshold, the longest below first."""
        found = [(told, each) for told in self.parts for each in told.below]
        return sorted(found, key=lambda pair: (-pair[1].below, pair[1].away))

    @property
    def owed(self) -> list[tuple[str, Facts]]:
        """Every return of which nothing has come, each with its period, the first due first."""
        rows = [row for told in self.parts for row in told.rows if not row["received"]]
        return [(period_of(row).label, row) for row in sorted(rows, key=lambda row: row["due_on"])]

    @property
    def missing(self) -> list[Told]:
        """Where the newest return that is due has not come."""
        return [told for told in self.parts if told.is_missing]

    @property
    def in_words(self) -> list[tuple[str, Facts]]:
        """Open questions, each with its period as people say it."""
        return [(period_of(each).label, each) for each in self.queries]


def told_of(rows: Sequence[Any]) -> list[Facts]:
    """What instances of ``ROWS`` say, dates as dates."""
    return [
        {name: date.fromisoformat(each) if each and name.endswith("_on") else each for name, each in row.told.items()}
        for row in rows
    ]


def read(found: Mapping[str, Sequence[Facts]], *, on: date, to_all: bool = False) -> Known:
    """Of the rows of ``SOURCES`` what is shown: a part for each commissioner and timing, quarters first.

    ``to_all``: without what is for named people only, for a paper that others will read.
    """
    parts: dict[tuple[str, int], list[Facts]] = {}
    queries = [each for each in found["figure_queries"] if not (to_all and each["circle"])]
    for row in (each for each in found["figures"] if not (to_all and each["circle"])):
        parts.setdefault((row["timing"], row["commissioner"]), []).append(row)
    plans: dict[int, dict[str, list[tuple[date, Decimal]]]] = {}
    for row in found["figure_plans"]:
        points = [(date.fromisoformat(each["by"]), _exact(each["planned"])) for each in row["points"] or ()]
        plans.setdefault(row["commissioner"], {})[row["code"]] = points  # type: ignore[assignment]
    order = sorted(parts, key=lambda key: (key[0] != Line.Timing.QUARTER, key[1]))
    told = [Told(parts[key], plans.get(key[1], {}), on) for key in order]
    return Known(told, queries)


def period_of(row: Facts) -> Period:
    """The period of a row; not a row of the database."""
    first, last = days_of(row["timing"], row["ends_on"])
    return Period(timing=row["timing"], starts_on=first, ends_on=last)


def _line(asked: Facts) -> Line:
    return Line(**{name: asked[name] for name in ("code", "name", "form", "direction", "per", "family", "level")})


def _cells(row: Facts) -> dict[str, Cell]:
    return {asked["code"]: _cell(asked, received=True) for asked in row["lines"]}


def _cell(asked: Facts, *, received: bool) -> Cell:
    told, line = asked["said"], _line(asked)
    if not received or told is None:
        return Cell(asked["code"], CellKind.NO_FIGURE if received else CellKind.NO_RETURN, line.form, line.direction)
    reached = date.fromisoformat(told["reached"]) if told["reached"] else None
    level = _exact(told["threshold"]), _exact(told["amber"])
    return cell_of(line, (asked["code"], told["answer"], told["n"], told["d"], *level, told["headcount"], reached))


def _last(received: Sequence[tuple[Period, Mapping[str, Cell]]], shown: Period, code: str) -> str:
    """ "last known 82 of 96, Q2 2026-27": words and nothing else (hazard 9)."""
    for period, cells in received:
        cell = cells.get(code) if period.ends_on < shown.starts_on else None
        if cell is not None and cell.kind is CellKind.FIGURE:
            return said({0: (period, cell)}, 0)
    return ""


def _exact(number: float | None) -> Decimal | None:
    """JSON says 90.0 of what was 90.000; three decimals are kept exactly."""
    return None if number is None else Decimal(str(number))

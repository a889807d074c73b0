"""The exception report for a contract meeting: what of one quarter was below its threshold, at one provider or at all.

Everything stands in it that the meeting asks for: how many are short, since when, what was planned, what was asked and
not answered, which returns are missing, and what was corrected since. Page, PDF and workbook read this one ``Report``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from accounts.capabilities import Can
from design.calendar import london_date
from training.arithmetic import Share
from training.below import measure_of
from training.measured import rule_in_force
from training.models import (
    AskedLine,
    CollectingRule,
    Figure,
    FigureQuery,
    FigureReturn,
    FigureSubmission,
    Line,
    Period,
    Trajectory,
    days_of,
)
from training.recovery import Measure, Need, merged, needed, planned_on, usual_end
from training.resolver.cells import FIELDS, Cell, CellKind, cell_of
from training.resolver.trends import EIGHT, Slots, running_below, slots_of

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation

Key = tuple[int, str]
TITLE = "Exception report"


@dataclass(frozen=True)
class Below:
    """One line of one provider below its threshold."""

    organisation: "Organisation"
    line: Line
    reference: str
    cell: Cell
    run: int
    plan: Trajectory | None
    points: Sequence[tuple[date, Decimal]]
    asked_for: bool
    need: Need | None
    on: date

    @property
    def measure(self) -> Measure:
        """What it counts."""
        return measure_of(self.line)

    @property
    def said(self) -> str:
        """ "83.3 %"."""
        return self.measure.said(self.cell.value)

    @property
    def counted(self) -> str:
        """ "45 of 54"; nothing for a count."""
        return self.cell.counted if self.cell.d is not None else ""

    @property
    def threshold_said(self) -> str:
        """ "85.0 %"."""
        return self.measure.said(self.cell.threshold)

    @property
    def short(self) -> str:
        """How many, whoever they are: "41 more people at level 3"."""
        return self.measure.people(self.need.missing) if self.need else ""

    @property
    def planned(self) -> str:
        """What the plan said for the period's last day; nothing without one."""
        value = planned_on(self.points, self.on)
        return "" if value is None else self.measure.said(value)

    @property
    def plan_said(self) -> str:
        """The plan in a few words."""
        if self.plan is None:
            return "Plan asked for, none given" if self.asked_for else "No plan asked for"
        return f"Plan of {self.plan.made_at:%-d %B %Y}, until {self.points[-1][0]:%-d %B %Y}"


@dataclass(frozen=True)
class Correction:
    """A figure of the period that was corrected: before, after, when and why."""

    organisation: str
    line: str
    before: str
    after: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Report:
    """One report for its maker, of one commissioner's quarter as it is known at a moment.

    ``periods`` and ``asked`` (the returns of the period, by name) are those that the maker may see.
    """

    commissioner: "Organisation"
    period: Period
    organisation: "Organisation | None"
    user: "User"
    at: datetime
    periods: Sequence[Period]
    asked: Sequence[FigureReturn]

    @property
    def title(self) -> str:
        """As the file is called."""
        about = self.organisation.name if self.organisation else "all providers"
        return f"{TITLE}: {about}, {self.period.label}"

    @property
    def on(self) -> date:
        """The London day on which it is made."""
        return london_date(self.at)

    def _of(self, rows: Any) -> Any:
        found = rows.filter(commissioner=self.commissioner)
        return found.filter(organisation=self.organisation) if self.organisation else found

    @cached_property
    def returns(self) -> list[FigureReturn]:
        """Every return of the period, by name; one's own staff too."""
        return [row for row in self.asked if self.organisation in (None, row.organisation)]

    @property
    def missing(self) -> list[tuple[FigureReturn, int]]:
        """Not received, with the days since the due date: "No return received"."""
        return [(row, max(0, (self.on - row.due_on).days)) for row in self.returns if not row.is_received]

    @property
    def coverage(self) -> str:
        """ "41 of 46 returns received"."""
        n = len(self.returns)
        return f"{n - len(self.missing):,} of {n:,} return{'' if n == 1 else 's'} received"

    @cached_property
    def _every(self) -> list[Figure]:
        """The totals of the period as they were submitted, those that were corrected since too, the oldest first."""
        rows = self._of(Figure.objects.permitted(self.user, Can.SEE_FIGURES, on=self.on)).totals()
        rows = rows.filter(period=self.period).exclude(figure_return__state=FigureReturn.State.WITHDRAWN)
        beside = ("organisation", "asked__line", "figure_return", "submission")
        return list(rows.select_related(*beside).defer("submission__document").order_by("known_from", "pk"))

    @property
    def _totals(self) -> list[Figure]:
        return [row for row in self._every if row.known_to is None]

    @cached_property
    def _cells(self) -> dict[int, Cell]:
        return {row.pk: cell_of(row.asked.line, [getattr(row, name) for name in FIELDS]) for row in self._totals}

    @property
    def judged(self) -> int:
        """How many figures have a threshold and somebody to measure."""
        return sum(cell.threshold is not None and cell.value is not None for cell in self._cells.values())

    @cached_property
    def rule(self) -> CollectingRule:
        """When a plan is asked for."""
        return rule_in_force(self.commissioner, on=self.on)

    @cached_property
    def below(self) -> list[Below]:
        """The longest below first, then the furthest away."""
        short = [row for row in self._totals if self._cells[row.pk].state.is_short]
        runs, plans = self._runs(short), self._plans(short)
        found = [self._line(row, runs[row.organisation_id, row.code], plans) for row in short]
        return sorted(
            found, key=lambda each: (-each.run, each.organisation.name, -(each.need.missing if each.need else 0))
        )

    def _line(self, row: Figure, run: int, plans: Mapping[Key, list[Trajectory]]) -> Below:
        cell, line, ends = self._cells[row.pk], row.asked.line, self.period.ends_on
        ever, measure = plans.get((row.organisation_id, row.code), []), measure_of(row.asked.line)
        plan = next((each for each in ever if each.replaced_at is None), None)
        points = merged([(point.by_day, point.planned) for point in each.points.all()] for each in ever)
        by = points[-1][0] if points and points[-1][0] > self.on else usual_end(self.on)
        need = needed(measure, cell.n, cell.d, cell.threshold, on=self.on, by=by)
        asked = run >= self.rule.below_periods and plan is None
        reference = row.figure_return.reference
        return Below(row.organisation, line, reference, cell, run, plan, points, asked, need, ends)

    @cached_property
    def over(self) -> Slots:
        """The eight periods up to this one."""
        starts, timing = [self.period.starts_on], self.period.timing
        while len(starts) < EIGHT:
            starts.append(days_of(timing, starts[-1] - timedelta(days=1))[0])
        return slots_of(starts, timing, [each for each in self.periods if each.timing == timing])

    def _runs(self, short: Sequence[Figure]) -> dict[Key, int]:
        """In how many periods running each has been below, up to this one. One statement."""
        lines = {row.code: row.asked.line for row in short}
        whose = {row.organisation_id for row in short}
        rows = self._of(Figure.objects.permitted(self.user, Can.SEE_FIGURES, on=self.on)).known().totals()
        rows = rows.filter(organisation__in=whose, code__in=list(lines), period__in=self.over.pks)
        found: dict[Key, dict[int, Cell]] = {(row.organisation_id, row.code): {} for row in short}
        for whose_pk, period, *row in rows.order_by().values_list("organisation_id", "period_id", *FIELDS):
            if (whose_pk, row[0]) in found:
                found[whose_pk, row[0]][period] = cell_of(lines[row[0]], row)
        none = Cell("", CellKind.NO_FIGURE)
        return {key: running_below(self.over.over(cells, none)) for key, cells in found.items()}

    def _plans(self, short: Sequence[Figure]) -> dict[Key, list[Trajectory]]:
        """Every plan that there was, the newest first."""
        rows = self._of(Trajectory.objects.permitted(self.user, Can.READ_FIGURES, on=self.on))
        rows = rows.filter(code__in={row.code for row in short}).prefetch_related("points")
        found: dict[Key, list[Trajectory]] = {}
        for row in rows.order_by("-made_at", "-pk"):
            found.setdefault((row.organisation_id, row.code), []).append(row)
        return found

    @cached_property
    def queries(self) -> list[tuple[FigureQuery, int]]:
        """Open questions about any period, the oldest first, with their age in days."""
        rows = self._of(FigureQuery.objects.permitted(self.user, Can.READ_FIGURES, on=self.on)).open()
        rows = rows.select_related("organisation", "asked__line", "figure_return__period").order_by("asked_at", "pk")
        return [(row, (self.on - london_date(row.asked_at)).days) for row in rows]

    @cached_property
    def corrections(self) -> list[Correction]:
        """What was corrected of the period since it was first submitted, the latest first."""
        chains: dict[int, list[Figure]] = {}
        for row in self._every:
            chains.setdefault(row.asked_id, []).append(row)
        found = [
            Correction(
                new.organisation.name, new.asked.line.name, _counted(old), _counted(new), new.known_from,
                new.submission.reason,
            )
            for chain in chains.values()
            for old, new in pairwise(chain)
            if _counted(old) != _counted(new)
        ]  # fmt: skip
        return sorted(found, key=lambda each: (each.at, each.organisation, each.line), reverse=True)

    @cached_property
    def channels(self) -> list[tuple[str, int]]:
        """How what is known of the period arrived: "Online" 38, "From records" 3."""
        held = FigureSubmission.objects.permitted(self.user, Can.SEE_FIGURES, on=self.on)
        known = [row.submission_id for row in self._totals]
        rows = held.filter(pk__in=set(known)).order_by().values("channel").annotate(n=Count("pk"))
        return sorted((str(FigureSubmission.Channel(row["channel"]).label), row["n"]) for row in rows)


def _counted(row: Figure) -> str:
    """The numbers as they are compared: "45 of 54", "7", or the words of an answer."""
    if row.answer != AskedLine.Answer.FIGURES:
        return str(AskedLine.Answer(row.answer).label)
    if row.denominator is None:
        return f"{row.numerator:,}"
    share = Share(row.numerator or 0, row.denominator)
    return f"{share.counted} ({measure_of(row.asked.line).said(measure_of(row.asked.line).value(share.n, share.d))})"

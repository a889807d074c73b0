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
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery

from accounts.capabilities import Can
from design.calendar import london_date
from training.arithmetic import Share
from training.below import Planned, measure_of, plans
from training.measured import lines_in_force, rule_in_force
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
from training.recovery import Measure, Need, needed, planned_on, usual_end, weight
from training.resolver.cells import FIELDS, Cell, cell_of
from training.resolver.sums import judged_by, met_by
from training.resolver.trends import EIGHT, Slots, run_of, slots_of

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation

TITLE = "Exception report"
NOT_SHOWN = "Not shown to you"


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
    reads: bool

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
        """ "85 %"; nothing without one."""
        return "" if self.cell.threshold is None else self.measure.goal(self.cell.threshold)

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
        """The plan in a few words; nothing is said of it to those who may not read it."""
        if not self.reads:
            return NOT_SHOWN
        if self.plan is None:
            return "Plan asked for, none given" if self.asked_for else "No plan asked for"
        if self.asked_for:
            return f"Plan is over since {self.points[-1][0]:%-d %B %Y}; another is asked for"
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

    ``periods`` and ``asked`` (the returns of the period, by name) are those that the maker may see; ``reads`` says
    whether plans and questions are theirs to read, or only what figures come to. ``first``: so many lines are listed;
    without it, all.
    """

    commissioner: "Organisation"
    period: Period
    organisation: "Organisation | None"
    user: "User"
    at: datetime
    periods: Sequence[Period]
    asked: Sequence[FigureReturn]
    reads: bool = True
    first: int | None = None

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
        """ "41 of 46 returns received, our own staff’s counted": elsewhere it is not among the providers."""
        n, own = len(self.returns), any(row.is_own for row in self.returns)
        also = ", our own staff’s counted" if own and n > 1 else ""
        return f"{n - len(self.missing):,} of {n:,} return{'' if n == 1 else 's'} received{also}"

    @cached_property
    def _totals(self) -> Any:
        """The totals of the period as they were submitted, those that were corrected since too."""
        rows = self._of(Figure.objects.permitted(self.user, Can.SEE_FIGURES, on=self.on)).totals()
        return rows.filter(period=self.period).exclude(figure_return__state=FigureReturn.State.WITHDRAWN).order_by()

    @cached_property
    def lines(self) -> list[Line]:
        """Those that are collected: in each of their forms a figure is judged by."""
        return lines_in_force(self.commissioner, on=self.period.ends_on, timing=self.period.timing)

    @cached_property
    def _received(self) -> list[tuple[str, int, int]]:
        """By channel: of how many returns something is known, and how many figures can be judged. One query."""
        counts = {"n": Count("figure_return", distinct=True), "judged": Count("pk", filter=judged_by(self.lines))}
        rows = self._totals.known().values("submission__channel").annotate(**counts)
        return sorted((row["submission__channel"], row["n"], row["judged"]) for row in rows)

    @property
    def judged(self) -> int:
        """How many figures have a threshold and somebody to measure."""
        return sum(judged for _, _, judged in self._received)

    @property
    def channels(self) -> list[tuple[str, int]]:
        """How what is known of the period arrived: "Online" 38, "From records" 3."""
        return [(str(FigureSubmission.Channel(channel).label), n) for channel, n, _ in self._received]

    @cached_property
    def rule(self) -> CollectingRule:
        """When a plan is asked for."""
        return rule_in_force(self.commissioner, on=self.on)

    @property
    def _missed(self) -> Q:
        return judged_by(self.lines) & ~met_by(self.lines)

    @cached_property
    def _ordered(self) -> list[tuple[int, int]]:
        """Which figures are below and in how many periods running: below before near the threshold, then the most
        short first, then the longest below (``recovery.weight``). Of thousands no more is read than their order asks.
        """
        rows = self._totals.known().filter(self._missed).annotate(run=self._run)
        rows = rows.order_by("known_from", "asked__position", "pk")
        found = list(rows.values_list("pk", "run", "organisation__name", "asked__line_id", *FIELDS))
        lines = self._as_asked({row[3] for row in found})
        measures, ordered = {pk: measure_of(line) for pk, line in lines.items()}, []
        for pk, run, name, line, *row in found:
            cell = cell_of(lines[line], row)
            if cell.state.is_short:
                missing = 0 if cell.threshold is None else measures[line].short(cell.n or 0, cell.d, cell.threshold)
                ordered.append((weight(cell.state, missing, run, name), pk, run))
        return [(pk, run) for _, pk, run in sorted(ordered, key=itemgetter(0))]

    def _as_asked(self, wanted: set[int]) -> dict[int, Line]:
        """The lines as the returns asked them: those in force, and what has been changed since."""
        there = {line.pk: line for line in self.lines}
        return there | (Line.objects.in_bulk(wanted - set(there)) if wanted - set(there) else {})

    @property
    def count(self) -> int:
        """How many lines are below their threshold."""
        return len(self._ordered)

    @cached_property
    def _read(self) -> dict[int, Figure]:
        """Those that are listed, and every version of those that were corrected, the oldest first. One query."""
        listed = [pk for pk, _ in self._ordered[: self.first]]
        superseded = self._totals.filter(known_to__isnull=False).values("asked")
        rows = self._totals.filter(Q(pk__in=listed) | Q(asked__in=superseded)).defer("submission__document")
        rows = rows.select_related("organisation", "asked__line", "figure_return", "submission")
        return {row.pk: row for row in rows.order_by("known_from", "asked__position", "pk")}

    @cached_property
    def below(self) -> list[Below]:
        """The lines below their threshold that are listed, in order."""
        listed = [(self._read[pk], run) for pk, run in self._ordered[: self.first]]
        of, codes = ({getattr(row, name) for row, _ in listed} for name in ("organisation_id", "code"))
        told = self._plans.filter(organisation__in=of, code__in=codes)
        held = plans(Q(trajectory__in=told)) if listed else {}
        return [self._line(row, run, held) for row, run in listed]

    def _line(self, row: Figure, run: int, held: Mapping[tuple[int, int, str], Planned]) -> Below:
        cell, line, ends, measure = _cell(row), row.asked.line, self.period.ends_on, measure_of(row.asked.line)
        ever = held.get((row.commissioner_id, row.organisation_id, row.code), Planned())
        plan, points, until = ever.plan, ever.points, ever.until
        by = until if until and until > self.on else usual_end(self.on)
        need = needed(measure, cell.n, cell.d, cell.threshold, on=self.on, by=by)
        asked = run >= self.rule.below_periods and (until is None or until < self.on)
        reference = row.figure_return.reference
        return Below(row.organisation, line, reference, cell, run, plan, points, asked, need, ends, self.reads)

    @cached_property
    def over(self) -> Slots:
        """The eight periods up to this one."""
        starts, timing = [self.period.starts_on], self.period.timing
        while len(starts) < EIGHT:
            starts.append(days_of(timing, starts[-1] - timedelta(days=1))[0])
        return slots_of(starts, timing, [each for each in self.periods if each.timing == timing])

    @property
    def _run(self) -> Subquery:
        """In how many periods running the line of a figure has been below, up to this one."""
        same = Figure.objects.permitted(self.user, Can.SEE_FIGURES, on=self.on).known().totals().filter(
            commissioner=OuterRef("commissioner"), organisation=OuterRef("organisation"), code=OuterRef("code"),
            period__in=self.over.pks,
        )  # fmt: skip
        run = same.order_by().values("code").annotate(run=run_of(self._missed)).values("run")
        return Subquery(run, output_field=IntegerField())

    @property
    def _plans(self) -> Any:
        """Every plan that the maker may read."""
        return self._of(Trajectory.objects.permitted(self.user, Can.READ_FIGURES, on=self.on))

    @cached_property
    def queries(self) -> list[tuple[FigureQuery, int]]:
        """Open questions about any period, the oldest first, with their age in days."""
        rows = self._of(FigureQuery.objects.permitted(self.user, Can.READ_FIGURES, on=self.on)).open()
        return [(row, (self.on - london_date(row.asked_at)).days) for row in rows.order_by("asked_at", "pk")]

    @cached_property
    def corrections(self) -> list[Correction]:
        """What was corrected of the period since it was first submitted, the latest first."""
        chains: dict[int, list[Figure]] = {}
        for row in self._read.values():
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


def _cell(row: Figure) -> Cell:
    return cell_of(row.asked.line, [getattr(row, name) for name in FIELDS])


def _counted(row: Figure) -> str:
    """The numbers as they are compared: "45 of 54", "7", or the words of an answer."""
    if row.answer != AskedLine.Answer.FIGURES:
        return str(AskedLine.Answer(row.answer).label)
    if row.denominator is None:
        return f"{row.numerator:,}"
    share = Share(row.numerator or 0, row.denominator)
    return f"{share.counted} ({measure_of(row.asked.line).said(measure_of(row.asked.line).value(share.n, share.d))})"

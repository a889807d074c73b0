"""Where each line stands now: short or not, for how many periods running, with which plan. Being asked for a plan is
a question to the figures, never a flag.

The newest figure of a line of an organisation says how it stands, as long as it is not older than ``RECENT`` months;
for how many periods running it has been below says ``training.resolver.trends.run_of``. All lines of all organisations
are one statement that reads each figure once and hands over those alone of which something may be said; rows for a page
are filled in afterwards. What a first page and the
escalation route ask of the same is ``training.unplanned``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import DateField, DecimalField, Exists, F, Func, Max, OuterRef, Q, Value
from django.db.models.functions import Abs
from django.db.models.lookups import GreaterThanOrEqual

from design.calendar import add_months
from training.alerts import Alert, Code, alerts
from training.arithmetic import Share, State, state_of
from training.measured import lines_in_force, rule_in_force
from training.models import AskedLine, CollectingRule, Figure, FigureReturn, Line, Trajectory, TrajectoryPoint
from training.recovery import PERCENT, Measure, Need, merged, needed, planned_on, usual_end, weighty
from training.resolver.sums import scale_of, short_as_asked
from training.resolver.trends import run_of
from training.unplanned import RECENT

# The longest distances between the last days of two periods that follow each other.
QUARTER, MONTH = timedelta(days=92), timedelta(days=31)
LONG_AGO = date(1900, 1, 1)
Key = tuple[int, int, str]
WHOSE = ("commissioner", "organisation", "organisation__name", "code")
SAID = {
    "figure": "pk", "ends": "period__ends_on", "n": "numerator", "d": "denominator", "held_to": "threshold",
    "near": "amber", "good": "direction",
}  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """What commissioners say on a day: their rules, and the lines by which a figure is judged."""

    on: date
    rules: Mapping[int, CollectingRule]
    lines: Sequence[Line]

    @classmethod
    def of(cls, commissioners: Iterable[int], *, on: date) -> "Terms":
        """Two queries for each commissioner."""
        rules, lines = {}, []
        for pk in commissioners:
            rules[pk] = rule_in_force(pk, on=on)
            lines += [line for timing in Line.Timing for line in lines_in_force(pk, on=on, timing=timing)]
        return cls(on, rules, lines)


def measure_of(line: Line) -> Measure:
    """What the values of a line count."""
    per = scale_of(line) if line.has_denominator else None
    return Measure(per, line.direction, line.family == Line.Family.TRAINING, line.level)


@dataclass(frozen=True)
class Said:
    """One figure as it was submitted, as far as it is judged. The fields are the columns of ``SAID``."""

    pk: int
    on: date
    n: int
    d: int | None
    threshold: Decimal | None
    amber: Decimal | None
    direction: str


@dataclass(frozen=True)
class Planned:
    """The plan that holds for a line, if there is one, and what all its plans said for each day."""

    plan: Trajectory | None = None
    points: Sequence[tuple[date, Decimal]] = ()

    @property
    def until(self) -> date | None:
        """The last day of the plan that holds."""
        return self.points[-1][0] if self.plan and self.points else None


Ever = Sequence[tuple[Trajectory, list[tuple[date, Decimal]]]]


def plans(whose: Q) -> dict[Key, Planned]:
    """The plans of lines, by commissioner, organisation and line. One query."""
    return {key: planned_by(ever) for key, ever in ever_planned(TrajectoryPoint.objects.filter(whose)).items()}


def ever_planned(points: Any) -> dict[Key, Ever]:
    """Every plan that there was of each line, the newest first, with its points. One query."""
    rows = points.select_related("trajectory__made_by")
    found: dict[Key, dict[int, tuple[Trajectory, list[tuple[date, Decimal]]]]] = {}
    for point in rows.order_by("-trajectory__made_at", "-trajectory", "by_day"):
        plan = point.trajectory
        ever = found.setdefault((plan.commissioner_id, plan.organisation_id, plan.code), {})
        ever.setdefault(plan.pk, (plan, []))[1].append((point.by_day, point.planned))
    return {key: list(ever.values()) for key, ever in found.items()}


def planned_by(ever: Ever) -> Planned:
    """The plan that holds, and what all of them said."""
    holds = next((plan for plan, _ in ever if plan.replaced_at is None), None)
    return Planned(holds, merged(points for _, points in ever))


def newest(figures: Any, terms: Terms, planned: Mapping[Key, Planned], *, every: bool = True) -> list["Standing"]:
    """The newest figure of each line that is collected, with the run and the plan. One statement.

    Without ``every`` only of lines of which something may be said: all that ``Standing.is_shown`` are among them.
    """
    lines = {line.code: line for line in terms.lines}
    groups = _gathered(figures, terms)
    found = []
    for row in groups if every else groups.filter(_may_be_said(terms)):
        commissioner, organisation, name, code, run, *said = row
        last, *before = (Said(*each) for each in zip(*said, strict=True))
        key = (commissioner, organisation, code)
        beside = (planned.get(key, Planned()), terms.rules[commissioner], terms.on, lines[code], name)
        found.append(Standing(key, last, before[0] if before else None, run, *beside))
    return found


def _gathered(figures: Any, terms: Terms) -> Any:
    """A row for each line with a recent figure: whose it is, the run, and the columns of ``SAID`` of the two newest."""
    held = figures.known().totals().exclude(figure_return__state=FigureReturn.State.WITHDRAWN)
    held = held.filter(commissioner__in=list(terms.rules), code__in={line.code for line in terms.lines})
    held = held.exclude(asked__line__form=Line.Form.MILESTONE)
    spoken = Q(answer=AskedLine.Answer.FIGURES, period__ends_on__gte=add_months(terms.on, -2 * RECENT))
    two = {name: _two_newest(column, spoken) for name, column in SAID.items()}
    groups = held.order_by().values(*WHOSE).annotate(run=run_of(short_as_asked()), newest=Max("period__ends_on"), **two)
    # The newest period itself has to have numbers: those of the one before do not stand in for it.
    groups = groups.filter(newest__gte=add_months(terms.on, -RECENT), newest=_of("ends", 1))
    return groups.values_list(*WHOSE, "run", *SAID)


def _two_newest(column: str, spoken: Q) -> Func:
    values = ArrayAgg(column, filter=spoken, order_by="-period__ends_on", default=Value([]))
    return Func(values, template="(%(expressions)s)[1:2]")


def _of(name: str, place: int) -> Func:
    """What stands in a column at the newest figure (1), or at the one before (2)."""
    output = DateField() if name == "ends" else DecimalField(max_digits=30, decimal_places=0)
    return Func(F(name), template=f"(%(expressions)s)[{place}]", output_field=output)


def _may_be_said(terms: Terms) -> Q:
    """Is the line below, does a plan hold for it, or did it move by what makes a dip under any of the rules?

    Multiplied out, so that nothing is rounded.
    """
    plans = Trajectory.objects.standing().filter(
        commissioner=OuterRef("commissioner"), organisation=OuterRef("organisation"), code=OuterRef("code")
    )  # fmt: skip
    n, d, n_before, d_before = (_of(name, place) for place in (1, 2) for name in ("n", "d"))
    dip = min((rule.dip for rule in terms.rules.values()), default=Decimal(0))
    moved = GreaterThanOrEqual(Abs(n * d_before - n_before * d) * PERCENT, dip * d * d_before)
    return Q(run__gt=0) | Q(Exists(plans)) | Q(moved)


@dataclass
class Standing:
    """How one line of one organisation stands. ``figure`` is there once the row is filled in (``filled``)."""

    key: Key
    last: Said
    before: Said | None
    run: int
    planned: Planned
    rule: CollectingRule
    on: date
    line: Line
    name: str
    figure: Any = field(default=None)

    @cached_property
    def measure(self) -> Measure:
        """What it counts."""
        return measure_of(self.line)

    @cached_property
    def value(self) -> Fraction | None:
        """Exactly, at the newest figure."""
        return self.measure.value(self.last.n, self.last.d)

    @property
    def said(self) -> str:
        """ "83.3 %"."""
        return self.measure.said(self.value)

    @property
    def counted(self) -> str:
        """ "45 of 54"; nothing for a count."""
        return "" if self.last.d is None else Share(self.last.n, self.last.d).counted

    @property
    def threshold_said(self) -> str:
        """ "85 %"; nothing without one."""
        return "" if self.last.threshold is None else self.measure.goal(self.last.threshold)

    @property
    def planned_now(self) -> Decimal | None:
        """What was planned for the newest figure's day."""
        return planned_on(self.planned.points, self.last.on)

    @property
    def planned_said(self) -> str:
        """The same in words; nothing without a plan."""
        return "" if self.planned_now is None else self.measure.said(self.planned_now)

    @property
    def state(self) -> State:
        """How it stands to the threshold."""
        return state_of(self.value, self.last.threshold, self.last.amber, self.last.direction)

    @property
    def value_before(self) -> Fraction | None:
        """The value of the period just before; none where that one has no figure."""
        if self.before is None or (self.last.on - self.before.on) > self._apart:
            return None
        return self.measure.value(self.before.n, self.before.d)

    @property
    def _apart(self) -> timedelta:
        """The longest distance between the ends of two periods that follow each other."""
        return MONTH if self.line.timing == Line.Timing.MONTH else QUARTER

    @property
    def until(self) -> date:
        """By when the threshold is to be reached: the plan's last day, else the end of the financial year."""
        end = self.planned.until
        return end if end is not None and end > self.on else usual_end(self.on)

    @cached_property
    def need(self) -> Need | None:
        """How many more by when, counted from today; none when it is met."""
        if not self.state.is_short:
            return None
        return needed(self.measure, self.last.n, self.last.d, self.last.threshold, on=self.on, by=self.until)

    @cached_property
    def alerts(self) -> list[Alert]:
        """What stands out."""
        planned = None if self.planned.plan is None else self.planned_now
        held = {"threshold": self.last.threshold, "amber": self.last.amber, "planned": planned}
        return alerts(self.value, self.value_before, measure=self.measure, limits=self.rule, **held)

    @property
    def plan_is_asked(self) -> bool:
        """Below for as long as the rule says, and no plan reaches beyond today."""
        return self.run >= self.rule.below_periods and (self.planned.until or LONG_AGO) < self.on

    @property
    def plan_state(self) -> tuple[str, str, str]:
        """Code, words and tone of how it is about the plan."""
        if self.plan_is_asked:
            given = self.planned.plan is not None
            return ("over", "Plan is over", "bad") if given else ("asked", "Plan asked for", "bad")
        if self.planned.plan is None:
            return ("none", "No plan asked for", "quiet")
        if not self.state.is_short:
            met = self.state is State.MET
            return ("reached", "Threshold reached", "good") if met else ("given", "Plan given", "info")
        if self.planned_now is None:
            return ("given", "Plan given", "info")  # Nothing was planned yet for the day of the newest figure.
        behind = any(each.code == Code.BEHIND for each in self.alerts)
        return ("behind", "Behind the plan", "partly") if behind else ("on_plan", "On plan", "good")

    @property
    def is_shown(self) -> bool:
        """Has it a plan, is one asked for, or does something stand out?"""
        return self.planned.plan is not None or self.plan_is_asked or bool(self.alerts)


def standings(figures: Any, terms: Terms) -> list[Standing]:
    """Every line that has a plan, is asked for one, or stands out, those that weigh most first. Two statements."""
    theirs = Q(commissioner__in=list(terms.rules), organisation__in=figures.order_by().values("organisation"))
    found = [each for each in newest(figures, terms, plans(theirs), every=False) if each.is_shown]
    return sorted(found, key=lambda each: (weighty(each.state, each.need, each.run, each.name), each.line.position))


def filled(rows: Sequence[Standing]) -> list[Standing]:
    """The same rows with their figures, organisations and periods. One query."""
    beside = ("organisation", "commissioner", "period", "asked__line", "figure_return")
    held = Figure.objects.select_related(*beside).in_bulk([each.last.pk for each in rows])
    for each in rows:
        each.figure = held[each.last.pk]
    return list(rows)


def whose(figures: Any) -> list[int]:
    """The commissioners of permitted figures: of a provider each that collects from it. One query."""
    return sorted(set(figures.order_by().values_list("commissioner", flat=True).distinct()))

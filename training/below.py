"""Where each line stands now: short or not, for how many periods running, with which plan. Being asked for a plan is
a question to the figures, never a flag.

The newest figure of a line of an organisation says how it stands, as long as it is not older than ``RECENT`` months. A
period without a figure neither counts nor ends a run: silence makes no line better.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject

from design.calendar import add_months
from training.alerts import Alert, Code, alerts
from training.arithmetic import Share, State, state_of
from training.measured import lines_in_force, rule_in_force
from training.models import AskedLine, CollectingRule, Figure, FigureReturn, Line, Trajectory, TrajectoryPoint
from training.recovery import Measure, Need, needed, usual_end
from training.resolver.sums import judged_by, met_by, scale_of

RECENT = 9
# Longer than between two periods that follow each other, shorter than a month.
ADJOINING = timedelta(days=7)
LONG_AGO = date(1900, 1, 1)


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


def newest(figures: Any, terms: Terms) -> Any:
    """The newest total of each line, with ``run`` (short so many times running), ``before`` and the standing plan."""
    same = Figure.objects.known().totals().exclude(figure_return__state=FigureReturn.State.WITHDRAWN).filter(
        commissioner=OuterRef("commissioner"), organisation=OuterRef("organisation"), code=OuterRef("code")
    )  # fmt: skip
    earlier = same.filter(period__ends_on__lt=OuterRef("period__starts_on"), answer=AskedLine.Answer.FIGURES)
    before = JSONObject(n="numerator", d="denominator", on="period__ends_on")
    short = judged_by(terms.lines) & ~met_by(terms.lines)
    better = same.exclude(short).exclude(answer=AskedLine.Answer.NOT_APPLICABLE).order_by("-period__ends_on")
    since = same.filter(short, period__ends_on__gt=Coalesce(OuterRef("better_on"), LONG_AGO))
    plans = Trajectory.objects.standing().filter(
        commissioner=OuterRef("commissioner"), organisation=OuterRef("organisation"), code=OuterRef("code")
    )
    points = TrajectoryPoint.objects.filter(trajectory=OuterRef("plan"))
    ever = TrajectoryPoint.objects.filter(
        commissioner=OuterRef("commissioner"), organisation=OuterRef("organisation"),
        trajectory__code=OuterRef("code"), by_day__lte=OuterRef("period__ends_on"),
    ).order_by("-trajectory__made_at", "-by_day")  # fmt: skip
    rows = figures.known().totals().exclude(figure_return__state=FigureReturn.State.WITHDRAWN)
    rows = rows.filter(~Exists(same.filter(period__ends_on__gt=OuterRef("period__ends_on"))))
    rows = rows.filter(answer=AskedLine.Answer.FIGURES, period__ends_on__gte=add_months(terms.on, -RECENT))
    return (
        rows.exclude(asked__line__form=Line.Form.MILESTONE)
        .select_related("organisation", "commissioner", "period", "asked__line", "figure_return")
        .annotate(better_on=Subquery(better.values("period__ends_on")[:1]))
        .annotate(
            before=Subquery(earlier.order_by("-period__ends_on").values(said=before)[:1]),
            run=Coalesce(Subquery(since.order_by().values("code").annotate(n=Count("pk")).values("n")), 0),
            plan=Subquery(plans.values("pk")[:1]),
        )
        .annotate(
            planned=Subquery(ever.values("planned")[:1]),
            plan_until=Subquery(points.order_by().values("trajectory").annotate(last=Max("by_day")).values("last")),
        )
        .order_by("-run", "organisation__name", "asked__position", "pk")
    )


@dataclass(frozen=True)
class Standing:
    """How one line of one organisation stands."""

    figure: Any
    rule: CollectingRule
    on: date

    @property
    def line(self) -> Line:
        """As it was asked."""
        found: Line = self.figure.asked.line
        return found

    @cached_property
    def measure(self) -> Measure:
        """What it counts."""
        return measure_of(self.line)

    @cached_property
    def value(self) -> Fraction | None:
        """Exactly, at the newest figure."""
        return self.measure.value(self.figure.numerator, self.figure.denominator)

    @property
    def said(self) -> str:
        """ "83.3 %"."""
        return self.measure.said(self.value)

    @property
    def counted(self) -> str:
        """ "45 of 54"; nothing for a count."""
        return "" if self.figure.denominator is None else Share(self.figure.numerator, self.figure.denominator).counted

    @property
    def threshold_said(self) -> str:
        """ "85.0 %"; nothing without one."""
        return "" if self.figure.threshold is None else self.measure.said(self.figure.threshold)

    @property
    def planned_said(self) -> str:
        """What was planned by the newest figure's day."""
        return "" if self.figure.planned is None else self.measure.said(self.figure.planned)

    @property
    def state(self) -> State:
        """How it stands to the threshold."""
        return state_of(self.value, self.figure.threshold, self.figure.amber, self.figure.direction)

    @property
    def before(self) -> Fraction | None:
        """The value of the period just before; none where that one has no figure."""
        held = self.figure.before
        if held is None or date.fromisoformat(held["on"]) < self.figure.period.starts_on - ADJOINING:
            return None
        return self.measure.value(held["n"], held["d"])

    @property
    def until(self) -> date:
        """By when the threshold is to be reached: the plan's last day, else the end of the financial year."""
        end: date | None = self.figure.plan_until
        return end if end is not None and end > self.on else usual_end(self.on)

    @cached_property
    def need(self) -> Need | None:
        """How many more by when, counted from today; none when it is met."""
        held = self.figure
        if not self.state.is_short:
            return None
        return needed(self.measure, held.numerator, held.denominator, held.threshold, on=self.on, by=self.until)

    @cached_property
    def alerts(self) -> list[Alert]:
        """What stands out."""
        planned = None if self.figure.plan is None else self.figure.planned
        held = {"threshold": self.figure.threshold, "amber": self.figure.amber, "planned": planned}
        return alerts(self.value, self.before, measure=self.measure, limits=self.rule, **held)

    @property
    def plan_is_asked(self) -> bool:
        """Below for as long as the rule says, and no plan reaches beyond today."""
        ended = self.figure.plan is None or (self.figure.plan_until or self.on) < self.on
        return bool(self.figure.run >= self.rule.below_periods and ended)

    @property
    def plan_state(self) -> tuple[str, str, str]:
        """Code, words and tone of how it is about the plan."""
        if self.plan_is_asked:
            return ("asked", "Plan asked for", "bad") if self.figure.plan is None else ("over", "Plan is over", "bad")
        if self.figure.plan is None:
            return ("none", "No plan asked for", "quiet")
        if not self.state.is_short:
            met = self.state is State.MET
            return ("reached", "Threshold reached", "good") if met else ("given", "Plan given", "info")
        behind = any(each.code == Code.BEHIND for each in self.alerts)
        return ("behind", "Behind the plan", "partly") if behind else ("on_plan", "On plan", "good")


def standings(figures: Any, terms: Terms) -> list[Standing]:
    """Every line that has a plan, is asked for one, or stands out; the longest below first. One query."""
    found = [Standing(row, terms.rules[row.commissioner_id], terms.on)
             for row in newest(figures.filter(commissioner__in=list(terms.rules)), terms)]  # fmt: skip
    return [each for each in found if each.figure.plan is not None or each.plan_is_asked or each.alerts]


def whose(figures: Any) -> list[int]:
    """The commissioners of permitted figures: of a provider each that collects from it. One query."""
    return sorted(set(figures.order_by().values_list("commissioner", flat=True).distinct()))

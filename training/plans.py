"""Recovery plans as pages and files show them: the list with its filter, and one line with everything about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.capabilities import Can
from design.charts import Chart
from training.alerts import Code
from training.below import Ever, Key, Standing, Terms, ever_planned, filled, newest, planned_by, standings, whose
from training.measured import rule_in_force
from training.models import AskedLine, Figure, FigureReturn, Line, Period, Trajectory, TrajectoryPoint, days_of
from training.recovery import Compared, Measure, compare, picture

if TYPE_CHECKING:
    from accounts.models import User

PERIODS = 8
STATES = {
    "asked": "Plan asked for", "over": "Plan is over", "behind": "Behind the plan", "on_plan": "On plan",
    "reached": "Threshold reached", "given": "Plan given", "none": "No plan asked for",
}  # fmt: skip
# Those that wait for a plan, as first pages count them: the first, and another where one is over.
OWED, WAIT = "owed", ("asked", "over")


class PlanFilter(forms.Form):
    """What of the list is shown; sent by GET."""

    mark_optional = False
    q = forms.CharField(label="Provider or line", required=False, max_length=100)
    plan = forms.ChoiceField(
        label="Plan", required=False, choices=[("", "All"), (OWED, "Asked for, or over"), *STATES.items()]
    )
    alert = forms.ChoiceField(
        label="Stands out", required=False,
        choices=[("", "All"), (Code.DIP, "Dip"), (Code.FLAT, "Flat line"), (Code.BEHIND, "Behind the plan")],
    )  # fmt: skip

    def chosen(self, found: Sequence[Standing]) -> list[Standing]:
        """Those that fit; what cannot be read of the filter is left out."""
        given = self.cleaned_data if self.is_valid() else {}
        words, plan = given.get("q", "").casefold(), given.get("plan")
        states = WAIT if plan == OWED else (plan,)
        return [
            each
            for each in found
            if (not words or words in f"{each.name} {each.line.name}".casefold())
            and (not plan or each.plan_state[0] in states)
            and (not given.get("alert") or any(alert.code == given["alert"] for alert in each.alerts))
        ]


def plans_shown(user: "User", asked: Any, *, on: date, figures: Any = None) -> tuple[PlanFilter, list[Standing]]:
    """The filter, and the lines that fit: those with a plan, asked for one, or with something that stands out."""
    held = Figure.objects.permitted(user, Can.READ_FIGURES, on=on) if figures is None else figures
    form = PlanFilter(asked)
    return form, form.chosen(standings(held, Terms.of(whose(held), on=on)))


@dataclass(frozen=True)
class PlanShown:
    """A plan with its points as they are read."""

    plan: Trajectory
    points: Sequence[tuple[date, Decimal]]
    measure: Measure

    @property
    def heading(self) -> str:
        """Of one that was replaced."""
        until = f"{self.plan.replaced_at:%-d %B %Y}" if self.plan.replaced_at else ""
        return f"{self.plan.made_at:%-d %B %Y} until {until}, by {self.plan.made_by}"

    @property
    def points_said(self) -> list[tuple[date, str]]:
        """By which day how much."""
        return [(day, self.measure.said(value)) for day, value in self.points]


@dataclass(frozen=True)
class OnePlan:
    """One line of one organisation: how it stands, its plan against what was reached, and the plans before it."""

    figure_return: FigureReturn
    code: str
    user: "User"
    on: date

    @cached_property
    def line(self) -> Line | None:
        """As it was asked in the return; none when it was not."""
        asked = AskedLine.objects.filter(figure_return=self.figure_return, code=self.code).select_related("line")
        return next((each.line for each in asked), None)

    @cached_property
    def standing(self) -> Standing | None:
        """How it stands now; none without a recent figure."""
        held = Figure.objects.permitted(self.user, Can.READ_FIGURES, on=self.on).filter(
            code=self.code, **self._whose
        )  # fmt: skip
        whose = self.figure_return.commissioner_id
        terms = Terms(self.on, {whose: rule_in_force(whose, on=self.on)}, [self.line] if self.line else [])
        return next(iter(filled(newest(held, terms, {self._key: planned_by(self._ever)}))), None)

    @cached_property
    def _ever(self) -> Ever:
        """Every plan with its points, the newest first."""
        points = TrajectoryPoint.objects.permitted(self.user, Can.READ_FIGURES, on=self.on)
        return ever_planned(points.filter(trajectory__code=self.code, **self._whose)).get(self._key, [])

    @property
    def _whose(self) -> dict[str, int]:
        return {
            "commissioner": self.figure_return.commissioner_id, "organisation": self.figure_return.organisation_id
        }  # fmt: skip

    @property
    def _key(self) -> Key:
        return (self.figure_return.commissioner_id, self.figure_return.organisation_id, self.code)

    @property
    def plan(self) -> Trajectory | None:
        """The one that holds."""
        return next((plan for plan, _ in self._ever if plan.replaced_at is None), None)

    @property
    def measure(self) -> Measure:
        """What its values count."""
        return self.standing.measure if self.standing else Measure()

    @property
    def held(self) -> PlanShown | None:
        """The one that holds, to be read."""
        return next((each for each in self._shown if each.plan.replaced_at is None), None)

    @property
    def replaced(self) -> list[PlanShown]:
        """Those before it."""
        return [each for each in self._shown if each.plan.replaced_at is not None]

    @property
    def _shown(self) -> list[PlanShown]:
        return [PlanShown(plan, points, self.measure) for plan, points in self._ever]

    @cached_property
    def compared(self) -> list[Compared]:
        """Planned against actual, for the periods until now and those of the plan that are still to come."""
        if self.standing is None:
            return []
        timing = self.standing.figure.period.timing
        rows = Figure.objects.permitted(self.user, Can.READ_FIGURES, on=self.on).known().totals().filter(
            commissioner=self.figure_return.commissioner_id, organisation=self.figure_return.organisation_id,
            code=self.code, period__timing=timing, answer=AskedLine.Answer.FIGURES,
        )  # fmt: skip
        actual = {end: (n, d) for end, n, d in rows.values_list("period__ends_on", "numerator", "denominator")}
        points = planned_by(self._ever).points
        past = Period.objects.filter(
            commissioner=self.figure_return.commissioner_id, timing=timing, ends_on__lt=self.on
        ).collected().order_by("-ends_on").values_list("ends_on", flat=True)[:PERIODS]  # fmt: skip
        labels = {end: _label(timing, end) for end in {*past, *_ahead(timing, self.on, points)}}
        return compare(self.standing.measure, points, actual, labels)

    @property
    def chart(self) -> Chart:
        """The two lines and the threshold."""
        name = self.line.name if self.line else self.code
        threshold = self.standing.last.threshold if self.standing else None
        of = "planned and reached" if self._ever else "what was reached"
        return picture(self.compared, threshold, title=f"{name}: {of}", on=self.on)


def _label(timing: str, end: date) -> str:
    return Period(timing=timing, ends_on=end).label


def _ahead(timing: str, on: date, points: Sequence[tuple[date, Decimal]]) -> list[date]:
    """The periods of the plan that have not ended yet."""
    return sorted({days_of(timing, end)[1] for end, _ in points if end >= on})

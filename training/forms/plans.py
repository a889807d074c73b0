"""Writing a recovery plan: why, what is done, and what is planned by the end of which month."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import forms
from django.forms import BoundField

from design.fields import LongTextField
from design.widgets import TextInput
from providers.record_form import NO_PATIENTS, RecordForm
from training.arithmetic import Number
from training.models import Trajectory
from training.recovery import PERCENT, Measure, month_ends

MONTHS, MOST = 12, 999_999
NUMBER = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,3})?", re.ASCII)
BOX = "planned_"


class PlannedField(forms.CharField):
    """One planned value: "85", "85 %" or "85.5"; empty for a month that is not planned."""

    def __init__(self, measure: Measure, **options: Any) -> None:
        widget = TextInput({"inputmode": "decimal"}, width=5, suffix=measure.unit)
        widget.label_hidden = True  # type: ignore[attr-defined]
        super().__init__(required=False, max_length=12, widget=widget, **options)
        self.measure = measure

    def clean(self, value: Any) -> Any:
        """A decimal, or None."""
        text = super().clean(value).strip()
        typed = text.removesuffix("%").strip() if self.measure.per == PERCENT else text
        if not typed:
            return None
        if not NUMBER.fullmatch(typed):
            raise forms.ValidationError(f"{self.label}: enter a number such as 85, not “{text}”")
        planned = Decimal(typed.replace(",", "."))
        if self.measure.per == PERCENT and planned > PERCENT:
            raise forms.ValidationError(f"{self.label}: enter 100 or less. {text} is more than everybody")
        return planned


class PlanForm(RecordForm):
    """A new plan; the one that holds fills the boxes and is kept."""

    submit_label = "Keep the plan"
    why_below = LongTextField(
        label="Why is it below the threshold?", max_length=600, help_text=NO_PATIENTS,
        error_messages={"required": "Enter why it is below the threshold"},
    )  # fmt: skip
    what_is_done = LongTextField(
        label="What is done about it?", max_length=600,
        help_text=f"For example how many places on which courses, and by when. {NO_PATIENTS}",
        error_messages={"required": "Enter what is done about it"},
    )  # fmt: skip
    why_not_reached = LongTextField(
        label="If the threshold is not reached by the last month: why not?", max_length=300, required=False,
        help_text=NO_PATIENTS,
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)

    def __init__(
        self, *args: Any, plan: Trajectory | None, measure: Measure, threshold: Number | None, on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.measure, self.threshold = measure, threshold
        held = {point.by_day: point.planned for point in plan.points.all()} if plan else {}
        last = max([*held, date(on.year + (on.month + MONTHS - 2) // 12, (on.month + MONTHS - 2) % 12 + 1, 1)])
        self.days = list(month_ends(on, last))
        for day in self.days:
            field = PlannedField(measure, label=f"{day:%-d %B %Y}", initial=_plain(held.get(day)))
            self.fields[f"{BOX}{day:%Y_%m}"] = field
        if plan:
            for name in ("why_below", "what_is_done", "why_not_reached"):
                self.fields[name].initial = getattr(plan, name)
            self.fields["seen"].initial = plan.reference

    @property
    def boxes(self) -> list[BoundField]:
        """One a month, in order."""
        return [self[f"{BOX}{day:%Y_%m}"] for day in self.days]

    def clean(self) -> dict[str, Any]:
        """Never backwards; the threshold by the last month, or why not."""
        given = super().clean() or self.cleaned_data
        points = self.points()
        if not points and not any(name.startswith(BOX) for name in self.errors):
            self.add_error(f"{BOX}{self.days[0]:%Y_%m}", "Enter what is planned by the end of at least one month")
        worse = self.measure.direction == "down"
        for (_, before), (day, value) in pairwise(points):
            if value > before if worse else value < before:
                words = "more than" if worse else "less than"
                self.add_error(
                    f"{BOX}{day:%Y_%m}", f"{day:%-d %B %Y}: {_plain(value)} is {words} the month before. Correct one"
                )
        if points and not self.errors and self._falls_short(points[-1][1]) and not given.get("why_not_reached"):
            goal = self.measure.goal(self.threshold or 0)
            self.add_error("why_not_reached", f"The plan does not reach {goal}. Plan further, or enter why not")
        return given

    def _falls_short(self, planned: Decimal) -> bool:
        if self.threshold is None:
            return False
        return planned > self.threshold if self.measure.direction == "down" else planned < self.threshold

    def points(self) -> list[tuple[date, Decimal]]:
        """What is planned, by the last day of each month."""
        found = ((day, self.cleaned_data.get(f"{BOX}{day:%Y_%m}")) for day in self.days)
        return [(day, value) for day, value in found if value is not None]


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"

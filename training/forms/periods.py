"""Forms about periods: preparing one, its date, adding a late return."""

from datetime import date, timedelta
from typing import Any

from django import forms

from design.calendar import add_months
from design.fields import DateField
from design.forms import NhsForm
from design.widgets import Radios
from providers.models import Organisation
from training.issuing import Candidate
from training.measured import rule_in_force
from training.models import Line, Period, days_of
from training.opening import due_after

# So many periods back one can be collected afterwards.
QUARTERS, MONTHS = 8, 12


def ended(on: date) -> list[tuple[str, str]]:
    """The latest quarters and months that have ended, for a choice: "quarter 2026-09-30" and its name."""
    found = []
    for timing, most in ((Line.Timing.QUARTER, QUARTERS), (Line.Timing.MONTH, MONTHS)):
        first, _ = days_of(timing, on)
        for _ in range(most):
            first, last = days_of(timing, first - timedelta(days=1))
            period = Period(timing=timing, starts_on=first, ends_on=last)
            found.append((f"{timing} {last.isoformat()}", f"{period.label}, as at {last:%-d %B %Y}"))
    return found


class PeriodForm(NhsForm):
    """Whose period, which one, and by when figures are due."""

    submit_label = "Save and see who is asked"

    commissioner: Any = forms.ModelChoiceField(
        label="Commissioner that asks", queryset=None, to_field_name="reference", empty_label=None, widget=Radios,
        error_messages={"required": "Choose the commissioner that asks"},
    )  # fmt: skip
    period = forms.ChoiceField(
        label="Quarter or month",
        help_text="In a month only the lines are asked that are collected every month.",
        error_messages={"required": "Choose the quarter or month"},
    )
    due_on = DateField(
        label="Due on", subject="the date figures are due", required=False,
        help_text="Leave empty for the usual number of working days after its end.",
    )  # fmt: skip

    def __init__(self, *args: Any, commissioners: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.on = on
        self.fields["commissioner"].queryset = commissioners  # type: ignore[attr-defined]
        only = list(commissioners[:2])
        if len(only) == 1:
            self.initial.setdefault("commissioner", only[0].reference)
        self.fields["period"].choices = ended(on)  # type: ignore[attr-defined]
        self.fields["due_on"].earliest = on  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A period is collected once, and is due after it has ended."""
        found = super().clean() or {}
        if not found.get("commissioner") or not found.get("period"):
            return found
        timing, _, last = found["period"].partition(" ")
        first, ends_on = days_of(timing, date.fromisoformat(last))
        found |= {"timing": timing, "starts_on": first, "ends_on": ends_on}
        same = Period.objects.filter(commissioner=found["commissioner"], timing=timing, starts_on=first)
        if same.exists():
            self.add_error("period", "There is a period for this already. Open it from the list of periods")
        if "due_on" in found and not found["due_on"]:
            rule = rule_in_force(found["commissioner"], on=self.on)
            found["due_on"] = due_after(ends_on, timing, rule)
            if found["due_on"] < self.on:
                self.add_error("due_on", "The usual date has passed. Enter the date by which you want the figures")
        return found

    def save(self) -> Period:
        """Prepared; nobody is asked anything yet."""
        names = ("commissioner", "timing", "starts_on", "ends_on", "due_on")
        return Period.objects.create(**{name: self.cleaned_data[name] for name in names})


class PeriodDateForm(NhsForm):
    """Another due date of a period that is being prepared."""

    due_on = DateField(label="Due on", subject="the date figures are due")

    def __init__(self, *args: Any, period: Period, on: date, **more: Any) -> None:
        super().__init__(*args, initial={"due_on": period.due_on}, **more)
        self.fields["due_on"].earliest = on  # type: ignore[attr-defined]
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=period.version)


class LateReturnForm(NhsForm):
    """One organisation more, with a due date of its own."""

    submit_label = "Ask for these figures"

    organisation = forms.ChoiceField(label="Organisation", error_messages={"required": "Choose an organisation"})
    due_on = DateField(label="Due on", subject="the date these figures are due")

    def __init__(self, *args: Any, candidates: list[Candidate], on: date, due_on: date, **more: Any) -> None:
        super().__init__(*args, initial={"due_on": max(due_on, add_months(on, 1))}, **more)
        self.found = {each.organisation.reference: each.organisation for each in candidates}
        names = [(reference, str(each)) for reference, each in self.found.items()]
        self.fields["organisation"].choices = [("", "Choose an organisation"), *names]  # type: ignore[attr-defined]
        self.fields["due_on"].earliest = on  # type: ignore[attr-defined]

    def clean_organisation(self) -> Organisation:
        """The organisation itself."""
        return self.found[self.cleaned_data["organisation"]]


class ConfirmForm(NhsForm):
    """A button and nothing else."""

    def __init__(self, *args: Any, label: str = "Confirm", ends: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.submit_label, self.ends_something = label, ends  # type: ignore[misc]

"""The filters of the overview, and the two moments of "what changed"."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from design.fields import DateField
from training.models import Period

NEWEST_FIRST = "Newest first"


class FigureFilter(forms.Form):
    """Period, category, lines, name, below only. Everything is optional; what is not there is ignored."""

    mark_optional = False

    period = forms.ChoiceField(label="Period", required=False)
    lines = forms.ChoiceField(label="Lines", required=False)
    category = forms.ChoiceField(label="Category", required=False)
    q = forms.CharField(label="Provider", required=False, max_length=80)
    below = forms.BooleanField(label="Only providers below a threshold", required=False)

    def __init__(
        self, *args: Any, periods: Sequence[Period], several: bool, lines: Sequence[tuple[str, Any]],
        categories: Sequence[tuple[str, str]], **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        choices = [(each.reference, f"{each}, {each.commissioner}" if several else str(each)) for each in periods]
        self.fields["period"].choices = choices  # type: ignore[attr-defined]
        self.fields["lines"].choices = lines  # type: ignore[attr-defined]
        self.fields["category"].choices = [("", "All categories"), *categories]  # type: ignore[attr-defined]

    def value(self, name: str) -> Any:
        """The cleaned value, or None where the person chose nothing or something that is not there."""
        self.is_valid()
        return getattr(self, "cleaned_data", {}).get(name) or None


class ChangeForm(forms.Form):
    """Between the ends of which two days; the second is today unless it is said."""

    mark_optional = False

    first = DateField(label="From the end of")
    second = DateField(label="To the end of", required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """In their order, and not in the future."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first, second = given.get("first"), given.get("second") or self.today
        if first and first > self.today:
            self.add_error("first", "Enter a day up to today.")
        if given.get("second") and second > self.today:
            self.add_error("second", "Enter a day up to today.")
        elif first and second < first:
            self.add_error("second", "Enter a day after the first one.")
        return given

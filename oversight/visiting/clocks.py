"""The clocks after a visit on their screen: what holds for each commissioner, and the form of another number."""

from datetime import date
from typing import Any

from django import forms

from design.fields import DateField
from design.forms import NhsForm
from design.widgets import NumberInput
from oversight.models import VisitClock
from oversight.models.visit_clocks import MOST_DAYS
from providers.models import Organisation


class ClockForm(NhsForm):
    """One clock of one commissioner from a day on."""

    submit_label = "Save: it holds from that day"

    commissioner = forms.ModelChoiceField(
        Organisation.objects.none(), label="Commissioner", empty_label=None,
        error_messages={"required": "Choose the commissioner"},
    )  # fmt: skip
    what = forms.ChoiceField(label="Step", choices=VisitClock.What.choices)
    working_days = forms.IntegerField(
        label="Working days", min_value=1, max_value=MOST_DAYS, widget=NumberInput(width=3),
        error_messages={"required": "Enter the number of working days"},
    )  # fmt: skip
    valid_from = DateField(label="Holds from", subject="the day from which it holds")

    def __init__(self, *args: Any, commissioners: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commissioner"].queryset = commissioners  # type: ignore[attr-defined]
        self.fields["valid_from"].earliest = on  # type: ignore[attr-defined]

    @property
    def row(self) -> dict[str, Any]:
        """The fields of the dated row."""
        return {name: self.cleaned_data[name] for name in ("commissioner", "what", "working_days", "valid_from")}


def clocks_of(commissioners: Any, *, on: date) -> list[dict[str, Any]]:
    """For each commissioner the clocks that hold on the day, in the order of the steps."""
    found = []
    for commissioner in commissioners:
        held = VisitClock.objects.one_each(commissioner, on, by="what")
        found.append({"commissioner": commissioner, "rows": [held[what] for what in VisitClock.What if what in held]})
    return found

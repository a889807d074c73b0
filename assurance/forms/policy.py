"""The form of the dated numbers: from when they hold, and for which commissioner."""

from datetime import date
from typing import Any

from assurance.models import AssurancePolicy
from design.fields import DateField
from design.forms import NhsModelForm
from design.widgets import NumberInput, Radios

NUMBERS = ("reds_for_limited", "sample_size", "rating_stale_months", "action_days")


class PolicyForm(NhsModelForm):
    """The numbers that hold from a day on."""

    submit_label = "Save: it holds from that day"

    valid_from = DateField(label="Holds from", subject="the day from which it holds")

    class Meta:
        model = AssurancePolicy
        fields = ["commissioner", "valid_from", *NUMBERS]
        labels = {
            "reds_for_limited": "Limited with more criteria “not met” than",
            "sample_size": "Criteria drawn at random for each strand",
            "rating_stale_months": "A grade is out of date after (months)",
            "action_days": "Days for an action, unless the validator says otherwise",
        }
        widgets = {"commissioner": Radios, **{name: NumberInput(width=3) for name in NUMBERS}}
        error_messages = {"commissioner": {"required": "Choose the commissioner"}}

    def __init__(self, *args: Any, commissioners: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["commissioner"]
        field.queryset, field.empty_label, field.required = commissioners, None, True  # type: ignore[attr-defined]
        self.fields["valid_from"].earliest = on  # type: ignore[attr-defined]
        self.fields["action_days"].min_value = 1  # type: ignore[attr-defined]

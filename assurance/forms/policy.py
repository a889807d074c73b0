"""The form of the dated numbers: from when they hold, and for which commissioner."""

from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator

from assurance.models import AssurancePolicy
from design.fields import DateField
from design.forms import NhsModelForm
from design.widgets import NumberInput, Radios

# Each number with its least and its most, and what is asked for when it is missing.
NUMBERS = {
    "reds_for_limited": (0, 98, "Enter how many criteria may be “not met” before the level is limited"),
    "sample_size": (0, 98, "Enter how many criteria are drawn at random"),
    "rating_stale_months": (1, 120, "Enter after how many months a grade is out of date"),
    "action_days": (1, 730, "Enter how many days an action is given"),
    "link_days": (0, 365, "Enter how many days after the due date a link still opens"),
}


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
            "link_days": "Days after the due date that a link to a return still opens",
        }
        widgets = {"commissioner": Radios, **{name: NumberInput(width=3) for name in NUMBERS}}
        error_messages = {
            "commissioner": {"required": "Choose the commissioner"},
            **{name: {"required": ask, "invalid": ask + ", as a number"} for name, (_, _, ask) in NUMBERS.items()},
        }

    def __init__(self, *args: Any, commissioners: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["commissioner"]
        field.queryset, field.empty_label, field.required = commissioners, None, True  # type: ignore[attr-defined]
        self.fields["valid_from"].earliest = on  # type: ignore[attr-defined]
        for name, (least, most, _) in NUMBERS.items():
            words = f"Enter a number from {least} to {most}"
            self.fields[name].validators = [MinValueValidator(least, words), MaxValueValidator(most, words)]

"""The form of the dated numbers: from when they hold, and for which commissioner."""

from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator

from assurance.models import AssurancePolicy
from assurance.models.policy import BOUNDS
from design.fields import DateField
from design.forms import NhsModelForm
from design.widgets import NumberInput, Radios

# What is asked for when a number is missing.
NUMBERS = {
    "reds_for_limited": "Enter how many criteria may be “not met” before the level is limited",
    "sample_size": "Enter how many criteria are drawn at random",
    "rating_stale_months": "Enter after how many months a grade is out of date",
    "action_days": "Enter how many days an action is given",
    "regulator_days": "Enter after how many days a regulator’s rating must be looked up again",
    "link_days": "Enter how many days after the due date a link still opens",
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
            "regulator_days": "Days after which a regulator’s rating must be looked up again",
            "link_days": "Days after the due date that a link to a return still opens",
        }
        widgets = {"commissioner": Radios, **{name: NumberInput(width=3) for name in NUMBERS}}
        error_messages = {
            "commissioner": {"required": "Choose the commissioner"},
            **{name: {"required": ask, "invalid": ask + ", as a number"} for name, ask in NUMBERS.items()},
        }

    def __init__(self, *args: Any, commissioners: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["commissioner"]
        field.queryset, field.empty_label, field.required = commissioners, None, True  # type: ignore[attr-defined]
        self.fields["valid_from"].earliest = on  # type: ignore[attr-defined]
        for name, (least, most) in BOUNDS.items():
            words = f"Enter a number from {least} to {most}"
            self.fields[name].validators = [MinValueValidator(least, words), MaxValueValidator(most, words)]

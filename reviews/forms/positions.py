"""Asking providers for their position on a national inquiry, and stating it."""

from datetime import date
from typing import Any

from django import forms

from design.fields import DateField, LongTextField
from design.widgets import Checkboxes, Radios
from providers.models import Category, Organisation
from providers.record_form import NO_PATIENTS, RecordForm
from reviews.models import Position, Review

MUCH = 2_000


class AskPositionForm(RecordForm):
    """Which providers: some, or all of a category."""

    submit_label = "Ask them"
    mark_optional = False
    category = forms.ModelChoiceField(
        Category.objects.none(), label="All providers of a category", required=False, to_field_name="code",
        empty_label="No category as a whole",
    )  # fmt: skip
    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(), label="And these providers", required=False, to_field_name="reference",
        widget=Checkboxes(small=True),
        help_text="Their safeguarding leads are put on the list of this inquiry, for their own organisation only.",
    )  # fmt: skip

    def __init__(self, *args: Any, review: Review, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = Organisation.objects.commissioned_by(review.commissioner, on=on).open(on=on).distinct()
        kinds = Category.objects.filter(pk__in=self.offered.order_by().values("category")).order_by("name")
        self.fields["category"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["organisations"].queryset = self.offered.order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        given = super().clean() or self.cleaned_data
        if not given.get("category") and not given.get("organisations") and not self.errors:
            self.add_error("organisations", "Choose a category or tick at least one provider")
        return given

    def chosen(self) -> list[Organisation]:
        """Whom to ask, by name."""
        given = self.cleaned_data
        found = {each.pk: each for each in given["organisations"]}
        if given["category"]:
            found |= {each.pk: each for each in self.offered.filter(category=given["category"])}
        return sorted(found.values(), key=lambda each: each.name)


class PositionForm(RecordForm):
    """Where the organisation stands."""

    submit_label = "State this position"
    position = forms.ChoiceField(
        label="Where does your organisation stand?",
        choices=[each for each in Position.Where.choices if each[0] != "not_said"], widget=Radios(),
        error_messages={"required": "Choose where your organisation stands"},
    )  # fmt: skip
    statement = LongTextField(
        label="What is in place, or what is planned and by when?", max_length=MUCH, help_text=NO_PATIENTS,
        error_messages={"required": "Enter what is in place, or what is planned"},
    )  # fmt: skip
    as_at = DateField(label="As at", subject="the day", error_messages={"required": "Enter the day"})

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["as_at"].initial, self.fields["as_at"].latest = today, today  # type: ignore[attr-defined]

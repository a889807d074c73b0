"""The forms of concerns: opening one from items, weighing it, taking more items in, closing it."""

from datetime import date
from typing import Any

from django import forms

from design.calendar import add_months
from design.fields import DateField, LongTextField
from design.widgets import Checkboxes, Radios
from oversight.models import IntelligenceItem, Term
from providers.record_form import NO_PATIENTS, RecordForm

MUCH_TEXT = 4_000
USUAL_MONTHS = 1
SCALES = {"vulnerability": Term.List.VULNERABILITY, "likelihood": Term.List.LIKELIHOOD}


class ItemChoice(forms.ModelMultipleChoiceField):
    """Items to tick, each with its date, theme and first words."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            IntelligenceItem.objects.none(), widget=Checkboxes(small=True), to_field_name="reference", **options
        )

    def label_from_instance(self, obj: Any) -> str:
        """One line of the list."""
        people = " (named people only)" if obj.circle_id else ""
        return f"{obj.received_on:%-d %B %Y}, {obj.theme}, {obj.source}{people}: {obj.summary[:140]}"


class WeighForm(RecordForm):
    """How vulnerable people are, how likely harm is, why, and when to look again."""

    submit_label = "Save this weighing"
    vulnerability = forms.ModelChoiceField(
        Term.objects.none(), label="How vulnerable are the people who use the service?", widget=Radios(),
        empty_label=None, error_messages={"required": "Choose how vulnerable people are"},
    )  # fmt: skip
    likelihood = forms.ModelChoiceField(
        Term.objects.none(), label="How likely is harm?", widget=Radios(), empty_label=None,
        error_messages={"required": "Choose how likely harm is"},
    )  # fmt: skip
    reasons = LongTextField(
        label="Reasons", max_length=MUCH_TEXT, help_text=NO_PATIENTS, error_messages={"required": "Enter the reasons"}
    )
    review_on = DateField(label="Next review", subject="the date of the next review")

    def __init__(self, *args: Any, commissioner: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kept_in in SCALES.items():
            self.fields[name].queryset = Term.objects.offered(kept_in, commissioner, on)  # type: ignore[attr-defined]
        box = self.fields["review_on"]
        box.earliest, box.initial = on, add_months(on, USUAL_MONTHS)  # type: ignore[attr-defined]

    def weighed(self) -> dict[str, Any]:
        """What the weighing holds of it."""
        return {name: self.cleaned_data[name] for name in ("vulnerability", "likelihood", "reasons", "review_on")}


class OpenForm(WeighForm):
    """What the concern is, from which items, and its first weighing."""

    submit_label = "Open this concern"
    title = forms.CharField(
        label="What is the concern?", max_length=200, help_text=NO_PATIENTS,
        error_messages={"required": "Enter what the concern is"},
    )  # fmt: skip
    theme = forms.ModelChoiceField(
        Term.objects.none(), label="Theme", empty_label=None, error_messages={"required": "Choose the theme"}
    )
    items = ItemChoice(label="From these items", error_messages={"required": "Choose at least one item"})

    def __init__(self, *args: Any, first: IntelligenceItem, free: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, commissioner=first.commissioner, on=on, **kwargs)
        self.fields["theme"].queryset = (  # type: ignore[attr-defined]
            Term.objects.offered(Term.List.THEME, first.commissioner, on) | Term.objects.filter(pk=first.theme_id)
        )
        self.fields["theme"].initial = first.theme_id
        self.fields["items"].queryset = free  # type: ignore[attr-defined]
        self.fields["items"].initial = [first.reference]
        self.order_fields(["title", "theme", "items", *SCALES, "reasons", "review_on"])


class TakeInForm(RecordForm):
    """More items for a concern."""

    submit_label = "Take them in"
    items = ItemChoice(label="Items in no concern yet", error_messages={"required": "Choose at least one item"})

    def __init__(self, *args: Any, free: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].queryset = free  # type: ignore[attr-defined]


class CloseConcernForm(RecordForm):
    """What came of it."""

    submit_label = "Close this concern"
    outcome = LongTextField(
        label="What came of it?", max_length=MUCH_TEXT, help_text=NO_PATIENTS,
        error_messages={"required": "Enter what came of it"},
    )  # fmt: skip


def free_items(allowed: Any, about: Any) -> Any:
    """Items in no concern yet about the same provider, for the same people as the item or concern ``about``."""
    found = allowed.standing().of(about.organisation_id).filter(commissioner=about.commissioner_id, concern=None)
    same = found.filter(circle=about.circle_id) if about.circle_id else found.filter(circle__isnull=True)
    return same.select_related("theme", "source").order_by("-received_on", "-pk")


class ConcernFilter(forms.Form):
    """What of the concerns is shown; sent by GET."""

    mark_optional = False
    state = forms.ChoiceField(
        label="State", required=False,
        choices=[("", "Open"), ("review", "Review overdue"), ("closed", "Closed"), ("all", "All")],
    )  # fmt: skip
    organisation = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)


def chosen(allowed: Any, form: ConcernFilter, *, on: date) -> Any:
    """The concerns that the filter asks for, the next review first."""
    form.is_valid()
    state, about = form.cleaned_data.get("state", ""), form.cleaned_data.get("organisation", "")
    found = allowed.filter(organisation__reference=about) if about else allowed
    if state == "closed":
        found = found.filter(closed_at__isnull=False)
    elif state == "review":
        found = found.review_overdue(on=on)
    elif state != "all":
        found = found.open()
    beside: Any = found.with_levels().select_related("organisation", "commissioner", "theme")
    return beside.order_by("closed_at", "review_on", "pk") if state != "closed" else beside.order_by("-closed_at")

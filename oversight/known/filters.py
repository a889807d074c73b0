"""Boxes that the filters of several lists have alike."""

from django import forms

from providers.models import Organisation


def organisation_box(label: str = "Organisation") -> forms.ModelChoiceField:
    """About which organisation; the view says which there are. Choose by reference, or all."""
    return forms.ModelChoiceField(
        Organisation.objects.none(),
        label=label,
        required=False,
        to_field_name="reference",
        empty_label="All",
        error_messages={"invalid_choice": "Nothing is recorded here about this organisation"},
    )

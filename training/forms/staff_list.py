"""What comes back from counting a staff list in the browser: totals, or the choice of columns. Never a row."""

from collections.abc import Sequence
from typing import Any

from django import forms

from design.forms import NhsForm
from training.boxes import Box
from training.staff_lists import NotKept, entries_of, mapping_of


class CountedField(forms.CharField):
    """JSON that the page made; nobody types it."""

    free_text = False
    widget = forms.HiddenInput


class TotalsForm(NhsForm):
    """Totals of the lines that were counted."""

    submit_label = "Put these totals into the figures"

    totals = CountedField(error_messages={"required": "Count the list first"})

    def __init__(self, *args: Any, boxes: Sequence[Box], **more: Any) -> None:
        super().__init__(*args, **more)
        self.boxes = boxes

    def clean_totals(self) -> Any:
        """As figures to be saved."""
        try:
            return entries_of(self.cleaned_data["totals"], self.boxes)
        except NotKept as problem:
            raise forms.ValidationError(str(problem)) from problem


class ColumnsForm(NhsForm):
    """Which column is which."""

    choices = CountedField()

    def __init__(self, *args: Any, boxes: Sequence[Box], **more: Any) -> None:
        super().__init__(*args, **more)
        self.boxes = boxes

    def clean_choices(self) -> Any:
        """As it may be kept."""
        try:
            return mapping_of(self.cleaned_data["choices"], self.boxes)
        except NotKept as problem:
            raise forms.ValidationError(str(problem)) from problem

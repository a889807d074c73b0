"""Asks about the cells of a workbook on the form that takes them in: listed by cell, with the choice."""

from collections.abc import Sequence

from django import forms
from django.template.loader import render_to_string

from design.forms import NhsForm
from design.text_checks import Doubt
from privacy.files import doubt_about
from privacy.guarding import REASON_LENGTH

BOX = "cells"


class AsksAboutCells(NhsForm):
    """Subclass it and call ``ask_about`` when the form is made: nothing is drawn when there is nothing to ask."""

    cells: Doubt | None = None

    def ask_about(self, parts: Sequence[tuple[str, str]], *, digest: str) -> None:
        """``parts`` are cells with what they say; the answer holds for the workbook with this digest."""
        label = f"{type(self).__module__}.{type(self).__qualname__}"[-100:]
        digits = [(place, text) for place, text in parts if any(map(str.isdigit, text))]
        self.cells = doubt_about(digits, sha256=digest, form=label, box=BOX) if digits else None
        if self.cells is None:
            return
        self.cells.again = ""
        listed = render_to_string("components/text_marks.html", {"doubt": self.cells})
        self.fields[self.cells.box] = forms.BooleanField(
            label="These cells are not about a person: save them anyway",
            required=False,
            help_text=listed,
            widget=forms.CheckboxInput(attrs={"value": self.cells.stamp}),
        )
        self.fields[self.cells.why] = forms.CharField(
            label="Why are they not about a person?", required=False, max_length=REASON_LENGTH
        )
        self.fields[self.cells.why].free_text = False  # type: ignore[attr-defined]

    def full_clean(self) -> None:
        """Nothing is taken in before somebody has answered; an answer is recorded when nothing else is wrong."""
        super().full_clean()
        if not self.is_bound or self.cells is None:
            return
        if self.cells.settle is None:
            self.add_error(self.cells.box, self.cells.problem or "Correct these cells in the workbook, or say why not")
        elif not self.errors:
            self.cells.settle()

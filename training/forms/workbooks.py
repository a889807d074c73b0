"""Uploading figures, and saying what of the file is taken."""

from typing import Any

from django import forms

from design.forms import UploadForm
from design.widgets import Checkboxes
from privacy.cells import AsksAboutCells
from training.differences import Difference
from training.spreadsheet_cells import LENGTHS


class FiguresFileForm(UploadForm):
    """The workbook or CSV file that was filled in."""

    submit_label = "Upload and compare"
    mark_optional = False

    file = forms.FileField(
        label="The workbook or CSV file you filled in",
        help_text="As downloaded from this page. Nothing is saved before you have seen what it changes.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={
            "required": "Choose the workbook or CSV file", "empty": "The file is empty. Choose the file again",
        },
    )  # fmt: skip


class AcceptFiguresForm(AsksAboutCells):
    """Which figures that were changed online meanwhile are replaced by the file's."""

    submit_label = "Save these figures"
    mark_optional = False

    def __init__(self, *args: Any, difference: Difference, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["digest"] = forms.CharField(widget=forms.HiddenInput, initial=difference.digest, max_length=16)
        if difference.conflicts:
            self.fields["take"] = forms.MultipleChoiceField(
                label="Changed online since the download: which of them do you want from the file?",
                help_text="Those that you leave stay as they are online.",
                choices=[(row.key, f"{row.name} ({row.place})") for row in difference.conflicts],
                required=False,
                widget=Checkboxes,
            )
        asked = [*difference.changed, *difference.conflicts]
        said = [(each.cell, each.then) for row in asked for each in row.changes if each.key in LENGTHS]
        self.ask_about(said, digest=difference.digest)

    @property
    def chosen(self) -> list[str]:
        """The conflicts decided for the file."""
        found: list[str] = self.cleaned_data.get("take", [])
        return found

"""Uploading a return's workbook, and saying what of it is taken."""

from typing import Any

from django import forms

from assurance.differences import Difference
from design.fields import WorkbookField
from design.forms import UploadForm
from design.widgets import Checkboxes
from privacy.cells import AsksAboutCells


class WorkbookForm(UploadForm):
    """The workbook that was filled in."""

    submit_label = "Upload and compare"
    mark_optional = False

    file = WorkbookField(
        label="The workbook you filled in",
        help_text="The Excel workbook (.xlsx) downloaded from this page. Nothing is saved before you have seen what it "
        "changes.",
    )


class AcceptWorkbookForm(AsksAboutCells):
    """Which answers that were changed online meanwhile are replaced by the workbook's."""

    submit_label = "Save these answers"
    mark_optional = False

    def __init__(self, *args: Any, difference: Difference, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["digest"] = forms.CharField(widget=forms.HiddenInput, initial=difference.digest, max_length=16)
        if difference.conflicts:
            self.fields["take"] = forms.MultipleChoiceField(
                label="Changed online since the download: which of them do you want from the workbook?",
                help_text="Those that you leave stay as they are online.",
                choices=[(line.key, f"{line.row['ref']} ({line.place})") for line in difference.conflicts],
                required=False,
                widget=Checkboxes,
            )
        said = [(each.cell, each.then) for line in difference.taken_or_asked for each in line.changes]
        self.ask_about(said, digest=difference.digest)

    @property
    def chosen(self) -> list[str]:
        """The conflicts decided for the workbook."""
        found: list[str] = self.cleaned_data.get("take", [])
        return found

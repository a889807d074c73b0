"""Choosing a file to bring in, accepting what was read of it, and undoing it.

A file that cannot be taken is said at its box; ``status`` is then the answer's.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import TemporaryUploadedFile

from design.forms import NhsForm
from design.widgets import Radios
from design.workbooks.reading import Unreadable
from evidence.names import clean_name
from evidence.refusals import NotAccepted
from oversight.bringing.organisation_differences import LEAVE, NEW
from oversight.bringing.process import About, begin, digest
from oversight.bringing.rows import NotTaken, Outcome
from oversight.models import Import

NOT_ARRIVED = "Choose the file again: it did not arrive"
XLSX = ".xlsx,.csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/csv"


class BringInForm(NhsForm):
    """A workbook, and for which commissioner it is."""

    submit_label = "Read the file"
    enctype = "multipart/form-data"
    status: int | None = None

    file = forms.FileField(
        label="Workbook",
        help_text="An Excel workbook (.xlsx) or a CSV file. Nothing is saved before you have seen what it would do.",
        widget=forms.FileInput(attrs={"accept": XLSX}),
        error_messages={
            "required": "Choose the file", "empty": "The file is empty. Choose another.",
            "invalid": NOT_ARRIVED, "missing": NOT_ARRIVED,
        },
    )  # fmt: skip

    def __init__(self, *args: Any, ours: Any, refused: NotAccepted | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused = refused
        whose = forms.ModelChoiceField(
            ours, label="Commissioner", empty_label=None, error_messages={"required": "Choose the commissioner"}
        )
        whose.initial = ours.first()
        self.fields["commissioner"] = whose
        self.order_fields(("commissioner", "framework_version", "file"))

    def clean(self) -> dict[str, Any]:
        """A file that was too large while it arrived is said here."""
        found = super().clean() or {}
        if self.refused is not None:
            self.errors.pop("file", None)
            self.refuse(str(self.refused), self.refused.status)
        return found

    def refuse(self, why: str, status: int = 422) -> None:
        """Say at the box why the file is not taken."""
        self.status = status
        self.add_error("file", why)

    def begin(self, about: About, *, at: datetime) -> Import | None:
        """Read the file; None when it is not taken, with the reason at the box."""
        upload = self.cleaned_data["file"]
        assert isinstance(upload, TemporaryUploadedFile)
        try:
            return begin(Path(upload.temporary_file_path()), clean_name(upload.name or ""), about, at=at)
        except Unreadable as problem:
            self.refuse(str(problem), problem.status)
        except NotTaken as problem:
            self.refuse(str(problem))
        return None


class AcceptForm(NhsForm):
    """One question for each likely double, one for rows with problems; and what was seen."""

    submit_label = "Accept"
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, outcomes: Sequence[Outcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = digest(outcomes)
        self.asked = {f"same_{n}": each for n, each in enumerate(outcomes) if each.state == "asked"}
        for name, each in self.asked.items():
            self.fields[name] = _question(each)
        self.rejected = sum(1 for each in outcomes if each.state == "rejected")
        self.sound = sum(1 for each in outcomes if each.state in ("new", "changed", "asked"))
        if self.rejected:
            some, rest = _rows(self.rejected), _rows(self.sound)
            self.fields["leave"] = forms.BooleanField(
                label=f"Leave out the {some} with problems and take the other {rest}",
                error_messages={"required": f"Tick this to leave out the {some} with problems, or correct the file."},
            )

    @property
    def choices(self) -> dict[str, str]:
        """The answers, by the row's key."""
        return {each.line.key: self.cleaned_data[name] for name, each in self.asked.items()}


def _rows(n: int) -> str:
    return f"{n} row{'' if n == 1 else 's'}"


def _question(each: Outcome) -> forms.ChoiceField:
    offered = [(candidate.reference, f"The same as {candidate.words}") for candidate in each.candidates]
    if all(candidate.may_be_new for candidate in each.candidates):
        offered.append((NEW, "A new organisation"))
    offered.append((LEAVE, "Leave this row out"))
    return forms.ChoiceField(
        label=f"{each.line.where}: is “{each.title}” on the register already?",
        choices=offered,
        widget=Radios(),
        error_messages={"required": f"Say whether {each.title} is on the register already"},
    )


class UndoForm(NhsForm):
    """The press of a button."""

    submit_label = "Undo this import"

"""Choosing a file to bring in, accepting what was read of it, and undoing it.

A file that cannot be taken is said at its box; ``status`` is then the answer's.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import TemporaryUploadedFile

from accounts.capabilities import Can
from accounts.models import User
from assurance.models.policy import regulator_days
from design.fields import DateField
from design.forms import NhsForm
from design.widgets import Radios
from design.workbooks.reading import Unreadable
from evidence.names import clean_name
from evidence.refusals import NotAccepted
from framework.models import FrameworkVersion
from oversight.bringing.grade_words import BEST_HIGH, BEST_LOW
from oversight.bringing.organisation_differences import LEAVE, NEW
from oversight.bringing.process import About, begin, digest
from oversight.bringing.rows import NotTaken, Outcome
from oversight.models import Import
from privacy.cells import AsksAboutCells

NOT_ARRIVED = "Choose the file again: it did not arrive"
XLSX = ".xlsx,.csv,.txt,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/csv"


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
        self.order_fields(("commissioner", "file"))

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

    def begin(self, kind: str, *, by: User, on: date, at: datetime) -> Import | None:
        """Read the file; None when it is not taken, with the reason at the box."""
        said = self.cleaned_data
        numbers, dated = said.get("numbers", ""), said.get("dated")
        about = About(kind, said["commissioner"], by, on, said.get("framework_version"), numbers, dated)
        upload = self.cleaned_data["file"]
        assert isinstance(upload, TemporaryUploadedFile)
        try:
            return begin(Path(upload.temporary_file_path()), clean_name(upload.name or ""), about, at=at)
        except Unreadable as problem:
            self.refuse(str(problem), problem.status)
        except NotTaken as problem:
            self.refuse(str(problem))
        return None


class BringInGradesForm(BringInForm):
    """A workbook of grades, by which standards, and what its numbers mean."""

    framework_version = forms.ModelChoiceField(
        FrameworkVersion.objects.none(), label="Which standards do the grades belong to?", empty_label=None,
        error_messages={"required": "Choose the standards"},
    )  # fmt: skip
    numbers = forms.ChoiceField(
        label="If grades are numbers, which is best?", required=False, initial="", widget=Radios(),
        choices=[("", "There are no numbers"), (BEST_HIGH, "The highest"), (BEST_LOW, "1")],
    )  # fmt: skip

    def __init__(self, *args: Any, ours: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, ours=ours, **kwargs)
        readable = FrameworkVersion.objects.permitted(user, Can.READ_STANDARDS).in_use().select_related("framework")
        self.fields["framework_version"].queryset = readable.order_by("-valid_from", "pk")  # type: ignore[attr-defined]
        self.fields["framework_version"].initial = readable.order_by("-valid_from", "pk").first()
        self.order_fields(("commissioner", "framework_version", "numbers", "file"))


class BringInRatingsForm(BringInForm):
    """The regulator's file, and the day it was made: a rating is as old as the file that says so."""

    dated = DateField(label="Date of the file", subject="the date of the file")

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["dated"].latest = on  # type: ignore[attr-defined]
        self.fields["dated"].help_text = "As the regulator’s page or the first sheet of the file says."
        self.order_fields(("commissioner", "dated", "file"))

    def clean(self) -> dict[str, Any]:
        """A file that is out of date already tells nobody what the regulator says now."""
        found = super().clean() or {}
        dated, whose = found.get("dated"), found.get("commissioner")
        if dated and whose and (self.on - dated).days > (most := regulator_days(whose, on=self.on)):
            words = f"This file is more than {most} days old. Download the newest from the regulator’s website"
            self.add_error("dated", words)
        return found


def form_for(kind: str, *sent: Any, user: User, on: date, **options: Any) -> BringInForm:
    """The form for one kind of import."""
    if kind == Import.Kind.RATINGS:
        return BringInRatingsForm(*sent, on=on, **options)
    return (
        BringInGradesForm(*sent, user=user, **options) if kind == Import.Kind.GRADES else BringInForm(*sent, **options)
    )


# Columns in which somebody wrote; the others hold what stands in a register.
WRITTEN = ("text", "proof", "origin", "pseudonym", "recommendation", "action", "milestones")


class AcceptForm(AsksAboutCells):
    """One question for each likely double, one for rows with problems; and what was seen."""

    submit_label = "Accept"
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, outcomes: Sequence[Outcome], unit: str = "row", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = digest(outcomes)
        questions = {each.asks: each for each in reversed(outcomes) if each.state == "asked"}
        self.asked = {f"same_{n}": each for n, each in enumerate(reversed(questions.values()))}
        for name, each in self.asked.items():
            self.fields[name] = _question(each)
        self.rejected = sum(1 for each in outcomes if each.state == "rejected")
        self.sound = sum(1 for each in outcomes if each.state in ("new", "changed", "asked"))
        if self.rejected:
            some, rest = _units(self.rejected, unit), _units(self.sound, unit)
            self.fields["leave"] = forms.BooleanField(
                label=f"Leave out the {some} with problems and take the other {rest}",
                error_messages={"required": f"Tick this to leave out the {some} with problems, or correct the file."},
            )
        taken = [each.line for each in outcomes if each.state in ("new", "changed", "asked")]
        said = [(line.refs.get(key, line.where), line.get(key)) for line in taken for key in WRITTEN if line.get(key)]
        self.ask_about(said, digest=digest(outcomes))

    @property
    def choices(self) -> dict[str, str]:
        """The answers, by the row's key."""
        return {each.asks: self.cleaned_data[name] for name, each in self.asked.items()}


def _units(n: int, unit: str) -> str:
    return f"{n} {unit}{'' if n == 1 else 's'}"


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

    submit_label, ends_something = "Undo this import", True

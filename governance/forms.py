"""Forms of the annual report: beginning one, writing a block of words, and saying yes to what cannot be undone."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from design.calendar import FinancialYear
from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import Radios
from governance.models import ReportNarrative
from governance.sections import BY_KEY


class ReportForm(NhsForm):
    """A new report: whose, which year, and as at which day."""

    submit_label = "Begin the report"

    year = forms.ChoiceField(
        label="Financial year", widget=Radios, error_messages={"required": "Choose the financial year"}
    )
    cut_off = DateField(
        label="Figures as at",
        subject="the day the figures are as at",
        help_text="Usually the last day of the year. Returns that arrive later are named and not counted.",
    )

    def __init__(self, *args: Any, commissioners: Any, on: date, **more: Any) -> None:
        last = FinancialYear.last_complete(on)
        super().__init__(*args, initial={"year": last.slug, "cut_off": last.ends}, **more)
        self.on = on
        years = [last.next, last, last.previous, last.previous.previous]
        self.fields["year"].choices = [(year.slug, year.label) for year in years]  # type: ignore[attr-defined]
        held = list(commissioners)
        self.fields["commissioner"] = forms.ModelChoiceField(
            label="Commissioner",
            queryset=commissioners,
            to_field_name="reference",
            widget=Radios if len(held) > 1 else forms.HiddenInput,
            empty_label=None,
            initial=held[0].reference if len(held) == 1 else None,
            error_messages={"required": "Choose the commissioner whose report it is"},
        )
        self.order_fields(["commissioner", "year", "cut_off"])

    def clean(self) -> dict[str, Any]:
        """The day lies in the year or after it, and not in the future."""
        found = super().clean() or self.cleaned_data
        year, day = found.get("year"), found.get("cut_off")
        if year and day:
            starts = FinancialYear.parse(year).starts
            if day > self.on:
                self.add_error("cut_off", "The day the figures are as at must be today or earlier")
            elif day < starts:
                self.add_error("cut_off", f"The day must be {starts.day} {starts:%B %Y}, when the year began, or later")
        return found


class WordsForm(NhsForm):
    """One block of words. Empty is allowed while it is a draft."""

    submit_label = "Save these words"

    def __init__(self, *args: Any, narrative: ReportNarrative, **more: Any) -> None:
        super().__init__(*args, initial={"text": narrative.text}, **more)
        section = BY_KEY[narrative.section]
        self.fields["text"] = LongTextField(
            label=section.title,
            help_text=f"{section.asks} No names of patients or staff.",
            max_length=section.most,
            required=False,
        )
        self.fields["text"].widget.attrs["rows"] = 12
        self.fields["text"].widget.label_hidden = True  # type: ignore[attr-defined]
        self.fields["version"] = forms.IntegerField(
            widget=forms.HiddenInput(attrs={"data-version": ""}), required=False, initial=narrative.version
        )

    def show_conflict(self, now: ReportNarrative) -> None:
        """Keep what was typed, and let the next save be over what is shown now."""
        self.data = {**self.data.dict(), "version": now.version}  # type: ignore[attr-defined]
        self.add_error("text", "Somebody else changed these words while you were writing. Theirs are shown above.")


class ConfirmForm(NhsForm):
    """Yes, do it. ``statement`` is what is ticked."""

    def __init__(self, *args: Any, label: str, statement: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.submit_label = label  # type: ignore[misc]
        if statement:
            self.fields["sure"] = forms.BooleanField(
                label=statement, error_messages={"required": "Tick the box to say that you have read the paper"}
            )


class YearBookForm(NhsForm):
    """Which year of whom, as a workbook."""

    submit_label = "Make the workbook"

    commissioner = forms.ChoiceField(label="Commissioner", error_messages={"required": "Choose a commissioner"})
    year = forms.ChoiceField(label="Financial year", widget=Radios, error_messages={"required": "Choose a year"})

    def __init__(self, *args: Any, commissioners: Sequence[Any], on: date, **more: Any) -> None:
        running = FinancialYear.of(on)
        super().__init__(*args, initial={"year": running.slug}, **more)
        self.found = {each.reference: each for each in commissioners}
        years = [running, running.previous, running.previous.previous, running.previous.previous.previous]
        self.fields["year"].choices = [(year.slug, year.label) for year in years]  # type: ignore[attr-defined]
        names = [(reference, each.name) for reference, each in self.found.items()]
        if len(names) == 1:
            del self.fields["commissioner"]
        else:
            self.fields["commissioner"].choices = [("", "Choose a commissioner"), *names]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Any:
        """The commissioner itself."""
        return self.found[self.cleaned_data.get("commissioner") or next(iter(self.found))]

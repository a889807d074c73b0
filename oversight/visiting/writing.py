"""The forms of a write-up: one line, one part, and closing it. Each line and part saves itself."""

from datetime import date
from typing import Any

from django import forms

from assurance.levels import Level
from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import NumberInput, Radios
from framework.models import CriterionVersion
from oversight.models import ConcernTold, VisitFinding, VisitLetter
from oversight.models.visit_writing import NARRATIVE, NOTES
from oversight.visiting.planning import VisitVerbForm
from providers.models import Site

MUCH_TEXT = 4_000
COUNTS = {
    "nurses": "Nurses and midwives spoken to",
    "doctors": "Doctors spoken to",
    "carers_staff": "Care and support staff spoken to",
    "managers": "Managers and safeguarding leads spoken to",
    "other_staff": "Other staff spoken to",
    "people": "People using the service spoken to",
    "families": "Carers and relatives spoken to",
    "records": "Records looked at",
    "documents": "Policies and other papers looked at",
}
KNOWN = [("yes", "Knew"), ("partly", "Knew in part"), ("no", "Did not know")]
LEVELS = [("", "Not given"), *((level.value, level.value.capitalize()) for level in Level)]


class LineForm(NhsForm):
    """One line of findings. The criterion is typed by its number, the site by its name: lists are offered."""

    asked = forms.CharField(max_length=400, required=False)
    judgement = forms.ChoiceField(choices=[("", "Not judged"), *VisitFinding.Judgement.choices], required=False)
    text = LongTextField(max_length=MUCH_TEXT, required=False)
    ref = forms.CharField(max_length=60, required=False)
    place = forms.CharField(max_length=200, required=False)
    version = forms.IntegerField(required=False, min_value=0)

    def __init__(self, *args: Any, criteria: list[CriterionVersion], sites: list[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = {each.ref: each.criterion for each in criteria}
        self.sites = {each.name.casefold(): each for each in sites}

    def clean_ref(self) -> Any:
        """The criterion of that number; its words may stand behind the number."""
        typed = self.cleaned_data["ref"].strip()
        ref = typed.split(" ")[0]
        if typed and ref not in self.criteria:
            raise forms.ValidationError(f"There is no criterion “{ref}” in these standards. Choose one of the list")
        return self.criteria.get(ref)

    def clean_place(self) -> Site | None:
        """One of the provider's own sites."""
        typed = self.cleaned_data["place"].strip()
        if typed and typed.casefold() not in self.sites:
            raise forms.ValidationError(f"“{typed}” is no site of this provider. Choose one of the list")
        return self.sites.get(typed.casefold())

    @property
    def given(self) -> dict[str, Any]:
        """What the line is to hold."""
        said = self.cleaned_data
        return {
            "asked": said["asked"], "judgement": said["judgement"], "text": said["text"] or "",
            "criterion": said["ref"], "site": said["place"],
        }  # fmt: skip


class RemoveLineForm(NhsForm):
    """A line that was added on the spot was not wanted."""

    submit_label = "Remove this line"
    ends_something = True
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, line: VisitFinding | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = line.version if line else 0


class PartForm(NhsForm):
    """The base of the parts: what they hold is their fields, as JSON."""

    version = forms.IntegerField(required=False, min_value=0)

    @property
    def given(self) -> dict[str, Any]:
        """What the part is to hold."""
        left = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "form_token")}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in left.items()}


class CountsForm(PartForm):
    """How many people were spoken to and records looked at; never who."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in COUNTS.items():
            self.fields[name] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=999, widget=NumberInput(width=3)
            )


class KnowledgeForm(PartForm):
    """What staff answered to one question."""

    question = forms.CharField(max_length=200, widget=forms.HiddenInput)
    known = forms.ChoiceField(choices=[("", ""), *KNOWN], required=False)
    comment = forms.CharField(max_length=400, required=False, label="Comment")


class OverallForm(PartForm):
    """The judgement as a whole, and what was said before leaving."""

    level = forms.ChoiceField(label="Level of assurance by this visit", choices=LEVELS, required=False)
    agrees = forms.ChoiceField(
        label="Compared with what the provider says of itself",
        choices=[("", "Not compared"), ("agrees", "Agrees"), ("differs", "Differs")],
        required=False,
    )
    feedback_to = forms.CharField(label="Verbal feedback given to", max_length=200, required=False)
    feedback_on = DateField(label="Verbal feedback on", subject="the date of the feedback", required=False)


class WordsForm(PartForm):
    """One paragraph of the report, or the team's own notes."""

    text = LongTextField(max_length=MUCH_TEXT, required=False)


def form_of(part: str) -> type[PartForm] | None:
    """The form of a part; None for a name that is none."""
    if part.startswith("staff-") and part[6:].isdigit():
        return KnowledgeForm
    fixed: dict[str, type[PartForm]] = {"counts": CountsForm, "overall": OverallForm}
    return fixed.get(part) or (WordsForm if part in NARRATIVE or part == NOTES else None)


class DoneForm(VisitVerbForm):
    """The write-up is closed: when the visit was."""

    submit_label = "Close the write-up"
    started_on = DateField(label="First day of the visit", subject="the first day of the visit")
    ended_on = DateField(label="Last day of the visit", subject="the last day of the visit")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial.update(started_on=self.visit.planned_on, ended_on=self.visit.planned_on)

    def clean(self) -> dict[str, Any]:
        """A visit that is still to come cannot be done, and it ends after it starts."""
        given = super().clean() or self.cleaned_data
        first, last = given.get("started_on"), given.get("ended_on")
        if first and last and last < first:
            self.add_error("ended_on", "The last day is not before the first")
        elif last and last > self.today:
            self.add_error("ended_on", "The visit has not taken place yet, so it cannot be marked as done")
        return given


class ToldForm(NhsForm):
    """Who was told of an immediate concern."""

    submit_label = "Record who was told"
    who = forms.CharField(
        label="Who was told", max_length=200, help_text="Name and role.",
        error_messages={"required": "Enter who was told"},
    )  # fmt: skip
    how = forms.ChoiceField(
        label="How", choices=ConcernTold.How.choices, widget=Radios(), error_messages={"required": "Choose how"}
    )
    told_on = DateField(label="Day", subject="the day on which they were told")
    told_at = forms.TimeField(
        label="Time", help_text="For example 14:30", widget=forms.TextInput(attrs={"size": 5}),
        error_messages={"required": "Enter the time", "invalid": "Enter the time as 14:30"},
    )  # fmt: skip
    agreed = LongTextField(label="What was agreed", max_length=MUCH_TEXT, required=False)


class LetterForm(NhsForm):
    """The letter to the executive lead, as drafted; a person changes and sends it."""

    submit_label = "Save this draft"
    to_name = forms.CharField(label="To", max_length=200, error_messages={"required": "Enter to whom it goes"})
    text = LongTextField(label="Letter", max_length=MUCH_TEXT, error_messages={"required": "Enter the letter"})

    def __init__(self, *args: Any, letter: VisitLetter | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["rows"] = 14
        if letter is not None:
            self.initial.update(to_name=letter.to_name, text=letter.text)


__all__ = ["COUNTS", "CountsForm", "DoneForm", "LetterForm", "LineForm", "OverallForm", "ToldForm", "form_of"]

"""Forms about one figures return: its date, taking it back, how it arrived, correcting and signing; and the filter."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from design.fields import DateField
from design.forms import NhsForm
from design.widgets import Radios
from providers.models import Category
from training.models import AskedLine, FigureReturn, FigureSubmission, Period, Signature
from training.models.submitting import REPORT_ANSWERS, REPORT_QUESTION


class ExtendForm(NhsForm):
    """A later date for one return: until when, why, and who agreed."""

    submit_label = "Agree the new date"

    due_on = DateField(label="New date", subject="the new date")
    reason = forms.CharField(
        label="Why", max_length=300, help_text="The provider reads this.", error_messages={"required": "Say why"}
    )
    agreed_by: Any = forms.ModelChoiceField(
        label="Agreed by", queryset=None, empty_label="Choose who agreed",
        error_messages={"required": "Choose who agreed to the new date"},
    )  # fmt: skip

    def __init__(self, *args: Any, figure_return: FigureReturn, people: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.figure_return, self.on = figure_return, on
        self.fields["agreed_by"].queryset = people  # type: ignore[attr-defined]

    def clean_due_on(self) -> date:
        """Later than the date that holds, and not already past."""
        to: date = self.cleaned_data["due_on"]
        holds = self.figure_return.due_on
        if to <= holds:
            raise ValidationError(f"The new date must be after {holds:%-d %B %Y}, the date that holds")
        if to < self.on:
            raise ValidationError("The new date must not be in the past")
        return to


class WithdrawForm(NhsForm):
    """Taking a return back."""

    submit_label, ends_something = "Withdraw this return", True

    reason = forms.CharField(
        label="Why is it withdrawn?", max_length=300,
        help_text="It stays in every total as withdrawn, with this reason. The provider reads it.",
        error_messages={"required": "Say why it is withdrawn"},
    )  # fmt: skip


class ReceivedForm(NhsForm):
    """How figures reached the commissioner, from whom and when."""

    submit_label = "Start entering them"

    channel = forms.ChoiceField(
        label="How did they arrive?",
        choices=[each for each in FigureSubmission.Channel.choices if each[0] not in FigureSubmission.THEIR_OWN],
        widget=Radios,
        error_messages={"required": "Choose how they arrived"},
    )
    received_from = forms.CharField(
        label="Who sent or told them?", max_length=150, error_messages={"required": "Enter who they came from"}
    )
    received_on = DateField(label="When did they arrive?", subject="the date they arrived")

    def __init__(self, *args: Any, earliest: date, on: date, corrects: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["received_on"].earliest, self.fields["received_on"].latest = earliest, on  # type: ignore[attr-defined]
        if corrects:
            self.fields["reason"] = reason_box()


def reason_box() -> forms.CharField:
    """Why submitted figures are corrected."""
    return forms.CharField(
        label="Why are they corrected?", max_length=300,
        help_text="It stays with the new version. Do not name anybody.",
        error_messages={"required": "Say why they are corrected"},
    )  # fmt: skip


class CorrectForm(NhsForm):
    """Why submitted figures are opened again."""

    submit_label = "Open them to correct them"

    reason = reason_box()


class WholeForm(NhsForm):
    """Nothing to declare, or does not apply, for every line that has no figures yet."""

    submit_label = "Mark every empty line"

    answer = forms.ChoiceField(
        label="What is true of every line that has no figures yet?",
        choices=[
            (AskedLine.Answer.NOTHING, "Nothing to declare: it applies, and there was none"),
            (AskedLine.Answer.NOT_APPLICABLE, "It does not apply to us"),
        ],
        widget=Radios,
        error_messages={"required": "Say what is true of them"},
    )
    reason = forms.CharField(
        label="Why?", max_length=300, help_text="For example: no staff in post in this quarter.",
        error_messages={"required": "Say why"},
    )  # fmt: skip


class SignForm(NhsForm):
    """Who answers for the figures, and the one question about anything that cannot wait (hazard 26)."""

    submit_label = "Sign and submit"

    reported_now = forms.ChoiceField(
        label=REPORT_QUESTION,
        choices=[*REPORT_ANSWERS.items()],
        widget=Radios,
        help_text="For example someone at risk, or an allegation against a member of staff.",
        error_messages={"required": "Say whether anything must be reported now"},
    )
    name = forms.CharField(
        label="Name of the person who answers for these figures", max_length=150,
        error_messages={"required": "Enter the name of the person who answers for them"},
    )  # fmt: skip
    role = forms.CharField(
        label="Their role", max_length=150,
        help_text="For example: named nurse, registered manager, practice manager.",
        error_messages={"required": "Enter their role"},
    )  # fmt: skip
    on = DateField(label="Signed on", subject="the date they signed")

    def __init__(self, *args: Any, on: date, earliest: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["on"].latest, self.fields["on"].earliest = on, earliest  # type: ignore[attr-defined]
        self.initial["on"] = on

    def clean_reported_now(self) -> str:
        """Something unreported comes first; nothing typed is lost meanwhile."""
        said: str = self.cleaned_data["reported_now"]
        if said == "not_yet":
            raise ValidationError(
                "Report it first: ring the number at the top of this page. Then come back; everything is kept."
            )
        return said

    @property
    def signature(self) -> Signature:
        """Who signs, as kept with the submission."""
        found = self.cleaned_data
        return Signature(found["name"], found["role"], found["on"], found["reported_now"])


class LinkSignForm(SignForm):
    """Whoever holds a link signs today."""

    def __init__(self, *args: Any, on: date, earliest: date, **more: Any) -> None:
        super().__init__(*args, on=on, earliest=earliest, **more)
        self.today = on
        del self.fields["on"]

    @property
    def signature(self) -> Signature:
        """Who signs, today."""
        found = self.cleaned_data
        return Signature(found["name"], found["role"], self.today, found["reported_now"])


class ReturnFilter(forms.Form):
    """Filters of the list of figures returns, kept in the address."""

    mark_optional = False

    q = forms.CharField(label="Provider", required=False, max_length=100)
    period = forms.ChoiceField(label="Period", required=False)
    progress = forms.ChoiceField(
        label="Progress",
        required=False,
        choices=[
            ("", "All"),
            ("returned", "Returned"),
            ("late", "No return received, overdue"),
            ("extended", "Extended, not returned"),
            ("not_yet_due", "Not yet due"),
        ],
    )
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All states"), *FigureReturn.State.choices])
    category = forms.ModelChoiceField(
        label="Category", queryset=Category.objects.all(), required=False, to_field_name="code", empty_label="All"
    )

    def __init__(self, *args: Any, periods: Sequence[Period], **more: Any) -> None:
        super().__init__(*args, **more)
        several = len({each.commissioner_id for each in periods}) > 1
        names = [(each.reference, f"{each}, {each.commissioner}" if several else str(each)) for each in periods]
        self.fields["period"].choices = [("", "All periods"), *names]  # type: ignore[attr-defined]

    def narrow(self, rows: Any, *, on: date) -> Any:
        """The rows that the filters leave; a filter with an unknown value is left out."""
        self.is_valid()
        found = self.cleaned_data
        for word in (found.get("q") or "").split():
            rows = rows.filter(organisation__name__icontains=word)
        for name, path in (("period", "period__reference"), ("state", "state"), ("category", "organisation__category")):
            if found.get(name):
                rows = rows.filter(**{path: found[name]})
        match found.get("progress"):
            case "returned":
                rows = rows.returned()
            case "late" | "extended" | "not_yet_due" as progress:
                rows = getattr(rows, progress)(on=on)
        return rows

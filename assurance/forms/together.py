"""The forms of one thing done to many returns: a date, nothing more to say, or a strand and a person."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.models.memberships import Strand
from assurance.models import Batch
from design.fields import DateField
from design.forms import NhsForm

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


class TogetherForm(NhsForm):
    """What all of them share: a preview first. ``terms`` is what a batch keeps of it."""

    submit_label = "Preview: nothing is done yet"
    heading: ClassVar[str] = ""

    def __init__(self, *args: Any, people: "QuerySet[User]", on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.people, self.on = people, on

    @property
    def terms(self) -> dict[str, Any]:
        """For the row: ids, dates as text, words."""
        return {}


class ExtendTogetherForm(TogetherForm):
    """One later date for all of them."""

    due_on = DateField(label="New date", subject="the new date")
    reason = forms.CharField(
        label="Why", max_length=300, help_text="Each provider reads this.", error_messages={"required": "Say why"}
    )
    agreed_by: Any = forms.ModelChoiceField(
        label="Agreed by", queryset=None, empty_label="Choose who agreed", to_field_name="reference",
        error_messages={"required": "Choose who agreed to the new date"},
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["agreed_by"].queryset = self.people  # type: ignore[attr-defined]

    def clean_due_on(self) -> date:
        """Not already past."""
        to: date = self.cleaned_data["due_on"]
        if to < self.on:
            raise ValidationError("The new date must not be in the past")
        return to

    @property
    def terms(self) -> dict[str, Any]:
        """Until when, why, and who agreed."""
        said = self.cleaned_data
        return {"due_on": said["due_on"].isoformat(), "reason": said["reason"], "agreed_by": said["agreed_by"].pk}


class RemindTogetherForm(TogetherForm):
    """A reminder now, in the words of the reminder letter: there is nothing to type."""


class AssignTogetherForm(TogetherForm):
    """Which strand, and whose it is from now on; nobody is one of the answers."""

    strand = forms.ChoiceField(
        label="Strand", choices=[("", "Choose a strand"), *Strand.choices],
        error_messages={"required": "Choose a strand", "invalid_choice": "Choose a strand from the list"},
    )  # fmt: skip
    to: Any = forms.ModelChoiceField(
        label="Who validates it?", queryset=None, required=False, to_field_name="reference",
        empty_label="Nobody: it waits for whoever is free",
        error_messages={"invalid_choice": "Choose somebody from the list, or nobody"},
    )  # fmt: skip
    mark_optional = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to"].queryset = self.people  # type: ignore[attr-defined]

    @property
    def terms(self) -> dict[str, Any]:
        """The strand and the person."""
        to = self.cleaned_data["to"]
        return {"strand": self.cleaned_data["strand"], "to": to and to.pk}


FORMS: dict[str, type[TogetherForm]] = {
    Batch.What.EXTEND: ExtendTogetherForm,
    Batch.What.REMIND: RemindTogetherForm,
    Batch.What.ASSIGN: AssignTogetherForm,
}

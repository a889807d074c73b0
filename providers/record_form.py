"""What the forms of these records do alike: they carry the version that was seen, and lose nothing that was typed.

A view hands the verb to ``done``; a refusal is said on the form with 409, a record that changed with both sides.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.db import models, transaction

from accounts.door import Refused, Stale
from design.components import written
from design.fields import LongTextField
from design.forms import NhsForm
from providers.history import last_change

A_REASON = 300
NO_PATIENTS = "No names, NHS numbers or dates of birth of patients or children."


class RecordForm(NhsForm):
    """Over one versioned record, or a new one."""

    status: int | None = None
    conflict: dict[str, Any] | None = None
    # What "theirs and yours" sets side by side: names of boxes that are fields of the record too.
    compared: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record
        if record is not None:
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=record.version
            )

    @property
    def expected(self) -> int:
        """The version that the person saw; 0, which never is one, when the form did not say."""
        return self.cleaned_data.get("version") or 0

    def refuse(self, problem: Exception) -> None:
        """Say why it cannot be done now, keep what was typed, and carry the record's version as it stands."""
        self.add_error(None, str(problem))
        self.status = 409
        if self.record is None:
            return
        self.record.refresh_from_db()
        if isinstance(problem, Stale):
            by, at = last_change(self.record)
            self.conflict = {"by": by, "at": at, "rows": self._differences()}
        self.show_again(version=str(self.record.version))

    def _differences(self) -> list[dict[str, str]]:
        said = [(name, in_words(self.record, name), self._typed(name)) for name in self.compared if name in self.fields]
        return [
            {"label": str(self.fields[name].label), "theirs": theirs, "yours": yours}
            for name, theirs, yours in said
            if theirs != yours
        ]

    def _typed(self, name: str) -> str:
        value = self.cleaned_data.get(name)
        if isinstance(value, bool) or value is None:
            return "Yes" if value else ""
        choices = getattr(self.fields[name], "choices", None)
        if choices and not isinstance(value, models.Model):
            return str(dict(choices).get(value, value))
        return written(value) if hasattr(value, "isoformat") else str(value)


def in_words(record: models.Model, name: str) -> str:
    """One value of a record as a page says it."""
    if display := getattr(record, f"get_{name}_display", None):
        return str(display())
    value = getattr(record, name)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return written(value) if hasattr(value, "isoformat") else str(value or "")


def done(form: RecordForm, verb: Callable[[], Any]) -> bool:
    """Do the verb of a valid form: True, or False with the reason on the form."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            verb()
    except Refused as problem:
        form.refuse(problem)
        return False
    return True


class WithdrawForm(RecordForm):
    """Why it is taken back."""

    submit_label, ends_something = "Withdraw it", True
    reason = LongTextField(
        label="Why is it withdrawn?",
        max_length=A_REASON,
        help_text=f"It leaves every count and can still be read. {NO_PATIENTS}",
        error_messages={"required": "Enter why it is withdrawn"},
    )


def why_box(subject: str = "corrected") -> LongTextField:
    """The box for the reason of a correction; the history keeps it."""
    return LongTextField(
        label=f"Why is it {subject}?",
        max_length=A_REASON,
        help_text="The history keeps what stood before, your name and this reason.",
        error_messages={"required": f"Enter why it is {subject}"},
    )

"""The first boxes of every form that sets something dated: whose, and from when."""

from datetime import date
from typing import Any

from django import forms
from django.db import transaction

from design.fields import DateField
from design.forms import NhsForm
from design.widgets import Radios
from providers.models.policy import Overtaken


class FromADay(NhsForm):
    """Whose, and from when: the first boxes of every form that sets something dated."""

    submit_label = "Save: it holds from that day"

    commissioner: Any = forms.ModelChoiceField(
        label="Commissioner", queryset=None, empty_label=None, widget=Radios,
        error_messages={"required": "Choose the commissioner"},
    )  # fmt: skip
    valid_from = DateField(label="Holds from", subject="the day from which it holds")

    def __init__(self, *args: Any, commissioners: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["commissioner"]
        field.queryset = commissioners
        if len(commissioners) == 1:
            field.initial = commissioners[0].pk
        self.fields["valid_from"].earliest = on  # type: ignore[attr-defined]

    @property
    def whose(self) -> dict[str, Any]:
        """The same two values for the row."""
        return {name: self.cleaned_data[name] for name in ("commissioner", "valid_from")}

    def save(self) -> bool:
        """Let it hold; False with the reason beside the day when a later row is set already."""
        try:
            with transaction.atomic():
                self.set()
        except Overtaken as problem:
            self.add_error("valid_from", str(problem))
            return False
        return True

    def set(self) -> None:
        """Write the rows: each form says which."""

"""The one form: freezing a list."""

from collections.abc import Sequence
from typing import Any

from django import forms

from design.forms import NhsForm


class FreezeForm(NhsForm):
    """For which commissioner, and what it is for."""

    submit_label = "Freeze this view"

    commissioner = forms.ChoiceField(
        label="Commissioner", error_messages={"required": "Choose whose list it is"},
        help_text="A frozen view is one commissioner’s.",
    )  # fmt: skip
    why = forms.CharField(
        label="What it is for", required=False, max_length=200,
        help_text="For example “Quality committee, June”. It stays for ever: no names and nothing about a case.",
    )  # fmt: skip

    def __init__(self, *args: Any, commissioners: Sequence[Any], **more: Any) -> None:
        super().__init__(*args, **more)
        self.found = {each.reference: each for each in commissioners}
        names = [(reference, each.name) for reference, each in self.found.items()]
        if len(names) == 1:
            del self.fields["commissioner"]
        else:
            choices = [("", "Choose a commissioner"), *names]
            self.fields["commissioner"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Any:
        """The commissioner itself."""
        only = next(iter(self.found.values()))
        return self.found[self.cleaned_data["commissioner"]] if "commissioner" in self.fields else only

"""To whom a link to figures goes: a registered address, or another one that is typed."""

from collections.abc import Sequence
from typing import Any

from django import forms

from chasing.recipients import Registered
from design.forms import NhsForm
from design.widgets import Radios

OTHER = "other"


class SendLinkForm(NhsForm):
    """A registered address, or another one that is typed."""

    submit_label, mark_optional = "Send the link", False

    to = forms.ChoiceField(
        label="To whom does the link go?", widget=Radios, error_messages={"required": "Choose to whom the link goes"}
    )
    name = forms.CharField(label="Full name", max_length=130, required=False)
    email = forms.EmailField(
        label="E-mail address", max_length=254, required=False,
        error_messages={"invalid": "Enter an e-mail address in the correct format, like name@example.nhs.uk"},
    )  # fmt: skip

    def __init__(self, *args: Any, addresses: Sequence[Registered], **more: Any) -> None:
        super().__init__(*args, **more)
        self.addresses = list(addresses)
        choices = [(str(n), each.words) for n, each in enumerate(self.addresses)]
        to: Any = self.fields["to"]
        to.choices = [*choices, (OTHER, "Somebody else")]
        to.widget.hints = {str(n): each.email for n, each in enumerate(self.addresses)} | {
            OTHER: "Fill in the two boxes below. The registered addresses are told where the link went."
        }
        to.widget.divider_before = OTHER
        to.initial = choices[0][0] if choices else OTHER

    def clean(self) -> dict[str, Any]:
        """The boxes are needed for somebody else only; otherwise the register says who it is."""
        found = super().clean() or {}
        to = found.get("to")
        if to == OTHER:
            for name, words in (("name", "Enter a full name"), ("email", "Enter an e-mail address")):
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, words)
        elif to:
            chosen = self.addresses[int(to)]
            for name in ("name", "email"):
                self.errors.pop(name, None)
            found |= {"name": chosen.name[:130], "email": chosen.email}
        return found

"""Forms around links to a return: to whom one goes."""

from collections.abc import Sequence
from typing import Any

from django import forms

from chasing.recipients import Registered
from design.forms import NhsForm
from design.widgets import Radios

OTHER = "other"


class AddressForm(NhsForm):
    """A person's name and address."""

    name = forms.CharField(label="Full name", max_length=130, error_messages={"required": "Enter their name"})
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        error_messages={
            "required": "Enter their e-mail address",
            "invalid": "Enter an e-mail address such as name@example.nhs.uk",
        },
    )


class SendLinkForm(AddressForm):
    """A registered address, or another one that is typed."""

    submit_label = "Send the link"
    mark_optional = False

    to = forms.ChoiceField(
        label="To whom does the link go?", widget=Radios, error_messages={"required": "Choose to whom the link goes"}
    )
    field_order = ("to", "name", "email")

    def __init__(self, *args: Any, addresses: Sequence[Registered], **more: Any) -> None:
        super().__init__(*args, **more)
        self.addresses = list(addresses)
        choices = [(str(n), each.words) for n, each in enumerate(self.addresses)]
        hints = {str(n): each.email for n, each in enumerate(self.addresses)}
        hints[OTHER] = "Fill in the two boxes below. The registered addresses are told where the link went."
        to = self.fields["to"]
        to.choices = [*choices, (OTHER, "Somebody else")]  # type: ignore[attr-defined]
        to.widget.hints, to.widget.divider_before = hints, OTHER  # type: ignore[attr-defined]
        to.initial = choices[0][0] if choices else OTHER
        for name in ("name", "email"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """The boxes are needed for somebody else only; otherwise the register says who it is."""
        found = super().clean() or {}
        to = found.get("to")
        if to == OTHER:
            for name in ("name", "email"):
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        elif to:
            chosen = self.addresses[int(to)]
            self.errors.pop("name", None), self.errors.pop("email", None)
            found |= {"name": chosen.name[:130], "email": chosen.email}
        return found


class AskByLinkForm(AddressForm):
    """Whom the holder of a link asks to help with a part of the return."""

    submit_label = "Send them a link"

"""Contacts: people and desks, and the front doors of local authorities."""

from datetime import date
from typing import Any, ClassVar

from django import forms

from accounts.models import User
from design.widgets import TextInput
from providers.forms.base import RegisterForm
from providers.models import Contact, Organisation

Kind = Contact.Kind
# Which kinds of contact a kind of organisation has; a kind that is missing has the provider's.
DOORS = (Kind.FRONT_DOOR_CHILDREN, Kind.FRONT_DOOR_ADULTS)
KINDS: dict[str, tuple[Contact.Kind, ...]] = {
    Organisation.Kind.COMMISSIONER: (Kind.DESIGNATED, Kind.EXECUTIVE, Kind.SAFEGUARDING_LEAD, Kind.CONTRACT),
    Organisation.Kind.LOCAL_AUTHORITY: (*DOORS, Kind.SAFEGUARDING_LEAD, Kind.EXECUTIVE),
    Organisation.Kind.BOARD: (*DOORS, Kind.SAFEGUARDING_LEAD, Kind.EXECUTIVE),
    Organisation.Kind.PARTNERSHIP: (*DOORS, Kind.SAFEGUARDING_LEAD, Kind.EXECUTIVE),
}
OF_PROVIDERS = tuple(kind for kind in Kind if kind not in (*DOORS, Kind.DESIGNATED))


class ContactForm(RegisterForm):
    """Who, how to reach them, whether reminders go there, and whether it was checked today."""

    checked = forms.BooleanField(label="I have checked these details today", required=False)

    class Meta:
        model = Contact
        fields = (
            "kind", "name", "job_title", "email", "telephone", "out_of_hours_telephone", "receives_reminders",
        )  # fmt: skip
        labels = {
            "kind": "What are they here?",
            "receives_reminders": "Receives reminders",
            "name": "Name of the person or desk",
            "out_of_hours_telephone": "Telephone, evenings and weekends",
        }
        error_messages = {
            "kind": {"required": "Choose what they are here"},
            "name": {"required": "Enter the name of the person or desk"},
            "email": {"invalid": "Enter an e-mail address like name@example.nhs.uk"},
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "telephone": TextInput(width=20), "out_of_hours_telephone": TextInput(width=20),
        }  # fmt: skip

    def __init__(self, *args: Any, on: date, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        self.on = on
        self.before = (self.instance.name, self.instance.email, self.instance.telephone)
        kinds = KINDS.get(self.instance.organisation.kind, OF_PROVIDERS)
        if self.instance.pk and self.instance.kind not in kinds:
            kinds = (*kinds, Kind(self.instance.kind))
        self.fields["kind"].choices = [("", "Choose one"), *((k.value, k.label) for k in kinds)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Reachable; a front door by telephone; reminders by e-mail."""
        found = super().clean() or {}
        email, telephone = found.get("email"), found.get("telephone")
        if not email and not telephone and "email" not in self.errors:
            self.add_error("telephone", "Enter a telephone number or an e-mail address")
        if found.get("kind") in DOORS and email and not telephone:
            self.add_error("telephone", "Enter the telephone number of the front door")
        if found.get("receives_reminders") and not email and "email" not in self.errors:
            self.add_error("email", "Enter an e-mail address: reminders go by e-mail")
        return found

    def values(self) -> dict[str, Any]:
        """A check holds for the details that were checked: other details without a new check have none."""
        return {**super().values(), **self._verified()}

    def _verified(self) -> dict[str, Any]:
        if self.cleaned_data["checked"]:
            return {"verified_on": self.on, "verified_by": self.by}
        now = tuple(self.cleaned_data[name] for name in ("name", "email", "telephone"))
        return {} if self.instance.pk and now == self.before else {"verified_on": None, "verified_by": None}

    def save(self, commit: bool = True) -> Any:
        """Save with the check, if there was one."""
        for name, value in self._verified().items():
            setattr(self.instance, name, value)
        return super().save(commit)

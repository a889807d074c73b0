"""A line of the public contacts page: a service outside, as a commissioner's own dated row."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.utils.text import slugify

from design.forms import NhsModelForm
from design.widgets import NumberInput, Radios, TextInput
from providers.models import Organisation, Signpost


def signposts_now(commissioner: Organisation | None, *, on: date) -> list[Signpost]:
    """Every line that holds on the day, shown or not, in order."""
    return sorted(Signpost.objects.one_each(commissioner, on, by="key").values(), key=lambda each: each.position)


class SignpostForm(NhsModelForm):
    """Name, when to turn to it, how to reach it, and whether it was checked today. Holds from today."""

    website = forms.URLField(
        label="Website", required=False, assume_scheme="https",
        error_messages={"invalid": "Enter an address like https://www.example.org.uk/"},
    )  # fmt: skip
    checked = forms.BooleanField(label="I have checked today that this is right", required=False)

    class Meta:
        model = Signpost
        fields: ClassVar[tuple[str, ...]] = (
            "commissioner", "name", "purpose", "telephone", "website", "hours", "position", "shown",
        )  # fmt: skip
        labels = {"purpose": "When to turn to it", "hours": "Open when", "shown": "Show it on the public page",
                  "position": "Place in the list"}  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {
            "commissioner": Radios, "telephone": TextInput(width=20), "position": NumberInput(width=3),
        }  # fmt: skip
        error_messages = {
            "commissioner": {"required": "Choose the commissioner"},
            "name": {"required": "Enter the name of the service"},
            "purpose": {"required": "Enter when to turn to it"},
        }

    def __init__(self, *args: Any, now: Signpost | None, commissioners: Any, on: date, **more: Any) -> None:
        initial = {name: getattr(now, name) for name in self._meta.fields or () if now and name != "commissioner"}
        super().__init__(*args, initial={"position": 90, **initial}, **more)
        self.now, self.on = now, on
        field = self.fields["commissioner"]
        field.queryset, field.empty_label, field.required = commissioners, None, True  # type: ignore[attr-defined]
        self.instance.valid_from = on

    def clean(self) -> dict[str, Any]:
        """It leads somewhere."""
        found = super().clean() or {}
        if not found.get("telephone") and not found.get("website") and "website" not in self.errors:
            self.add_error("telephone", "Enter a telephone number or a website")
        self.instance.key = self.now.key if self.now else slugify(found.get("name", ""))[:40]
        if "name" in found and not self.instance.key:
            self.add_error("name", "Enter a name with letters")
        return found

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """The row of the commissioner's own before it ends today; one of today is replaced."""
        row = self.instance
        row.verified_on = self.on if self.cleaned_data["checked"] else None
        own = Signpost.objects.select_for_update().filter(commissioner=row.commissioner_id, key=row.key)
        own.filter(valid_from__gte=self.on).delete()
        own.filter(valid_to__isnull=True).update(valid_to=self.on)
        row.save()
        return row

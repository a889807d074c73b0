"""Adding and changing an organisation and its sites, closing, and what became of it."""

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms

from accounts.models import User
from design.fields import DateField
from design.widgets import Radios, Textarea, TextInput
from providers import successions
from providers.forms.base import RegisterForm, VerbForm
from providers.models import Category, Organisation, Site, Succession
from providers.models.organisations import OrganisationQuerySet, tidy_postcode

REQUIRED = {
    "name": {"required": "Enter the name"},
    "mailbox": {"invalid": "Enter an e-mail address like safeguarding@example.nhs.uk"},
}
CODE_HINT = "If it has one: 3 to 9 letters and digits, for example E82001 or G7H8J."


class TidyForm(RegisterForm):
    """Codes and postcodes as they are written, whatever capitals and spaces were typed."""

    def clean_code(self) -> str:
        """Capitals, no spaces."""
        return "".join(self.cleaned_data["code"].split()).upper()

    def clean_postcode(self) -> str:
        """Capitals, and one space in its place."""
        return tidy_postcode(self.cleaned_data["postcode"])


class OrganisationForm(TidyForm):
    """What the register knows about a body itself."""

    website = forms.URLField(
        required=False, assume_scheme="https", max_length=200,
        error_messages={"invalid": "Enter an address like https://www.example.nhs.uk"},
    )  # fmt: skip
    opened_on = DateField(label="Opened on", required=False, subject="the date it opened")

    class Meta:
        model = Organisation
        fields: ClassVar[tuple[str, ...]] = (
            "name", "category", "code", "cqc_provider_id", "cqc_location_id", "mailbox", "telephone", "address",
            "postcode", "website", "opened_on",
        )  # fmt: skip
        error_messages = REQUIRED
        help_texts = {
            "code": CODE_HINT,
            "cqc_provider_id": "For example 1-1234567890.",
            "cqc_location_id": "Of the main site, if there is one.",
            "mailbox": "A mailbox that outlives the person who reads it.",
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "code": TextInput(width=10), "cqc_provider_id": TextInput(width=20), "cqc_location_id": TextInput(width=20),
            "postcode": TextInput(width=10), "telephone": TextInput(width=20),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.instance.is_provider:
            for name in ("category", "cqc_provider_id", "cqc_location_id"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A provider has a category."""
        found = super().clean() or {}
        if self.kind() == Organisation.Kind.PROVIDER and not found.get("category"):
            self.add_error("category", "Choose the category of provider")
        return found

    def kind(self) -> str:
        """What sort of body it is; settled when it was added."""
        return str(self.instance.kind)


class AddOrganisationForm(OrganisationForm):
    """A new entry. What looks like an entry that is there already is asked about before anything is saved."""

    submit_label = "Add to the register"
    kind_of_body = forms.ChoiceField(
        label="What is it?",
        choices=[(kind.value, kind.label) for kind in Organisation.Kind],
        initial=Organisation.Kind.PROVIDER,
        widget=Radios,
        error_messages={"required": "Choose what it is"},
    )
    another = forms.BooleanField(
        label="None of these: add it as a new organisation", required=False, widget=forms.CheckboxInput
    )
    field_order = ("registered_by", "kind_of_body", "name", "category", "code")

    class Meta(OrganisationForm.Meta):
        fields = ("registered_by", *OrganisationForm.Meta.fields)

    def __init__(self, *args: Any, seen: OrganisationQuerySet, ours: OrganisationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen = seen
        self.lookalikes: list[Organisation] = []
        whose = forms.ModelChoiceField(
            ours, label="Registered by", empty_label=None, error_messages={"required": "Choose the commissioner"}
        )
        whose.initial = ours.first()
        self.fields["registered_by"] = whose
        self.order_fields(self.field_order)
        self.fields["category"] = forms.ModelChoiceField(
            Category.objects.all(), label="Category, for a provider", required=False, empty_label="Not a provider"
        )
        self.fields["another"].widget = forms.HiddenInput()

    def kind(self) -> str:
        """As just chosen."""
        return str(self.cleaned_data.get("kind_of_body", ""))

    def clean(self) -> dict[str, Any]:
        """Look for the same body under another entry, among what this person may see."""
        found = super().clean()
        self.instance.kind = self.kind() or Organisation.Kind.PROVIDER
        if self.instance.kind != Organisation.Kind.PROVIDER:
            found["category"] = None
        alike = self.seen.resembling(name=found.get("name", ""), postcode=found.get("postcode", ""))
        self.lookalikes = list(alike.select_related("category")[:5]) if found.get("name") else []
        if self.lookalikes:
            self.fields["another"].widget = forms.CheckboxInput()
            if not found.get("another"):
                self.add_error("another", "Look at the organisations above, and tick this if yours is none of them")
        return found


class SiteForm(TidyForm):
    """A ward block, a branch surgery, a home."""

    opened_on = DateField(label="Opened on", required=False, subject="the date it opened")

    class Meta:
        model = Site
        fields = ("name", "code", "cqc_location_id", "postcode", "opened_on")
        error_messages = {"name": {"required": "Enter the name of the site"}}
        help_texts = {"code": "If it has one, for example RH802."}
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "code": TextInput(width=10), "cqc_location_id": TextInput(width=20), "postcode": TextInput(width=10),
        }  # fmt: skip


class CloseSiteForm(VerbForm):
    """When a site closed."""

    submit_label = "Close this site"
    day = DateField(label="When did it close?", subject="the date it closed")

    def save(self) -> None:
        """Keep the date; findings made there stay."""
        self.record.change(expected=self.expected, closed_on=self.cleaned_data["day"])


class CloseForm(VerbForm):
    """When and why an organisation closed that nobody follows."""

    submit_label, ends_something = "Close this organisation", True
    day = DateField(label="When did it close?", subject="the date it closed")
    reason = forms.CharField(
        label="Why?", max_length=300, widget=Textarea(rows=3), error_messages={"required": "Enter why it closed"}
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].latest = on  # type: ignore[attr-defined]
        self.fields["day"].help_text = "Today or earlier. Its contracts and sites end on that day."

    def save(self, *, by: User, at: datetime, on: date) -> None:
        """Close it, and whatever is open about it."""
        assert isinstance(self.instance, Organisation)
        successions.close(
            self.instance, day=self.cleaned_data["day"], reason=self.cleaned_data["reason"], by=by, at=at, on=on,
            expected=self.expected,
        )  # fmt: skip


class SuccessionForm(VerbForm):
    """A merger or takeover, and what becomes of returns that are still open."""

    submit_label = "Record it"
    kind = forms.ChoiceField(
        label="What happened to it?", choices=Succession.Kind.choices, widget=Radios,
        error_messages={"required": "Choose what happened"},
    )  # fmt: skip
    successor = forms.ModelChoiceField(
        Organisation.objects.none(), label="Which organisation carries on?", empty_label="Choose an organisation",
        error_messages={"required": "Choose the organisation that carries on"},
    )  # fmt: skip
    day = DateField(label="From which day?", subject="the day of the change")
    reason = forms.CharField(
        label="Why?", max_length=300, widget=Textarea(rows=3), error_messages={"required": "Enter why"}
    )
    open_returns = forms.ChoiceField(
        label="What becomes of its open returns?",
        choices=Succession.OpenReturns.choices,
        widget=Radios(
            hints={
                "move": "The successor finishes them. One that it has been asked for itself is closed.",
                "close": "They are withdrawn, and counted as withdrawn with your reason.",
            }
        ),
        help_text="Finished returns stay with the old organisation for ever.",
        error_messages={"required": "Choose what becomes of its open returns"},
    )
    open_returns_reason = forms.CharField(label="Reason for closing them", max_length=300, required=False)

    def __init__(self, *args: Any, on: date, others: OrganisationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = others  # type: ignore[attr-defined]
        self.fields["day"].latest = on  # type: ignore[attr-defined]
        self.fields["day"].help_text = "Today or earlier. The old organisation closes on that day."

    def clean(self) -> dict[str, Any]:
        """Closing returns needs a reason that can be read years later."""
        found = super().clean() or {}
        if found.get("open_returns") == "close" and not found.get("open_returns_reason"):
            self.add_error("open_returns_reason", "Enter why its open returns are closed")
        return found

    def save(self, *, by: User, at: datetime, on: date) -> None:
        """Record it, close the old body and carry its open returns, all or nothing."""
        assert isinstance(self.instance, Organisation)
        said = {name: self.cleaned_data[name] for name in ("successor", "kind", "reason", "open_returns")}
        closing = self.cleaned_data["open_returns"] == Succession.OpenReturns.CLOSE
        succession = Succession(
            predecessor=self.instance, on=self.cleaned_data["day"],
            open_returns_reason=self.cleaned_data["open_returns_reason"] if closing else "", **said,
        )  # fmt: skip
        successions.record(succession, by=by, at=at, on=on, expected=self.expected)


class ReopenForm(VerbForm):
    """Taking a closing back asks nothing but the press of a button."""

    submit_label = "Open it again"

    def save(self, *, by: User, on: date) -> None:
        """Open again; contracts and sites stay ended."""
        assert isinstance(self.instance, Organisation)
        self.instance.reopen(by=by, on=on, expected=self.expected)

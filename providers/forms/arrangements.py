"""Contracts of a provider, and links of a board or authority."""

from typing import Any, ClassVar

from django import forms

from design.fields import DateField
from design.widgets import Radios, TextInput
from providers.forms.base import RegisterForm, VerbForm
from providers.models import Arrangement, Organisation, Partnership
from providers.models.arrangements import ContractForm
from providers.models.organisations import OrganisationQuerySet, Tier


class ArrangementForm(RegisterForm):
    """Form, part and dates of one contract."""

    starts_on = DateField(label="First day", subject="the first day of the contract")
    last_day = DateField(label="Last day", required=False, subject="the last day of the contract")
    compared = ("part", "contract_form", "contract_number", "tier", "starts_on", "last_day")

    class Meta:
        model = Arrangement
        fields: ClassVar[tuple[str, ...]] = ("part", "contract_form", "contract_number", "tier", "starts_on")
        labels = {"part": "Your part", "tier": "Standards asked"}
        help_texts = {"tier": "Leave empty to ask what the category of the provider usually asks."}
        error_messages = {
            "part": {"required": "Choose whether you are the lead or an associate"},
            "contract_form": {"required": "Choose the form of contract"},
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "part": Radios(
                hints={
                    "lead": "You collect the return, for every commissioner of this provider.",
                    "associate": "Another commissioner collects it; you read the result.",
                }
            ),
            "contract_number": TextInput(width=20),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = Arrangement.Part.choices  # type: ignore[attr-defined]
        self.fields["tier"].choices = [("", "As the category says"), *Tier.choices]  # type: ignore[attr-defined]
        self.fields["last_day"].initial = self.instance.last_day if self.instance.pk else None
        self.fields["last_day"].help_text = "Leave empty while no end is agreed."

    def clean(self) -> dict[str, Any]:
        """Dates in order; the last day is the day before the contract is over."""
        found = super().clean() or {}
        first, last = found.get("starts_on"), found.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day must not be before the first day")
        self.instance.set_last_day(last)
        return found

    def values(self) -> dict[str, Any]:
        """The end as the database holds it."""
        return {**super().values(), "ends_on": self.instance.ends_on}


class AddArrangementForm(ArrangementForm):
    """A contract with this provider, for one of the commissioners that the person acts for."""

    submit_label = "Add contract"
    field_order = ("commissioner", "part", "contract_form", "contract_number", "tier", "starts_on", "last_day")

    class Meta(ArrangementForm.Meta):
        fields = ("commissioner", *ArrangementForm.Meta.fields)

    def __init__(self, *args: Any, ours: OrganisationQuerySet, organisation: Organisation, **kwargs: Any) -> None:
        usual = organisation.category.usual_contract if organisation.category else ""
        initial = {"contract_form": usual if usual in ContractForm.values else "", "commissioner": ours.first()}
        super().__init__(*args, instance=Arrangement(organisation=organisation), initial=initial, **kwargs)
        self.fields["commissioner"] = forms.ModelChoiceField(
            ours, label="Commissioner", empty_label=None, error_messages={"required": "Choose the commissioner"}
        )
        self.order_fields(self.field_order)


class EndArrangementForm(VerbForm):
    """The last day of a contract."""

    submit_label, ends_something = "End this contract", True
    last_day = DateField(label="What is its last day?", subject="the last day of the contract")

    def save(self) -> None:
        """End it; returns of its time stay."""
        assert isinstance(self.instance, Arrangement)
        self.instance.end(last_day=self.cleaned_data["last_day"], expected=self.expected)


class PartnershipForm(RegisterForm):
    """Which commissioner works with this board or authority, and as what."""

    submit_label = "Add link"

    class Meta:
        model = Partnership
        fields = ("commissioner", "kind")
        labels = {"kind": "As what?"}
        error_messages = {"kind": {"required": "Choose what links the two"}}
        widgets: ClassVar[dict[str, forms.Widget]] = {"kind": Radios()}

    def __init__(self, *args: Any, ours: OrganisationQuerySet, board: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, instance=Partnership(board=board), initial={"commissioner": ours.first()}, **kwargs)
        self.fields["commissioner"] = forms.ModelChoiceField(
            ours, label="Commissioner", empty_label=None, error_messages={"required": "Choose the commissioner"}
        )
        self.fields["kind"].choices = Partnership.Kind.choices  # type: ignore[attr-defined]
        self.order_fields(("commissioner", "kind"))

"""Inviting people and giving them roles. Whoever fills a form in is offered only what they may give."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts import reach
from accounts.capabilities import Can, Role, Side
from accounts.models import Invitation, User
from accounts.models.memberships import Strand
from design.fields import LongTextField
from design.forms import NhsForm, NhsModelForm

PROVIDER_ROLES = [role for role in Role if role.side == Side.PROVIDER]


def roles_to_give(giver: User) -> list[Role]:
    """An administrator gives every role, a provider lead those of a provider."""
    if giver.may(Can.GRANT_COMMISSIONER_ROLE):
        return list(Role)
    return PROVIDER_ROLES


class RoleFields(forms.Form):
    """Role, organisation and strands, checked against each other."""

    def offer(self, giver: User, organisations: QuerySet[Any]) -> None:
        """Add the fields with what this person may give."""
        roles = roles_to_give(giver)
        role = forms.ChoiceField(
            label="Role",
            choices=[(role.value, role.label) for role in roles],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose a role"},
        )
        role.widget.hints = {role.value: role.description for role in roles}  # type: ignore[attr-defined]
        self.fields["role"] = role
        self.fields["organisation"] = forms.ModelChoiceField(
            organisations.order_by("name"),
            label="Organisation",
            to_field_name="reference",
            empty_label="Choose an organisation",
            error_messages={"required": "Choose an organisation", "invalid_choice": "Choose an organisation"},
        )
        self.fields["strands"] = forms.MultipleChoiceField(
            label="Strands",
            choices=Strand.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="For a designated professional: what they validate.",
        )
        self.fields["reason"] = forms.CharField(
            label="Why this person needs it", max_length=200, error_messages={"required": "Say why they need it"}
        )
        if organisations.count() == 1:
            self.fields["organisation"].initial = organisations.get().reference
        if Role.DESIGNATED_PROFESSIONAL not in roles:
            del self.fields["strands"]

    def clean(self) -> dict[str, Any]:
        """A designated professional has a strand; commissioner and outside roles belong to a commissioner."""
        given = super().clean() or {}
        role, organisation = given.get("role"), given.get("organisation")
        if role == Role.DESIGNATED_PROFESSIONAL and not given.get("strands"):
            self.add_error("strands", "Choose at least one strand for a designated professional")
        if role != Role.DESIGNATED_PROFESSIONAL:
            given["strands"] = []
        if role and organisation and Role(role).side != Side.PROVIDER and organisation.kind != "commissioner":
            self.add_error("organisation", "This role belongs to a commissioner: choose the commissioner")
        return given

    def given(self) -> dict[str, Any]:
        """What the verbs take."""
        return {name: self.cleaned_data[name] for name in ("role", "organisation", "strands", "reason")}


class InvitationForm(RoleFields, NhsModelForm):
    """Somebody to invite, and to what."""

    submit_label = "Send the invitation"

    class Meta:
        model = Invitation
        fields = ["name", "email"]

    def __init__(self, *args: Any, giver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = "Enter the person’s name"
        self.fields["email"].error_messages["required"] = "Enter the person’s own work e-mail address"
        self.fields["email"].error_messages["invalid"] = "Enter an e-mail address, like name@example.nhs.uk"
        self.fields["email"].help_text = "Their own address, not a shared mailbox: the account is one person’s."
        self.offer(giver, reach.organisations(giver, Can.MANAGE_PEOPLE))

    def clean_email(self) -> str:
        """Addresses are kept in small letters."""
        return str(self.cleaned_data["email"]).lower()

    def send(self, *, by: User, at: datetime) -> Invitation:
        """Invite the person; raises ``InvitedAlready``."""
        person = {name: self.cleaned_data[name] for name in ("name", "email")}
        return Invitation.objects.invite(**self.given(), **person, by=by, at=at)


class GiveRoleForm(RoleFields, NhsForm):
    """A further role for somebody who has an account."""

    submit_label = "Give the role"

    def __init__(self, *args: Any, giver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(giver, reach.organisations(giver, Can.MANAGE_PEOPLE))


class StrandsForm(NhsForm):
    """Which strands a designated professional validates."""

    submit_label = "Save strands"

    strands = forms.MultipleChoiceField(
        label="Strands",
        choices=Strand.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Taking one away holds at once. An added one waits for a second person.",
        error_messages={"required": "Choose at least one strand, or end the role"},
    )


class PersonSearchForm(forms.Form):
    """Search and filters of the list of people, kept in the address."""

    mark_optional = False

    q = forms.CharField(label="Name or e-mail address", required=False)
    side = forms.ChoiceField(label="Side", required=False, choices=[("", "All sides"), *Side.choices])
    role = forms.ChoiceField(label="Role", required=False, choices=[("", "All roles"), *Role.choices])
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "All"),
            ("active", "Active"),
            ("waiting", "Has not joined yet"),
            ("asleep", "Asleep"),
            ("ended", "Ended"),
        ],
    )


class ConfirmForm(NhsForm):
    """A yes to something that is described on the page."""

    def __init__(self, *args: Any, label: str = "Continue", **kwargs: Any) -> None:
        self.submit_label = label  # type: ignore[misc]
        super().__init__(*args, **kwargs)


class ResetForm(NhsForm):
    """Why somebody's second step is reset, and how it was made sure that it is they who ask."""

    submit_label = "Open the reset"

    reason = LongTextField(
        label="Why, and how you made sure who is asking",
        max_length=300,
        help_text="For example: phone lost on 3 May; rang back on the number in the staff list, knew her last return.",
        error_messages={"required": "Say why, and how you made sure who is asking"},
    )

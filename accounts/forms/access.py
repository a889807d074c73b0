"""Access beside the roles: declared interests, cover and access lists."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery

from accounts import reach
from accounts.capabilities import Can, Side
from accounts.models import Circle, CircleMember, Cover, DeclaredInterest, Membership, User
from design.fields import DateField
from design.forms import NhsForm, NhsModelForm


class InterestForm(NhsForm):
    """Whose interest, in which organisation, and what it is."""

    submit_label = "Declare the interest"

    def __init__(self, *args: Any, reader: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: QuerySet[Any] = reach.organisations(reader, Can.SEE_PROVIDERS)
        self.fields["organisation"] = forms.ModelChoiceField(
            known.order_by("name"),
            label="Organisation",
            to_field_name="reference",
            empty_label="Choose an organisation",
            error_messages={"required": "Choose an organisation", "invalid_choice": "Choose an organisation"},
        )
        self.fields["nature"] = forms.CharField(
            label="What the interest is",
            max_length=300,
            help_text="For example: partner in the practice, sister works there, former employer.",
            error_messages={"required": "Say what the interest is"},
        )
        self.fields["starts_on"] = DateField(
            label="Since when", subject="the date since when the interest exists", latest=on, initial=on
        )

    def declare(self, person: User, *, by: User) -> DeclaredInterest:
        """Save what was declared."""
        given = {name: self.cleaned_data[name] for name in ("organisation", "nature", "starts_on")}
        return DeclaredInterest.objects.create(user=person, declared_by=by, **given)


class CoverForm(NhsForm):
    """Who takes somebody's queue and duties, and when."""

    submit_label = "Arrange cover"

    def __init__(self, *args: Any, absent: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.absent = absent
        self.fields["covered_by"] = Colleagues(
            with_place(reach.colleagues(absent, on=on), on=on),
            label="Who covers",
            to_field_name="reference",
            empty_label="Choose a colleague",
            help_text="They see and do what the person sees and does, while it lasts.",
            error_messages={"required": "Choose who covers", "invalid_choice": "Choose who covers"},
        )
        self.fields["starts_on"] = DateField(label="First day", subject="the first day", earliest=on, initial=on)
        self.fields["last_day"] = DateField(label="Last day", subject="the last day", earliest=on)
        self.fields["reason"] = forms.CharField(label="Reason", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """The last day does not come before the first."""
        given = super().clean() or {}
        first, last = given.get("starts_on"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day must not be before the first day")
        return given

    def arrange(self, *, by: User) -> Cover:
        """Save the cover; it ends by itself after the last day."""
        given = self.cleaned_data
        return Cover.objects.arrange(
            self.absent, given["covered_by"], first=given["starts_on"], last=given["last_day"],
            reason=given["reason"], by=by,
        )  # fmt: skip


class Colleagues(forms.ModelChoiceField):
    """People with the commissioner that each works for: a neighbour's name alone would say little."""

    def label_from_instance(self, obj: Any) -> str:
        """ "Nell Nurse, North Commissioner"."""
        return f"{obj}, {obj.works_for}"


def with_place(people: QuerySet[Any], *, on: date) -> QuerySet[Any]:
    """Each with the name of the commissioner for which they have worked longest."""
    held = (
        Membership.objects.live(on=on).filter(user=OuterRef("pk"), side=Side.COMMISSIONER).order_by("starts_on", "pk")
    )
    return people.annotate(works_for=Subquery(held.values("organisation__name")[:1]))


class CircleForm(NhsModelForm):
    """A new access list."""

    submit_label = "Make the list"

    class Meta:
        model = Circle
        fields = ["commissioner", "name", "reason"]

    def __init__(self, *args: Any, keeper: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Membership.objects.acting(keeper).granting(Can.KEEP_CIRCLES).values("organisation")
        self.fields["commissioner"] = forms.ModelChoiceField(
            reach.organisations(keeper, Can.SEE_PROVIDERS).filter(pk__in=held).order_by("name"),
            label="Commissioner",
            to_field_name="reference",
            empty_label="Choose the commissioner",
            error_messages={"required": "Choose the commissioner"},
        )
        self.fields["name"].help_text = "No names of people: the list’s name is seen by its members."
        self.fields["name"].error_messages["required"] = "Name the list"
        self.fields["reason"].label = "What it is for"
        self.fields["reason"].error_messages["required"] = "Say what the list is for"


class CircleMemberForm(NhsForm):
    """Somebody to put on a list."""

    submit_label = "Add to the list"

    email = forms.EmailField(
        label="E-mail address of their account",
        error_messages={
            "required": "Enter their e-mail address",
            "invalid": "Enter an e-mail address, like name@example.nhs.uk",
        },
    )
    scope = forms.ChoiceField(
        label="What they see",
        choices=CircleMember.Reach.choices,
        widget=forms.RadioSelect,
        initial=CircleMember.Reach.WHOLE,
    )
    reason = forms.CharField(
        label="Why they need it", max_length=300, error_messages={"required": "Say why they need it"}
    )

    def __init__(self, *args: Any, circle: Circle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.circle = circle

    def clean_email(self) -> User:
        """The person behind the address, who works for this commissioner or one of its providers."""
        person = people_for(self.circle).filter(email__iexact=self.cleaned_data["email"]).first()
        if person is None:
            raise forms.ValidationError("Nobody of this commissioner or its providers has an account with this address")
        return person

    def clean(self) -> dict[str, Any]:
        """Somebody of a provider is on a list for their own organisation only."""
        given = super().clean() or self.cleaned_data
        person, whole = given.get("email"), given.get("scope") == CircleMember.Reach.WHOLE
        if person is not None and whole and Membership.objects.side_of(person) == Side.PROVIDER.value:
            self.add_error("scope", "Somebody of a provider sees only rows about their own organisation")
        return given


def people_for(circle: Circle) -> QuerySet[User]:
    """Active people of the list's commissioner and of the providers that it commissions."""
    near = Membership.objects.live().filter(organisation=circle.commissioner_id) | Membership.objects.live().filter(
        organisation__arrangements__commissioner=circle.commissioner_id
    )
    return User.objects.in_state("active").filter(pk__in=near.values("user"))

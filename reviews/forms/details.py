"""Registering a review, correcting what is said of it, and finding it in the register."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q

from accounts.capabilities import Can, Scope, roles_granting
from accounts.models import Membership, User
from accounts.models.memberships import DESIGNATED_TEAM
from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import Checkboxes, Radios
from providers.models import Organisation
from providers.record_form import A_REASON, NO_PATIENTS, RecordForm
from reviews.kinds import KIND_CHOICES, KINDS, STAGES
from reviews.models import ReviewTheme
from reviews.models.reviews import THEMES

STRAND_OF = {"scr": ["children"], "rapid": ["children"], "lcspr": ["children"], "ncspr": ["children"]}
FAMILY = (("", "Not known yet"), ("yes", "Yes"), ("no", "No"))
DETAILS = (
    "local_reference", "pseudonym", "steis_number", "board", "board_name", "locality", "theme_1", "theme_2", "theme_3",
    "designated", "chair",
    "reviewer", "methodology", "family_involved", "embargo_until", "link", "not_published_because",
)  # fmt: skip


def strands_of(kind: str) -> list[str]:
    """Whose a kind of review is: children, adults, or both where it can be about anybody."""
    if kind in ("learning", "inquiry"):
        return ["children", "adults", "looked_after"]
    return STRAND_OF.get(kind, ["adults"])


def readers(commissioner: Organisation, *, on: date) -> Any:
    """The people of a commissioner whose role lets them read a review when they are named on its list."""
    return holding(roles_granting(Can.SEE_REVIEW, Scope.MEMBER), commissioner, on=on)


def holding(roles: Sequence[str], commissioner: Organisation, *, on: date) -> Any:
    """The people with an account who hold one of these roles there, by name."""
    live = Membership.objects.live(on=on).filter(organisation=commissioner, role__in=roles, user=OuterRef("pk"))
    return User.objects.filter(Exists(live), is_active=True, joined_at__isnull=False).order_by("name")


class People(forms.ModelMultipleChoiceField):
    """People to tick, each with their job."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and job title."""
        return f"{obj.name}, {obj.job_title}" if obj.job_title else str(obj.name)


class DetailsForm(RecordForm):
    """What is said of a review. No names of people who died, were harmed or did harm."""

    submit_label = "Save"
    compared = tuple(name for name in DETAILS if name not in ("family_involved", "board", "designated", *THEMES))
    pseudonym = forms.CharField(
        label="Pseudonym", max_length=60, help_text=f"As the board uses it, for example “Adult K”. {NO_PATIENTS}",
        error_messages={"required": "Enter the pseudonym that the board uses"},
    )  # fmt: skip
    local_reference = forms.CharField(label="Local reference", max_length=60, required=False)
    steis_number = forms.RegexField(
        r"^\d{4}/\d{1,7}$", label="StEIS number", required=False, max_length=12, help_text="For example 2026/12345.",
        error_messages={"invalid": "Enter the year, a stroke and the number, for example 2026/12345"},
    )  # fmt: skip
    board = forms.ModelChoiceField(
        Organisation.objects.none(), label="Board or partnership", required=False, to_field_name="reference",
        empty_label="Another one, named below",
    )  # fmt: skip
    board_name = forms.CharField(
        label="Name of a board outside the area", max_length=150, required=False,
        help_text="Only when it is not in the list above.",
    )  # fmt: skip
    locality = forms.CharField(label="Locality", max_length=100, required=False)
    theme_1 = forms.ModelChoiceField(ReviewTheme.objects.none(), label="First theme", required=False)
    theme_2 = forms.ModelChoiceField(ReviewTheme.objects.none(), label="Second theme", required=False)
    theme_3 = forms.ModelChoiceField(ReviewTheme.objects.none(), label="Third theme", required=False)
    designated = forms.ModelChoiceField(
        User.objects.none(), label="Designated professional", required=False, to_field_name="reference",
        empty_label="Not named yet",
    )  # fmt: skip
    chair = forms.CharField(label="Panel chair", max_length=150, required=False)
    reviewer = forms.CharField(label="Independent author or lead reviewer", max_length=150, required=False)
    methodology = forms.CharField(
        label="Methodology", max_length=150, required=False,
        help_text="For example: individual management reports, SCIE Learning Together, root cause analysis.",
    )  # fmt: skip
    family_involved = forms.ChoiceField(
        label="Is the family involved?", choices=FAMILY, required=False, widget=Radios(inline=True)
    )
    embargo_until = DateField(label="Embargo until", subject="the day until when nothing is published", required=False)
    link = forms.URLField(
        label="Link to the published report", required=False, assume_scheme="https",
        error_messages={"invalid": "Enter the whole address, for example https://www.example.org/report"},
    )  # fmt: skip
    not_published_because = forms.CharField(
        label="If it is not published, why", max_length=A_REASON, required=False, help_text=NO_PATIENTS
    )

    def __init__(self, *args: Any, commissioner: Organisation, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boards = Organisation.objects.filter(kind=Organisation.Kind.BOARD, partnerships__commissioner=commissioner)
        self.fields["board"].queryset = boards.order_by("name").distinct()  # type: ignore[attr-defined]
        for name in THEMES:
            box: Any = self.fields[name]
            box.queryset, box.empty_label = ReviewTheme.objects.worded_for(commissioner, on), "None"
            held = getattr(self.record, f"{name}_id", None)
            box.queryset = box.queryset | ReviewTheme.objects.filter(pk=held) if held else box.queryset
        team = holding(DESIGNATED_TEAM, commissioner, on=on)
        self.fields["designated"].queryset = team  # type: ignore[attr-defined]
        if self.record is not None:
            for name in DETAILS:
                value = getattr(self.record, name)
                self.fields[name].initial = getattr(value, "reference", getattr(value, "pk", value))
            held = self.record.family_involved
            self.fields["family_involved"].initial = "" if held is None else ("yes" if held else "no")

    def clean(self) -> dict[str, Any]:
        """One board, chosen or written; no theme twice."""
        given = super().clean() or self.cleaned_data
        if given.get("board") and given.get("board_name"):
            self.add_error("board_name", "Choose a board above or write one here, not both")
        chosen = [given[name] for name in THEMES if given.get(name)]
        if len(set(chosen)) < len(chosen):
            self.add_error("theme_3" if given.get("theme_3") in chosen[:-1] else "theme_2", "Choose each theme once")
        return given

    def values(self) -> dict[str, Any]:
        """The fields of the record."""
        family = {"yes": True, "no": False}.get(self.cleaned_data["family_involved"])
        return {name: self.cleaned_data[name] for name in DETAILS} | {"family_involved": family}


class RegisterForm(DetailsForm):
    """A new review, for at least two people."""

    submit_label = "Register this review"
    kind = forms.ChoiceField(
        label="Kind of review", choices=(), error_messages={"required": "Choose the kind of review"}
    )
    joint_with = forms.ChoiceField(label="Held together with", choices=(), required=False)
    referred_on = DateField(
        label="Date of referral to the board", subject="the date of the referral",
        error_messages={"required": "Enter the date of the referral to the board"},
    )  # fmt: skip
    people = People(
        User.objects.none(), label="Who else may know of it?", widget=Checkboxes(small=True), to_field_name="reference",
        help_text="You are on the list. Name one other person at least: everybody else will not see that it exists.",
        error_messages={"required": "Choose at least one other person"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why these people", max_length=A_REASON, help_text=NO_PATIENTS,
        error_messages={"required": "Enter why these people may know of it"},
    )  # fmt: skip

    def __init__(self, *args: Any, commissioner: Organisation, by: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, commissioner=commissioner, on=on, **kwargs)
        self.fields["kind"].choices = [("", "Choose a kind"), *KIND_CHOICES]  # type: ignore[attr-defined]
        self.fields["joint_with"].choices = [("", "No other review"), *KIND_CHOICES]  # type: ignore[attr-defined]
        self.fields["people"].queryset = readers(commissioner, on=on).exclude(pk=by.pk)  # type: ignore[attr-defined]
        self.fields["referred_on"].latest = on  # type: ignore[attr-defined]
        first = (
            "kind",
            "joint_with",
            "referred_on",
            "pseudonym",
            "local_reference",
            "board",
            "board_name",
            "people",
            "reason",
        )
        self.order_fields([*first, *(name for name in DETAILS if name not in first)])

    def clean(self) -> dict[str, Any]:
        """A kind that there was on the day of the referral, and another one beside it."""
        given = super().clean()
        kind, day = KINDS.get(given.get("kind", "")), given.get("referred_on")
        if kind is not None and day is not None and not kind.may_begin(day):
            self.add_error("kind", f"There was no {kind.label} on that day. Choose another kind, or check the date")
        if kind is not None and given.get("joint_with") == kind.code:
            self.add_error("joint_with", "Choose another kind than the review’s own")
        return given


class ReviewFilter(forms.Form):
    """What of the register is shown; sent by GET."""

    mark_optional = False
    q = forms.CharField(label="Reference or pseudonym", required=False, max_length=60)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All kinds"), *KIND_CHOICES])
    stage = forms.ChoiceField(label="Stage", required=False, choices=[("", "All stages"), *STAGES.items()])
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Open and closed"), ("open", "Open"), ("closed", "Closed")]
    )

    def chosen(self, rows: Any) -> Any:
        """The reviews that fit; what cannot be read of the filter is left out."""
        given = self.cleaned_data if self.is_valid() else {}
        if words := given.get("q"):
            rows = rows.filter(
                Q(reference__iexact=words) | Q(local_reference__icontains=words) | Q(pseudonym__icontains=words)
            )
        if kind := given.get("kind"):
            rows = rows.filter(Q(kind=kind) | Q(joint_with=kind))
        if stage := given.get("stage"):
            rows = rows.filter(stage=stage)
        if state := given.get("state"):
            rows = rows.filter(closed_at__isnull=state == "open")
        return rows


class EmergencyForm(NhsForm):
    """Which review, and why it cannot wait for somebody on its list."""

    submit_label = "Open the review"
    reference = forms.CharField(
        label="Reference of the review", max_length=10, help_text="The Director of Nursing can tell you the reference.",
        error_messages={"required": "Enter the reference of the review"},
    )  # fmt: skip
    reason = LongTextField(
        label="Why can it not wait?", max_length=A_REASON,
        help_text="The people on the list and the Caldicott Guardian are told at once, with your name and this reason. "
        + NO_PATIENTS,
        error_messages={"required": "Enter why it cannot wait"},
    )  # fmt: skip

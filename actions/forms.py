"""Forms for actions: one for each verb, with its words."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict

from accounts.capabilities import Can, Side
from accounts.door import Refused
from accounts.models import CircleMember, Membership, User
from actions.models import AGES, STATUSES, Action
from actions.origins import origin_of
from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import Radios
from evidence.forms import UploadForm
from evidence.models import EvidenceItem, EvidenceVersion
from providers.models import Category, Organisation

MUCH_TEXT = 2_000
A_REASON = 300


class ActionForm(NhsForm):
    """The base of the verbs: carries the version of the action that the person was looking at."""

    status: int | None = None

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action = action
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=action.version)

    def as_seen(self) -> Action:
        """The action with the version that was on the person's screen, so that a verb can tell."""
        self.action.version = self.cleaned_data.get("version") or self.action.version
        return self.action

    def refuse(self, problem: Exception) -> None:
        """Say why it cannot be done now, keep what was typed, and show the action as it stands."""
        self.add_error(None, str(problem))
        self.action.refresh_from_db()
        shown = QueryDict(mutable=True)
        shown.update(self.data)
        shown["version"] = str(self.action.version)
        self.data = shown
        self.status = 409


class ReportForm(ActionForm):
    """How it goes."""

    submit_label = "Save this progress"
    text = LongTextField(
        label="How is it going?",
        max_length=MUCH_TEXT,
        help_text="What has been done, and what is next. No names of patients or staff.",
        error_messages={"required": "Enter how it is going"},
    )
    outlook = forms.ChoiceField(
        label="Will it be done in time?",
        choices=Action.Outlook.choices,
        required=False,
        widget=Radios(hints={"at_risk": "It may not be done by the date it has now. Say why above."}),
        error_messages={"required": "Choose whether it is on track or at risk"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outlook"].required = origin_of(self.action.origin_kind).outlook


class CompleteForm(ActionForm):
    """What was done."""

    submit_label = "Mark it complete"
    text = LongTextField(
        label="What was done?",
        max_length=MUCH_TEXT,
        help_text="And what in the evidence shows it. No names of patients or staff.",
        error_messages={"required": "Enter what was done"},
    )


class VerifyForm(ActionForm):
    """What the verifier found."""

    submit_label = "Verify that it is complete"
    text = LongTextField(
        label="What in the evidence shows that it is done?",
        max_length=MUCH_TEXT,
        error_messages={"required": "Enter what in the evidence shows it"},
    )


class SendBackForm(ActionForm):
    """What is missing."""

    submit_label = "Send it back"
    text = LongTextField(
        label="What is missing?",
        max_length=MUCH_TEXT,
        help_text="The provider reads this.",
        error_messages={"required": "Enter what is missing"},
    )


class People(forms.ModelChoiceField):
    """One person, with their job."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and job title."""
        return f"{obj.name}, {obj.job_title}" if obj.job_title else str(obj.name)


class LookAgainForm(ActionForm):
    """Evidence was withdrawn since it was verified: it is shown all the same, or it is opened again."""

    submit_label = "Save what you found"
    found = forms.ChoiceField(
        label="What did you find?",
        choices=[
            ("shown", "What is left still shows that it is done"),
            ("again", "It is not shown any more: open the action again"),
        ],
        widget=Radios(),
        error_messages={"required": "Choose what you found"},
    )
    due_on = DateField(
        label="If it is opened again, by when has it to be done?", subject="the new date", required=False
    )
    text = LongTextField(
        label="What in the evidence shows it, or what is missing?",
        max_length=MUCH_TEXT,
        help_text="The owner reads this.",
        error_messages={"required": "Enter what you found"},
    )

    def clean(self) -> dict[str, Any]:
        """Opened again, it needs a date."""
        given = super().clean() or self.cleaned_data
        if given.get("found") == "again" and not given.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", "Enter by when it has to be done")
        return given

    def decide(self, *, by: User, at: datetime) -> None:
        """Verify it again, or open it again."""
        action, given = self.as_seen(), self.cleaned_data
        if given["found"] == "shown":
            action.verify_again(given["text"], by=by, at=at)
        else:
            action.reopen(given["text"], due_on=given["due_on"], by=by, at=at)


class MoveDateForm(ActionForm):
    """Another date, and why."""

    submit_label = "Move the date"
    due_on = DateField(label="New date", subject="the new date")
    text = LongTextField(
        label="Why is the date moved?",
        max_length=A_REASON,
        help_text="The original date stays in every list, with how often it was moved.",
        error_messages={"required": "Enter why the date is moved"},
    )
    agreed_by = People(
        User.objects.none(),
        label="Who agrees to it?",
        to_field_name="reference",
        empty_label="Choose who agrees",
        help_text="Somebody on the list of people who may know of it, other than you.",
        error_messages={"required": "Choose who agrees to the new date"},
    )

    def __init__(self, *args: Any, by: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not origin_of(self.action.origin_kind).agreed:
            del self.fields["agreed_by"]
            return
        named = CircleMember.objects.live(on=on).filter(circle=self.action.circle_id, scope=CircleMember.Reach.WHOLE)
        people = User.objects.filter(pk__in=named.values("user")).exclude(pk=by.pk)
        self.fields["agreed_by"].queryset = people.order_by("name")  # type: ignore[attr-defined]

    def clean_due_on(self) -> date:
        """The same date is not a move."""
        given: date = self.cleaned_data["due_on"]
        if given == self.action.due_on:
            raise forms.ValidationError("This is the date it has now. Enter another one.")
        return given


class CloseForm(ActionForm):
    """Closed without being done."""

    submit_label = "Close this action"
    state = forms.ChoiceField(
        label="Why is it closed without being complete?",
        choices=[(Action.State.SUPERSEDED, "Superseded"), (Action.State.NOT_ACCEPTED, "Not accepted")],
        widget=Radios(
            hints={
                "superseded": "Something else takes its place, or it is no longer needed.",
                "not_accepted": "The provider does not accept it, and the commissioner has agreed to close it.",
            }
        ),
        error_messages={"required": "Choose why it is closed"},
    )
    text = LongTextField(
        label="Reason",
        max_length=A_REASON,
        help_text="The provider reads this. The action does not count as complete.",
        error_messages={"required": "Enter the reason"},
    )


class ReassignForm(ActionForm):
    """Somebody else answers for it."""

    submit_label = "Save the owner"
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label="A person of the organisation who signs in",
        required=False,
        empty_label="Nobody of these",
        help_text="They get the reminders.",
    )
    owner_name = forms.CharField(
        label="Or the name of somebody who does not",
        max_length=150,
        required=False,
        help_text="Reminders then go to the safeguarding lead.",
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        live = (
            Membership.objects.live(on=on).filter(organisation=self.action.organisation_id).exclude(side=Side.OUTSIDE)
        )
        people = User.objects.filter(pk__in=live.values("user")).order_by("name")
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.initial.update(owner=self.action.owner_id, owner_name=self.action.owner_name)

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        given = super().clean() or self.cleaned_data
        if bool(given.get("owner")) == bool(given.get("owner_name")):
            self.add_error("owner", "Choose a person or enter a name: one of the two")
        return given


class ProveForm(UploadForm):
    """A file as evidence of an action."""

    submit_label = "Add this file"

    def prove(self, action: Action, *, by: User, at: datetime) -> EvidenceVersion | None:
        """Keep the file and put it on the action: both, or neither and the reason at the box."""
        where = {"commissioner": action.commissioner, "organisation": action.organisation, "circle": action.circle}
        try:
            with transaction.atomic():
                version = self.take_in(**where, by=by, at=at)
                if version is not None:
                    action.prove(version.item, by=by, at=at)
                return version
        except Refused as problem:
            self.add_error(None, str(problem))
            self.status = 409
            return None


class ChooseForm(ActionForm):
    """Something from the library as evidence of an action."""

    submit_label = "Use this evidence"
    item = forms.ModelChoiceField(
        EvidenceItem.objects.none(),
        label="Evidence in the library",
        to_field_name="reference",
        empty_label="Choose",
        error_messages={
            "required": "Choose the evidence",
            "invalid_choice": "Choose one of the list: this one is no longer there",
        },
    )

    def offer(self, user: User) -> None:
        """The organisation's own evidence that is in use and not on the action yet."""
        here = self.action
        items = EvidenceItem.objects.permitted(user, Can.DOWNLOAD_EVIDENCE).current()
        items = items.filter(organisation=here.organisation_id, commissioner=here.commissioner_id)
        items = items.exclude(pk__in=here.evidence.values("item"))
        if here.circle_id is None:
            items = items.filter(circle__isnull=True)
        self.fields["item"].queryset = items.order_by("title")  # type: ignore[attr-defined]
        self.has_choice = items.exists()


class ActionFilter(forms.Form):
    """What of the list is shown; sent by GET."""

    mark_optional = False

    whose = forms.ChoiceField(
        label="Whose", required=False, choices=[("", "All"), ("mine", "Mine: I own or opened them")]
    )
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "Any state"),
            ("to-close", "Open (all that is not verified)"),
            *((state.value, state.label) for state in Action.State),
            *((code, STATUSES[code].words) for code in ("on_track", "at_risk", "proof_gone")),
        ],
    )
    when = forms.ChoiceField(
        label="Date",
        required=False,
        choices=[
            ("", "Any date"),
            ("overdue", "Overdue"),
            ("moved", "Date was moved"),
            *((code, words) for code, words, _, _ in AGES),
        ],
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Organisation", required=False, to_field_name="reference", empty_label="All"
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label="Category", required=False, to_field_name="code", empty_label="All"
    )
    origin = forms.ChoiceField(label="Where it arose", required=False)

    def offer(self, origins: list[tuple[str, str]], actions: Any) -> None:
        """Offer what these actions have; a choice of one is no choice."""
        self.fields["origin"].choices = [("", "Anywhere"), *origins]  # type: ignore[attr-defined]
        whose = Organisation.objects.filter(pk__in=actions.order_by().values("organisation")).order_by("name")
        if whose[:2].count() < 2:
            del self.fields["organisation"], self.fields["category"]
            return
        self.fields["organisation"].queryset = whose  # type: ignore[attr-defined]
        kinds = Category.objects.filter(pk__in=whose.order_by().values("category")).order_by("name")
        self.fields["category"].queryset = kinds  # type: ignore[attr-defined]

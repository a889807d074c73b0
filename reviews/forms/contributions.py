"""Asking organisations for their part in a review, and saying how far it has come."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from accounts.models import CircleMember, Membership, User
from design.fields import DateField, LongTextField
from design.widgets import NumberInput, Radios
from providers.models import Organisation
from providers.record_form import A_REASON, NO_PATIENTS, RecordForm
from reviews.models import Asked, Contribution, Review
from reviews.roles import OWN_REPORT, PART_CHOICES

LINES = 5
SAID = 600
BOTH_READ = f"The author’s organisation and the people named on the review read this. Quality only. {NO_PATIENTS}"


NOBODY = "Nobody of {} has an account with this address. Give a name instead"


def author_of(organisation: Organisation, email: str, *, on: date) -> User | None:
    """The person with this address who works there today."""
    there = Membership.objects.live(on=on).filter(organisation=organisation)
    people = User.objects.in_state("active").filter(email__iexact=email, pk__in=there.values("user"))
    return people.first()


def problem_with(email: str, name: str) -> str:
    """An author is known by one of the two."""
    return "Give an e-mail address or a name, not both" if email and name else ""


class AskForm(RecordForm):
    """One kind of report, of several organisations at once: each with its author, by e-mail address or by name."""

    submit_label, mark_optional = "Ask for these reports", False
    part = forms.ChoiceField(
        label="What do you ask for?", choices=[("", "Choose"), *PART_CHOICES],
        error_messages={"required": "Choose what you ask for"},
    )  # fmt: skip
    due_on = DateField(
        label="Due on", subject="the day by which it is due", error_messages={"required": "Enter when it is due"}
    )
    hours = forms.DecimalField(
        label="Estimated hours for each, if known", required=False, min_value=0, max_value=2000, max_digits=5,
        decimal_places=1,
        widget=NumberInput(width=5), error_messages={"invalid": "Enter a number of hours, for example 30"},
    )  # fmt: skip

    def __init__(self, *args: Any, review: Review, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.review, self.on = review, on
        self.fields["due_on"].earliest = on  # type: ignore[attr-defined]
        providers = Organisation.objects.commissioned_by(review.commissioner, on=on).open(on=on)
        own = Organisation.objects.filter(pk=review.commissioner_id)
        self.organisations = list((providers | own).distinct().order_by("name"))
        for n in range(1, LINES + 1):
            box = forms.TextInput(attrs={"list": "organisations", "autocomplete": "off"})
            self.fields[f"organisation_{n}"] = forms.CharField(
                label="Name or reference", max_length=200, required=False, widget=box
            )  # fmt: skip
            self.fields[f"email_{n}"] = forms.EmailField(
                label="Author’s e-mail", required=False,
                error_messages={"invalid": "Enter an e-mail address, like name@example.nhs.uk"},
            )  # fmt: skip
            self.fields[f"name_{n}"] = forms.CharField(
                label="Or the author’s name", max_length=150, required=False
            )  # fmt: skip

    @property
    def lines(self) -> Iterator[list[Any]]:
        """The boxes of each organisation, for the page."""
        for n in range(1, LINES + 1):
            yield [self[f"{name}_{n}"] for name in ("organisation", "email", "name")]

    def clean(self) -> dict[str, Any]:
        """Each line names one organisation, once, and an author who works there."""
        given = super().clean() or self.cleaned_data
        self.whom: list[Asked] = []
        for n in range(1, LINES + 1):
            asked = self._line(n, given)
            if asked is not None and asked.organisation in {each.organisation for each in self.whom}:
                self.add_error(f"organisation_{n}", "This organisation stands above already")
            elif asked is not None:
                self.whom.append(asked)
        if not self.whom and not self.errors:
            self.add_error("organisation_1", "Name at least one organisation")
        return given

    def _line(self, n: int, given: dict[str, Any]) -> Asked | None:
        words, email, name = (given.get(f"{box}_{n}") or "" for box in ("organisation", "email", "name"))
        if not words:
            if email or name:
                self.add_error(f"organisation_{n}", "Name the organisation that this author works for")
            return None
        said = words.strip().casefold()
        found = [each for each in self.organisations if said in (each.name.casefold(), each.reference.casefold())]
        if len(found) != 1:
            many = "There are several of this name. Enter its reference" if found else "Choose one from the list"
            self.add_error(f"organisation_{n}", many)
            return None
        own = found[0].pk == self.review.commissioner_id
        if given.get("part") == OWN_REPORT and not own:
            self.add_error(f"organisation_{n}", "The health overview report is your own designated professional’s")
            return None
        return self._with_author(n, found[0], email, name)

    def _with_author(self, n: int, organisation: Organisation, email: str, name: str) -> Asked | None:
        if problem := problem_with(email, name):
            self.add_error(f"name_{n}", problem)
            return None
        author = author_of(organisation, email, on=self.on) if email else None
        if email and author is None:
            self.add_error(f"email_{n}", NOBODY.format(organisation))
            return None
        return Asked(organisation, author, name)


class StepForm(RecordForm):
    """A step of one report: the day, and what the step asks."""

    subject = "On which day"
    on = DateField(label="On which day", subject="the day", error_messages={"required": "Enter the day"})

    def __init__(self, *args: Any, contribution: Contribution, today: date, **kwargs: Any) -> None:
        super().__init__(*args, record=contribution, **kwargs)
        box: Any = self.fields["on"]
        box.label, box.initial, box.latest, box.earliest = self.subject, today, today, contribution.asked_on

    def given(self) -> dict[str, Any]:
        """What the verb is told beside the day."""
        return {name: self.cleaned_data[name] for name in self.told}

    told: tuple[str, ...] = ()


class DraftForm(StepForm):
    """The draft was sent."""

    submit_label, subject, told = "Say that the draft is sent", "Draft sent on", ("words",)
    words = LongTextField(label="Anything to say with it", max_length=SAID, required=False, help_text=BOTH_READ)


class AssureForm(StepForm):
    """What the designated professional found of its quality."""

    submit_label, subject, told = "Record this", "Quality-assured on", ("outcome", "words")
    outcome = forms.ChoiceField(
        label="What came of it?", choices=Contribution.Outcome.choices, widget=Radios(),
        error_messages={"required": "Choose what came of it"},
    )  # fmt: skip
    words = LongTextField(
        label="What has to change", max_length=SAID, required=False,
        help_text=f"Needed unless it is accepted as it is. {BOTH_READ}",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["outcome", "words", "on"])

    def clean(self) -> dict[str, Any]:
        """A challenge has words."""
        given = super().clean() or self.cleaned_data
        if given.get("outcome") not in (None, "accepted") and not given.get("words"):
            self.add_error("words", "Enter what has to change")
        return given


class SignForm(StepForm):
    """Who signed."""

    submit_label, subject, told = "Record the signature", "Signed on", ("name", "role", "same_person_because")
    name = forms.CharField(
        label="Name of the executive", max_length=150, error_messages={"required": "Enter who signed it"}
    )
    role = forms.CharField(label="As what", max_length=150, error_messages={"required": "Enter their post"})
    same_person_because = forms.CharField(
        label="If they wrote it as well, why", max_length=A_REASON, required=False,
        help_text="Author and signatory are two people as a rule.",
    )  # fmt: skip

    def __init__(self, *args: Any, by: User, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own:
            self.fields["name"].initial, self.fields["role"].initial = by.name, by.job_title
        self.order_fields(["name", "role", "same_person_because", "on"])


class SubmitForm(StepForm):
    """It is with the board."""

    submit_label, subject, told = "Say that it is submitted", "Submitted on", ("held_in",)
    held_in = forms.CharField(
        label="Where is the paper kept?", max_length=200, error_messages={"required": "Enter where the paper is kept"},
        help_text=f"For example: case management system of the legal team. Nothing is uploaded here. {NO_PATIENTS}",
    )  # fmt: skip


class LaterForm(RecordForm):
    """A later date, why, and who agreed."""

    submit_label = "Agree this date"
    on = DateField(label="Due on", subject="the new date", error_messages={"required": "Enter the new date"})
    reason = forms.CharField(
        label="Reason", max_length=A_REASON, help_text=NO_PATIENTS, error_messages={"required": "Enter the reason"}
    )
    agreed_by = forms.ModelChoiceField(
        User.objects.none(), label="Who agreed to it", to_field_name="reference", empty_label="Choose",
        error_messages={"required": "Choose who agreed to it"},
    )  # fmt: skip

    def __init__(self, *args: Any, contribution: Contribution, today: date, **kwargs: Any) -> None:
        super().__init__(*args, record=contribution, **kwargs)
        self.fields["on"].help_text = f"After {contribution.due_on:%-d %B %Y}. The first date stays to be seen."
        named = CircleMember.objects.live(on=today).filter(circle=contribution.circle_id, scope="whole")
        people = User.objects.filter(pk__in=named.values("user"), is_active=True).order_by("name")
        self.fields["agreed_by"].queryset = people  # type: ignore[attr-defined]


class SayForm(RecordForm):
    """Something about the quality, without a decision."""

    submit_label = "Add this"
    words = LongTextField(
        label="What is to be said about its quality?", max_length=SAID, help_text=BOTH_READ,
        error_messages={"required": "Enter what is to be said"},
    )  # fmt: skip


class AuthorForm(RecordForm):
    """Who writes it from now on."""

    submit_label = "Name this author"
    email = forms.EmailField(
        label="Author’s e-mail", required=False, help_text="Of an account here: they are named on the list and told.",
        error_messages={"invalid": "Enter an e-mail address, like name@example.nhs.uk"},
    )  # fmt: skip
    name = forms.CharField(label="Or the author’s name", max_length=150, required=False)

    def __init__(self, *args: Any, contribution: Contribution, today: date, **kwargs: Any) -> None:
        super().__init__(*args, record=contribution, **kwargs)
        self.today = today
        self.author: User | None = None

    def clean(self) -> dict[str, Any]:
        """One of the two, and an address of somebody who works there."""
        given = super().clean() or self.cleaned_data
        email, name = given.get("email", ""), given.get("name", "")
        if problem := problem_with(email, name):
            self.add_error("name", problem)
        elif not email and not name and "email" not in self.errors:
            self.add_error("email", "Give an e-mail address or a name")
        elif email:
            self.author = author_of(self.record.organisation, email, on=self.today)
            if self.author is None:
                self.add_error("email", NOBODY.format(self.record.organisation))
        return given

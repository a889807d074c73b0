"""The forms of the contact log: one form whose boxes depend on the kind, and the answer to a request."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import Truncator

from accounts.capabilities import Can, roles_granting
from accounts.models import Membership, User
from chasing.kinds import due_kinds, kind_or_none
from design.calendar import FinancialYear
from design.fields import DateField, LongTextField
from design.widgets import Radios
from oversight.contact_kinds import CHOICES, ContactKind
from oversight.known.filters import organisation_box
from oversight.models import ContactEntry, Term
from providers.models import Organisation
from providers.record_form import A_REASON, NO_PATIENTS, RecordForm, why_box

if TYPE_CHECKING:
    from providers.models.organisations import OrganisationQuerySet

MUCH_TEXT, A_LINE = 2_000, 80
YES_NO = [("True", "Yes"), ("False", "No: nobody answered, or a message was left")]
LABELS = {
    "local_authority": {"with_whom": "Which authority asked, and who there", "points": "What is asked for"},
    "letter": {"with_whom": "From whom", "points": "What it says"},
    "supervision": {"points": "What it was about, in general"},
    "advice": {"with_whom": "Who asked", "points": "The question and the advice, in general"},
    "call": {"with_whom": "Whom did you speak to", "points": "What was agreed"},
    "governing_body": {"forum": "Which meeting", "points": "What was taken or asked"},
}


class ContactForm(RecordForm):
    """One contact of a kind: date, provider and the few boxes that the kind has."""

    submit_label = "Save this contact"
    compared = ("happened_on", "with_whom", "spoke", "forum", "papers", "points", "challenge", "taken", "due_on")

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Provider or other organisation", to_field_name="reference",
        empty_label="Choose", error_messages={"required": "Choose the organisation"},
    )  # fmt: skip
    happened_on = DateField(label="Date", subject="the date of the contact")
    by = forms.ModelChoiceField(
        User.objects.none(), label="Who of us", empty_label=None, error_messages={"required": "Choose who of us"}
    )
    thing = forms.ChoiceField(
        label="What was it about?", error_messages={"required": "Choose what the call was about"}, widget=Radios()
    )
    with_whom = forms.CharField(label="With whom", max_length=200, help_text="Name and post.")
    spoke = forms.TypedChoiceField(
        label="Did you speak to somebody?", choices=YES_NO, initial="True", widget=Radios(inline=True),
        coerce=lambda value: value == "True", error_messages={"required": "Say whether you spoke to somebody"},
    )  # fmt: skip
    forum = forms.CharField(
        label="Which committee or meeting", max_length=200, error_messages={"required": "Enter which meeting it was"}
    )
    papers = forms.CharField(label="Papers received", max_length=300)
    points = LongTextField(label="Key points", max_length=MUCH_TEXT, help_text=NO_PATIENTS)
    challenge = LongTextField(label="Challenge made", max_length=MUCH_TEXT)
    taken = forms.ModelChoiceField(Term.objects.none(), label="Level of assurance taken", empty_label="Not said")
    due_on = DateField(label="Answer due", subject="the date by which an answer is due")

    def __init__(
        self, *args: Any, kind: ContactKind, user: User, on: date, ours: "OrganisationQuerySet", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.user, self.on = kind, user, on
        self.owed: Any = None
        every = ("thing", "with_whom", "spoke", "forum", "papers", "points", "challenge", "taken", "due_on")
        for name in set(every) - set(kind.boxes):
            del self.fields[name]
        for name in kind.boxes:
            self.fields[name].required = name in kind.required or name == "spoke"
            self.fields[name].label = LABELS.get(kind.code, {}).get(name, self.fields[name].label)
        for name in ("with_whom", "points"):
            if name in self.fields:
                label = str(self.fields[name].label)
                self.fields[name].error_messages["required"] = f"Enter {label[:1].lower()}{label[1:]}"
        self.fields["happened_on"].latest = on  # type: ignore[attr-defined]
        self.fields["happened_on"].initial = on
        self._offer_whose(ours)
        self.order_fields(["commissioner", "organisation", "happened_on", *kind.boxes, "by"])

    def _offer_whose(self, ours: "OrganisationQuerySet") -> None:
        """The commissioner where there are several, and what may be chosen within them."""
        whose = forms.ModelChoiceField(
            ours, label="Commissioner", to_field_name="reference", empty_label=None,
            error_messages={"required": "Choose the commissioner"},
        )  # fmt: skip
        places = list(ours)
        self.only = places[0] if len(places) == 1 else None
        if self.only is None:
            self.fields["commissioner"] = whose
        seen = Organisation.objects.permitted(self.user, Can.LOG_CONTACT, on=self.on).only("name", "reference")
        self.fields["organisation"].queryset = seen.order_by("name")  # type: ignore[attr-defined]
        held = Membership.objects.live(on=self.on).filter(
            organisation__in=places, role__in=roles_granting(Can.LOG_CONTACT)
        )
        people = User.objects.filter(pk__in=held.values("user")).order_by("name")
        self.fields["by"].queryset = people  # type: ignore[attr-defined]
        self.fields["by"].initial = self.user.pk
        if "taken" in self.fields:
            asked = self.data.get("commissioner") or self.initial.get("commissioner")
            words_of = next((each for each in places if each.reference == asked), next(iter(places), None))
            terms = Term.objects.offered(Term.List.ASSURANCE_TAKEN, words_of, self.on)
            self.fields["taken"].queryset = terms  # type: ignore[attr-defined]

    def about_what_is_owed_by(self, organisation: Organisation) -> None:
        """A call: the provider is settled, and what it owes is offered."""
        self.fields["organisation"].widget = forms.HiddenInput()
        self.fields["organisation"].initial = organisation.reference
        self.fields["thing"].choices = things_of(organisation, self.user, on=self.on)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The organisation is on the commissioner's register, and an answer is not due before it was asked for."""
        found = super().clean() or {}
        whose, about = found.get("commissioner", self.only), found.get("organisation")
        if whose and about and not Organisation.objects.kept_by(whose.pk).filter(pk=about.pk).exists():
            self.add_error("organisation", f"{about} is not on the register of {whose}. Choose another.")
        self.owed = thing_named(found.get("thing", ""), self.user, on=self.on)
        if whose and self.owed is not None and self.owed.commissioner_id != whose.pk:
            self.add_error("commissioner", f"This is owed to {self.owed.commissioner}. Choose that commissioner.")
        asked, due = found.get("happened_on"), found.get("due_on")
        if asked and due and due < asked:
            self.add_error("due_on", "The answer cannot be due before it was asked for. Check both dates.")
        return found

    def values(self) -> dict[str, Any]:
        """What the entry holds of it."""
        given = {name: self.cleaned_data[name] for name in (*self.kind.boxes, "happened_on", "by") if name != "thing"}
        if "spoke" not in given:
            given["spoke"] = True
        return given


class CorrectContactForm(ContactForm):
    """The same boxes over an entry that is there, with the reason; whose it is and about whom stay."""

    submit_label = "Save the correction"
    reason = why_box()

    def __init__(self, *args: Any, record: ContactEntry, **kwargs: Any) -> None:
        super().__init__(*args, record=record, kind=record.sort, **kwargs)
        for name in ("commissioner", "organisation", "thing"):
            self.fields.pop(name, None)
        for name in self.kind.boxes:
            if name in self.fields:
                value = getattr(record, name)
                self.fields[name].initial = str(value) if name == "spoke" else getattr(value, "pk", value)
        self.fields["happened_on"].initial, self.fields["by"].initial = record.happened_on, record.by_id
        if "due_on" in self.fields and record.settled_on:
            del self.fields["due_on"]
        self.order_fields(["happened_on", *self.kind.boxes, "by", "reason"])

    def values(self) -> dict[str, Any]:
        """Only the boxes that this form shows."""
        names = (*self.kind.boxes, "happened_on", "by")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}


class SettleForm(RecordForm):
    """When a request was answered, and how."""

    submit_label = "Save the answer"
    on = DateField(label="Answered on", subject="the date of the answer")
    words = LongTextField(
        label="How was it answered?", max_length=A_REASON, help_text=NO_PATIENTS,
        error_messages={"required": "Enter how it was answered"},
    )  # fmt: skip

    def __init__(self, *args: Any, record: ContactEntry, on: date, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        box = self.fields["on"]
        box.initial, box.latest, box.earliest = on, on, record.happened_on  # type: ignore[attr-defined]


class ContactFilter(forms.Form):
    """What of the log is shown; sent by GET."""

    mark_optional = False
    q = forms.CharField(label="Words", required=False, max_length=100)
    organisation = organisation_box()
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All kinds"), *CHOICES])
    year = forms.ChoiceField(label="Financial year", required=False)
    whose = forms.ChoiceField(label="Whose", required=False, choices=[("", "All"), ("mine", "Mine")])
    state = forms.ChoiceField(
        label="State", required=False,
        choices=[
            ("", "All but withdrawn"), ("open", "Requests not answered"), ("overdue", "Requests overdue"),
            ("answered", "Requests answered"), ("withdrawn", "Withdrawn"),
        ],
    )  # fmt: skip

    def offer(self, entries: Any, years: list[FinancialYear]) -> None:
        """The organisations of these entries, and the years."""
        whose = Organisation.objects.filter(pk__in=entries.order_by().values("organisation")).order_by("name")
        self.fields["organisation"].queryset = whose  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", "All years"), *((year.slug, str(year)) for year in years)]  # type: ignore[attr-defined]


def things_of(organisation: Organisation, user: User, *, on: date) -> list[tuple[str, str]]:
    """What the organisation owes that anybody who reads the log may know of: codes and words, the oldest first."""
    found = []
    for kind in due_kinds():
        rows = kind.things.permitted(user, Can.SEE_REMINDERS, on=on).filter(organisation=organisation, circle=None)
        for row in kind.titled(rows.outstanding()).order_by("due_on")[:50]:
            words = f": {Truncator(getattr(row, kind.words)).chars(A_LINE)}" if kind.words else ""
            said = f"{row.title}{words}, due {row.due_on:%-d %B %Y}"
            found.append((row.due_on, f"{kind.code}:{row.reference}", said))
    return [(code, words) for _, code, words in sorted(found)]


def thing_named(code: str, user: User, *, on: date) -> Any:
    """The due thing behind "kind:reference", titled, when the person may know of it; else None."""
    name, _, reference = code.partition(":")
    kind = kind_or_none(name)
    if kind is None:
        return None
    rows = kind.things.permitted(user, Can.SEE_REMINDERS, on=on).filter(reference=reference, circle=None)
    return kind.titled(rows).first()

"""The forms of soft intelligence: what was heard, for whom, and why it is closed; and the filter of the list."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Count

from accounts.capabilities import Can, roles_granting
from accounts.models import Circle, CircleMember, DeclaredInterest, Membership, User
from accounts.references import new_reference
from design.calendar import FinancialYear
from design.fields import DateField, LongTextField
from design.widgets import Checkboxes, Radios
from oversight.known.filters import organisation_box
from oversight.models import IntelligenceItem, Term
from providers.models import Arrangement, Organisation, Site
from providers.record_form import NO_PATIENTS, RecordForm, why_box

MUCH_TEXT = 4_000
ALONE = "Name at least one more person: a restricted item is never for one person alone."
LISTS = {"source": Term.List.SOURCE, "theme": Term.List.THEME, "reliability": Term.List.RELIABILITY}


def readers(places: Any, *, on: date) -> Any:
    """The people who read soft intelligence of these commissioners, by name."""
    held = Membership.objects.live(on=on).filter(
        organisation__in=places, role__in=roles_granting(Can.SEE_INTELLIGENCE), confirmed_at__isnull=False
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name")


def circles_of(user: User, places: Any, *, on: date) -> Any:
    """The lists on which the person sees everything, together with somebody else who reads soft intelligence."""
    live = CircleMember.objects.live(on=on).filter(scope=CircleMember.Reach.WHOLE, user__in=readers(places, on=on))
    shared = live.values("circle").annotate(n=Count("user", distinct=True)).filter(n__gte=2).values("circle")
    mine = live.filter(user=user).values("circle")
    return Circle.objects.filter(commissioner__in=places, pk__in=mine).filter(pk__in=shared).order_by("name")


def _keepers(organisation: Organisation) -> Any:
    """The commissioners on whose register it is."""
    return Arrangement.objects.filter(organisation=organisation).values("commissioner")


def _offer(field: Any, rows: list[Any]) -> None:
    """What may be chosen, asked for once: the box shows these rows, and takes no other."""
    field.queryset = field.queryset.model.objects.filter(pk__in=[row.pk for row in rows])
    empty = [("", field.empty_label)] if getattr(field, "empty_label", None) else []
    field.choices = [*empty, *((row.pk, str(row)) for row in rows)]


class ItemForm(RecordForm):
    """One item: received when, from where, about what, and who may know."""

    submit_label = "Save this item"
    compared = ("received_on", "source", "source_detail", "theme", "reliability", "site", "summary", "action_taken")

    received_on = DateField(label="Received on", subject="the date it was received")
    source = forms.ModelChoiceField(
        Term.objects.none(), label="Source", empty_label="Choose", error_messages={"required": "Choose the source"}
    )
    source_detail = forms.CharField(
        label="More about the source", max_length=200, required=False, help_text="No names of patients or children."
    )
    theme = forms.ModelChoiceField(
        Term.objects.none(), label="Theme", empty_label="Choose", error_messages={"required": "Choose the theme"}
    )
    reliability = forms.ModelChoiceField(
        Term.objects.none(), label="Reliability", empty_label="Choose",
        error_messages={"required": "Choose how reliable it is"},
    )  # fmt: skip
    site = forms.ModelChoiceField(Site.objects.none(), label="Site", required=False, empty_label="No one site")
    summary = LongTextField(
        label="What was heard", max_length=MUCH_TEXT, help_text=NO_PATIENTS,
        error_messages={"required": "Enter what was heard"},
    )  # fmt: skip
    action_taken = LongTextField(
        label="What was done about it", max_length=MUCH_TEXT, required=False, help_text=NO_PATIENTS
    )
    sensitivity = forms.ChoiceField(
        label="Who may know of it?", choices=IntelligenceItem.Sensitivity.choices, initial="normal", widget=Radios(),
        error_messages={"required": "Choose who may know of it"},
    )  # fmt: skip
    circle = forms.ModelChoiceField(
        Circle.objects.none(), label="If it is restricted: an access list that you are on", required=False,
        empty_label="The people ticked below",
    )  # fmt: skip
    people = forms.ModelMultipleChoiceField(
        User.objects.none(), label="If it is restricted: who may know of it, beside you", required=False,
        widget=Checkboxes(small=True),
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, on: date, ours: Any, about: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.today, self.about = user, on, about
        places = [self.record.commissioner] if self.record else list(ours.filter(pk__in=_keepers(about)))
        self.only = places[0] if len(places) == 1 else None
        self.whose: Any = self.only
        if self.only is None:
            self.fields["commissioner"] = forms.ModelChoiceField(
                ours.filter(pk__in=[each.pk for each in places]),
                label="Commissioner",
                to_field_name="reference",
                empty_label=None,
            )  # fmt: skip
        asked = self.data.get("commissioner")
        words_of = next((each for each in places if each.reference == asked), next(iter(places), None))
        offered = Term.objects.by_list(LISTS.values(), words_of, on)
        for name, kept_in in LISTS.items():
            rows = offered[kept_in]
            kept = getattr(self.record, name) if self.record is not None else None
            _offer(self.fields[name], rows if kept is None or kept in rows else [*rows, kept])
        _offer(self.fields["site"], list(Site.objects.filter(organisation=about).order_by("name")))
        self._offer_people(places)
        box = self.fields["received_on"]
        box.latest = on  # type: ignore[attr-defined]
        box.initial = on
        self.order_fields(["commissioner", *self.compared, "sensitivity", "circle", "people"])

    def _offer_people(self, places: list[Organisation]) -> None:
        """Lists and people to restrict it to; a box with nothing to choose is left out."""
        offered = {
            "circle": list(circles_of(self.user, places, on=self.today)),
            "people": list(readers(places, on=self.today).exclude(pk=self.user.pk)),
        }
        if self.record is not None and self.record.circle not in (None, *offered["circle"]):
            offered["circle"].append(self.record.circle)
        for name, rows in offered.items():
            _offer(self.fields[name], rows)
            if not rows:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A restricted item is for at least two people who may read it."""
        found = super().clean() or {}
        self.whose = found.get("commissioner") or self.only
        if self.whose and found.get("sensitivity") == IntelligenceItem.Sensitivity.RESTRICTED:
            self._check_people(found)
        return found

    def _check_people(self, found: dict[str, Any]) -> None:
        circle, people = found.get("circle"), list(found.get("people") or ())
        if circle is not None:
            if circle.commissioner_id != self.whose.pk:
                self.add_error("circle", f"This is not a list of {self.whose}. Choose another.")
            return
        may = set(readers([self.whose], on=self.today).values_list("pk", flat=True))
        interested = DeclaredInterest.objects.live(on=self.today).filter(organisation=self.about, user__in=people)
        refused = set(interested.values_list("user", flat=True))
        for each in people:
            if each.pk in refused:
                self.add_error("people", f"{each} has declared an interest in {self.about}. Choose somebody else.")
            elif each.pk not in may:
                self.add_error("people", f"{each} does not read soft intelligence of {self.whose}.")
        if not people and "people" not in self.errors:
            self.add_error("people" if "people" in self.fields else "sensitivity", ALONE)

    def values(self, *, at: datetime) -> dict[str, Any]:
        """What the item holds of it; a list of its own is made for the people who were ticked."""
        given = {name: self.cleaned_data.get(name) for name in self.compared}
        restricted = self.cleaned_data["sensitivity"] == IntelligenceItem.Sensitivity.RESTRICTED
        circle = (self.cleaned_data.get("circle") or self._new_circle(at)) if restricted else None
        return {**given, "sensitivity": self.cleaned_data["sensitivity"], "circle": circle}

    def _new_circle(self, at: datetime) -> Circle:
        """Its name says nothing of what it is for: those who keep access lists read it."""
        reason = "A record for named people only"
        circle = Circle.objects.create(commissioner=self.whose, name=f"Named people {new_reference()}", reason=reason)
        for person in [self.user, *self.cleaned_data["people"]]:
            circle.add(person, scope=CircleMember.Reach.WHOLE, reason=reason, by=self.user, at=at)
        return circle


class CorrectItemForm(ItemForm):
    """The same boxes over an item, with the reason; about whom it is stays."""

    submit_label = "Save the correction"
    reason = why_box()

    def __init__(self, *args: Any, record: IntelligenceItem, **kwargs: Any) -> None:
        initial = {name: getattr(record, name) for name in (*self.compared, "sensitivity")}
        initial |= {f"{name}": getattr(record, f"{name}_id") for name in (*LISTS, "site", "circle")}
        super().__init__(*args, record=record, about=record.organisation, initial=initial, **kwargs)
        self.order_fields([*self.compared, "sensitivity", "circle", "people", "reason"])


class CloseItemForm(RecordForm):
    """Why nothing more is to be done."""

    submit_label = "Close this item"
    outcome = LongTextField(
        label="Why is it closed?", max_length=MUCH_TEXT, help_text=NO_PATIENTS,
        error_messages={"required": "Enter why it is closed"},
    )  # fmt: skip


class ItemFilter(forms.Form):
    """What of the items is shown; sent by GET."""

    mark_optional = False
    q = forms.CharField(label="Words", required=False, max_length=100)
    organisation = organisation_box("Provider")
    theme = forms.ChoiceField(label="Theme", required=False)
    source = forms.ChoiceField(label="Source", required=False)
    year = forms.ChoiceField(label="Financial year", required=False)
    state = forms.ChoiceField(
        label="State", required=False,
        choices=[("", "All but withdrawn"), ("open", "Open"), ("free", "Open, in no concern"), ("closed", "Closed"),
                 ("withdrawn", "Withdrawn")],
    )  # fmt: skip

    def offer(self, items: Any, years: list[FinancialYear]) -> None:
        """What these items have: nothing here comes from an item that the person may not see."""
        whose = Organisation.objects.filter(pk__in=items.order_by().values("organisation")).order_by("name")
        self.fields["organisation"].queryset = whose  # type: ignore[attr-defined]
        for name in ("theme", "source"):
            words = items.order_by().values_list(f"{name}__code", f"{name}__label").distinct()
            offered = sorted(words, key=lambda pair: pair[1])
            self.fields[name].choices = [("", "All"), *offered]  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", "All years"), *((year.slug, str(year)) for year in years)]  # type: ignore[attr-defined]

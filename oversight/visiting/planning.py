"""The forms with which a visit is planned, moved and cancelled, and its list narrowed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.dateparse import parse_date

from accounts.capabilities import Can
from accounts.models import Membership, User
from accounts.models.memberships import Strand
from accounts.refusals import Refused
from design.fields import DateField, LongTextField
from design.forms import NhsForm
from design.widgets import Checkboxes, Radios
from oversight.models import HasInterest, Visit, VisitMember
from providers.models import Arrangement, Organisation, Site

A_REASON = 300
OUTSIDE_PARTS = 3


def proposed(query: Mapping[str, str], follows: Visit | None) -> dict[str, Any]:
    """What an address proposes for a visit; one that follows another goes to the same site for the same things."""
    try:
        day = parse_date(query.get("on", ""))
    except ValueError:
        day = None
    again = {"site": follows.site, "strands": follows.strands, "lead": follows.lead_id} if follows else {}
    asked = {"planned_on": day, "kind": query.get("kind"), "trigger": query.get("trigger"), **again}
    return {name: value for name, value in asked.items() if value}


class GoingForm(NhsForm):
    """The base of planning and of changing a plan: when, what kind, and who goes."""

    status: int | None = None

    planned_on = DateField(label="Date of the visit", subject="the date of the visit")
    kind = forms.ChoiceField(
        label="Kind of visit",
        choices=Visit.Kind.choices,
        widget=Radios(hints={"virtual": "By video or telephone, with papers seen beforehand."}),
        error_messages={"required": "Choose the kind of visit"},
    )
    notice_given_on = DateField(
        label="Provider told on",
        subject="the date on which the provider was told",
        required=False,
        help_text="Leave empty for an unannounced visit.",
    )
    lead = forms.ModelChoiceField(
        User.objects.none(),
        label="Who leads it",
        empty_label="Choose",
        error_messages={"required": "Choose who leads the visit"},
    )
    team = forms.ModelMultipleChoiceField(
        User.objects.none(), label="Who else of your team goes", required=False, widget=Checkboxes(small=True)
    )
    outside = LongTextField(
        label="Who comes from elsewhere",
        max_length=1_000,
        required=False,
        help_text="One person a line: name, organisation, role. For example: Jo Bird, County Council, adult lead.",
    )

    def offer_people(self, commissioners: Iterable[Organisation], *, on: date, there: Iterable[int] = ()) -> None:
        """Whoever may lead for these commissioners, and whoever may go or is on the team already (``there``)."""
        live = Membership.objects.live(on=on).filter(organisation__in=commissioners)
        leads = live.granting(Can.DO_VISITS)
        self._of("lead", User.objects.filter(pk__in=leads.values("user")).order_by("name"))
        # Whoever deals with providers; readers of reports and outside bodies come as people from elsewhere.
        goes = live.granting(Can.LOG_CONTACT)
        self._of("team", User.objects.filter(Q(pk__in=goes.values("user")) | Q(pk__in=there)).order_by("name"))

    def _of(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean_outside(self) -> list[VisitMember]:
        """Each line as a person; a line without a comma says only a name, which is not enough."""
        found = []
        for line in (self.cleaned_data["outside"] or "").splitlines():
            name, *rest = (part.strip() for part in line.split(",", OUTSIDE_PARTS - 1))
            if not line.strip():
                continue
            if not name or not rest or not rest[0]:
                raise forms.ValidationError(f"Write name, organisation and role with commas between them: “{line}”")
            role = rest[1][:120] if len(rest) > 1 else ""
            found.append(VisitMember(name=name[:150], comes_from=rest[0][:200], role=role))
        return found

    def clean(self) -> dict[str, Any]:
        """Notice comes before the visit, and an unannounced visit has none."""
        given = super().clean() or self.cleaned_data
        told, day = given.get("notice_given_on"), given.get("planned_on")
        if told and given.get("kind") == Visit.Kind.UNANNOUNCED:
            self.add_error("notice_given_on", "Nobody is told of an unannounced visit. Leave this empty")
        elif told and day and told > day:
            self.add_error("notice_given_on", "The provider is told before the visit, not after it")
        return given

    def members(self) -> list[VisitMember]:
        """The team beside the lead, as it was typed."""
        given = self.cleaned_data
        own = [VisitMember(user=person) for person in given["team"] if person != given["lead"]]
        return [*own, *given["outside"]]

    def say_at_box(self, problem: HasInterest) -> None:
        """Who may not take part, beside the box that names them."""
        said, given = str(problem), self.cleaned_data
        elsewhere = any(said.startswith(f"{each.name} comes from") for each in given["outside"])
        box = "outside" if elsewhere else "lead" if said.startswith(f"{given['lead']} has") else "team"
        self.add_error(box, said)


class PlanForm(GoingForm):
    """A visit to one provider: when, what kind, why, where, and who goes."""

    submit_label = "Plan this visit"
    field_order = (
        "commissioner", "planned_on", "kind", "trigger", "site", "strands", "scope", "notice_given_on", "lead", "team",
        "outside",
    )  # fmt: skip

    commissioner = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="For which commissioner",
        empty_label=None,
        error_messages={"required": "Choose the commissioner"},
    )
    trigger = forms.ChoiceField(
        label="Why this visit",
        choices=Visit.Trigger.choices,
        initial=Visit.Trigger.PROGRAMME,
        help_text="The provider never reads this.",
    )
    site = forms.ModelChoiceField(
        Site.objects.none(),
        label="Site",
        required=False,
        to_field_name="reference",
        empty_label="Several sites, or the whole organisation",
        help_text="Each finding says at which site it was made.",
    )
    strands = forms.MultipleChoiceField(
        label="What is looked at",
        choices=Strand.choices,
        widget=Checkboxes(),
        error_messages={"required": "Choose what is looked at, at least one"},
    )
    scope = LongTextField(
        label="Key lines of enquiry",
        max_length=600,
        required=False,
        help_text="In a few lines. No names of patients.",
    )

    def __init__(self, *args: Any, organisation: Organisation, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation, self.user, self.on = organisation, user, on
        led = Arrangement.objects.unended(on=on).filter(organisation=organisation)
        ours = Organisation.objects.acted_for(user, Can.DO_VISITS, on=on).filter(pk__in=led.values("commissioner"))
        self.commissioners = list(ours)
        self._of("commissioner", ours)
        if len(self.commissioners) == 1:
            self.fields["commissioner"].widget = forms.HiddenInput()
            self.initial.setdefault("commissioner", self.commissioners[0].pk)
        self.offer_people(self.commissioners, on=on)
        self._of("site", Site.objects.filter(organisation=organisation, closed_on__isnull=True))
        self.initial.setdefault("lead", user.pk)

    def plan(self, *, at: datetime, follows: Visit | None = None) -> Visit | None:
        """Plan it, or say at the box who may not take part. ``follows`` is the visit that it looks back at."""
        given, team = dict(self.cleaned_data), self.members()
        if follows is not None and follows.commissioner_id == given["commissioner"].pk:
            given["follows"] = follows
        for name in ("form_token", "version", "team", "outside"):
            given.pop(name, None)
        try:
            return Visit.objects.plan(
                given.pop("commissioner"), self.organisation, by=self.user, at=at, team=team, **given
            )
        except HasInterest as problem:
            self.say_at_box(problem)
            return None


class VisitVerbForm(NhsForm):
    """The base of the verbs: carries the version of the visit that the person was looking at."""

    status: int | None = None

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit = visit
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=visit.version)

    def as_seen(self) -> Visit:
        """The visit with the version that was on the person's screen, so that a verb can tell."""
        self.visit.version = self.cleaned_data.get("version") or self.visit.version
        return self.visit

    def refuse(self, problem: Refused) -> None:
        """Say why it cannot be done now, keep what was typed, and show the visit as it stands."""
        self.add_error(None, str(problem))
        self.visit.refresh_from_db()
        self.show_again(version=str(self.visit.version))
        self.status = 409


class ReplanForm(VisitVerbForm):
    """Another day, and why."""

    submit_label = "Move the visit"
    planned_on = DateField(label="New date", subject="the new date")
    reason = LongTextField(
        label="Why is it moved?", max_length=A_REASON, error_messages={"required": "Enter why the visit is moved"}
    )

    def clean_planned_on(self) -> date:
        """The same day is not a move."""
        given: date = self.cleaned_data["planned_on"]
        if given == self.visit.planned_on:
            raise forms.ValidationError("This is the date it has now. Enter another one.")
        return given


class CancelForm(VisitVerbForm):
    """It does not take place."""

    submit_label = "Cancel this visit"
    ends_something = True
    reason = LongTextField(
        label="Why does it not take place?",
        max_length=A_REASON,
        error_messages={"required": "Enter why the visit is cancelled"},
    )


class VisitFilter(forms.Form):
    """What of the list is shown; sent by GET."""

    mark_optional = False

    words = forms.CharField(label="Provider", required=False, max_length=100)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "Any state"), *Visit.State.choices])
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Any kind"), *Visit.Kind.choices])
    trigger = forms.ChoiceField(label="Why", required=False, choices=[("", "Any reason"), *Visit.Trigger.choices])

    def narrowed(self, visits: Any) -> Any:
        """The visits that fit; a choice that is none of the list is left out."""
        given = self.cleaned_data if self.is_valid() else {}
        for name in ("state", "kind", "trigger"):
            if given.get(name):
                visits = visits.filter(**{name: given[name]})
        if words := given.get("words", "").strip():
            visits = visits.filter(organisation__in=Organisation.objects.matching(words))
        return visits

"""Forms for contract notices and for suspensions of placements."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import OuterRef, Subquery

from accounts.capabilities import Can
from accounts.models import User
from actions.models import Action
from assurance.models import Answer, SelfAssessment
from design.fields import DateField, LongTextField
from design.widgets import Radios
from framework.models import Wording
from oversight.escalation_forms import A_REASON, NO_NAMES, VerbForm, WhoseForm
from oversight.models import ContractNotice, Escalation, PlacementSuspension, VisitFinding
from oversight.noticing import kinds_for
from providers.models import Site

GROUNDS = ("criterion", "finding", "action", "self_assessment")


class NoticeForm(WhoseForm):
    """A notice that was issued outside the portal."""

    submit_label = "Record this notice"
    kind = forms.ChoiceField(label="Kind of notice", error_messages={"required": "Choose the kind of notice"})
    number = forms.CharField(
        label="Number of the notice", max_length=40, error_messages={"required": "Enter the number of the notice"}
    )
    issued_on = DateField(label="Issued on", subject="the day on which it was issued")
    issued_by = forms.CharField(
        label="Issued by (name and role)", max_length=150, error_messages={"required": "Enter who issued it"}
    )
    clause = forms.CharField(
        label="Clause", max_length=60, required=False, help_text="Empty: the clause of this kind of notice."
    )
    words = LongTextField(
        label="What does it say is wrong?", max_length=4_000, help_text=f"{NO_NAMES} The provider reads this.",
        error_messages={"required": "Enter what the notice says"},
    )  # fmt: skip
    criterion = forms.ModelChoiceField(Answer.objects.none(), label="Rests on the criterion", required=False)
    finding = forms.ModelChoiceField(
        VisitFinding.objects.none(), label="Rests on the finding of a visit", required=False
    )
    action = forms.ModelChoiceField(Action.objects.none(), label="Rests on the overdue action", required=False)
    self_assessment = forms.ModelChoiceField(
        SelfAssessment.objects.none(), label="Rests on the return not received", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        user = kwargs["user"]
        super().__init__(*args, **kwargs)
        rules = kinds_for(self.ours[0], self.today)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"), *((code, f"{rule.name} ({rule.forms_in_words})") for code, rule in rules.items())
        ]  # fmt: skip
        self.fields["issued_on"].latest = self.today  # type: ignore[attr-defined]
        here = {"organisation": self.about, "commissioner__in": self.ours}
        newest = SelfAssessment.objects.filter(**here).order_by("-issued_at").values("pk")[:1]
        said = Wording.objects.filter(criterion_version=OuterRef("criterion_version")).values("text")[:1]
        asked = Answer.objects.filter(self_assessment__in=newest).annotate(asks=Subquery(said))
        late = {"settled_at__isnull": True, "due_on__lt": self.today}
        found = VisitFinding.objects.permitted(user, Can.SEE_VISIT_WORK).concerns().select_related("visit")
        offered: dict[str, Any] = {
            "criterion": asked.in_order().select_related("criterion_version"),
            "finding": found.filter(**here),
            "action": Action.objects.permitted(user, Can.SEE_ACTIONS).filter(**here, **late, circle__isnull=True),
            "self_assessment": SelfAssessment.objects.filter(**here, **late).select_related("round"),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            self.fields[name].empty_label = "Does not rest on one"  # type: ignore[attr-defined]
            self.fields[name].label_from_instance = WORDS[name]  # type: ignore[attr-defined]

    @property
    def grounds(self) -> list[dict[str, Any]]:
        """What was chosen, as fields of ``NoticeGround``."""
        said = {name: self.cleaned_data[name] for name in GROUNDS if self.cleaned_data.get(name)}
        if "criterion" in said:
            said["criterion"] = said["criterion"].criterion_version
        return [{name: thing} for name, thing in said.items()]

    @property
    def facts(self) -> dict[str, Any]:
        """The notice's own words and dates."""
        return {name: self.cleaned_data[name] for name in ("number", "issued_on", "issued_by", "clause", "words")}


WORDS = {
    "criterion": lambda each: f"{each.criterion_version} {(each.asks or '')[:90]}",
    "finding": lambda each: (
        f"{each.get_judgement_display()}, visit of {each.visit.ended_on or each.visit.planned_on:%-d %B %Y}"
    ),
    "action": lambda each: f"Action {each.reference}, due {each.due_on:%-d %B %Y}",
    "self_assessment": lambda each: f"{each.round}, due {each.due_on:%-d %B %Y}",
}


class OfNoticeForm(VerbForm):
    """The base of what is done with a recorded notice: it knows which version was on the screen."""

    def __init__(self, *args: Any, notice: ContractNotice, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=notice.version)
        for field in self.fields.values():
            if isinstance(field, DateField) and field.latest is None:
                field.latest = today
        self.notice = notice

    @property
    def expected(self) -> int:
        """The version that was on the screen."""
        return int(self.cleaned_data.get("seen") or self.notice.version)


class MeetingForm(OfNoticeForm):
    """When the meeting was."""

    submit_label = "Record the meeting"
    day = DateField(label="When was the meeting?", subject="the day of the meeting")


class OutcomeForm(OfNoticeForm):
    """What the meeting came to."""

    submit_label = "Record the outcome"
    outcome = forms.ChoiceField(
        label="Outcome", choices=ContractNotice.Outcome.choices, widget=Radios(),
        error_messages={"required": "Choose the outcome"},
    )  # fmt: skip
    day = DateField(label="On", subject="the day of the outcome")
    plan = LongTextField(
        label="The plan in short", max_length=4_000, required=False, help_text=f"{NO_NAMES} The provider reads this."
    )
    agreed_on = DateField(label="Plan agreed on", subject="the day on which the plan was agreed", required=False)


class MilestoneForm(OfNoticeForm):
    """A promise of the plan."""

    submit_label = "Add the milestone"
    text = forms.CharField(
        label="What is promised?", max_length=300, error_messages={"required": "Enter what is promised"}
    )
    due_on = DateField(label="Due on", subject="the day on which it is due")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].latest = None  # type: ignore[attr-defined]


class MetForm(OfNoticeForm):
    """When a milestone was met."""

    submit_label = "It was met"
    milestone = forms.ChoiceField(label="Milestone", error_messages={"required": "Choose the milestone"})
    day = DateField(label="Met on", subject="the day on which it was met")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.notice.milestones.filter(met_on__isnull=True)
        offered = [(str(row.number), f"{row.number}: {row.text}, due {row.due_on:%-d %B %Y}") for row in rows]
        self.fields["milestone"].choices = offered  # type: ignore[attr-defined]


class CloseNoticeForm(OfNoticeForm):
    """How it ended."""

    submit_label = "Close this notice"
    closing = forms.ChoiceField(
        label="How did it end?", choices=ContractNotice.Closing.choices, widget=Radios(),
        error_messages={"required": "Say how it ended"},
    )  # fmt: skip
    day = DateField(label="On", subject="the day on which it ended")
    words = LongTextField(
        label="In a sentence or two", max_length=A_REASON, help_text=f"{NO_NAMES} The provider reads this.",
        error_messages={"required": "Say in a sentence how it ended"},
    )  # fmt: skip


class SuspendForm(WhoseForm):
    """No new placements."""

    submit_label = "Record the suspension"
    authority = forms.ChoiceField(
        label="Suspended by", choices=PlacementSuspension.Authority.choices, widget=Radios(),
        error_messages={"required": "Choose who suspended"},
    )  # fmt: skip
    authority_name = forms.CharField(label="Its name", max_length=150, required=False)
    site = forms.ModelChoiceField(Site.objects.none(), label="Where", required=False, empty_label="Everywhere")
    starts_on = DateField(label="From", subject="the day from which placements are suspended")
    reason = LongTextField(
        label="Why?", max_length=A_REASON, help_text=NO_NAMES, error_messages={"required": "Say why"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(organisation=self.about).order_by("name")  # type: ignore[attr-defined]
        self.fields["starts_on"].latest = self.today  # type: ignore[attr-defined]

    def save(self, *, by: User, at: datetime) -> PlacementSuspension:
        """Record it; refused while the same body has suspended placements there already."""
        names = ("commissioner", "authority", "authority_name", "site", "starts_on", "reason")
        said = {name: self.cleaned_data[name] for name in names}
        made: PlacementSuspension = PlacementSuspension.objects.suspend(
            organisation=self.about, recorded_by=by, recorded_at=at, **said
        )
        return made


class LiftForm(VerbForm):
    """Placements may be made again."""

    submit_label = "Record that it was lifted"
    day = DateField(label="Lifted on", subject="the day on which it was lifted")
    reason = LongTextField(
        label="Why?", max_length=A_REASON, help_text=NO_NAMES, error_messages={"required": "Say why"}
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].latest = today  # type: ignore[attr-defined]


def step_behind(form: NoticeForm, reference: str) -> Escalation | None:
    """The taken step that the notice belongs to, named in the address; None where there is no such one."""
    rows = Escalation.objects.walked().filter(organisation=form.about, commissioner__in=form.ours, circle=None)
    return rows.filter(reference=reference).first() if reference else None

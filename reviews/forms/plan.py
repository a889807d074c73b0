"""Recommendations, what organisations do about them, and whether a change has lasted."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from accounts.capabilities import Can, roles_granting
from accounts.models import Membership, User
from actions.models import Action
from design.fields import DateField, LongTextField
from design.widgets import Checkboxes, Radios
from providers.models import Category, Organisation
from providers.record_form import A_REASON, NO_PATIENTS, RecordForm
from reviews.models import ImpactReview, Recommendation, RecommendationAction, ReviewTheme
from reviews.models.parts import Doer

MUCH = 2_000
SAID = ("number", "text", "addressed_to", "agency_name", "commissioning_implication", "implication")


class RecommendationForm(RecordForm):
    """The number and words of the report, and to whom it speaks."""

    submit_label = "Save this recommendation"
    compared = SAID
    number = forms.CharField(
        label="Number", max_length=20, help_text="As the report has it, for example 4.2.",
        error_messages={"required": "Enter the number that the report gives it"},
    )  # fmt: skip
    text = LongTextField(
        label="What is recommended?", max_length=MUCH, help_text=f"In the words of the report. {NO_PATIENTS}",
        error_messages={"required": "Enter what is recommended"},
    )  # fmt: skip
    addressed_to = forms.ChoiceField(
        label="To whom is it addressed?", choices=Recommendation.To.choices, widget=Radios(),
        error_messages={"required": "Choose to whom it is addressed"},
    )  # fmt: skip
    agency_name = forms.CharField(label="If to one agency, which", max_length=150, required=False)
    themes = forms.ModelMultipleChoiceField(
        ReviewTheme.objects.none(), label="Themes", required=False, widget=Checkboxes(small=True)
    )
    commissioning_implication = forms.BooleanField(label="It has implications for commissioning", required=False)
    implication = LongTextField(
        label="What does it mean for commissioning?", max_length=MUCH, required=False, help_text=NO_PATIENTS
    )

    def __init__(self, *args: Any, commissioner: Organisation, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = ReviewTheme.objects.worded_for(commissioner, on)
        if self.record is not None:
            held = list(self.record.themes.values_list("theme", flat=True))
            offered = offered | ReviewTheme.objects.filter(pk__in=held)
            self.initial.update({name: getattr(self.record, name) for name in SAID}, themes=held)
        self.fields["themes"].queryset = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One agency has a name, and an implication is said where there is one."""
        given = super().clean() or self.cleaned_data
        if given.get("addressed_to") == Recommendation.To.AGENCY and not given.get("agency_name"):
            self.add_error("agency_name", "Enter which agency it is addressed to")
        if given.get("commissioning_implication") and not given.get("implication"):
            self.add_error("implication", "Enter what it means for commissioning")
        if given.get("implication") and not given.get("commissioning_implication"):
            self.add_error("commissioning_implication", "Tick this too, or leave what it means empty")
        return given

    def values(self) -> dict[str, Any]:
        """The fields of the record, and its themes."""
        return {name: self.cleaned_data[name] for name in (*SAID, "themes")}


class AnswerForm(RecordForm):
    """Is it accepted?"""

    submit_label = "Save the answer"
    answer = forms.ChoiceField(
        label="Is it accepted?", choices=[each for each in Recommendation.Answer.choices if each[0] != "not_answered"],
        widget=Radios(), error_messages={"required": "Choose whether it is accepted"},
    )  # fmt: skip
    reason = LongTextField(
        label="Why", max_length=A_REASON, required=False,
        help_text=f"Needed when it is not accepted, or only in part. {NO_PATIENTS}",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Not everything needs a reason."""
        given = super().clean() or self.cleaned_data
        if given.get("answer") in ("partly", "not_accepted") and not given.get("reason"):
            self.add_error("reason", "Enter why it is not accepted, or only in part")
        return given


class SupersedeForm(RecordForm):
    """What takes its place."""

    submit_label, ends_something = "Mark it superseded", True
    reason = LongTextField(
        label="Why does it not stand any more?", max_length=A_REASON,
        help_text=f"It stays to be read, and its open actions stay open. {NO_PATIENTS}",
        error_messages={"required": "Enter why it does not stand any more"},
    )  # fmt: skip


class ToWhom(forms.Form):
    """The organisations that are to do something; sent by GET, so that the next page knows whom to ask about."""

    mark_optional = False
    category = forms.ModelChoiceField(
        Category.objects.none(), label="Category", required=False, to_field_name="code", empty_label="All"
    )
    q = forms.CharField(label="Name", required=False, max_length=100)

    def __init__(self, *args: Any, commissioner: Organisation, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = Organisation.objects.commissioned_by(commissioner, on=on).open(on=on)
        own = Organisation.objects.filter(pk=commissioner.pk)
        self.offered = (providers | own).distinct().order_by("name")
        kinds = Category.objects.filter(pk__in=self.offered.order_by().values("category")).order_by("name")
        self.fields["category"].queryset = kinds  # type: ignore[attr-defined]

    def chosen(self) -> Any:
        """Those that fit the category and the name."""
        given = self.cleaned_data if self.is_valid() else {}
        rows = self.offered
        if given.get("category"):
            rows = rows.filter(category=given["category"])
        return rows.filter(name__icontains=given["q"]) if given.get("q") else rows


def people_of(organisations: Iterable[Organisation], *, on: date) -> dict[int, list[User]]:
    """Who of each of these reports progress there. One query."""
    roles = roles_granting(Can.UPDATE_ACTIONS)
    held = Membership.objects.live(on=on).filter(organisation__in=list(organisations), role__in=roles)
    held = held.filter(user__is_active=True, user__joined_at__isnull=False).select_related("user")
    found: dict[int, dict[int, User]] = {}
    for row in held.order_by("user__name"):
        found.setdefault(row.organisation_id, {})[row.user_id] = row.user
    return {pk: list(people.values()) for pk, people in found.items()}


class FanOutForm(RecordForm):
    """One wording and one day for several organisations; per organisation who answers for it there."""

    submit_label = "Give each its action"
    text = LongTextField(
        label="What is to be done?", max_length=MUCH,
        help_text=f"Each of them reads this, with the recommendation above it and nothing else. {NO_PATIENTS}",
        error_messages={"required": "Enter what is to be done"},
    )  # fmt: skip
    due_on = DateField(label="By when", subject="the day", error_messages={"required": "Enter by when"})
    starts_on = DateField(label="From when", subject="the day on which it starts", required=False)
    level = forms.ChoiceField(label="Level", choices=Action.Level.choices, initial=Action.Level.ORGANISATION)
    priority = forms.ChoiceField(
        label="Priority", choices=RecommendationAction.Priority.choices, initial="medium", widget=Radios(inline=True)
    )
    evidence_required = forms.CharField(
        label="What will prove that it is done", max_length=A_REASON, required=False,
        help_text="For example: the revised policy, or an audit of 20 records.",
    )  # fmt: skip
    milestones = LongTextField(label="Key milestones", max_length=MUCH, required=False, help_text=NO_PATIENTS)

    def __init__(self, *args: Any, organisations: list[Organisation], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations, self.on = organisations, on
        people = people_of(organisations, on=on)
        for each in organisations:
            there = people.get(each.pk, [])
            if there:
                self.fields[f"owner_{each.reference}"] = forms.ChoiceField(
                    label=f"Who answers for it at {each.name}", required=False,
                    choices=[("", "Nobody of these"), *((one.reference, str(one)) for one in there)],
                    help_text="They are put on the list of this review, for their own organisation’s part only.",
                )  # fmt: skip
            self.fields[f"name_{each.reference}"] = forms.CharField(
                label=f"{'Or the name of somebody' if there else 'Who answers for it'} at {each.name}"
                + (" who does not sign in" if there else ""),
                max_length=150, required=False,
                help_text="" if there else f"Nobody of {each.name} signs in here, so nobody there sees this action.",
            )  # fmt: skip
        self.there = {one.reference: one for found in people.values() for one in found}
        self.order_fields(["text", "due_on", *(name for name in self.fields if name.startswith(("owner_", "name_")))])

    def clean(self) -> dict[str, Any]:
        """Some organisation, days in order, and of each organisation one person at most."""
        given = super().clean() or self.cleaned_data
        due, starts = given.get("due_on"), given.get("starts_on")
        if due is not None and due < self.on:
            self.add_error("due_on", "Enter today or a day to come")
        if due is not None and starts is not None and starts > due:
            self.add_error("starts_on", "This is after the day by which it has to be done")
        for each in self.organisations:
            if given.get(f"owner_{each.reference}") and given.get(f"name_{each.reference}"):
                self.add_error(f"name_{each.reference}", "Choose a person above or write a name here, not both")
        if not self.organisations:
            self.add_error(None, "Choose at least one organisation")
        return given

    def doers(self) -> list[Doer]:
        """Who is to do it, and who there answers for it."""
        given = self.cleaned_data
        return [
            Doer(each, self.there.get(given.get(f"owner_{each.reference}", "")), given[f"name_{each.reference}"])
            for each in self.organisations
        ]

    def values(self) -> dict[str, Any]:
        """What ``fan_out`` asks for."""
        given = self.cleaned_data
        plan = {name: given[name] for name in ("starts_on", "priority", "milestones")}
        return {"plan": plan} | {name: given[name] for name in ("due_on", "level", "evidence_required")}


class PartForm(RecordForm):
    """What the plan says of one organisation's action."""

    submit_label = "Save"
    compared = ("priority", "milestones", "outcome")
    priority = forms.ChoiceField(
        label="Priority", choices=RecommendationAction.Priority.choices, widget=Radios(inline=True)
    )
    starts_on = DateField(label="From when", subject="the day on which it starts", required=False)
    milestones = LongTextField(label="Key milestones", max_length=MUCH, required=False, help_text=NO_PATIENTS)
    outcome = LongTextField(
        label="What came of it", max_length=MUCH, required=False,
        help_text=f"What is different for people, not only what was done. {NO_PATIENTS}",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = ("priority", "starts_on", "milestones", "outcome")
        self.initial.update({name: getattr(self.record, name) for name in names})

    def values(self) -> dict[str, Any]:
        """The fields of the record."""
        return {name: self.cleaned_data[name] for name in ("priority", "starts_on", "milestones", "outcome")}


class ImpactForm(RecordForm):
    """Has the change lasted?"""

    submit_label = "Save what you found"
    outcome = forms.ChoiceField(
        label="Has the change lasted?", choices=ImpactReview.Outcome.choices,
        widget=Radios(hints={"failed": "The action is opened again, with a new date."}),
        error_messages={"required": "Choose whether the change has lasted"},
    )  # fmt: skip
    what_changed = LongTextField(
        label="What has changed for people, and how do you know?", max_length=MUCH,
        help_text=f"For example what an audit found. {NO_PATIENTS}",
        error_messages={"required": "Enter what has changed and how you know"},
    )  # fmt: skip
    due_on = DateField(label="If it failed, by when has it to be done again?", subject="the new date", required=False)

    def clean(self) -> dict[str, Any]:
        """A failed one needs a date."""
        given = super().clean() or self.cleaned_data
        failed = given.get("outcome") == ImpactReview.Outcome.FAILED
        if failed and not given.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", "Enter by when it has to be done again")
        return given


class ImpactDayForm(RecordForm):
    """Another day for an impact review, why, and who agrees."""

    submit_label = "Move the day"
    due_on = DateField(label="New day", subject="the new day", error_messages={"required": "Enter the new day"})
    reason = LongTextField(
        label="Why is it moved?", max_length=A_REASON, help_text="The first day stays in every list, with how often.",
        error_messages={"required": "Enter why it is moved"},
    )  # fmt: skip
    agreed_by = forms.ModelChoiceField(
        User.objects.none(), label="Who agrees to it?", to_field_name="reference", empty_label="Choose who agrees",
        error_messages={"required": "Choose who agrees to the new day"},
    )  # fmt: skip

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed_by"].queryset = others  # type: ignore[attr-defined]

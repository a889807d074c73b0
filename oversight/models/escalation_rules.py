"""The rules of escalation as dated rows: levels of surveillance, steps by form of contract, what proposes a step, kinds
of contract notice with their clocks, and the few numbers.

The shipped ones are in ``oversight/data/escalation.toml``; a commissioner puts its own in force from a day, on screen.
"""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.capabilities import Role
from providers.models import Organisation
from providers.models.arrangements import ContractForm
from providers.models.policy import Dated, DatedPolicyQuerySet, dated_constraints


class CodedQuerySet(DatedPolicyQuerySet):
    """Dated rows that are told apart by their code."""

    def by_code(self, commissioner: Organisation | int | None, on: date) -> dict[str, Any]:
        """What holds on the day, by code and in order: the commissioner's own before the shipped ones."""
        found = self.one_each(commissioner, on, by="code")
        return dict(sorted(found.items(), key=lambda pair: (pair[1].position, pair[0])))

    def holding(self, on: date) -> Self:
        """Everybody's rows that hold on the day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)


class Coded(Dated):
    """Abstract: one rule of several; two of the same code never hold on one day."""

    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    objects = CodedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class SurveillanceLabel(Coded):
    """A level of surveillance, in the words of the time."""

    heightened = models.BooleanField(default=False, help_text="More than the usual: shown as a warning.")

    class Meta:
        ordering = ["position", "code"]
        constraints = dated_constraints("surveillance_label", "code")


def forms_field() -> Any:
    """The forms of contract for which a rule exists."""
    return ArrayField(models.CharField(max_length=8, choices=ContractForm.choices))


class EscalationRule(Coded):
    """A step of the escalation route (domain.md 10.3), and for which contracts it exists."""

    class Drafts(models.TextChoices):
        NOTHING = "nothing", "Nothing"
        LETTER = "letter", "A formal letter"
        EXCEPTION = "exception", "An entry for the exception report"
        SURVEILLANCE = "surveillance", "A level of surveillance"
        NOTICE = "notice", "A contract notice to record"
        SUSPENSION = "suspension", "A suspension of placements to record"

    number = models.CharField(max_length=4, help_text="As people say it, for example 6a.")
    what = models.CharField("what is done", max_length=300)
    who = ArrayField(models.CharField(max_length=2, choices=Role.choices), verbose_name="who takes it")
    above_named_lead = models.BooleanField(
        "above the named lead", default=True, help_text="Somebody there must have been spoken to first."
    )
    contract_forms = forms_field()
    categories = ArrayField(
        models.CharField(max_length=8), default=list, blank=True, help_text="Empty: every category."
    )
    drafts = models.CharField("what follows", max_length=12, choices=Drafts.choices, default=Drafts.NOTHING)
    response_days = models.PositiveSmallIntegerField(
        "working days to answer", null=True, blank=True, help_text="Empty: no answer is asked for."
    )

    class Meta:
        ordering = ["position", "code"]
        constraints = dated_constraints("escalation_rule", "code")

    def __str__(self) -> str:
        return f"Step {self.number}: {self.name}"

    def exists_for(self, form: str, category: str) -> bool:
        """Is there such a step for a contract of this form with a provider of this category?"""
        return form in self.contract_forms and (not self.categories or category in self.categories)

    @property
    def who_in_words(self) -> str:
        """The roles that take the step."""
        return ", ".join(Role(code).label for code in self.who)

    @property
    def forms_in_words(self) -> str:
        """The forms of contract that have the step."""
        return ", ".join(str(ContractForm(code).label) for code in self.contract_forms)


class TriggerRule(Coded):
    """What makes the daily job propose a step. A person takes or declines it."""

    class Source(models.TextChoices):
        LATE = "late", "Something due is late by more than so many days"
        REMINDERS = "reminders", "The reminder steps reached the executive lead or the quality team"
        IMMEDIATE_CONCERN = "immediate_concern", "An immediate concern was found on a visit"
        RED_QUARTERS = "red_quarters", "The same indicator was red so many quarters running"

    source = models.CharField(max_length=20, choices=Source.choices)
    about = models.CharField(
        max_length=40, blank=True, help_text="Kind of thing that is late, or whom the reminders reached."
    )
    days = models.PositiveSmallIntegerField("more than so many days, or quarters", default=0)
    working_days = models.BooleanField("working days", default=True)
    step = models.SlugField("code of the proposed step", max_length=40)

    class Meta:
        ordering = ["position", "code"]
        constraints = dated_constraints("escalation_trigger", "code")


class NoticeRule(Coded):
    """A kind of contract notice: for which contracts, by which clause, and its clocks."""

    contract_forms = forms_field()
    clause = models.CharField(max_length=60)
    meeting_days = models.PositiveSmallIntegerField("operational days to the meeting", null=True, blank=True)
    plan_days = models.PositiveSmallIntegerField("operational days from the meeting to the plan", null=True, blank=True)
    investigation_months = models.PositiveSmallIntegerField("months of a joint investigation", null=True, blank=True)
    milestone_days = models.PositiveSmallIntegerField(
        "operational days after which a missed milestone goes to both boards", null=True, blank=True
    )
    remedy_days = models.PositiveSmallIntegerField("days to put it right", null=True, blank=True)

    class Meta:
        ordering = ["position", "code"]
        constraints = dated_constraints("notice_rule", "code")

    @property
    def forms_in_words(self) -> str:
        """The forms of contract that have this notice."""
        return ", ".join(str(ContractForm(code).label) for code in self.contract_forms)


class EscalationPolicy(Dated):
    """The numbers of escalation that hold at a time."""

    human_contact_days = models.PositiveSmallIntegerField(
        "days within which somebody was spoken to",
        default=20,
        help_text="Before a step above the named lead somebody was spoken to within so many days.",
    )

    class Meta:
        constraints = [
            *dated_constraints("escalation_policy"),
            models.CheckConstraint(
                condition=Q(human_contact_days__range=(1, 365)), name="escalation_policy_human_contact_days"
            ),
        ]

    def __str__(self) -> str:
        return f"from {self.valid_from}"


def steps_for(commissioner: Organisation | int, form: str, category: str, *, on: date) -> list[EscalationRule]:
    """The steps that exist for one contract on the day, in order. One query."""
    rules = EscalationRule.objects.by_code(commissioner, on).values()
    return [rule for rule in rules if rule.exists_for(form, category)]


def nearest(rules: "list[EscalationRule]", wanted: EscalationRule) -> EscalationRule | None:
    """The step itself, or the highest below it that exists for the contract."""
    there = [rule for rule in rules if rule.position <= wanted.position]
    return next((rule for rule in there if rule.code == wanted.code), there[-1] if there else None)

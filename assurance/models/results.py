"""The small result rows that dashboards read, written with the verb that changes them."""

from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models.memberships import Strand
from assurance.models.assessments import SelfAssessment
from framework.models import Standard
from providers.tenancy import SharedQuerySet


class StandardResultQuerySet(SharedQuerySet):
    """Counts per standard; associates read validated ones."""

    circle_path = "self_assessment__circle"
    shared_with_associates = Q(self_assessment__state="validated", basis="validated")


class StandardResult(models.Model):
    """Counts of one standard of one return, self-assessed or validated. They add up to what was asked."""

    class Basis(models.TextChoices):
        SELF_ASSESSED = "self_assessed", "Self-assessed"
        VALIDATED = "validated", "Validated"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="standard_results")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=13, choices=Basis.choices)
    met = models.PositiveSmallIntegerField(default=0)
    partly = models.PositiveSmallIntegerField(default=0)
    not_met = models.PositiveSmallIntegerField(default=0)
    not_applicable = models.PositiveSmallIntegerField(default=0)
    unanswered = models.PositiveSmallIntegerField(default=0)
    reviewed = models.PositiveSmallIntegerField(default=0, help_text="Evidence reviewed or seen on visit")
    oldest_on = models.DateField(null=True, blank=True, help_text="The oldest rating behind these counts")

    objects = StandardResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["self_assessment", "standard", "basis"], name="standard_result_once"),
        ]

    def __str__(self) -> str:
        return f"{self.standard}: {self.met} met"


class LevelResultQuerySet(SharedQuerySet):
    """Levels; associates read those of validated returns."""

    circle_path = "self_assessment__circle"
    shared_with_associates = Q(self_assessment__state="validated")

    def shared(self) -> Self:
        """What an associate may read of the providers that it has a contract with, whoever of it asks."""
        return self.filter(self.shared_with_associates, self_assessment__circle__isnull=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), append_only=True)
class LevelResult(models.Model):
    """The level of one strand, or overall: what the floor rules say, why, and a person's override.

    Every state that it was in stays in its history, from which figures as at a past day are read. ``computed_at`` says
    when the rules were last asked, ``decided_at`` since when the level is what it is by whoever decided it.
    """

    OVERALL = "overall"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="levels")
    strand = models.CharField(max_length=12, choices=[*Strand.choices, (OVERALL, "Overall")])
    computed = models.CharField(max_length=20)
    level = models.CharField(max_length=20)
    reasons = ArrayField(models.CharField(max_length=300), default=list)
    reviewed = models.PositiveSmallIntegerField(default=0)
    asked = models.PositiveSmallIntegerField(default=0)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    computed_at = models.DateTimeField()
    override_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = LevelResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["self_assessment", "strand"], name="level_once_a_strand"),
            models.CheckConstraint(
                condition=Q(level=models.F("computed")) | ~Q(override_reason=""), name="level_override_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strand}: {self.level}"


class LevelDecisionQuerySet(SharedQuerySet):
    """Seen like the level that it is about."""

    circle_path = "self_assessment__circle"
    shared_with_associates = Q(self_assessment__state="validated")


class LevelDecision(models.Model):
    """Append-only: a person's judgement of a level, with the reason, what it was and what the rules gave."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="level_decisions")
    strand = models.CharField(max_length=12, choices=[*Strand.choices, (LevelResult.OVERALL, "Overall")])
    was = models.CharField(max_length=20)
    level = models.CharField(max_length=20)
    computed = models.CharField(max_length=20)
    reasons = ArrayField(models.CharField(max_length=300), default=list, help_text="Those of the computed level")
    reason = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = LevelDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="level_decision_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.strand}: {self.was} to {self.level}"

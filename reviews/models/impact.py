"""Implemented is not embedded: some months after an action was verified somebody looks whether the change has lasted.

The months are dated rows (domain.md 8.5: six and twelve). The day is a due day like any other, so moving it keeps the
first one.
"""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from chasing.models.due import Due, DueQuerySet, due_indexes
from providers.models.policy import Dated, dated_constraints
from reviews.models.access import OwnPartQuerySet


class ImpactRule(Dated):
    """So many months after the verification somebody looks again."""

    step = models.SlugField(max_length=40)
    words = models.CharField("what has to be done", max_length=120)
    months = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["months", "id"]
        constraints = [
            *dated_constraints("review_impact_rule", "step"),
            models.CheckConstraint(condition=Q(months__gt=0), name="review_impact_rule_takes_time"),
        ]

    def __str__(self) -> str:
        return f"{self.words}: {self.months} months after the verification"


class ImpactReviewQuerySet(OwnPartQuerySet, DueQuerySet):  # type: ignore[override]
    """Looks at whether a change has lasted."""

    circle_path = "circle"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class ImpactReview(Due):
    """One look, some months on: embedded, in part, or failed. A failed one reopens the action."""

    class Outcome(models.TextChoices):
        EMBEDDED = "embedded", "Embedded: the change has lasted"
        PARTLY = "partly", "In part"
        FAILED = "failed", "Failed: the change has not lasted"

    kind_code = "impact_review"
    TONES: ClassVar[dict[str, str]] = {"embedded": "good", "partly": "partly", "failed": "bad"}

    part = models.ForeignKey("reviews.RecommendationAction", on_delete=models.PROTECT, related_name="impacts")
    months = models.PositiveSmallIntegerField("months after the verification")
    outcome = models.CharField(max_length=8, blank=True, choices=Outcome.choices)
    what_changed = models.TextField("what has changed for people", blank=True)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    # Not asked for any more, because the action was opened again before its day.
    ended_because = models.CharField(max_length=300, blank=True)

    objects = ImpactReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", by__isnull=True)
                | ~Q(outcome="") & Q(by__isnull=False, settled_at__isnull=False) & ~Q(what_changed=""),
                name="impact_review_said_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["part", "months"], condition=Q(settled_at__isnull=True), name="impact_review_once"
            ),
        ]
        indexes = [*due_indexes("impact_review")]

    def __str__(self) -> str:
        return f"Impact review after {self.months} months"

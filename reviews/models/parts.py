"""What one organisation does about a recommendation: an action of the register of actions, with what a plan says more.

The action is for the people of the review; the organisation's own person on its list sees it and nothing else.
"""

import pghistory
from django.db import models

from providers.models.versions import Versioned
from reviews.models.access import OwnPartQuerySet


class PartQuerySet(OwnPartQuerySet):
    """Parts of recommendations."""

    circle_path = "action__circle"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class RecommendationAction(Versioned):
    """One organisation's action for one recommendation."""

    class Priority(models.TextChoices):
        HIGH = "high", "High"
        MEDIUM = "medium", "Medium"
        LOW = "low", "Low"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    recommendation = models.ForeignKey("reviews.Recommendation", on_delete=models.PROTECT, related_name="parts")
    action = models.OneToOneField("actions.Action", on_delete=models.PROTECT, related_name="review_part")
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.MEDIUM)
    starts_on = models.DateField("starts on", null=True, blank=True)
    milestones = models.TextField("key milestones", blank=True)
    outcome = models.TextField("what came of it", blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["recommendation", "id"]
        constraints = [models.UniqueConstraint(fields=["id", "commissioner", "organisation"], name="review_part_whose")]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.action_id}"

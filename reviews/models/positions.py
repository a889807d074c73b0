"""What a provider says it has done about a recommendation of a national inquiry: rows that are only added to.

The first row of an organisation asks it ("no position stated"); the latest holds.
"""

from typing import Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from reviews.models.access import OwnPartQuerySet


class PositionQuerySet(OwnPartQuerySet):
    """Positions of organisations."""

    circle_path = "recommendation__review__circle"

    def holding(self) -> Self:
        """The latest of each organisation on each recommendation."""
        latest = self.model._default_manager.filter(
            recommendation=OuterRef("recommendation"), organisation=OuterRef("organisation")
        ).order_by("-pk")
        return self.filter(pk=Subquery(latest.values("pk")[:1]))


class Position(models.Model):
    """What one organisation said of one recommendation on one day."""

    class Where(models.TextChoices):
        NOT_SAID = "not_said", "No position stated"
        IN_PLACE = "in_place", "In place"
        PARTLY = "partly", "Partly in place"
        NOT_IN_PLACE = "not_in_place", "Not in place"
        NOT_APPLICABLE = "not_applicable", "Not applicable"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    recommendation = models.ForeignKey("reviews.Recommendation", on_delete=models.PROTECT, related_name="positions")
    position = models.CharField(max_length=14, choices=Where.choices, default=Where.NOT_SAID)
    statement = models.TextField(blank=True)
    as_at = models.DateField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = PositionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(position="not_said") | ~Q(statement=""), name="position_said_with_a_statement"
            )
        ]
        indexes = [models.Index(fields=["recommendation", "organisation", "-id"], name="position_latest")]

    def __str__(self) -> str:
        return self.get_position_display()

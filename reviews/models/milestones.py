"""What happened in a review and when: rows that are only added to. The latest of an event is what holds."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from reviews.kinds import EVENTS, KIND_CHOICES, KINDS, STAGES
from reviews.models.access import OfReviewQuerySet

if TYPE_CHECKING:
    from reviews.models.reviews import Review


class Said(models.Model):
    """Abstract: something said about a review by somebody at some moment, for a day."""

    on = models.DateField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[Any] = OfReviewQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["id"]


class MilestoneQuerySet(OfReviewQuerySet):
    """Events of reviews."""

    def holding(self, review: "Review") -> dict[str, date]:
        """The day that holds for each event recorded; a later row stands in place of an earlier."""
        return dict(self.filter(review=review).order_by("pk").values_list("event", "on"))


class Milestone(Said):
    """One event, with its day."""

    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="milestones")
    event = models.CharField(max_length=20, choices=list(EVENTS.items()))
    note = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = MilestoneQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{EVENTS[self.event]}: {self.on:%-d %B %Y}"


class StageMove(Said):
    """From one stage to another."""

    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="stage_moves")
    before = models.CharField(max_length=16, choices=list(STAGES.items()))
    after = models.CharField(max_length=16, choices=list(STAGES.items()))
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{STAGES[self.before]} to {STAGES[self.after]}"


class KindChange(Said):
    """From one kind to another: a rapid review that became a Local Child Safeguarding Practice Review."""

    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="kind_changes")
    before = models.CharField(max_length=20, choices=KIND_CHOICES)
    after = models.CharField(max_length=20, choices=KIND_CHOICES)
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{KINDS[self.before].short} became {KINDS[self.after].short}"

"""Which criteria of the standards a recommendation is about: closing the review asks for them again."""

from datetime import date
from typing import TYPE_CHECKING

import pghistory
from django.db import models

from actions.models import Action
from framework.models import Retest
from reviews.models.parts import RecommendationAction
from reviews.models.recommendations import OfRecommendationQuerySet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framework.models import Criterion
    from reviews.models.recommendations import Recommendation
    from reviews.models.reviews import Review


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), append_only=True)
class RecommendationCriterion(models.Model):
    """A recommendation is about a criterion."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    recommendation = models.ForeignKey("reviews.Recommendation", on_delete=models.PROTECT, related_name="criteria")
    criterion = models.ForeignKey("framework.Criterion", on_delete=models.PROTECT, related_name="+")

    objects = OfRecommendationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "criterion"], name="recommendation_criterion_once")
        ]

    def __str__(self) -> str:
        return f"{self.recommendation_id}: {self.criterion_id}"


def link(recommendation: "Recommendation", criteria: "Iterable[Criterion]") -> None:
    """These are its criteria, and no others."""
    chosen = {each.pk for each in criteria}
    held = set(recommendation.criteria.values_list("criterion", flat=True))
    recommendation.criteria.exclude(criterion__in=chosen).delete()
    for pk in chosen - held:
        recommendation.criteria.create(commissioner_id=recommendation.commissioner_id, criterion_id=pk)


def ask_again(review: "Review", *, on: date) -> int:
    """Every organisation with an action for a recommendation is asked its criteria again; returns how many.

    Nothing of the review goes along: who, which criterion, since when, and "learning from a review".
    """
    parts = RecommendationAction.objects.filter(
        recommendation__review=review, recommendation__superseded_at__isnull=True
    ).exclude(action__state__in=Action.CLOSED_WITHOUT)
    asked = parts.filter(recommendation__criteria__isnull=False).values_list(
        "organisation", "recommendation__criteria__criterion"
    )
    return Retest.objects.ask(review.commissioner_id, set(asked), on=on)

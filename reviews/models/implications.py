"""What a recommendation means for commissioning: to which committee it was reported, what was decided, what changed.

A recommendation that is marked stands in the register at once, as not yet reported; a row is made when it is reported.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pghistory
from django.db import models, transaction
from django.db.models import F, Q

from accounts.door import Refused
from design.calendar import london_date
from providers.models.versions import Versioned
from reviews.models.recommendations import OfRecommendationQuerySet, Recommendation

if TYPE_CHECKING:
    from accounts.models import User

# Code, words and tone, in the order in which they are reached.
STATES = {
    "not_reported": ("Not yet reported", "bad"),
    "reported": ("Reported, waits for a decision", "waiting"),
    "decided": ("Decided, change not made yet", "partly"),
    "changed": ("Change made", "info"),
    "closed": ("Closed", "good"),
}


class ImplicationQuerySet(OfRecommendationQuerySet):
    """What became of implications."""


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Implication(Versioned):
    """One recommendation's way through the commissioner's committees."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    recommendation = models.OneToOneField(
        "reviews.Recommendation", on_delete=models.PROTECT, related_name="commissioning"
    )
    committee = models.CharField(max_length=150)
    reported_on = models.DateField()
    decision = models.TextField(blank=True)
    decided_on = models.DateField(null=True, blank=True)
    change_made = models.TextField("contract or specification change", blank=True)
    changed_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ImplicationQuerySet.as_manager()

    class Meta:
        ordering = ["reported_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True, decision="")
                | Q(decided_on__gte=F("reported_on")) & ~Q(decision=""),
                name="implication_decided_in_words",
            ),
            models.CheckConstraint(
                condition=Q(changed_on__isnull=True, change_made="") | Q(changed_on__isnull=False) & ~Q(change_made=""),
                name="implication_changed_in_words",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_by__isnull=True)
                | Q(closed_on__isnull=False, closed_by__isnull=False, decided_on__isnull=False),
                name="implication_closed_after_a_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee}, {self.reported_on:%-d %B %Y}"

    @transaction.atomic
    def record(self, *, expected: int, **values: Any) -> None:
        """What is known of it now."""
        if self.closed_on is not None:
            raise Refused("This implication is closed and is not changed any more.")
        self.change(expected=expected, **values)

    @transaction.atomic
    def close(self, *, expected: int, by: "User", at: datetime) -> None:
        """Nothing is left to do. Refused before anything was decided."""
        if self.closed_on is not None:
            raise Refused("This implication is closed already.")
        if self.decided_on is None:
            raise Refused("Record what was decided first, then close it.")
        self.change(expected=expected, closed_on=london_date(at), closed_by=by)


def report(
    recommendation: Recommendation, *, by: "User", at: datetime, reported_on: date, **values: Any
) -> Implication:
    """It was put before a committee. Refused when it is not marked, or was reported by somebody else meanwhile."""
    if not recommendation.commissioning_implication:
        raise Refused("Mark the recommendation as having implications for commissioning first.")
    whose = {"commissioner_id": recommendation.commissioner_id, "recorded_by": by, "recorded_at": at}
    made, new = Implication.objects.get_or_create(
        recommendation=recommendation, defaults={"reported_on": reported_on, **whose, **values}
    )
    if not new:
        raise Refused("Somebody else has just recorded this. Look at it as it stands.")
    return made  # type: ignore[no-any-return]

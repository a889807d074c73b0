"""Who read a review, and who was let in for an emergency: rows that are only added to (trust.md rows 25 and 29)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import F, Q

from design.calendar import DAY, london_date

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.models.reviews import Review

EMERGENCY_DAYS = 2  # today and tomorrow, London


class ReviewRead(models.Model):
    """One look at one review: a page, or a file that was taken away."""

    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="reads")
    reader = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=60)
    taken_away = models.BooleanField(default=False)
    in_emergency = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["review", "at"], name="review_read_when")]

    def __str__(self) -> str:
        return f"{self.what}, {self.at:%-d %B %Y %H:%M}"


class EmergencyAccessQuerySet(models.QuerySet["EmergencyAccess"]):
    """Who was let in."""

    @transaction.atomic
    def let_in(self, user: "User", review: "Review", *, reason: str, at: datetime) -> "EmergencyAccess":
        """Let somebody who is not on the list read a review until the end of tomorrow, with the reason kept."""
        on = london_date(at)
        return self.create(user=user, review=review, reason=reason, at=at, on=on, until=on + EMERGENCY_DAYS * DAY)


class EmergencyAccess(models.Model):
    """Somebody not on the list opened a review, and why. ``until`` is not included."""

    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="emergencies")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    on = models.DateField()
    until = models.DateField()

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("on")), name="emergency_access_ends_after_it_began")
        ]

    def __str__(self) -> str:
        return self.reason

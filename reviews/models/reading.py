"""Who read a review, and who was let in for an emergency: rows that are only added to (trust.md rows 25 and 29)."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import F, Q

from design.calendar import DAY, LONDON, london_date
from reviews.models.access import OfReviewQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.models.reviews import Review

EMERGENCY_DAYS = 2  # today and tomorrow, London
DAY_BEGINS, DAY_ENDS = time(7), time(20)
SATURDAY = 5


class ReviewRead(models.Model):
    """One look at one review: a page, or a file that was taken away."""

    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="reads")
    reader = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=60)
    taken_away = models.BooleanField(default=False)
    in_emergency = models.BooleanField(default=False)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["review", "at"], name="review_read_when")]

    @property
    def why(self) -> list[str]:
        """Why the look stands out, in words; ``still_named`` comes with the question (``reviews.reading.looks``)."""
        at = self.at.astimezone(LONDON)
        reasons = {
            "In an emergency": self.in_emergency,
            "A file was taken away": self.taken_away,
            "No longer on the list": not self.in_emergency and not getattr(self, "still_named", True),
            "Out of hours": not DAY_BEGINS <= at.time() < DAY_ENDS or at.weekday() >= SATURDAY,
        }
        return [words for words, so in reasons.items() if so]

    def __str__(self) -> str:
        return f"{self.what}, {self.at:%-d %B %Y %H:%M}"


class EmergencyAccessQuerySet(OfReviewQuerySet):
    """Who was let in."""

    @transaction.atomic
    def let_in(self, user: "User", review: "Review", *, reason: str, at: datetime) -> "EmergencyAccess":
        """Let somebody who is not on the list read a review until the end of tomorrow, with the reason kept."""
        on = london_date(at)
        given: EmergencyAccess = self.create(
            user=user, review=review, reason=reason, at=at, on=on, until=on + EMERGENCY_DAYS * DAY
        )
        return given


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

    @property
    def last_day(self) -> date:
        """The last day on which they can read."""
        return self.until - DAY

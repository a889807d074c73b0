"""Who read a review, and who was let in for an emergency: rows that are only added to (trust.md rows 25 and 29)."""

from datetime import date, datetime, time
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q

from accounts.models import CircleMember
from design.calendar import DAY, london_date
from reviews.models.access import OfReviewQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.models.reviews import Review

EMERGENCY_DAYS = 2  # today and tomorrow, London
DAY_BEGINS, DAY_ENDS = time(7), time(20)
SATURDAY, SUNDAY = 7, 1  # as the database counts
OUT_OF_HOURS = Q(at__time__lt=DAY_BEGINS) | Q(at__time__gte=DAY_ENDS) | Q(at__week_day__in=(SATURDAY, SUNDAY))
# What makes a look stand out: the words, and the question, in London's hours.
REASONS = {
    "emergency": ("In an emergency", Q(in_emergency=True)),
    "taken": ("A file was taken away", Q(taken_away=True)),
    "unlisted": ("No longer on the list", Q(in_emergency=False, covering__isnull=True, still_named=False)),
    "late": ("Out of hours", OUT_OF_HOURS),
}


class ReviewReadQuerySet(OfReviewQuerySet):
    """Looks at reviews."""

    def with_reasons(self) -> Self:
        """Each with whether it stands out, and by what."""
        named = CircleMember.objects.live().filter(circle=OuterRef("review__circle"), user=OuterRef("reader"))
        asked = {f"is_{name}": ExpressionWrapper(so, models.BooleanField()) for name, (_, so) in REASONS.items()}
        return self.annotate(still_named=Exists(named)).annotate(**asked)

    def standing_out(self) -> Self:
        """Those of ``with_reasons`` for which there is one."""
        return self.filter(reduce(or_, (Q(**{f"is_{name}": True}) for name in REASONS)))


class ReviewRead(models.Model):
    """One look at one review: a page, or a file that was taken away."""

    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="reads")
    reader = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=60)
    taken_away = models.BooleanField(default=False)
    in_emergency = models.BooleanField(default=False)
    # For whom, when the reader was there by cover only.
    covering = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = ReviewReadQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["review", "at"], name="review_read_when")]

    @property
    def why(self) -> list[str]:
        """Why the look stands out, in words; asked for by ``with_reasons``."""
        return [words for name, (words, _) in REASONS.items() if getattr(self, f"is_{name}")]

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

"""Single-use links of account mail. Only the hash is kept: the link itself exists in the letter alone."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F

LIFETIMES = {"reset": timedelta(hours=2), "wake": timedelta(days=2)}


class AccountTokenQuerySet(models.QuerySet["AccountToken"]):
    """Which links still open something."""

    def open(self, kind: str, *, at: datetime) -> Self:
        """Of this kind, not used and not expired, of people who may still sign in."""
        return self.filter(kind=kind, used_at__isnull=True, expires_at__gt=at, user__is_active=True)


class AccountToken(models.Model):
    """A link to choose a new password, or to wake an account up."""

    class Kind(models.TextChoices):
        RESET = "reset", "Choose a new password"
        WAKE = "wake", "Wake the account up"

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = AccountTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(expires_at__gt=F("made_at")), name="token_expires_later")
        ]
        indexes = [models.Index(fields=["user", "kind"], name="token_of_user")]

    def __str__(self) -> str:
        return self.get_kind_display()

    def use(self, *, at: datetime) -> bool:
        """Take the link. False when it, or another of its kind, was taken a moment ago; all others are void."""
        # Only columns of the row itself: a condition on the person would be a subquery, which PostgreSQL does not ask
        # again after it has waited for the other.
        taken = type(self).objects.filter(pk=self.pk, used_at__isnull=True, expires_at__gt=at).update(used_at=at)
        type(self).objects.filter(user=self.user_id, kind=self.kind, used_at__isnull=True).update(used_at=at)
        return bool(taken)

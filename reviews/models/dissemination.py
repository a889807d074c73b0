"""How learning was passed on, and how far it went."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.door import Refused
from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class Spread:
    """How far learning went, in figures and in one sentence."""

    def __init__(self, sent: int, categories: int, asked: int, answered: int, attended: int | None) -> None:
        self.sent, self.categories, self.asked = sent, categories, asked
        self.answered, self.attended = answered, attended

    def __str__(self) -> str:
        parts = []
        if self.sent:
            parts.append(f"sent to {_n(self.sent, 'provider')} in {_n(self.categories, 'category', 'categories')}")
        if self.asked:
            parts.append(f"acknowledged by {self.answered} of {self.asked} asked")
        if self.attended is not None:
            parts.append(f"{_n(self.attended, 'person', 'people')} attended")
        words = "; ".join(parts) or "not passed on yet"
        return words[0].upper() + words[1:]


def _n(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"


class DisseminationQuerySet(TenantQuerySet):
    """How learning was passed on."""

    organisation_path = ""

    def standing(self) -> Self:
        """Those that were not struck out as a mistake."""
        return self.filter(struck_at__isnull=True)


class Dissemination(models.Model):
    """Learning passed on, by one medium on one day, to whom. A mistake is struck out and stays to be seen."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    learning = models.ForeignKey("reviews.Learning", on_delete=models.PROTECT, related_name="disseminations")
    medium = models.CharField(max_length=10)
    on = models.DateField()
    categories = ArrayField(models.CharField(max_length=8), default=list)
    staff_groups = ArrayField(models.CharField(max_length=10), default=list)
    attendance = models.PositiveIntegerField("how many came", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    struck_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    struck_at = models.DateTimeField(null=True)
    struck_because = models.CharField(max_length=300, blank=True)

    objects = DisseminationQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(attendance__isnull=True) | Q(medium="event"), name="dissemination_attended_events_only"
            ),
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True, struck_by__isnull=True, struck_because="")
                | Q(struck_at__isnull=False, struck_by__isnull=False) & ~Q(struck_because=""),
                name="dissemination_struck_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.medium}: {self.on:%-d %B %Y}"

    def strike(self, *, by: "User", at: datetime, reason: str) -> None:
        """It was recorded by mistake: it leaves every count and stays to be seen."""
        same = type(self).objects.filter(pk=self.pk, struck_at__isnull=True)
        if not same.update(struck_by=by, struck_at=at, struck_because=reason):
            raise Refused("This is struck out already.")
        self.refresh_from_db()

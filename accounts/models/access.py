"""Access beside the roles: named lists, declared interests and cover."""

from datetime import date
from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts import clock
from accounts.references import new_reference


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that hold from a day to a day."""

    def live(self, *, on: date | None = None) -> Self:
        """In force on the day; the last day is not included."""
        on = on or clock.today()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)


class Circle(models.Model):
    """A named access list: a row with a circle is seen by its people only."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class CircleMember(models.Model):
    """One person on one list, with the reason why."""

    class Reach(models.TextChoices):
        WHOLE = "whole", "Everything on the list"
        OWN = "own", "Only rows about their own organisation"

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="circles")
    scope = models.CharField(max_length=5, choices=Reach.choices, default=Reach.WHOLE)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["circle", "user"], condition=Q(ends_on__isnull=True), name="circle_member_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.circle_id}: {self.user_id}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class DeclaredInterest(models.Model):
    """A person's interest in an organisation: they are refused its validation and escalation."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="interests")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    nature = models.CharField("nature of the interest", max_length=300)
    starts_on = models.DateField("from")
    ends_on = models.DateField("until", null=True, blank=True)
    declared_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="interest_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.nature


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Cover(models.Model):
    """While one person is away another holds their queue and duties (trust.md: Cover)."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    absent = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="cover_given")
    covered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="cover_held")
    starts_on = models.DateField("from")
    ends_on = models.DateField("until")
    reason = models.CharField(max_length=200, blank=True)
    agreed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(absent=F("covered_by")), name="cover_by_somebody_else"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="cover_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.absent_id} covered by {self.covered_by_id}"

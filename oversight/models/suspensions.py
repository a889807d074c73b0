"""Suspension of new placements in a care home: from when, by whom, why, and when it was lifted."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from providers.models.policy import DateRange

if TYPE_CHECKING:
    from accounts.models import User


class SuspensionQuerySet(TenantQuerySet):
    """Suspensions, in force and past."""

    def live(self, *, on: date) -> Self:
        """No new placements on the day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)

    def of(self, organisation: Any) -> Self:
        """The history of one provider, newest first."""
        return self.filter(organisation=organisation).order_by("-starts_on", "-pk")

    def between(self, first: date, last: date) -> Self:
        """In force on any day of the period."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first), starts_on__lte=last)

    def suspend(self, **fields: Any) -> "PlacementSuspension":
        """Record one; refused while the same body has suspended placements there already."""
        try:
            with transaction.atomic():
                made: PlacementSuspension = self.create(**fields)
        except IntegrityError as problem:
            raise Refused("Placements there are suspended by the same body already, for these days.") from problem
        return made


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class PlacementSuspension(models.Model):
    """No new placements from a day until it was lifted (that day is free again)."""

    class Authority(models.TextChoices):
        COMMISSIONER = "ccg", "This commissioner"
        LOCAL_AUTHORITY = "la", "The local authority"
        JOINT = "joint", "Commissioner and local authority together"
        REGULATOR = "cqc", "The regulator"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="suspensions")
    site = models.ForeignKey("providers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    authority = models.CharField("suspended by", max_length=5, choices=Authority.choices)
    authority_name = models.CharField("its name", max_length=150, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=500)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    lifted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(max_length=500, blank=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="suspension_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(lifted_by__isnull=False), name="suspension_lifted_by_somebody"
            ),
            ExclusionConstraint(
                name="suspension_one_at_a_time",
                expressions=[
                    ("commissioner", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    (Coalesce(F("site"), Value(0)), RangeOperators.EQUAL),
                    ("authority", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"Placements suspended from {self.starts_on:%-d %B %Y}"

    @property
    def by_whom(self) -> str:
        """The body that suspended."""
        return self.authority_name or self.get_authority_display()

    def lift(self, *, on: date, reason: str, by: "User", at: datetime) -> None:
        """Placements may be made again from the day. Of two at once the second is told."""
        if on < self.starts_on:
            raise Refused(f"It began on {self.starts_on:%-d %B %Y}: it cannot have been lifted before.")
        running = PlacementSuspension.objects.filter(pk=self.pk, ends_on__isnull=True)
        if not running.update(ends_on=on, lift_reason=reason, lifted_by=by, lifted_at=at):
            raise Refused("Somebody else has just recorded that this suspension was lifted.")
        self.refresh_from_db()

"""What the local authority says about a care home: its concern status, from a day until the next (domain.md 10.2).

The words of the statuses are data (``Term``). A status stands until another is recorded; nothing is overwritten.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from providers.models.policy import DateRange

if TYPE_CHECKING:
    from accounts.models import User


class AuthorityConcernQuerySet(TenantQuerySet):
    """Statuses, the one that holds and those before; a provider never reads them."""

    organisation_path = "organisation"

    def holding(self, *, on: date) -> Self:
        """The status of the day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)

    def of(self, organisation: Any) -> Self:
        """The history of one provider, newest first."""
        return self.filter(organisation=organisation).order_by("-starts_on", "-pk")

    @transaction.atomic
    def say(self, *, by: "User", at: datetime, **fields: Any) -> "AuthorityConcern":
        """Record a status from a day; the one before ends there. Refused when a later one is recorded already."""
        before = self.model.objects.filter(commissioner=fields["commissioner"], organisation=fields["organisation"])
        if before.filter(starts_on__gte=fields["starts_on"]).exists():
            raise Refused("A status from that day or later is recorded already. Record the new one from a later day.")
        before.filter(ends_on__isnull=True).update(ends_on=fields["starts_on"])
        try:
            with transaction.atomic():
                said: AuthorityConcern = self.create(**fields, noted_by=by, noted_at=at)
        except IntegrityError as problem:
            raise Refused("Somebody else has just recorded a status. Look at it first.") from problem
        return said


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class AuthorityConcern(models.Model):
    """One status of one home, who told us, and between which days it held (the last is not included)."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    status = models.ForeignKey("oversight.Term", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)
    noted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    objects = AuthorityConcernQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="authority_concern_ends_after_start",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="authority_concern_has_a_source"),
            ExclusionConstraint(
                name="authority_concern_one_at_a_time",
                expressions=[
                    ("commissioner", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return str(self.status)

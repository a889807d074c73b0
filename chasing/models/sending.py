"""Is sending on, and when did a job last run."""

import pghistory
from django.db import models
from django.db.models import Q

from accounts.tenancy import TenantQuerySet


class SendingHoldQuerySet(TenantQuerySet):
    """Holds of a commissioner."""

    organisation_path = ""

    def in_place(self) -> "SendingHoldQuerySet":
        """Not lifted yet."""
        return self.filter(lifted_at__isnull=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class SendingHold(models.Model):
    """While a hold is in place reminders of this commissioner wait; account mail does not."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = SendingHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commissioner"], condition=Q(lifted_at__isnull=True), name="hold_once"),
        ]

    def __str__(self) -> str:
        return self.reason


class JobRun(models.Model):
    """One run of a periodic job: a day is run once, a missed day is run at start."""

    job = models.CharField(max_length=40)
    on = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "on"], name="job_once_a_day")]

    def __str__(self) -> str:
        return f"{self.job} {self.on}"

"""What happened to a visit, in order: planned, moved, cancelled, written up, reported. Append-only."""

from django.db import models

from accounts.tenancy import TenantQuerySet


class VisitStepQuerySet(TenantQuerySet):
    """Steps of visits, seen by those who work on visits."""


class VisitStep(models.Model):
    """One thing that was done to a visit, by whom, and why."""

    class What(models.TextChoices):
        PLANNED = "planned", "Planned"
        REPLANNED = "replanned", "Moved to another day"
        CANCELLED = "cancelled", "Cancelled"
        TEAM = "team", "Team changed"
        DONE = "done", "Write-up closed"
        DRAFTED = "drafted", "Report drafted"
        SENT = "sent", "Draft sent to the provider"
        COMMENTS_CLOSED = "comments_closed", "No more comments"
        MORE_TIME = "more_time", "More time for comments"
        SIGNED = "signed", "Final report signed"
        PLAN_RECEIVED = "plan_received", "Action plan received"
        FOLLOWED_UP = "followed_up", "Followed up"
        SHARED = "shared", "Report shared"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("oversight.Visit", on_delete=models.PROTECT, related_name="steps")
    what = models.CharField(max_length=15, choices=What.choices)
    words = models.CharField(max_length=600, blank=True)
    old = models.DateField(null=True, blank=True)
    new = models.DateField(null=True, blank=True)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = VisitStepQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.get_what_display()

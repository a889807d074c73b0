"""A round asks one framework version of many organisations for one period."""

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet


class RoundQuerySet(TenantQuerySet):
    """Rounds of a commissioner."""

    organisation_path = ""


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Round(models.Model):
    """Framework version x period x opens and due. Issuing makes one return per organisation called for."""

    class State(models.TextChoices):
        DRAFT = "draft", "Being prepared"
        ISSUING = "issuing", "Being issued"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="rounds")
    framework_version = models.ForeignKey("framework.FrameworkVersion", on_delete=models.PROTECT, related_name="rounds")
    name = models.CharField(max_length=120)
    year = models.CharField("financial year", max_length=7)
    opens_on = models.DateField()
    due_on = models.DateField()
    tiers = models.JSONField(default=list, help_text="Which standards this round asks; empty means all")
    categories = models.ManyToManyField("providers.Category", blank=True, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.DRAFT)
    issued_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_on", "name"]
        constraints = [
            models.UniqueConstraint(fields=["commissioner", "name"], name="round_name_once"),
            models.UniqueConstraint(fields=["id", "commissioner"], name="round_whose"),
            models.CheckConstraint(condition=Q(due_on__gt=F("opens_on")), name="round_due_after_opening"),
        ]

    def __str__(self) -> str:
        return self.name

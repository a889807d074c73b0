"""What an organisation became: a merger, a takeover, a replacement."""

import pghistory
from django.db import models
from django.db.models import F, Q

from providers.models.organisations import Organisation
from providers.models.register import WithOrganisationQuerySet


class SuccessionQuerySet(WithOrganisationQuerySet):
    """Seen with the organisation that ended; the successor is named as data."""

    organisation_field = "predecessor"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Succession(models.Model):
    """Finished returns stay with the old body for ever. What is still open moves or is closed, and never doubles."""

    class Kind(models.TextChoices):
        MERGED = "merged", "Merged into"
        TAKEN_OVER = "taken_over", "Taken over by"
        REPLACED = "replaced", "Replaced by"

    class OpenReturns(models.TextChoices):
        MOVE = "move", "Move to the successor"
        CLOSE = "close", "Close, with a reason"

    predecessor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="predecessions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    on = models.DateField()
    reason = models.CharField(max_length=300)
    open_returns = models.CharField(max_length=5, choices=OpenReturns.choices, default=OpenReturns.CLOSE)
    open_returns_reason = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="succession_to_another"),
            models.CheckConstraint(
                condition=Q(open_returns="move") | ~Q(open_returns_reason=""), name="succession_closes_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} {self.get_kind_display().lower()} {self.successor}"

"""An invitation: a role waiting for a person to accept it. Only the token's hash is kept."""

from datetime import datetime, timedelta
from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.capabilities import Role
from accounts.references import new_reference

LIFETIME = timedelta(days=14)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Which invitations are still open."""

    def open(self, *, at: datetime) -> Self:
        """Neither accepted, withdrawn nor expired."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["email", "name", "token_hash"], append_only=True
)
class Invitation(models.Model):
    """To an address, for a role in an organisation; the relay makes the token when it sends the letter."""

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    email = models.EmailField("e-mail address", max_length=254)
    name = models.CharField("full name", max_length=150)
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=2, choices=Role.choices)
    strands = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    invited_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "email",
                "organisation",
                "role",
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} at {self.organisation_id}"

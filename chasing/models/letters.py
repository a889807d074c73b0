"""An envelope: to whom, which letter, ids only. The relay writes and sends it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Contact, Organisation


class LetterQuerySet(TenantQuerySet):
    """Letters in the users' words."""

    circle_path = "circle"

    def write(
        self,
        kind: str,
        *,
        dedupe_key: str,
        at: datetime,
        to_user: "User | None" = None,
        to_contact: "Contact | None" = None,
        to_organisation: "Organisation | None" = None,
        **fields: Any,
    ) -> "Letter | None":
        """Put an envelope in the box, once per ``dedupe_key``; None when it is already there.

        ``about`` holds ids only. The relay makes the words, and any token, when it sends.
        """
        letter = Letter(
            kind=kind,
            dedupe_key=dedupe_key,
            not_before=at,
            to_user=to_user,
            to_contact=to_contact,
            to_organisation=to_organisation,
            **fields,
        )
        if self.filter(dedupe_key=dedupe_key).exists():
            return None
        made = self.bulk_create([letter], ignore_conflicts=True)
        return made[0]


class Letter(models.Model):
    """Exactly once per ``dedupe_key``. Holds ids, never words: the words are made when it is sent."""

    class State(models.TextChoices):
        PENDING = "pending", "Waiting to be sent"
        LEASED = "leased", "Being sent"
        SENT = "sent", "Accepted by the mail server"
        FAILED = "failed", "Will be tried again"
        DEAD = "dead", "Given up after eight attempts"
        DROPPED = "dropped", "Not sent: no longer due, or nobody to send it to"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=40)
    dedupe_key = models.CharField(max_length=160, unique=True)
    commissioner = models.ForeignKey("providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    circle = models.ForeignKey("accounts.Circle", null=True, on_delete=models.PROTECT, related_name="+")
    to_user = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    to_contact = models.ForeignKey("providers.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    to_organisation = models.ForeignKey("providers.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    about = models.JSONField(default=dict, help_text="Ids only")
    # Account letters go first and ignore the hold and quiet days.
    is_account_mail = models.BooleanField(default=False)
    not_before = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.PENDING)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="letter_sent_has_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="leased") | Q(lease_until__isnull=False), name="letter_leased_until"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-is_account_mail", "not_before", "id"],
                condition=Q(state__in=["pending", "failed", "leased"]),
                name="letter_to_send",
            ),
            models.Index(fields=["organisation", "-created_at"], name="letter_of_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

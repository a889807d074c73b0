"""A workbook uploaded for a draft: kept as read until somebody accepts what it changes.

Nothing of it stands in the draft before that. ``content`` is what the reader understood (``framework.taking_in``);
what it would change is worked out against the draft of the moment (``framework.loading``).
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from accounts.references import new_reference
from accounts.refusals import Refused
from accounts.tenancy import TenantQuerySet
from framework.models.versions import FrameworkVersion

if TYPE_CHECKING:
    from accounts.models import User


class AlreadyDecided(Refused):
    """Somebody has accepted the workbook or put it aside."""


class DraftWorkbookQuerySet(TenantQuerySet):
    """Seen by whoever drafts for the commissioner."""

    commissioner_path = "framework_version__framework__commissioner"
    organisation_path = ""

    def newest_first(self) -> "DraftWorkbookQuerySet":
        """The last upload first."""
        return self.order_by("-uploaded_at", "-pk")


class DraftWorkbook(models.Model):
    """One uploaded workbook of one draft; it goes when the draft is discarded."""

    class State(models.TextChoices):
        READ = "read", "Read, nothing saved yet"
        ACCEPTED = "accepted", "Accepted"
        DISCARDED = "discarded", "Not used"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    framework_version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="workbooks")
    file_name = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64)
    content = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.READ)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.JSONField(default=dict, help_text="How many rows became what, once it is accepted")

    objects = DraftWorkbookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="read", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="read") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="draft_workbook_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["framework_version", "-uploaded_at"], name="draft_workbook_latest")]

    def __str__(self) -> str:
        return f"{self.file_name} for {self.framework_version_id}"

    def discard(self, *, by: "User", at: datetime) -> None:
        """Put it aside; nothing of it was saved."""
        self.decide(self.State.DISCARDED, by=by, at=at, outcome={})

    def decide(self, state: str, *, by: "User", at: datetime, outcome: dict[str, Any]) -> None:
        """Accepted or put aside, once: of two at once the second is told."""
        waiting = DraftWorkbook.objects.filter(pk=self.pk, state=self.State.READ)
        if not waiting.update(state=state, decided_by=by, decided_at=at, outcome=outcome):
            raise AlreadyDecided(
                "Somebody has accepted this workbook or put it aside already. Look at the draft again."
            )
        self.refresh_from_db(fields=["state", "decided_by", "decided_at", "outcome"])


def keep_workbook(
    version: FrameworkVersion, content: dict[str, Any], *, by: "User", at: datetime, **file: str
) -> DraftWorkbook:
    """Keep what was read until somebody decides; ``file`` is its name and digest. The draft stays as it is."""
    fields = {"framework_version": version, "content": content, "uploaded_by": by, "uploaded_at": at}
    return DraftWorkbook.objects.create(**fields, **file)

"""What was said about an action, and the evidence that it was done."""

from typing import Self

from django.db import models

from accounts.tenancy import TenantQuerySet
from actions.models.actions import Action
from evidence.models import EvidenceVersion


class OfActionQuerySet(TenantQuerySet):
    """Updates and proofs are seen like their action."""

    circle_path = "action__circle"

    def current(self) -> Self:
        """Proofs whose evidence has not been withdrawn."""
        return self.filter(item__withdrawn_at__isnull=True)

    def with_items(self) -> Self:
        """Proofs with everything that their verdict and their links read."""
        return self.select_related("item__withdrawn_by", "checked_version", "added_by").prefetch_related(
            "item__versions"
        )


class ActionUpdate(models.Model):
    """Append-only: what was said about an action."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", "Progress"
        EVIDENCE = "evidence", "Evidence added"
        COMPLETE = "complete", "Marked complete"
        VERIFIED = "verified", "Verified"
        SENT_BACK = "sent_back", "Sent back"
        CLOSED = "closed", "Closed"
        NEW_OWNER = "new_owner", "New owner"
        EMBEDDED = "embedded", "Embedded"
        REOPENED = "reopened", "Reopened"

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="updates")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    text = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfActionQuerySet.as_manager()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.text[:80]


class ActionEvidence(models.Model):
    """A use of an evidence item as the proof of an action, and the version that was checked (hazard 23)."""

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="evidence")
    item = models.ForeignKey("evidence.EvidenceItem", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    checked_version = models.ForeignKey(
        EvidenceVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    checked = models.BooleanField(default=False)

    objects = OfActionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "item"], name="action_evidence_once")]

    def __str__(self) -> str:
        return str(self.item)

    def look_at_newest(self) -> None:
        """Keep which version the verifier had before them; links and things seen have none."""
        self.checked, self.checked_version = True, self.item.newest
        self.save(update_fields=["checked", "checked_version"])

    @property
    def verdict(self) -> str:
        """In words, whether the version that is in force now is the one that was checked. Reads the versions."""
        if self.item.is_withdrawn:
            return "Withdrawn"
        if not self.checked:
            return "Not checked yet"
        newest = self.item.newest
        if newest is not None and newest.pk != self.checked_version_id:
            old = f"version {self.checked_version.number}" if self.checked_version else "an earlier version"
            return f"Version {newest.number} not reviewed: the check was of {old}"
        return "Checked"

    @property
    def tone(self) -> str:
        """The tone of the tag that shows the verdict."""
        words = self.verdict
        return "good" if words == "Checked" else "partly" if words.startswith("Version") else "quiet"

"""The reading log: who opened which version and when."""

from django.db import models

from accounts.tenancy import TenantQuerySet
from evidence.models.versions import EvidenceVersion


class EvidenceDownloadQuerySet(TenantQuerySet):
    """The reading log, seen by those who read history."""

    commissioner_path = "version__commissioner"
    organisation_path = "version__organisation"
    circle_path = "version__item__circle"


class EvidenceDownload(models.Model):
    """Append-only: who opened which version and when."""

    version = models.ForeignKey(EvidenceVersion, on_delete=models.PROTECT, related_name="downloads")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = EvidenceDownloadQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.version_id} by {self.by_id}"

"""An evidence item belongs to an organisation; what was uploaded is never replaced, only followed."""

from datetime import date
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet


class EvidenceItemQuerySet(TenantQuerySet):
    """Evidence in the users' words."""

    circle_path = "circle"

    def expired(self, *, on: date) -> Self:
        """Past the date until which it holds."""
        return self.filter(valid_until__lt=on)

    def current(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class EvidenceItem(models.Model):
    """A policy, audit or certificate of one organisation; one item may serve many criteria."""

    class Kind(models.TextChoices):
        FILE = "file", "File"
        LINK = "link", "Link to a public page"
        SEEN = "seen", "Seen on site, not kept here"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="evidence")
    circle = models.ForeignKey("accounts.Circle", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.FILE)
    title = models.CharField(max_length=200)
    address = models.URLField("address of the page", max_length=500, blank=True)
    seen_where = models.CharField("where and when it was seen", max_length=300, blank=True)
    valid_until = models.DateField("holds until", null=True, blank=True)
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = EvidenceItemQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "organisation"], name="evidence_item_whose"),
            models.CheckConstraint(condition=~Q(kind="link") | ~Q(address=""), name="evidence_link_has_address"),
            models.CheckConstraint(condition=~Q(kind="seen") | ~Q(seen_where=""), name="evidence_seen_somewhere"),
        ]

    def __str__(self) -> str:
        return self.title


class EvidenceVersionQuerySet(TenantQuerySet):
    """Versions are seen like their item."""

    circle_path = "item__circle"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["file_name"], append_only=True)
class EvidenceVersion(models.Model):
    """One upload: its bytes by sha256, its real type, and whether a scanner has looked at it."""

    class Scan(models.TextChoices):
        NOT_SCANNED = "not_scanned", "Not scanned"
        QUARANTINED = "quarantined", "Waiting for the scanner"
        CLEAN = "clean", "Scanned, nothing found"
        INFECTED = "infected", "Refused by the scanner"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=64, unique=True)
    scan_state = models.CharField(max_length=11, choices=Scan.choices, default=Scan.NOT_SCANNED)
    scanned_at = models.DateTimeField(null=True, blank=True)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    objects = EvidenceVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="evidence_version_number_once"),
            models.UniqueConstraint(fields=["id", "organisation"], name="evidence_version_whose"),
        ]
        indexes = [models.Index(fields=["organisation", "sha256"], name="evidence_same_file")]

    def __str__(self) -> str:
        return f"{self.file_name} (version {self.number})"


class EvidenceDownloadQuerySet(TenantQuerySet):
    """The reading log, seen by those who read history."""

    commissioner_path = "version__commissioner"
    organisation_path = "version__organisation"


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

"""One upload of an item. What was uploaded is never replaced, only followed by another version."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from evidence.file_types import SHORT
from evidence.models.items import EvidenceItem

if TYPE_CHECKING:
    from accounts.models import User


class NotOpen(Refused):
    """The file may not be opened now; the message says why."""


class EvidenceVersionQuerySet(TenantQuerySet):
    """Versions are seen like their item."""

    circle_path = "item__circle"

    def newest(self) -> Self:
        """The last version of each item."""
        later = EvidenceVersion.objects.filter(item=OuterRef("item"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))

    def same_file(self, item: EvidenceItem, sha256: str) -> Self:
        """Newest versions with these bytes that the item's organisation holds, in the item's circle."""
        return (
            self.newest()
            .exclude(scan_state=EvidenceVersion.Scan.INFECTED)
            .filter(
                sha256=sha256, organisation=item.organisation_id, commissioner=item.commissioner_id,
                item__circle=item.circle_id, item__withdrawn_at__isnull=True,
            )
            .select_related("item")
        )  # fmt: skip


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

    # Set by the intake when the organisation already held the same file: nothing new was stored.
    already_held: bool = False

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="evidence_version_number_once"),
            models.UniqueConstraint(fields=["id", "organisation"], name="evidence_version_whose"),
        ]
        indexes = [models.Index(fields=["organisation", "sha256"], name="evidence_same_file")]

    def __str__(self) -> str:
        return f"{self.file_name} (version {self.number})"

    @property
    def short_type(self) -> str:
        """The type in a word, for lists."""
        return SHORT.get(self.media_type, "File")

    @property
    def why_closed(self) -> str:
        """Why the file may not be opened now, in words; nothing when it may. Reads ``item``."""
        if self.item.holds_case_detail:
            return "It was withdrawn because it holds details of a person or a case, so nobody can open it."
        if self.scan_state == self.Scan.INFECTED:
            return "The virus scanner refused this file, so nobody can open it. Ask for a clean copy."
        if self.scan_state == self.Scan.QUARANTINED:
            return "The virus scanner has not looked at this file yet. Try again in a few minutes."
        if self.scan_state == self.Scan.NOT_SCANNED and not settings.EVIDENCE_OPEN_UNSCANNED:
            return (
                "This file has not been scanned for viruses, because no scanner is set up here, and files that are "
                "not scanned may not be opened. Ask the system administrator."
            )
        return ""

    @property
    def may_be_opened(self) -> bool:
        """Nothing stands in the way of opening it, for those who are permitted."""
        return not self.why_closed

    def open_for(self, by: "User", *, at: datetime) -> None:
        """Note that the person opens the file: exactly one row in the reading log, or NotOpen."""
        from evidence.models.downloads import EvidenceDownload

        if self.why_closed:
            raise NotOpen(self.why_closed)
        EvidenceDownload.objects.create(version=self, by=by, at=at)

"""One upload of an item. What was uploaded is never replaced, only followed by another version.

What the scanner said is one conditional UPDATE: of two workers with the same file one decides, and a file that was
found infected is never opened by a slower answer.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery

from accounts.door import Refused
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from evidence import waiting
from evidence.file_types import SHORT
from evidence.models.items import EvidenceItem
from evidence.waiting import LEASE, Trouble

if TYPE_CHECKING:
    from accounts.models import User


class NotOpen(Refused):
    """The file may not be opened now; the message says why."""


class WordsRead(models.TextChoices):
    """How much the guard against identifiable data could read when the file was taken in."""

    NOT_ASKED = "", "Taken in before files were looked through"
    WHOLE = "whole", "Looked through for details of a person"
    PART = "part", "Looked through in part: the rest could not be read in time"
    NOTHING = "nothing", "No words could be read, so nothing is known about details of a person"


class EvidenceVersionQuerySet(TenantQuerySet):
    """Versions are seen like their item."""

    circle_path = "item__circle"

    def newest(self) -> Self:
        """The last version of each item."""
        later = EvidenceVersion.objects.filter(item=OuterRef("item"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))

    def waiting(self) -> Self:
        """The scanner has not said anything about them yet."""
        return self.filter(scan_state=EvidenceVersion.Scan.QUARANTINED)

    def refused(self) -> Self:
        """The scanner found something in them."""
        return self.filter(scan_state=EvidenceVersion.Scan.INFECTED)

    def closed_by_the_scanner(self) -> Self:
        """Waiting or refused, the newest first, each with ``opened_count``: how often it was opened before."""
        opened = Count("downloads")
        found = self.filter(scan_state__in=[EvidenceVersion.Scan.QUARANTINED, EvidenceVersion.Scan.INFECTED])
        found = found.select_related("organisation", "commissioner", "item").annotate(opened_count=opened)
        return found.order_by("-uploaded_at", "-pk")

    def kept_here(self) -> Self:
        """Without those whose bytes were destroyed for what they held.

        Never by a join: an update of joined rows looks at them once, and of two at once both would be first.
        """
        return self.filter(~Exists(EvidenceItem.objects.filter(pk=OuterRef("item"), holds_case_detail=True)))

    def to_scan(self, *, at: datetime) -> Self:
        """Waiting, and their time has come."""
        return self.kept_here().waiting().filter(scan_next_at__lte=at).order_by("scan_next_at", "pk")

    def to_look_at_again(self, *, since: datetime, before: datetime) -> Self:
        """Not looked at since ``before``: open files uploaded after ``since``, and all that never were scanned.

        A file that the scanner would not take is asked about again as well: its limits may have been raised.
        """
        Scan, recent = EvidenceVersion.Scan, Q(uploaded_at__gte=since)  # noqa: N806
        chosen = Q(scan_state=Scan.NOT_SCANNED) | recent & (
            Q(scan_state=Scan.CLEAN) | Q(scan_state=Scan.QUARANTINED, scan_next_at__isnull=True)
        )
        return self.kept_here().filter(chosen).exclude(scan_tried_at__gte=before).order_by("uploaded_at", "pk")

    def wait_for_the_scanner(self, trouble: str, *, at: datetime) -> int:
        """Note for all of these files that the scanner said nothing, and when each is tried again."""
        noted = 0
        # The most tried first, so that no file is counted twice.
        for tries in sorted(set(self.waiting().values_list("scan_tries", flat=True)), reverse=True):
            noted += self.waiting().filter(scan_tries=tries).update(
                scan_trouble=trouble, scan_tried_at=at, scan_tries=tries + 1,
                scan_next_at=waiting.next_try(trouble, tries + 1, at=at),
            )  # fmt: skip
        return noted

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


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    # Tries are not history: only what the scanner said is.
    exclude=["file_name", "scan_trouble", "scan_tries", "scan_tried_at", "scan_next_at"],
    append_only=True,
)
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
    # A picture is drawn anew when it is taken in: where and with what it was taken is not kept.
    redrawn = models.BooleanField("drawn anew without its hidden details", default=False)
    words_read = models.CharField(max_length=7, choices=WordsRead.choices, blank=True, default=WordsRead.NOT_ASKED)
    scan_state = models.CharField(max_length=11, choices=Scan.choices, default=Scan.NOT_SCANNED)
    scanned_at = models.DateTimeField(null=True, blank=True)
    # What the scanner found, in its own words.
    scan_signature = models.CharField(max_length=200, blank=True, default="")
    scan_trouble = models.CharField(max_length=10, choices=Trouble.choices, blank=True, default="")
    scan_tries = models.PositiveIntegerField(default=0)
    scan_tried_at = models.DateTimeField(null=True, blank=True)
    scan_next_at = models.DateTimeField(null=True, blank=True)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    objects = EvidenceVersionQuerySet.as_manager()

    # What a list needs of a version to name it and to say why it is closed.
    SHOWN = (
        "id", "number", "reference", "file_name", "media_type", "size", "scan_state", "scan_trouble", "scan_tried_at",
        "scan_next_at",
    )  # fmt: skip

    # Set by the intake when the organisation already held the same file: nothing new was stored.
    already_held: bool = False

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="evidence_version_number_once"),
            models.UniqueConstraint(fields=["id", "organisation"], name="evidence_version_whose"),
            models.CheckConstraint(
                condition=Q(scan_state="infected") & ~Q(scan_signature="")
                | ~Q(scan_state="infected") & Q(scan_signature=""),
                name="evidence_infected_with_what",
            ),
            models.CheckConstraint(
                condition=Q(scan_state__in=["clean", "infected"], scanned_at__isnull=False)
                | Q(scan_state__in=["not_scanned", "quarantined"], scanned_at__isnull=True),
                name="evidence_scanned_when",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "sha256"], name="evidence_same_file"),
            models.Index(fields=["scan_next_at"], name="evidence_to_scan", condition=Q(scan_state="quarantined")),
            models.Index(fields=["uploaded_at"], name="evidence_uploaded"),
        ]

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
            return waiting.words(self.scan_trouble, self.scan_tried_at, self.scan_next_at)
        if self.scan_state == self.Scan.NOT_SCANNED and not settings.EVIDENCE_OPEN_UNSCANNED:
            if settings.CLAMD_URL:
                return waiting.words(self.scan_trouble, self.scan_tried_at, None)
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

    @classmethod
    def of_columns(cls, item: EvidenceItem, columns: dict[str, Any]) -> "EvidenceVersion":
        """A version of the item from ``SHOWN`` as the database wrote them into JSON. Never to be saved."""
        fields = {each.name: each for each in cls._meta.concrete_fields}
        return cls(item=item, **{name: fields[name].to_python(value) for name, value in columns.items()})

    def claim_scan(self, *, at: datetime) -> bool:
        """Take the file to the scanner, if nobody else has it now. A claim that ends in nothing lapses by itself."""
        due = type(self).objects.filter(pk=self.pk).to_scan(at=at)
        return bool(due.order_by().update(scan_next_at=at + LEASE))

    def found_clean(self, *, at: datetime) -> bool:
        """The scanner found nothing: the file may be opened. True when that is new."""
        Scan, mine = self.Scan, type(self).objects.filter(pk=self.pk)  # noqa: N806
        looked = {"scan_trouble": "", "scan_tries": 0, "scan_tried_at": at, "scan_next_at": None}
        opened = mine.filter(scan_state__in=[Scan.QUARANTINED, Scan.NOT_SCANNED]).update(
            scan_state=Scan.CLEAN, scanned_at=at, **looked
        )
        if not opened:
            mine.filter(scan_state=Scan.CLEAN).update(**looked)
        return bool(opened)

    def found_infected(self, signature: str, *, at: datetime) -> bool:
        """The scanner found something: from here on nobody opens the file. True when that is new."""
        mine = type(self).objects.filter(pk=self.pk).exclude(scan_state=self.Scan.INFECTED)
        closed = mine.update(
            scan_state=self.Scan.INFECTED, scan_signature=signature, scanned_at=at,
            scan_trouble="", scan_tried_at=at, scan_next_at=None,
        )  # fmt: skip
        return bool(closed)

    def could_not_look_again(self, trouble: str, *, at: datetime) -> None:
        """The scanner said nothing this time; the file stays as it is until the next day's turn."""
        mine = type(self).objects.filter(pk=self.pk)
        mine.update(scan_tried_at=at)
        mine.exclude(scan_state__in=[self.Scan.CLEAN, self.Scan.INFECTED]).update(scan_trouble=trouble)

    def look_again(self, *, at: datetime) -> bool:
        """Have a refused file scanned once more, for when the scanner was wrong. It stays closed until it is clean."""
        mine = type(self).objects.filter(pk=self.pk).refused()
        asked = mine.update(
            scan_state=self.Scan.QUARANTINED, scan_signature="", scanned_at=None, scan_tries=0, scan_next_at=at
        )
        return bool(asked)


def newest_scan(item: str) -> Subquery:
    """For ``annotate``: the scan's state of the newest version of the item at this path; None without a file."""
    return Subquery(EvidenceVersion.objects.filter(item=OuterRef(item)).order_by("-number").values("scan_state")[:1])

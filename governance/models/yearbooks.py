"""A whole year as a workbook for one person: asked for on a page, made at once or by a worker, then downloaded.

The row is the truth: a message only wakes the worker. It is made with the rights of whoever asked, as they are then.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q

from accounts.capabilities import Can
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from providers.models import Organisation

LEASE = timedelta(minutes=3)
ATTEMPTS = 3


class YearBookQuerySet(TenantQuerySet):
    """A person's own, while they may still take out what it holds; never a provider's to see."""

    organisation_path = ""

    def permitted(self, user: Any, can: Can, *, on: date | None = None) -> Self:
        """Nobody opens what was made with somebody else's rights."""
        return super().permitted(user, can, on=on).filter(asked_by=user.pk)

    def ask(self, commissioner: "Organisation", *, year: str, by: "User", at: datetime) -> "YearBook":
        """Ask for the year as it is now; the one that was made before is replaced when this one is ready."""
        fresh: dict[str, Any] = {"state": "queued", "asked_at": at, "attempts": 0, "progress": 0, "stage": ""}
        whose = {"commissioner": commissioner, "year": year, "asked_by": by}
        book, made = self.get_or_create(**whose, defaults=fresh)
        if not made:
            self.filter(pk=book.pk).exclude(state__in=YearBook.UNDER_WAY).update(**fresh)
            book.refresh_from_db()
        found: YearBook = book
        return found

    def to_build(self, *, at: datetime) -> Self:
        """Waiting, or left behind by a worker that never came back."""
        lapsed = Q(state="building", lease_until__lt=at)
        return self.filter(Q(state="queued") | lapsed)


class YearBook(models.Model):
    """One person's workbook of one commissioner's year."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to be made"
        BUILDING = "building", "Being made"
        BUILT = "built", "Ready"
        FAILED = "failed", "Could not be made"

    UNDER_WAY = ("queued", "building")

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    year = models.CharField("financial year", max_length=7)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=80, blank=True)
    rows = models.PositiveIntegerField(default=0)
    content = models.BinaryField(null=True)
    made_at = models.DateTimeField(null=True, blank=True)

    objects = YearBookQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["commissioner", "year", "asked_by"], name="year_book_once_a_person"),
            models.CheckConstraint(
                condition=~Q(state="built") | Q(content__isnull=False, made_at__isnull=False),
                name="year_book_built_has_content",
            ),
        ]
        indexes = [
            models.Index(fields=["state"], condition=Q(state__in=["queued", "building"]), name="year_book_to_make")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.reference}"

    @property
    def is_under_way(self) -> bool:
        """Is somebody waiting for it?"""
        return self.state in self.UNDER_WAY

    def claim(self, *, at: datetime) -> bool:
        """Take it up; of two workers one gets it. After the last try it has failed."""
        mine = YearBook.objects.to_build(at=at).filter(pk=self.pk)
        if mine.filter(attempts__gte=ATTEMPTS).update(state=self.State.FAILED):
            return False
        taken = mine.update(state=self.State.BUILDING, attempts=F("attempts") + 1, lease_until=at + LEASE)
        self.refresh_from_db()
        return bool(taken)

    def reach(self, stage: str, progress: int, *, at: datetime) -> bool:
        """Say how far it is and hold it longer; False when somebody else has taken it up."""
        return self._held(stage=stage, progress=progress, lease_until=at + LEASE)

    def finish(self, content: bytes, *, rows: int, at: datetime) -> bool:
        """Keep the file; False when it has been taken up by somebody else meanwhile."""
        ready = {"state": self.State.BUILT, "content": content, "rows": rows, "made_at": at}
        return self._held(lease_until=None, progress=100, stage="", **ready)

    def fail(self) -> bool:
        """It could not be made; the person may ask again."""
        return self._held(state=self.State.FAILED, lease_until=None)

    def _held(self, **changes: object) -> bool:
        held = YearBook.objects.filter(pk=self.pk, state=self.State.BUILDING, attempts=self.attempts)
        return bool(held.update(**changes))

"""Figures that came back in a workbook or CSV file: kept as read until somebody accepts what they change.

Nothing of a file is a figure before that. The rows are what the reader found, cell by cell; what they would change is
worked out against the figures of the moment (``training.differences``).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q

from accounts.capabilities import Can
from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from training.models.returns import FigureReturn, IllegalMove
from training.models.writing import Entry, LineEntry, record

if TYPE_CHECKING:
    from accounts.models import User


class FigureWorkbookQuerySet(TenantQuerySet):
    """Seen like the figures that are being written: by whoever writes them."""

    circle_path = "figure_return__circle"
    drafts = Q(pk__isnull=False)  # all of them
    sees_drafts = frozenset({Can.RECORD_RECEIVED})

    def newest_first(self) -> "FigureWorkbookQuerySet":
        """The last upload first."""
        return self.order_by("-uploaded_at", "-pk")


class FigureWorkbook(models.Model):
    """One uploaded file of one return. ``outcomes`` says of each row what became of it, once it is accepted."""

    class State(models.TextChoices):
        READ = "read", "Read, nothing saved yet"
        ACCEPTED = "accepted", "Accepted"
        DISCARDED = "discarded", "Not used"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    figure_return = models.ForeignKey(FigureReturn, on_delete=models.PROTECT, related_name="workbooks")
    by_provider = models.BooleanField(help_text="Uploaded by the provider's own people, not by its commissioner")
    file_name = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64)
    written_at = models.DateTimeField(help_text="When the file was downloaded, by its stamp")
    rows = models.JSONField(default=list)
    notes = models.JSONField(default=list, help_text="What was odd about the whole file, in words")
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.READ)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    outcomes = models.JSONField(default=list)

    objects = FigureWorkbookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="read", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="read") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="figure_workbook_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["figure_return", "-uploaded_at"], name="figure_workbook_latest")]

    def __str__(self) -> str:
        return f"{self.file_name} for {self.figure_return_id}"

    @transaction.atomic
    def accept(
        self, entries: Sequence[Entry], outcomes: list[Any], *, by: "User", at: datetime,
        lines: Sequence[LineEntry] = (),
    ) -> int:  # fmt: skip
        """Save these figures and what is said of lines, and keep what became of every row; returns how many changed.

        Of two at once the second is told (IllegalMove). Stale when a figure was saved online in between: then nothing
        is saved, and the file can be looked at again.
        """
        self._decide(self.State.ACCEPTED, by=by, at=at, outcomes=outcomes)
        return record(self.figure_return, cells=entries, lines=lines, by=by, at=at)

    @transaction.atomic
    def discard(self, *, by: "User", at: datetime) -> None:
        """Put it aside; nothing of it was saved."""
        self._decide(self.State.DISCARDED, by=by, at=at, outcomes=[])

    def _decide(self, state: str, *, by: "User", at: datetime, outcomes: list[Any]) -> None:
        waiting = FigureWorkbook.objects.filter(pk=self.pk, state=self.State.READ)
        if not waiting.update(state=state, decided_by=by, decided_at=at, outcomes=outcomes):
            raise IllegalMove("Somebody has accepted this file or put it aside already. Look at the figures again.")
        self.refresh_from_db(fields=["state", "decided_by", "decided_at", "outcomes"])


def keep_workbook(
    figure_return: FigureReturn, *, rows: list[Any], notes: list[str], by: "User", at: datetime, **fields: Any
) -> FigureWorkbook:
    """Keep what was read until somebody decides. The figures stay as they are."""
    whose = {"commissioner_id": figure_return.commissioner_id, "organisation_id": figure_return.organisation_id}
    return FigureWorkbook.objects.create(
        figure_return=figure_return, rows=rows, notes=notes, uploaded_by=by, uploaded_at=at, **whose, **fields
    )

"""A return's answers that came back in a workbook: kept as read until somebody accepts what they change.

Nothing of a workbook is an answer before that. The rows are what the reader found, cell by cell; what they would change
is worked out against the answers of the moment (``assurance.differences``).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q

from accounts.references import new_reference
from accounts.tenancy import TenantQuerySet
from assurance.models.answers import WRITING, Entry
from assurance.models.assessments import IllegalMove, SelfAssessment

if TYPE_CHECKING:
    from accounts.models import User


class ReturnWorkbookQuerySet(TenantQuerySet):
    """Seen like the return's drafts: by whoever writes in it."""

    circle_path = "self_assessment__circle"
    drafts = Q(self_assessment__state__in=WRITING)

    def newest_first(self) -> "ReturnWorkbookQuerySet":
        """The last upload first."""
        return self.order_by("-uploaded_at", "-pk")


class ReturnWorkbook(models.Model):
    """One uploaded workbook of one return. ``outcomes`` says of each row what became of it, once it is accepted."""

    class State(models.TextChoices):
        READ = "read", "Read, nothing saved yet"
        ACCEPTED = "accepted", "Accepted"
        DISCARDED = "discarded", "Not used"

    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="workbooks")
    by_provider = models.BooleanField(help_text="Uploaded by the provider's own people, not by its commissioner")
    file_name = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64)
    written_at = models.DateTimeField(help_text="When the workbook was downloaded, by its stamp")
    rows = models.JSONField(default=list)
    notes = models.JSONField(default=list, help_text="What was odd about the whole workbook, in words")
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.READ)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    outcomes = models.JSONField(default=list)

    objects = ReturnWorkbookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="read", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="read") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="return_workbook_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["self_assessment", "-uploaded_at"], name="return_workbook_latest")]

    def __str__(self) -> str:
        return f"{self.file_name} for {self.self_assessment_id}"

    @transaction.atomic
    def accept(self, entries: Sequence[Entry], outcomes: list[Any], *, by: "User", at: datetime) -> int:
        """Save these answers, and keep what became of every row; returns how many answers changed.

        Of two at once the second is told (IllegalMove). StaleAnswers when an answer was saved online in between:
        then nothing is saved and the workbook can be looked at again.
        """
        self._decide(self.State.ACCEPTED, by=by, at=at, outcomes=outcomes)
        return self.self_assessment.record_answers(entries, by=by, at=at)

    @transaction.atomic
    def discard(self, *, by: "User", at: datetime) -> None:
        """Put it aside; nothing of it was saved."""
        self._decide(self.State.DISCARDED, by=by, at=at, outcomes=[])

    def _decide(self, state: str, *, by: "User", at: datetime, outcomes: list[Any]) -> None:
        waiting = ReturnWorkbook.objects.filter(pk=self.pk, state=self.State.READ)
        if not waiting.update(state=state, decided_by=by, decided_at=at, outcomes=outcomes):
            raise IllegalMove("Somebody has accepted this workbook or put it aside already. Look at the return again.")
        self.refresh_from_db(fields=["state", "decided_by", "decided_at", "outcomes"])


def keep_workbook(
    assessment: SelfAssessment, *, rows: list[Any], notes: list[str], by: "User", at: datetime, **fields: Any
) -> ReturnWorkbook:
    """Keep what was read until somebody decides. The answers stay as they are."""
    whose = {"commissioner_id": assessment.commissioner_id, "organisation_id": assessment.organisation_id}
    return ReturnWorkbook.objects.create(
        self_assessment=assessment, rows=rows, notes=notes, uploaded_by=by, uploaded_at=at, **whose, **fields
    )

"""The result of a return as a file for one person: asked for on the page, made by the pdf worker, then downloaded.

The row is the truth: a message only wakes the worker. What a reader may see differs, so everybody has a paper of
their own; a new one replaces the last.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from accounts.capabilities import Can
from assurance.models.assessments import SelfAssessment
from providers.tenancy import SharedQuerySet

if TYPE_CHECKING:
    from accounts.models import User

# How long a worker may take before another one takes the paper up, and how often it is tried.
LEASE = timedelta(minutes=2)
ATTEMPTS = 3


class ResultPaperQuerySet(SharedQuerySet):
    """Papers in the worker's words. A person's own only, and only while they may see the result."""

    circle_path = "self_assessment__circle"
    shared_with_associates = Q(self_assessment__state="validated")

    def permitted(self, user: "User", can: Can, *, on: date | None = None) -> Self:  # type: ignore[override]
        """Nobody opens what was made for somebody else."""
        return super().permitted(user, can, on=on).filter(asked_by=user.pk)

    def to_build(self, *, at: datetime) -> Self:
        """Waiting, or left behind by a worker that never came back."""
        lapsed = Q(state=ResultPaper.State.BUILDING, lease_until__lt=at)
        return self.filter(Q(state=ResultPaper.State.QUEUED) | lapsed)

    def out_of_reach(self, user: "User", *, on: date) -> Self:
        """What was made for somebody who may not see the result any more, and nobody else ever could."""
        return self.filter(asked_by=user.pk).exclude(pk__in=self.permitted(user, Can.SEE_RESULT, on=on).values("pk"))


class ResultPaper(models.Model):
    """One person's PDF of one result."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to be made"
        BUILDING = "building", "Being made"
        BUILT = "built", "Ready"
        FAILED = "failed", "Could not be made"

    UNDER_WAY = ("queued", "building")

    commissioner = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    self_assessment = models.ForeignKey(SelfAssessment, on_delete=models.PROTECT, related_name="result_papers")
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    content = models.BinaryField(null=True)
    made_at = models.DateTimeField(null=True, blank=True)

    objects = ResultPaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["self_assessment", "asked_by"], name="result_paper_once_a_person"),
            models.CheckConstraint(
                condition=~Q(state="built") | Q(content__isnull=False, made_at__isnull=False),
                name="result_paper_built_has_content",
            ),
        ]
        indexes = [models.Index(fields=["state"], condition=Q(state__in=["queued", "building"]), name="paper_to_make")]

    def __str__(self) -> str:
        return f"{self.self_assessment_id} for {self.asked_by_id}"

    @property
    def is_under_way(self) -> bool:
        """Is somebody waiting for it?"""
        return self.state in self.UNDER_WAY

    def claim(self, *, at: datetime) -> bool:
        """Take it up; of two workers one gets it. After the last try it has failed."""
        mine = ResultPaper.objects.to_build(at=at).filter(pk=self.pk)
        if mine.filter(attempts__gte=ATTEMPTS).update(state=self.State.FAILED):
            return False
        taken = mine.update(state=self.State.BUILDING, attempts=F("attempts") + 1, lease_until=at + LEASE)
        self.refresh_from_db()
        return bool(taken)

    def finish(self, content: bytes, *, at: datetime) -> bool:
        """Keep the file; False when it has been taken up by somebody else meanwhile."""
        return self._end(state=self.State.BUILT, content=content, made_at=at)

    def fail(self) -> bool:
        """It could not be made; the person may ask again."""
        return self._end(state=self.State.FAILED)

    def _end(self, **fields: object) -> bool:
        held = ResultPaper.objects.filter(pk=self.pk, state=self.State.BUILDING, attempts=self.attempts)
        return bool(held.update(lease_until=None, **fields))


def ask_for_paper(assessment: SelfAssessment, *, by: "User", at: datetime) -> ResultPaper:
    """Ask for the paper as it would be now. While it is being made, asking again changes nothing."""
    fields = {"state": ResultPaper.State.QUEUED, "asked_at": at, "attempts": 0, "content": None, "lease_until": None}
    whose = {"commissioner_id": assessment.commissioner_id, "organisation_id": assessment.organisation_id}
    paper, made = ResultPaper.objects.get_or_create(
        self_assessment=assessment, asked_by=by, defaults={**whose, **fields}
    )
    if not made:
        ResultPaper.objects.filter(pk=paper.pk).exclude(state__in=ResultPaper.UNDER_WAY).update(**fields)
        paper.refresh_from_db()
    return paper

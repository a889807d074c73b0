"""Re-grading one criterion of a validated return in the year, with the reason and the evidence."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.door import Refused, Stale
from assurance.models import scoring
from assurance.models.answers import Answer
from assurance.models.assessments import SelfAssessment
from assurance.models.in_question import InQuestion
from assurance.models.judging import (
    ActionTerms,
    CommentNeeded,
    Unchanged,
    fresh_ground,
    new_rating,
    open_action,
    refuse_leaving_out,
)
from assurance.models.ratings import Rating
from framework.models import Grade

if TYPE_CHECKING:
    from accounts.models import User
    from evidence.models import EvidenceItem

Basis = Rating.Basis
ANY = object()


@transaction.atomic
def regrade(
    assessment: SelfAssessment,
    criterion_version_id: int,
    *,
    grade: Grade,
    reason: str,
    evidence: "EvidenceItem | None",
    by: "User",
    at: datetime,
    seen: object = ANY,
    terms: ActionTerms | None = None,
) -> Rating:
    """Give the criterion another grade. The old rating stays in the history, with the reason for the new one.

    In the same transaction: counts and levels are written again, a grade that requires action opens one, and a
    mark "in question" is settled. ``seen`` is the id of the rating that the person had before them.
    """
    locked = SelfAssessment.objects.select_for_update().get(pk=assessment.pk)
    if locked.state != SelfAssessment.State.VALIDATED:
        raise Refused("Only a validated return can be re-graded. This one is still being worked on.")
    if not reason.strip():
        raise CommentNeeded("Write the reason for the new grade.")
    current = locked.ratings.filter(
        criterion_version=criterion_version_id, basis__in=scoring.VALIDATED, current=True
    ).select_related("by")
    held = min(current, key=lambda rating: scoring.VALIDATED.index(Basis(rating.basis)), default=None)
    if seen is not ANY and seen != (held.pk if held else None):
        raise Stale("Somebody else has re-graded this criterion while you had it open.", theirs=held, yours=reason)
    if held is not None and held.grade == grade.code and held.basis in scoring.REVIEWED:
        raise Unchanged(f"The grade is already “{grade.label}”. Choose another one.")
    answer = Answer.objects.select_related("criterion_version").get(
        self_assessment=locked, criterion_version=criterion_version_id
    )
    refuse_leaving_out(answer.criterion_version, Grade.objects.get(scheme=grade.scheme_id, code=answer.grade), grade)
    current.update(current=False)
    rating = new_rating(
        locked, criterion_version_id, at=at, by=by, basis=Basis.EVIDENCE_REVIEWED, grade=grade.code,
        outcome=Rating.Outcome.REGRADED, comment=reason.strip(), evidence=evidence, ground=fresh_ground(answer),
    )  # fmt: skip
    rating.save()
    scoring.write_results(locked, at=at, by=by)
    if grade.requires_action:
        open_action(rating, terms or ActionTerms(), by=by, at=at)
    _answer_doubts(locked, criterion_version_id, reason.strip(), by=by, at=at)
    return rating


def _answer_doubts(
    assessment: SelfAssessment, criterion_version_id: int, reason: str, *, by: "User", at: datetime
) -> None:
    """What was in question about the criterion is settled by its new grade."""
    doubts = InQuestion.objects.open().filter(self_assessment=assessment, criterion_version=criterion_version_id)
    for doubt in doubts:
        doubt.settle(f"Re-graded: {reason}", by=by, at=at)

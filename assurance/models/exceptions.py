"""Validating by exception: which criteria a validator should look at, and why each is listed.

A criterion is listed when it is critical, self-assessed as needing action, not applicable, different from the
last validated grade, or when its evidence has expired; and a few more are drawn at random. The rest may be
accepted as declared, which never counts as reviewed.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assurance.models.answers import Answer
from assurance.models.assessments import SelfAssessment
from assurance.models.ratings import Rating

Basis = Rating.Basis


@dataclass
class Line:
    """One criterion of the validation list: the answer, what is known, and why it is here."""

    answer: Answer
    grade: Any
    last: Rating | None
    now: Rating | None
    reasons: list[str] = field(default_factory=list)

    @property
    def is_exception(self) -> bool:
        """Does anything ask for a look at it?"""
        return bool(self.reasons)

    @property
    def is_decided(self) -> bool:
        """Judged, or accepted as declared, in this validation; "more evidence" is not a decision."""
        return self.now is not None and self.now.outcome != Rating.Outcome.MORE_EVIDENCE


def lines(assessment: SelfAssessment, strand: str, *, on: date, sample: Iterable[int] = ()) -> list[Line]:
    """The validation list of one strand in reading order. Six queries, whatever the number of criteria."""
    answers = list(
        assessment.answers.in_order()
        .filter(criterion_version__strands__contains=[strand])
        .select_related("criterion_version__standard", "answered_by")
        .prefetch_related("evidence__item__versions", "criterion_version__wordings")
    )
    grades = {grade.code: grade for grade in assessment.round.framework_version.grading.grades.all()}
    last, now, drawn = last_validated(assessment), given(assessment), set(sample)
    found = []
    for answer in answers:
        criterion = answer.criterion_version
        line = Line(answer, grades.get(answer.grade), last.get(criterion.criterion_id), now.get(criterion.pk))
        line.reasons = _reasons(line, on=on, drawn=criterion.pk in drawn)
        found.append(line)
    return found


def given(assessment: SelfAssessment) -> dict[int, Rating]:
    """The current validator's rating of each criterion version; a reviewed one before an accepted one."""
    bases = [Basis.ACCEPTED_AS_DECLARED, Basis.EVIDENCE_REVIEWED, Basis.SEEN_ON_VISIT]
    current = assessment.ratings.filter(current=True, basis__in=bases).select_related("by")
    return {rating.criterion_version_id: rating for rating in sorted(current, key=lambda r: bases.index(r.basis))}


def last_validated(assessment: SelfAssessment) -> dict[Any, Rating]:
    """By the criterion's lasting identity: its last reviewed rating in an earlier validated return."""
    earlier = (
        Rating.objects.filter(
            organisation_id=assessment.organisation_id,
            self_assessment__state=SelfAssessment.State.VALIDATED,
            self_assessment__issued_at__lt=assessment.issued_at,
            current=True,
            basis__in=[Basis.EVIDENCE_REVIEWED, Basis.SEEN_ON_VISIT],
        )
        .select_related("criterion_version", "by")
        .order_by("criterion_version__criterion_id", "-on", "-id")
        .distinct("criterion_version__criterion_id")
    )
    return {rating.criterion_version.criterion_id: rating for rating in earlier}


def draw(candidates: list[int], *, size: int, seed: str) -> list[int]:
    """A random sample that anybody can draw again: the seed is the return's reference and strand."""
    return sorted(random.Random(seed).sample(sorted(candidates), min(size, len(candidates))))  # noqa: S311


def _reasons(line: Line, *, on: date, drawn: bool) -> list[str]:
    reasons = []
    if line.answer.criterion_version.critical:
        reasons.append("critical")
    if line.grade is not None and line.grade.requires_action:
        reasons.append(f"self-assessed {line.grade.label.lower()}")
    if line.grade is not None and line.grade.excludes:
        reasons.append("marked not applicable")
    if line.last is not None and line.last.grade != line.answer.grade:
        reasons.append("changed since last validated")
    if any(use.item.valid_until and use.item.valid_until < on for use in line.answer.evidence.all()):
        reasons.append("evidence expired")
    if line.now is not None and line.now.outcome == Rating.Outcome.MORE_EVIDENCE:
        reasons.append("more evidence was asked for")
    if drawn and not reasons:
        reasons.append("drawn at random")
    return reasons

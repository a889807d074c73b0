"""A person's judgement of a level over the floor rules, with a written reason, and what overall follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.door import Refused, Stale
from assurance.levels import ORDER, STRAND_WORDS, Level, worst
from assurance.models.assessments import SelfAssessment
from assurance.models.judging import Unchanged
from assurance.models.recipients import tell_provider
from assurance.models.results import LevelDecision, LevelResult

if TYPE_CHECKING:
    from accounts.models import User

OVERALL = LevelResult.OVERALL


class BetterThanWorst(ValueError):
    """Overall is never better than the worst strand, not by judgement either."""


class ReasonNeeded(ValueError):
    """A level that differs from what the rules say needs a written reason."""


@dataclass(frozen=True)
class Override:
    """Another level than the computed one, and why."""

    level: str
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ReasonNeeded("Write the reason for a level that the rules do not give.")
        Level(self.level)


@transaction.atomic
def decide(assessment: SelfAssessment, strand: str, judged: Override, *, by: "User", at: datetime) -> LevelDecision:
    """Lay a judgement over the computed level of a strand or of the whole; overall follows the worst strand.

    What was decided, what it was before and what the rules gave with their reasons stays as a row of its own.
    """
    rows = {row.strand: row for row in assessment.levels.select_for_update()}
    row = rows[strand]
    if strand == OVERALL and ORDER.index(Level(judged.level)) < ORDER.index(worst_strand(rows)):
        raise BetterThanWorst("The overall level cannot be better than the worst strand. Change the strand first.")
    decision = LevelDecision(
        commissioner_id=row.commissioner_id, organisation_id=row.organisation_id, self_assessment=assessment,
        strand=strand, was=row.level, level=judged.level, computed=row.computed, reasons=row.reasons,
        reason=judged.reason.strip(), by=by, at=at,
    )  # fmt: skip
    decision.save()
    same = judged.level == row.computed
    row.level, row.override_reason, row.decided_by = judged.level, "" if same else decision.reason, by
    row.decided_at = at
    follow_worst(rows, at=at)
    save(rows.values())
    return decision


@transaction.atomic
def decide_in_year(
    assessment: SelfAssessment, strand: str, judged: Override, *, seen: int, by: "User", at: datetime
) -> LevelDecision:
    """Another level after the validation, with a written reason; the provider gets a letter that it has changed.

    ``seen`` is the version of the level that the person had before them: when somebody decided since, or a re-grade
    changed what the rules give, nothing is saved and both are shown.
    """
    locked = SelfAssessment.objects.select_for_update().get(pk=assessment.pk)
    if locked.state != SelfAssessment.State.VALIDATED:
        raise Refused("Only the level of a validated return can be changed. This one is still being worked on.")
    held = LevelResult.objects.select_related("decided_by").get(self_assessment=locked, strand=strand)
    if held.version != seen:
        raise Stale("This level has changed while you had it open.", theirs=held, yours=judged.reason)
    if held.level == judged.level:
        raise Unchanged("That is the level already. Choose another one.")
    decision = decide(locked, strand, judged, by=by, at=at)
    tell_provider("level_changed", locked, key=str(decision.pk), at=at, level_decision=decision.pk)
    return decision


def save(rows: Iterable[LevelResult]) -> None:
    """Write each level as its next version. The caller holds the rows or the return."""
    for row in rows:
        row.version += 1 if row.pk else 0
        row.save()


def follow_worst(rows: dict[str, LevelResult], *, at: datetime) -> None:
    """Overall becomes the worst strand's level, unless a person judged it to be that or worse. Saves nothing."""
    overall, base = rows[OVERALL], worst_strand(rows)
    by_a_person = bool(overall.override_reason and overall.decided_by_id)
    if by_a_person and ORDER.index(Level(overall.level)) >= ORDER.index(base):
        return
    if overall.level != base.value:
        overall.decided_at = at
    overall.level, overall.override_reason = base.value, ""
    if base != overall.computed:
        judged = next((row for row in rows.values() if row is not overall and row.override_reason), overall)
        why = f"follows {STRAND_WORDS.get(judged.strand, judged.strand)}: {judged.override_reason}"
        overall.override_reason, overall.decided_by = why, None


def worst_strand(rows: dict[str, LevelResult]) -> Level:
    """The worst level among the strands, after judgements."""
    return worst(Level(row.level) for row in rows.values() if row.strand != OVERALL)

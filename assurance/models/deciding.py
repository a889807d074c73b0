"""A person's judgement of a level over the floor rules, with a written reason, and what overall follows from it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from assurance.levels import ORDER, STRAND_WORDS, Level, worst
from assurance.models.assessments import SelfAssessment
from assurance.models.results import LevelResult

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
def decide(assessment: SelfAssessment, strand: str, judged: Override, *, by: "User") -> None:
    """Lay a judgement over the computed level of a strand or of the whole; overall follows the worst strand."""
    rows = {row.strand: row for row in assessment.levels.select_for_update()}
    row = rows[strand]
    if strand == OVERALL and ORDER.index(Level(judged.level)) < ORDER.index(worst_strand(rows)):
        raise BetterThanWorst("The overall level cannot be better than the worst strand. Change the strand first.")
    same = judged.level == row.computed
    row.level, row.override_reason, row.decided_by = judged.level, "" if same else judged.reason.strip(), by
    follow_worst(rows)
    for each in rows.values():
        each.save()


def follow_worst(rows: dict[str, LevelResult]) -> None:
    """Overall becomes the worst strand's level, unless a person judged it to be that or worse. Saves nothing."""
    overall, base = rows[OVERALL], worst_strand(rows)
    by_a_person = bool(overall.override_reason and overall.decided_by_id)
    if by_a_person and ORDER.index(Level(overall.level)) >= ORDER.index(base):
        return
    overall.level, overall.override_reason = base.value, ""
    if base != overall.computed:
        judged = next((row for row in rows.values() if row is not overall and row.override_reason), overall)
        why = f"follows {STRAND_WORDS.get(judged.strand, judged.strand)}: {judged.override_reason}"
        overall.override_reason, overall.decided_by = why, None


def worst_strand(rows: dict[str, LevelResult]) -> Level:
    """The worst level among the strands, after judgements."""
    return worst(Level(row.level) for row in rows.values() if row.strand != OVERALL)

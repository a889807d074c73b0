"""Recomputes every result row and level from the ratings with the functions that wrote them, and tells differences.

A difference means that a row was written some other way. A fixed number of queries for 200 returns.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from assurance.levels import ORDER, Level
from assurance.models import AssurancePolicy, LevelResult, Rating, SelfAssessment, StandardResult
from assurance.models.deciding import OVERALL, worst_strand
from assurance.models.scoring import VALIDATED, Known, facts_of, standard_results, verdicts
from design.calendar import london_date

AT_ONCE = 200
COUNTS = ("met", "partly", "not_met", "not_applicable", "unanswered", "reviewed", "oldest_on")
FIGURES = ("computed", "reasons", "reviewed", "asked")
State, Basis = SelfAssessment.State, StandardResult.Basis


def count() -> int:
    """How many returns are recomputed: those received at least once."""
    return SelfAssessment.objects.filter(first_submitted_at__isnull=False).count()


def differences() -> Iterator[str]:
    """One line for each row that is not what the ratings say, that is missing, or that should not be there."""
    policies = list(AssurancePolicy.objects.all())
    pks = list(SelfAssessment.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), AT_ONCE):
        chosen = SelfAssessment.objects.filter(pk__in=pks[start : start + AT_ONCE]).order_by("pk")
        yield from _of(list(chosen.select_related("round__framework_version")), policies)


def _of(returns: Sequence[SelfAssessment], policies: Sequence[AssurancePolicy]) -> Iterator[str]:
    own = facts_of(returns, [Rating.Basis.SELF_ASSESSED])
    given = facts_of(returns, VALIDATED)
    results: dict[int, dict[Any, StandardResult]] = {each.pk: {} for each in returns}
    for row in StandardResult.objects.filter(self_assessment__in=returns).select_related("standard"):
        results[row.self_assessment_id][row.basis, row.standard_id] = row
    levels: dict[int, dict[str, LevelResult]] = {each.pk: {} for each in returns}
    for level in LevelResult.objects.filter(self_assessment__in=returns):
        levels[level.self_assessment_id][level.strand] = level
    for each in returns:
        expected = []
        if each.first_submitted_at is not None:
            expected += standard_results(each, Basis.SELF_ASSESSED, own[each.pk])
        if each.state == State.VALIDATED:
            expected += standard_results(each, Basis.VALIDATED, given[each.pk])
        yield from _standards(each, expected, results[each.pk])
        if each.state == State.VALIDATED or levels[each.pk]:
            yield from _levels(each, given[each.pk], levels[each.pk], policies)


def _standards(
    assessment: SelfAssessment, expected: Sequence[StandardResult], rows: dict[Any, StandardResult]
) -> Iterator[str]:
    wanted = {(row.basis, row.standard_id): row for row in expected}
    for key in sorted({*wanted, *rows}):
        yield from _compared(assessment, f"{key[0]} standard {key[1]}", wanted.get(key), rows.get(key), COUNTS)


def _levels(
    assessment: SelfAssessment, facts: list[Known], rows: dict[str, LevelResult], policies: Sequence[AssurancePolicy]
) -> Iterator[str]:
    if not rows:
        yield f"{assessment.reference}: validated, and no level is written"
        return
    on = london_date(next(iter(rows.values())).computed_at)
    found = verdicts(facts, _in_force(policies, assessment.commissioner_id, on))
    wanted = {
        strand: LevelResult(
            computed=verdict.level.value, reasons=list(verdict.reasons), reviewed=verdict.reviewed, asked=verdict.asked
        )
        for strand, verdict in found.items()
    }
    for strand in sorted({*wanted, *rows}):
        yield from _compared(assessment, f"level {strand}", wanted.get(strand), rows.get(strand), FIGURES)
    if OVERALL in rows and ORDER.index(Level(rows[OVERALL].level)) < ORDER.index(worst_strand(rows)):
        yield f"{assessment.reference}: overall is better than the worst strand"


def _compared(assessment: SelfAssessment, about: str, wanted: Any, row: Any, columns: Sequence[str]) -> Iterator[str]:
    if wanted is None or row is None:
        yield f"{assessment.reference}: {about}: {'should not be there' if row else 'is missing'}"
        return
    for name in columns:
        if (was := getattr(row, name)) != (should := getattr(wanted, name)):
            yield f"{assessment.reference}: {about}: {name} is {was!r}, the ratings say {should!r}"


def _in_force(policies: Sequence[AssurancePolicy], commissioner: int, on: date) -> AssurancePolicy:
    """As ``in_force`` decides it: the commissioner's own row before the shipped one."""
    holding = [row for row in policies if row.holds(on) and row.commissioner_id in (commissioner, None)]
    return min(holding, key=lambda row: row.commissioner_id is None)

"""Writes the small result rows from the ratings: the one place where counts and levels are made.

Verbs call ``write_results`` in their own transaction; the check command calls ``expected`` and compares.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from assurance import levels
from assurance.levels import Judged, State
from assurance.models import deciding
from assurance.models.answers import Answer
from assurance.models.assessments import SelfAssessment
from assurance.models.policy import AssurancePolicy
from assurance.models.ratings import Rating
from assurance.models.results import LevelResult, StandardResult
from design.calendar import london_date
from framework.models import Grade

if TYPE_CHECKING:
    from accounts.models import User

Basis = Rating.Basis
# What a validated figure is made of, the surest first. "Accepted as declared" is in it but never reviewed.
VALIDATED = (Basis.SEEN_ON_VISIT, Basis.EVIDENCE_REVIEWED, Basis.ACCEPTED_AS_DECLARED)
REVIEWED = frozenset({Basis.SEEN_ON_VISIT, Basis.EVIDENCE_REVIEWED})


@dataclass(frozen=True)
class Known:
    """One asked criterion with what is known of it on one basis; no rating means unanswered."""

    ref: str
    standard_id: int
    standard: int
    strands: tuple[str, ...]
    critical: bool
    state: State
    basis: str = ""
    on: date | None = None


def state_of(grade: Grade | None) -> State:
    """The state that a grade amounts to, by the flags of its scheme."""
    if grade is None:
        return State.UNANSWERED
    if grade.excludes:
        return State.NOT_APPLICABLE
    if grade.counts_as_met:
        return State.MET
    return State.PARTLY if grade.severity <= 1 else State.NOT_MET


def facts_of(assessments: Sequence[SelfAssessment], bases: Iterable[str]) -> dict[int, list[Known]]:
    """By return, every asked criterion with its surest current rating among ``bases``. Three queries for any number."""
    order = list(bases)
    surest: dict[tuple[int, int], Rating] = {}
    rows = Rating.objects.current().filter(self_assessment__in=assessments, basis__in=order)
    rows = rows.exclude(outcome=Rating.Outcome.MORE_EVIDENCE)
    for rating in rows.only("self_assessment", "criterion_version", "basis", "grade", "on"):
        key = (rating.self_assessment_id, rating.criterion_version_id)
        if key not in surest or order.index(rating.basis) < order.index(surest[key].basis):
            surest[key] = rating
    schemes = {each.pk: each.round.framework_version.grading_id for each in assessments}
    grades = {(grade.scheme_id, grade.code): grade for grade in Grade.objects.filter(scheme__in=set(schemes.values()))}
    found: dict[int, list[Known]] = {each.pk: [] for each in assessments}
    asked = Answer.objects.filter(self_assessment__in=assessments).select_related("criterion_version__standard")
    for answer in asked.defer("value", "narrative").order_by("self_assessment_id", "pk"):
        here = answer.self_assessment_id
        rating_now = surest.get((here, answer.criterion_version_id))
        grade = grades.get((schemes[here], rating_now.grade)) if rating_now else None
        found[here].append(fact_of(answer.criterion_version, rating_now, grade))
    return found


def known(assessment: SelfAssessment, bases: Iterable[str]) -> list[Known]:
    """The same for one return."""
    return facts_of([assessment], bases)[assessment.pk]


def fact_of(criterion: Any, rating: Rating | None, grade: Grade | None) -> Known:
    """One asked criterion with the rating that counts and its grade."""
    return Known(
        criterion.ref,
        criterion.standard_id,
        criterion.standard.number,
        tuple(criterion.strands),
        criterion.critical,
        state_of(grade),
        rating.basis if rating else "",
        rating.on if rating else None,
    )


def standard_results(assessment: SelfAssessment, basis: str, facts: list[Known]) -> list[StandardResult]:
    """The unsaved rows of one basis: per standard, counts that add up to what was asked."""
    rows = []
    for standard in sorted({fact.standard_id for fact in facts}):
        mine = [fact for fact in facts if fact.standard_id == standard]
        counts = Counter(fact.state for fact in mine)
        rows.append(
            StandardResult(
                commissioner_id=assessment.commissioner_id,
                organisation_id=assessment.organisation_id,
                self_assessment=assessment,
                standard_id=standard,
                basis=basis,
                **{state.value: counts[state] for state in State},
                reviewed=sum(fact.basis in REVIEWED for fact in mine),
                oldest_on=min((fact.on for fact in mine if fact.on), default=None),
            )
        )
    return rows


def verdicts(facts: list[Known], policy: AssurancePolicy) -> dict[str, levels.Verdict]:
    """The levels that the floor rules give on these facts under a policy."""
    judged = [
        Judged(
            fact.ref, fact.standard, fact.strands, fact.critical, fact.state,
            evidence_reviewed=fact.basis in REVIEWED,
            agreed_not_applicable=fact.state == State.NOT_APPLICABLE and fact.basis in REVIEWED,
        )
        for fact in facts
    ]  # fmt: skip
    return levels.levels(judged, reds_for_limited=policy.reds_for_limited)


@transaction.atomic
def write_results(assessment: SelfAssessment, *, at: datetime, by: "User | None" = None) -> None:
    """Replace the result rows of a return by what its ratings say now.

    Self-assessed counts are written once something was submitted; validated counts and levels only once the
    return is validated. A person's override of a level is kept while the computed level stays what it was.
    """
    assessment.standard_results.all().delete()
    rows = standard_results(assessment, StandardResult.Basis.SELF_ASSESSED, known(assessment, [Basis.SELF_ASSESSED]))
    if assessment.state == SelfAssessment.State.VALIDATED:
        facts = known(assessment, VALIDATED)
        rows += standard_results(assessment, StandardResult.Basis.VALIDATED, facts)
        _write_levels(assessment, facts, at=at, by=by)
    StandardResult.objects.bulk_create(rows)


def _write_levels(assessment: SelfAssessment, facts: list[Known], *, at: datetime, by: "User | None") -> None:
    before = {row.strand: row for row in assessment.levels.select_for_update()}
    policy = AssurancePolicy.objects.in_force(assessment.commissioner_id, london_date(at)).first()
    found = verdicts(facts, policy)
    assessment.levels.exclude(strand__in=found).delete()
    rows: dict[str, LevelResult] = {}
    for strand, verdict in found.items():
        row = before.get(strand) or LevelResult(
            commissioner_id=assessment.commissioner_id,
            organisation_id=assessment.organisation_id,
            self_assessment=assessment,
            strand=strand,
        )
        kept = bool(row.pk and row.override_reason and row.computed == verdict.level)
        if not kept:
            row.level, row.override_reason, row.decided_by, row.decided_at = verdict.level.value, "", by, at
        row.computed, row.reasons, row.computed_at = verdict.level.value, list(verdict.reasons), at
        row.reviewed, row.asked = verdict.reviewed, verdict.asked
        rows[strand] = row
    deciding.follow_worst(rows, at=at)
    deciding.save(rows.values())

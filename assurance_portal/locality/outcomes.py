"""What validation made of the returns: ratings, results, levels, strand reviews and actions, in large statements.

Counts and levels come from the product's own pure functions (``assurance.models.scoring``), so that the check
command finds no difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from assurance import levels
from assurance.levels import Judged, State
from assurance.models import AssurancePolicy, LevelResult, Rating, StandardResult, StrandReview
from assurance.models.scoring import REVIEWED, Known, standard_results, state_of
from assurance_portal.locality import behaviour
from assurance_portal.locality.loading import copied
from assurance_portal.locality.people import People
from assurance_portal.locality.places import Place
from assurance_portal.locality.years import BATCH, RECEIVED, Return, Year
from framework.models import CriterionVersion, Grade

Basis, Outcome = Rating.Basis, Rating.Outcome
VALIDATORS = {"children": "nurse", "adults": "adults", "looked_after": "lac"}


@dataclass(frozen=True)
class Judgement:
    """How one criterion ended: its basis and grade, and whether the validator differed."""

    basis: str
    grade: str
    outcome: str
    comment: str


def load(years: list[Year], people: People, *, seed: int) -> None:
    """Write what validation made of every return that was received."""
    for year in years:
        grades = {grade.code: grade for grade in year.round.framework_version.grading.grades.all()}
        received = [each for each in year.returns if each.course.end in RECEIVED]
        judged = {each.assessment.pk: _judge(year, each, grades, seed=seed) for each in received}
        _ratings(year, received, judged, people)
        _reviews(year, received, people)
        _results(year, received, judged, grades, people)


def _judge(year: Year, each: Return, grades: dict[str, Grade], *, seed: int) -> dict[int, Judgement]:
    """The validator's judgements: exceptions and a sample are reviewed, the rest accepted as declared."""
    if each.course.end not in ("validated", "under_review"):
        return {}
    found, place, drawn = {}, each.place, _one_a_strand(year, each)
    for pk, said in each.said.items():
        criterion = year.criteria[pk]
        if each.course.end == "under_review" and behaviour.chance("done", place.key, criterion.criterion_id) > 0.4:
            continue
        listed = criterion.critical or said.grade != "green" or _sampled(place, criterion, seed)
        if listed or pk in drawn:
            found[pk] = _reviewed(place, criterion, said.grade, grades, year=year.round.year, seed=seed)
        elif each.course.end == "validated":
            found[pk] = Judgement(Basis.ACCEPTED_AS_DECLARED, said.grade, Outcome.DECLARED, "")
    return found


def _one_a_strand(year: Year, each: Return) -> set[int]:
    """Where nothing of a strand is an exception, its first criterion: no strand is signed off with nothing reviewed."""
    found = set()
    for strand in VALIDATORS:
        asked = [pk for pk in each.said if strand in year.criteria[pk].strands]
        if asked and not any(year.criteria[pk].critical or each.said[pk].grade != "green" for pk in asked):
            found.add(min(asked))
    return found


def _sampled(place: Place, criterion: CriterionVersion, seed: int) -> bool:
    """Is it in the random sample that is looked at anyway?"""
    return behaviour.chance("sample", place.key, criterion.criterion_id, seed) < 0.15


def _reviewed(
    place: Any, criterion: CriterionVersion, own: str, grades: dict[str, Grade], *, year: str, seed: int
) -> Judgement:
    grade = behaviour.validated(place, criterion, own, year=year, seed=seed)
    words = behaviour.WORDS["validator"]
    if grade == own:
        return Judgement(Basis.EVIDENCE_REVIEWED, grade, Outcome.AGREED, "")
    better = grades[grade].severity < grades[own].severity
    comment = behaviour.pick(words["higher" if better else "lower"], place.key, criterion.criterion_id)
    return Judgement(Basis.EVIDENCE_REVIEWED, grade, Outcome.HIGHER if better else Outcome.LOWER, comment)


def validator(people: People, criterion: CriterionVersion) -> tuple[Any, str]:
    """Who judges a criterion, and in which strand."""
    strand = next(strand for strand in VALIDATORS if strand in criterion.strands)
    return people.get(VALIDATORS[strand]) or people["nurse"], strand


COLUMNS = (
    "commissioner_id", "organisation_id", "self_assessment_id", "criterion_version_id", "basis", "grade", "outcome",
    "comment", "by_id", "at", "on", "strand",
)  # fmt: skip


def _ratings(year: Year, received: list[Return], judged: dict[int, dict[int, Judgement]], people: People) -> None:
    """The provider's own grades and the validators' judgements."""
    by_criterion = {pk: validator(people, criterion) for pk, criterion in year.criteria.items()}
    copied(Rating, COLUMNS, (row for each in received for row in _of_one(year, each, judged, by_criterion, people)))


def _of_one(
    year: Year, each: Return, judged: dict[int, dict[int, Judgement]], validators: dict[int, tuple[Any, str]],
    people: People,
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    row, lead = each.assessment, people.leads[each.place_key].pk
    whose = (row.commissioner_id, row.organisation_id, row.pk)
    sent = each.course.submitted or year.round.due_on
    on, at = _at(year, sent)
    for pk, said in each.said.items():
        yield (*whose, pk, Basis.SELF_ASSESSED.value, said.grade, Outcome.DECLARED.value, "", lead, at, on, "")
    on, at = _at(year, each.course.validated or sent + timedelta(days=3))
    for pk, judged_so in judged[row.pk].items():
        by, strand = validators[pk]
        told = (str(judged_so.basis), judged_so.grade, str(judged_so.outcome), judged_so.comment)
        yield (*whose, pk, *told, by.pk, at, on, strand)


def _at(year: Year, day: date) -> tuple[date, datetime]:
    day = min(day, year.on)
    return day, year.moment(day, 14)


def _reviews(year: Year, received: list[Return], people: People) -> None:
    """One row per strand asked: begun when work on it began, signed off when the return is validated."""
    rows = []
    for each in received:
        strands = {strand for pk in each.answers for strand in year.criteria[pk].strands}
        day = each.course.validated
        begun = each.course.end in ("validated", "under_review", "sent_back")
        for strand in (strand for strand in VALIDATORS if strand in strands):
            by = people.get(VALIDATORS[strand]) or people["nurse"]
            at = year.moment(day or (each.course.submitted or year.round.due_on) + timedelta(days=2), 13)
            rows.append(
                StrandReview(
                    commissioner_id=each.assessment.commissioner_id, organisation_id=each.assessment.organisation_id,
                    self_assessment_id=each.assessment.pk, strand=strand, begun_by=by if begun else None,
                    begun_at=at if begun else None, signed_off_by=by if day else None,
                    signed_off_at=at if day else None,
                )
            )  # fmt: skip
    StrandReview.objects.bulk_create(rows, batch_size=BATCH)


COUNTED = (
    "commissioner_id", "organisation_id", "self_assessment_id", "standard_id", "basis", "met", "partly", "not_met",
    "not_applicable", "unanswered", "reviewed", "oldest_on",
)  # fmt: skip


def _results(
    year: Year, received: list[Return], judged: dict[int, dict[int, Judgement]], grades: dict[str, Grade],
    people: People,
) -> None:  # fmt: skip
    """Counts per standard and levels per strand, by the product's own functions."""
    standards: list[StandardResult] = []
    found: list[LevelResult] = []
    reds: dict[date, int] = {}
    for each in received:
        own = [_known(year, each, pk, said.grade, Basis.SELF_ASSESSED, grades) for pk, said in each.said.items()]
        standards += standard_results(each.assessment, StandardResult.Basis.SELF_ASSESSED, own)
        if not each.course.validated:
            continue
        facts = [
            _known(year, each, pk, judgement.grade, judgement.basis, grades)
            for pk, judgement in judged[each.assessment.pk].items()
        ]
        standards += standard_results(each.assessment, StandardResult.Basis.VALIDATED, facts)
        limit = reds.setdefault(each.course.validated, _policy(each.course.validated))
        found += _levels(year, each, facts, limit, people)
    copied(StandardResult, COUNTED, (tuple(getattr(row, name) for name in COUNTED) for row in standards))
    LevelResult.objects.bulk_create(found, batch_size=BATCH)


def _policy(day: date) -> int:
    policy = AssurancePolicy.objects.in_force(None, day).first()
    return int(policy.reds_for_limited)


def _known(year: Year, each: Return, pk: int, grade: str, basis: str, grades: dict[str, Grade]) -> Known:
    criterion = year.criteria[pk]
    day = each.course.validated if basis != Basis.SELF_ASSESSED else each.course.submitted
    return Known(
        criterion.ref, criterion.standard_id, criterion.standard.number, tuple(criterion.strands), criterion.critical,
        state_of(grades[grade]), basis, day,
    )  # fmt: skip


def _levels(year: Year, each: Return, facts: list[Known], reds: int, people: People) -> list[LevelResult]:
    judged = [
        Judged(
            fact.ref, fact.standard, fact.strands, fact.critical, fact.state,
            evidence_reviewed=fact.basis in REVIEWED,
            agreed_not_applicable=fact.state == State.NOT_APPLICABLE and fact.basis in REVIEWED,
        )
        for fact in facts
    ]  # fmt: skip
    row, at = each.assessment, year.moment(each.course.validated or each.assessment.due_on, 15)
    return [
        LevelResult(
            commissioner_id=row.commissioner_id, organisation_id=row.organisation_id, self_assessment_id=row.pk,
            strand=strand, computed=verdict.level.value, level=verdict.level.value, reasons=list(verdict.reasons),
            reviewed=verdict.reviewed, asked=verdict.asked, decided_at=at, computed_at=at,
            decided_by=people.get(VALIDATORS.get(strand, "nurse")) or people["nurse"],
        )
        for strand, verdict in levels.levels(judged, reds_for_limited=reds).items()
    ]  # fmt: skip

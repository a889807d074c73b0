"""What a return asks, in the words of its tier, with the answer, the evidence and what was said last year.

Read by the form, the check page, the read-only page and the document that is submitted. A fixed number of queries,
whatever the number of questions.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Max, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Coalesce, JSONObject

from assurance.answers import KINDS, AnswerKind
from assurance.models.answers import Answer, AnswerEvidence, incomplete_when
from assurance.models.assessments import SelfAssessment
from assurance.models.ratings import Rating
from assurance.models.records import LastRecorded, last_recorded, recorded_in
from assurance.models.retesting import asked_again
from design.calendar import london_date
from evidence.models import newest_scan
from framework.applicability import why_not
from framework.models import CriterionVersion, Grade, Wording
from providers.models import ServiceAnswer

REVIEWED = (Rating.Basis.SEEN_ON_VISIT, Rating.Basis.EVIDENCE_REVIEWED)


@dataclass
class Question:
    """One criterion of one return. ``grades`` are those that may be chosen here; ``last`` is last year's answer."""

    answer: Answer
    criterion: CriterionVersion
    wording: Wording
    grades: list[Grade]
    scheme: list[Grade]
    last: Answer | None = None
    last_grade: Grade | None = None
    last_basis: str = ""
    our_comment: str = ""
    recorded: LastRecorded | None = None
    evidence: list[AnswerEvidence] = field(default_factory=list)

    @property
    def kind(self) -> AnswerKind:
        """How its answer is read and checked."""
        return KINDS[self.criterion.kind]

    @property
    def grade(self) -> Grade | None:
        """The grade given, if any."""
        return next((grade for grade in self.scheme if grade.code == self.answer.grade), None)

    @property
    def words(self) -> str:
        """The answer's grade in words, empty while there is none."""
        return self.kind.in_words(self.answer.value, self.scheme)

    @property
    def missing(self) -> dict[str, str]:
        """What still has to be said, by field; empty when it is complete."""
        answer = self.answer
        return self.kind.missing(answer.value, answer.narrative, answer.not_applicable_reason, self.grades)

    @property
    def wanted(self) -> str:
        """The same as one line."""
        return "; ".join(self.missing.values())


@dataclass(frozen=True)
class StandardProgress:
    """One standard of a return: how many criteria are asked, complete and begun, and when one was last saved."""

    number: int
    title: str
    purpose: str
    asked: int
    complete: int
    begun: int
    not_applicable: int
    saved_at: datetime | None
    colleagues: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As a heading says it."""
        return f"Standard {self.number}: {self.title}"

    @property
    def hint(self) -> str:
        """How many of its questions are complete, and which colleagues are asked for it."""
        left_out = f", {self.not_applicable} not applicable" if self.not_applicable else ""
        complete = f"{self.complete} of {self.asked} question{'' if self.asked == 1 else 's'} complete{left_out}"
        return "; ".join([complete, *self.colleagues])

    @property
    def is_complete(self) -> bool:
        """Nothing missing."""
        return self.complete == self.asked

    @property
    def is_begun(self) -> bool:
        """Something was written."""
        return self.begun > 0


def grades_of(assessment: SelfAssessment) -> list[Grade]:
    """The scheme that the return is graded with. One query."""
    return list(Grade.objects.filter(scheme=assessment.round.framework_version.grading_id))


def questions_of(
    assessment: SelfAssessment, scheme: list[Grade], *, standard: int | None = None, answer: int | None = None
) -> list[Question]:
    """Every question in reading order, or those of one standard, or one. At most five queries."""
    answers = assessment.answers.in_order().select_related(
        "criterion_version__standard", "criterion_version__condition", "carried_from", "answered_by"
    )
    if standard is not None:
        answers = answers.filter(criterion_version__standard__number=standard)
    if answer is not None:
        answers = answers.filter(pk=answer)
    if standard is not None or answer is not None:  # what a person reads question by question
        year = F("carried_from__self_assessment__round__year")
        answers = answers.annotate(recorded=last_recorded(), last_year=Coalesce(year, Value("")))
        answers = answers.annotate(asked_again=asked_again())
    uses = AnswerEvidence.objects.select_related("item").annotate(newest_scan=newest_scan("item"))
    uses = uses.order_by("added_at", "pk")
    rows = list(answers.prefetch_related(Prefetch("evidence", queryset=uses)))
    comments = _comments(rows)
    return [
        replace(
            question,
            last=question.answer.carried_from,
            last_grade=_grade(scheme, question.answer.carried_from),
            our_comment=comments.get(question.answer.carried_from_id or 0, ""),
            recorded=_recorded(question.answer),
            evidence=list(question.answer.evidence.all()),
        )
        for question in _asked(assessment, rows, scheme)
    ]


def bare_questions_of(assessment: SelfAssessment, scheme: list[Grade]) -> list[Question]:
    """Every question with its answer only, for comparing: no evidence, nothing of last year. At most three queries."""
    answers = assessment.answers.in_order().select_related("criterion_version__standard", "answered_by")
    return _asked(assessment, list(answers), scheme)


def _asked(assessment: SelfAssessment, rows: list[Answer], scheme: list[Grade]) -> list[Question]:
    """The answers with what they answer, in the words of the return's tier. At most two queries."""
    wordings = _wordings(assessment, rows)
    excused = _excused(assessment, rows)
    return [
        Question(
            answer=row,
            criterion=row.criterion_version,
            wording=wordings[row.criterion_version_id],
            grades=_offered(row.criterion_version, scheme, excused),
            scheme=scheme,
        )
        for row in rows
    ]


def progress_of(
    assessment: SelfAssessment, scheme: list[Grade], *, asks: QuerySet[Any, Any] | None = None
) -> list[StandardProgress]:
    """The standards that this return asks, in order, with how far each is, and who of ``asks`` is asked for it.

    One query.
    """
    excused = [grade.code for grade in scheme if grade.excludes]
    rows = (
        assessment.answers.order_by("criterion_version__standard__number")
        .values(
            of=F("criterion_version__standard"),
            number=F("criterion_version__standard__number"),
            title=F("criterion_version__standard__title"),
            purpose=F("criterion_version__standard__purpose"),
        )
        .annotate(
            asked=Count("pk"),
            complete=Count("pk", filter=~incomplete_when(scheme)),
            begun=Count("pk", filter=Q(grade__isnull=False) | ~Q(narrative="")),
            not_applicable=Count("pk", filter=Q(grade__in=excused)),
            saved_at=Max("answered_at"),
        )
    )
    if asks is not None:
        people = asks.filter(standard=OuterRef("of")).order_by("at", "pk")
        rows = rows.annotate(people=ArraySubquery(people.values(json=JSONObject(name="colleague__name", at="at"))))
    return [_progress(**row) for row in rows]


def _progress(*, of: int, people: list[dict[str, str]] | None = None, **row: Any) -> StandardProgress:
    asked = tuple(
        f"asked {one['name']} on {london_date(datetime.fromisoformat(one['at'])):%-d %B %Y}" for one in people or ()
    )
    return StandardProgress(**row, colleagues=asked)


def not_asked(assessment: SelfAssessment) -> list[tuple[CriterionVersion, str]]:
    """The criteria of the tier that this return leaves out, with the reason. One query."""
    version = assessment.round.framework_version
    left_out = (
        version.criteria.for_tier(assessment.tier)
        .exclude(pk__in=assessment.answers.values("criterion_version"))
        .select_related("condition")
        .in_order()
    )
    return [(criterion, why_not(criterion) or "not asked when this return was issued") for criterion in left_out]


def _wordings(assessment: SelfAssessment, rows: Iterable[Answer]) -> dict[int, Wording]:
    """The words of the return's tier; a criterion without its own uses the full ones."""
    found: dict[int, Wording] = {}
    wordings = Wording.objects.filter(criterion_version__in=[row.criterion_version_id for row in rows])
    for wording in wordings.annotate(ours=Q(tier=assessment.tier)).order_by("ours", "tier"):
        found[wording.criterion_version_id] = wording
    return found


def _excused(assessment: SelfAssessment, rows: Iterable[Answer]) -> set[int]:
    """The service questions that the provider's profile answers with no. One query, or none."""
    conditions = {row.criterion_version.condition_id for row in rows if row.criterion_version.critical} - {None}
    if not conditions:
        return set()
    said_no = ServiceAnswer.objects.filter(
        organisation=assessment.organisation_id, question__in=conditions, holds=False
    )
    return set(said_no.values_list("question", flat=True))


def _offered(criterion: CriterionVersion, scheme: list[Grade], excused: set[int]) -> list[Grade]:
    """A critical criterion is never "not applicable" unless the service profile says so (hazard 2)."""
    if criterion.critical and criterion.condition_id not in excused:
        return [grade for grade in scheme if not grade.excludes]
    return scheme


def _grade(scheme: list[Grade], answer: Answer | None) -> Grade | None:
    return next((grade for grade in scheme if answer is not None and grade.code == answer.grade), None)


def _recorded(answer: Any) -> LastRecorded | None:
    """What records say of years later than last year's answer, where the question was asked for by itself."""
    return recorded_in(getattr(answer, "recorded", None), after=getattr(answer, "last_year", ""))


def _comments(rows: Iterable[Answer]) -> dict[int, str]:
    """Our comment on last year's answer, by that answer. One query, or none."""
    last = [row.carried_from for row in rows if row.carried_from is not None]
    if not last:
        return {}
    ratings = Rating.objects.current().filter(
        self_assessment__in={answer.self_assessment_id for answer in last},
        criterion_version__in=[answer.criterion_version_id for answer in last],
        basis__in=REVIEWED,
    )
    words = {(rating.self_assessment_id, rating.criterion_version_id): rating.comment for rating in ratings}
    return {answer.pk: words.get((answer.self_assessment_id, answer.criterion_version_id), "") for answer in last}

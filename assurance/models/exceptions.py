"""Validating by exception: which criteria a validator should look at, and why each is listed.

A criterion is listed when it is critical, self-assessed as needing action, not applicable, different from the
last validated grade, asked again because of learning elsewhere, when its evidence has expired, or when it changed after
somebody judged it; and a few more are drawn at random. The rest may be accepted as declared, which never counts as
reviewed. What is drawn for a strand has to be looked at, also when another strand has accepted it as declared.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from assurance.models import retesting
from assurance.models.assessments import SelfAssessment
from assurance.models.judging import ground_of, with_uses
from assurance.models.ratings import Rating
from assurance.models.submissions import SendBack
from framework.models import Grade, Wording

Basis = Rating.Basis
# What a validator said, the least sure first: a reviewed grade comes before an accepted one.
GIVEN = (Basis.ACCEPTED_AS_DECLARED, Basis.EVIDENCE_REVIEWED, Basis.SEEN_ON_VISIT)
REVIEWED = (Basis.EVIDENCE_REVIEWED, Basis.SEEN_ON_VISIT)


@dataclass
class Line:
    """One criterion of the validation list: the answer, what is known, and why it is here."""

    answer: Any
    grade: Grade | None
    last: Rating | None
    given: list[Rating]
    reasons: list[str] = field(default_factory=list)
    is_drawn: bool = False

    @property
    def now(self) -> Rating | None:
        """The surest of what validators said of this return."""
        return surest(self.given)

    @property
    def last_year(self) -> str:
        """The year that was last validated here; empty when none was."""
        return self.last.year if self.last is not None else ""  # type: ignore[attr-defined, no-any-return]

    @property
    def ref(self) -> str:
        """As the framework numbers it."""
        return str(self.answer.criterion_version.ref)

    @property
    def is_exception(self) -> bool:
        """Does anything ask for a look at it?"""
        return bool(self.reasons)

    @property
    def has_changed(self) -> bool:
        """Is the answer or its evidence another than the one that was judged?"""
        return self.now is not None and self.now.ground not in ("", ground_of(self.answer))

    @property
    def is_decided(self) -> bool:
        """Judged, or accepted as declared, on what stands there now.

        "More evidence" is not a decision, nor is accepting one for which a look was drawn.
        """
        if self.now is None or self.has_changed or self.now.outcome == Rating.Outcome.MORE_EVIDENCE:
            return False
        return not (self.is_drawn and self.now.basis == Basis.ACCEPTED_AS_DECLARED)

    @property
    def is_accepted(self) -> bool:
        """Accepted as declared: decided, and not reviewed (hazard 3)."""
        return self.is_decided and self.now is not None and self.now.basis == Basis.ACCEPTED_AS_DECLARED


def surest(given: Iterable[Rating]) -> Rating | None:
    """Of what validators said of one criterion, what they know best."""
    return max(given, key=lambda rating: GIVEN.index(Basis(rating.basis)), default=None)


def asked(answers: "QuerySet[Any]") -> "QuerySet[Any]":
    """Answers with their criterion, the words of their tier, ``uses`` and when more was asked. One query."""
    ours = Wording.objects.filter(criterion_version=OuterRef("criterion_version"))
    columns = ("text", "why", "guidance", "evidence", "do_not_send")
    words = (
        ours.annotate(is_ours=Q(tier=OuterRef("self_assessment__tier")))
        .order_by("-is_ours", "tier")
        .values(json=JSONObject(**dict(zip(columns, columns, strict=True))))
    )
    back = SendBack.objects.filter(self_assessment=OuterRef("self_assessment")).order_by("-at").values("at")
    found = with_uses(answers).annotate(words=Subquery(words[:1]), asked_at=Subquery(back[:1]))
    found = found.annotate(asked_again=retesting.asked_again(before_it_was_sent=True))
    return found.select_related("criterion_version__standard")


def lines(
    assessment: SelfAssessment,
    strand: str = "",
    *,
    on: date,
    sample: Iterable[int] = (),
    grades: Mapping[str, Grade] | None = None,
) -> list[Line]:
    """The validation list of one strand, or of all, in reading order. Three queries, however many criteria."""
    answers = assessment.answers.in_order()
    if strand:
        answers = answers.filter(criterion_version__strands__contains=[strand])
    scheme = grades if grades is not None else grades_of(assessment)
    return lines_of(list(asked(answers)), [assessment], scheme, on=on, drawn=set(sample))


def grades_of(assessment: SelfAssessment) -> dict[str, Grade]:
    """The scheme of the return by code, in its order. One query."""
    return grades_of_scheme(assessment.round.framework_version.grading_id)


def schemes_of(assessment: SelfAssessment) -> tuple[dict[str, Grade], dict[str, str]]:
    """The grades of criteria by code, and the words of levels by code. One query."""
    version = assessment.round.framework_version
    found = list(Grade.objects.filter(scheme__in=[version.grading_id, version.levels_id]))
    grades = {grade.code: grade for grade in found if grade.scheme_id == version.grading_id}
    return grades, {grade.code: grade.label for grade in found if grade.scheme_id == version.levels_id}


def grades_of_scheme(scheme_id: int) -> dict[str, Grade]:
    """A scheme's grades by code, in its order. One query."""
    return {grade.code: grade for grade in Grade.objects.filter(scheme=scheme_id)}


def lines_of(
    answers: list[Any],
    assessments: list[SelfAssessment],
    grades: Mapping[str, Grade],
    *,
    on: date,
    drawn: Iterable[int] = (),
) -> list[Line]:
    """A line for each answer, of one return or of many; what is known of all of them is one query."""
    issued = {each.pk: each.issued_at for each in assessments}
    given, last = known(assessments, {answer.criterion_version.criterion_id for answer in answers})
    found = []
    for answer in answers:
        criterion = answer.criterion_version
        earlier = last.get((answer.organisation_id, criterion.criterion_id), [])
        before = next((rating for rating in earlier if rating.issued < issued[answer.self_assessment_id]), None)
        said = given.get((answer.self_assessment_id, criterion.pk), [])
        line = Line(answer, grades.get(answer.grade), before, said, is_drawn=criterion.pk in drawn)
        line.reasons = _reasons(line, on=on)
        found.append(line)
    return found


def known(
    assessments: list[SelfAssessment], criteria: set[Any]
) -> tuple[dict[Any, list[Rating]], dict[Any, list[Any]]]:
    """What validators said: now, by return and criterion version, one of each basis; and earlier, latest first, by
    organisation and lasting criterion. One query.
    """
    here = [each.pk for each in assessments]
    earlier = Q(
        organisation__in={each.organisation_id for each in assessments},
        commissioner__in={each.commissioner_id for each in assessments},
        self_assessment__state=SelfAssessment.State.VALIDATED,
        basis__in=REVIEWED,
    ) & ~Q(self_assessment__in=here)
    rows = (
        Rating.objects.current()
        .filter(Q(self_assessment__in=here, basis__in=GIVEN) | earlier, criterion_version__criterion__in=criteria)
        .annotate(
            issued=F("self_assessment__issued_at"),
            year=F("self_assessment__round__year"),
            lasting=F("criterion_version__criterion"),
        )
        .select_related("by")
        .order_by("-on", "-id")
    )
    given: dict[Any, list[Rating]] = {}
    last: dict[Any, list[Any]] = {}
    for rating in rows:
        if rating.self_assessment_id not in here:
            last.setdefault((rating.organisation_id, rating.lasting), []).append(rating)
        else:
            given.setdefault((rating.self_assessment_id, rating.criterion_version_id), []).append(rating)
    return given, last


def draw(candidates: list[int], *, size: int, seed: str) -> list[int]:
    """A random sample that anybody can draw again: the seed is the return's reference and strand."""
    return sorted(random.Random(seed).sample(sorted(candidates), min(size, len(candidates))))  # noqa: S311


def _reasons(line: Line, *, on: date) -> list[str]:
    reasons = []
    if line.answer.criterion_version.critical:
        reasons.append("critical")
    if line.answer.asked_again:
        reasons.append(retesting.REASON)
    if line.grade is not None and line.grade.requires_action:
        reasons.append(f"self-assessed {line.grade.label.lower()}")
    if line.grade is not None and line.grade.excludes:
        reasons.append("marked not applicable")
    if line.last is not None and line.last.grade != line.answer.grade:
        reasons.append("changed since last validated")
    reasons += _about_evidence(line, on)
    if line.now is not None and line.has_changed:
        asked_at = line.answer.asked_at
        since_asked = asked_at is not None and line.now.at <= asked_at
        reasons.append("changed since we asked" if since_asked else "evidence replaced since it was judged")
    elif line.now is not None and line.now.outcome == Rating.Outcome.MORE_EVIDENCE:
        reasons.append("more evidence was asked for")
    if line.is_drawn and not reasons:
        reasons.append("drawn at random")
    return reasons


def _about_evidence(line: Line, on: date) -> list[str]:
    reasons = []
    if any(use["withdrawn"] for use in line.answer.uses):
        reasons.append("evidence withdrawn")
    if any(use["until"] and use["until"] < on.isoformat() and not use["withdrawn"] for use in line.answer.uses):
        reasons.append("evidence expired")
    return reasons

"""Returns as far as validation has come: submitted, under review, validated."""

from typing import Any

from assurance.models import Rating, SelfAssessment, StrandReview
from assurance.models.scoring import write_results
from framework.models import Grade
from tests.factories.accounts import someone
from tests.factories.assurance import a_return, answer_all

STRANDS = ("children", "adults", "looked_after")
MINE = {"children": ["1.1", "1.2", "2.1"], "adults": ["2.2"], "looked_after": ["1.10"]}


def declare(assessment: SelfAssessment, *, at: Any) -> SelfAssessment:
    """What ``submit`` leaves behind, without its questions: frozen answers, own ratings, strands prepared."""
    lead = someone("PL", assessment.organisation)
    assessment.ratings.filter(basis="self_assessed", current=True).update(current=False)
    Rating.objects.bulk_create(
        Rating(
            commissioner=assessment.commissioner, organisation=assessment.organisation, self_assessment=assessment,
            criterion_version_id=answer.criterion_version_id, basis="self_assessed", grade=answer.value["grade"],
            outcome="declared", by=lead, at=at, on=at.date(),
        )
        for answer in assessment.answers.all()
    )  # fmt: skip
    first = assessment.first_submitted_at or at
    assessment._move(assessment.EDITABLE, "submitted", submitted_at=at, first_submitted_at=first, settled_at=at)
    StrandReview.prepare(assessment)
    write_results(assessment, at=at)
    return assessment


def submitted(at: Any, *, round: Any = None, organisation: Any = None, issued_at: Any = None, **grades: str) -> Any:
    """A return just submitted: all green, or as ``grades`` say (r1_2="red")."""
    more = {"issued_at": issued_at} if issued_at else {}
    assessment = a_return(round, organisation, **more)
    answer_all(assessment, **grades)
    return declare(assessment, at=at)


def nurse_of(assessment: SelfAssessment, *strands: str, **person: Any) -> Any:
    """A designated professional of the commissioner; for every strand unless some are named."""
    return someone("DP", assessment.commissioner, strands=list(strands or STRANDS), **person)


def review(assessment: SelfAssessment, strand: str, *, by: Any, at: Any) -> StrandReview:
    """The strand, begun."""
    found = assessment.strand_reviews.get(strand=strand)
    found.begin(by=by, at=at)
    return found


def grade(assessment: SelfAssessment, code: str) -> Grade:
    return Grade.objects.get(scheme=assessment.round.framework_version.grading, code=code)


def answer(assessment: SelfAssessment, ref: str) -> Any:
    return assessment.answers.select_related("criterion_version").get(criterion_version__ref=ref)


def judge(found: StrandReview, ref: str, code: str, *, by: Any, at: Any, comment: str = "", seen: Any = None) -> Rating:
    """One judgement; no code asks for more evidence."""
    chosen = grade(found.self_assessment, code) if code else None
    return found.judge(answer(found.self_assessment, ref), grade=chosen, comment=comment, by=by, at=at, seen=seen)


def decide_all(assessment: SelfAssessment, strand: str, *, by: Any, at: Any, **codes: str) -> StrandReview:
    """Judge everything of a strand that is not judged yet: green, or as ``codes`` say, with a comment."""
    found = review(assessment, strand, by=by, at=at)
    for line in found.lines(on=at.date()):
        if not line.is_decided:
            code = codes.get("r" + line.ref.replace(".", "_"), "green")
            comment = "" if code == line.answer.grade else "Seen by the validator."
            judge(found, line.ref, code, by=by, at=at, comment=comment, seen=line.now.pk if line.now else None)
    return found


def validated(at: Any, *, by: Any = None, assessment: SelfAssessment | None = None, **codes: str) -> SelfAssessment:
    """A return validated in all strands: everything reviewed, green or as ``codes`` say."""
    assessment = assessment or submitted(at)
    by = by or nurse_of(assessment)
    for strand in STRANDS:
        decide_all(assessment, strand, by=by, at=at, **codes).sign_off(by=by, at=at)
    assessment.refresh_from_db()
    return assessment

"""What whoever signs a strand off has before them: what is undecided, the level with its reasons, and the letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string

from assurance.levels import Verdict
from assurance.models import AssurancePolicy, LevelResult, Rating, SelfAssessment, StrandReview
from assurance.models.exceptions import Line, lines, schemes_of, surest
from assurance.models.scoring import Known, fact_of, verdicts
from chasing.letters import absolute, front_doors, signatory
from chasing.models import Letter
from framework.models import Grade

OVERALL = LevelResult.OVERALL


@dataclass(frozen=True)
class Preview:
    """A strand as it would be signed off now; ``overall`` with the last strand only."""

    review: Any
    lines: list[Line]
    undecided: list[Line]
    verdict: Verdict
    overall: Verdict | None
    words: Mapping[str, str]

    @property
    def accepted(self) -> int:
        """How many stay as declared, not reviewed."""
        return sum(line.is_accepted for line in self.lines)

    @property
    def reviewed(self) -> int:
        """How many somebody looked at."""
        return sum(line.is_decided for line in self.lines) - self.accepted

    @property
    def is_ready(self) -> bool:
        """Everything is decided, and something was looked at."""
        return not self.undecided and not StrandReview.nothing_reviewed(self.lines)

    @property
    def not_applicable(self) -> int:
        """How many a validator agreed are not applicable; they are never hidden in a smaller total (hazard 2)."""
        return sum(bool(line.now and line.is_decided and line.now.grade == "not_applicable") for line in self.lines)

    @property
    def level_label(self) -> str:
        """The strand's level in the scheme's words."""
        return self.words[self.verdict.level]

    @property
    def overall_label(self) -> str:
        """Overall in the scheme's words; empty unless it is the last strand."""
        return self.words[self.overall.level] if self.overall else ""

    @property
    def computed(self) -> dict[str, str]:
        """The levels that the form asks about."""
        found = {self.review.strand: self.verdict.level.value}
        return found | ({OVERALL: self.overall.level.value} if self.overall else {})


def preview_of(assessment: SelfAssessment, review: Any, *, on: date) -> Preview:
    """The strand as it stands. Four queries, whatever the number of criteria. Needs ``with_last``."""
    review.self_assessment = assessment
    grades, words = schemes_of(assessment)
    everything = lines(assessment, on=on, sample=review.sample, grades=grades)
    rows = [line for line in everything if review.strand in line.answer.criterion_version.strands]
    policy = AssurancePolicy.objects.in_force(assessment.commissioner_id, on).first()
    found = verdicts([_fact(line, grades) for line in everything], policy)
    return Preview(
        review=review,
        lines=rows,
        undecided=[line for line in rows if not line.is_decided],
        verdict=found[review.strand],
        overall=found[OVERALL] if review.is_last else None,
        words=words,
    )


def with_last(reviews: QuerySet[Any]) -> QuerySet[Any]:
    """Adds ``is_last`` to strands: nobody has any other of the return left to sign off."""
    others = StrandReview.objects.filter(self_assessment=OuterRef("self_assessment"), signed_off_at__isnull=True)
    return reviews.annotate(is_last=~Exists(others.exclude(pk=OuterRef("pk"))))


def _fact(line: Line, grades: Mapping[str, Grade]) -> Known:
    """What counts towards the level: the surest grade that somebody gave; being asked for more gives none."""
    rating = surest(each for each in line.given if each.outcome != Rating.Outcome.MORE_EVIDENCE)
    return fact_of(line.answer.criterion_version, rating, grades.get(rating.grade) if rating else None)


def letter_preview(assessment: SelfAssessment) -> str:
    """The result letter as it would be sent now. It says that there is a result, never what it is."""
    letter = Letter(
        kind="result", commissioner=assessment.commissioner, organisation=assessment.organisation,
        to_organisation=assessment.organisation,
    )  # fmt: skip
    context = {
        "letter": letter,
        "signatory": signatory(letter),
        "front_door": front_doors(letter),
        "demonstration": settings.PORTAL_DEMONSTRATION,
        "portal_url": settings.PORTAL_BASE_URL,
        "greeting": assessment.organisation.name,
        "assessment": assessment,
        "link": absolute("assurance:result", assessment.reference),
    }
    return render_to_string("letters/result.txt", context)

"""The result of a validated return: levels with reasons, own grade beside validated grade, comments and actions.

Seen by the provider, its commissioner and associates, each as far as permitted. The same rows make page and PDF.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from accounts.capabilities import Can
from assurance.levels import STRAND_WORDS, STRANDS
from assurance.models import CriterionAction, InQuestion, LevelResult, Rating, SelfAssessment
from assurance.models.exceptions import GIVEN, asked, grades_of
from assurance.signing_off import level_words
from design import pdf
from framework.models import Grade, Standard

if TYPE_CHECKING:
    from accounts.models import User

SELF = Rating.Basis.SELF_ASSESSED
TONES = {"significant": "good", "reasonable": "partly", "limited": "bad", "none": "bad"}
ORDER = (LevelResult.OVERALL, *STRANDS)


@dataclass
class ResultLine:
    """One criterion: the provider's own grade, the validated one, and what followed."""

    criterion: Any
    words: dict[str, Any]
    own: Grade | None = None
    grade: Grade | None = None
    rating: Rating | None = None
    action: Any = None
    in_question: InQuestion | None = None

    @property
    def differs(self) -> bool:
        """Own rating v validated rating."""
        return self.own is not None and self.grade is not None and self.own.code != self.grade.code


@dataclass
class Result:
    """A validated return as it may be read by one person."""

    assessment: SelfAssessment
    levels: list[LevelResult]
    standards: list[tuple[Standard, list[ResultLine]]]
    words: dict[str, str] = field(default_factory=dict)

    @property
    def level_rows(self) -> list[dict[str, Any]]:
        """The levels with the scheme's words and a tone: overall first."""
        return [
            {"level": row, "label": self.words[row.level], "computed_label": self.words[row.computed],
             "tone": TONES[row.level]}
            for row in self.levels
        ]  # fmt: skip

    @property
    def lines(self) -> list[ResultLine]:
        """All criteria in reading order."""
        return [line for _, lines in self.standards for line in lines]

    @property
    def counts(self) -> dict[str, int]:
        """Reviewed, accepted as declared and the whole; a reader sees at once on what it stands."""
        bases = [line.rating.basis for line in self.lines if line.rating]
        accepted = bases.count(Rating.Basis.ACCEPTED_AS_DECLARED)
        excluded = sum(bool(line.grade and line.grade.excludes) for line in self.lines)
        return {
            "asked": len(self.lines),
            "reviewed": len(bases) - accepted,
            "accepted": accepted,
            "not_applicable": excluded,
        }


def result_of(reference: str, *, user: "User") -> Result | None:
    """The result if there is one for this person; None looks like "not there". Seven queries."""
    seen = LevelResult.objects.permitted(user, Can.SEE_RESULT).filter(self_assessment__reference=reference)
    levels = sorted(
        seen.select_related(
            "self_assessment__round__framework_version__levels",
            "self_assessment__organisation",
            "self_assessment__commissioner",
            "decided_by",
        ),
        key=lambda row: ORDER.index(row.strand),
    )
    if not levels:
        return None
    assessment = levels[0].self_assessment
    ratings = list(
        Rating.objects.permitted(user, Can.SEE_RESULT).current().filter(self_assessment=assessment).select_related("by")
    )
    grades, lines = grades_of(assessment), []
    own = {rating.criterion_version_id: rating for rating in ratings if rating.basis == SELF}
    given = surest(ratings)
    actions, doubts = _actions(assessment, user), _doubts(assessment, user)
    for answer in asked(assessment.answers.in_order()):
        pk = answer.criterion_version_id
        mine, theirs = own.get(pk), given.get(pk)
        lines.append(
            ResultLine(
                answer.criterion_version, answer.words, grades.get(mine.grade) if mine else None,
                grades.get(theirs.grade) if theirs else None, theirs, actions.get(pk), doubts.get(pk),
            )
        )  # fmt: skip
    by_standard = [(one, list(rows)) for one, rows in groupby(lines, key=lambda line: line.criterion.standard)]
    return Result(assessment, levels, by_standard, level_words(assessment))


def surest(ratings: Iterable[Rating]) -> dict[int, Rating]:
    """The surest of a validator's current ratings by criterion version."""
    given = [rating for rating in ratings if rating.basis in GIVEN]
    return {
        rating.criterion_version_id: rating
        for rating in sorted(given, key=lambda rating: GIVEN.index(Rating.Basis(rating.basis)))
    }


def _actions(assessment: SelfAssessment, user: "User") -> dict[int, Any]:
    links = CriterionAction.objects.permitted(user, Can.SEE_ACTIONS).filter(self_assessment=assessment)
    return {link.criterion_version_id: link.action for link in links.select_related("action__owner")}


def _doubts(assessment: SelfAssessment, user: "User") -> dict[int, InQuestion]:
    doubts = InQuestion.objects.permitted(user, Can.SEE_RESULT).open().filter(self_assessment=assessment)
    return {doubt.criterion_version_id: doubt for doubt in doubts}


def history_of(result: Result, line: ResultLine, *, user: "User", inside: bool) -> list[Rating]:
    """What validators said of one criterion, latest first. Outside readers see it from the validation on."""
    ratings = list(
        Rating.objects.permitted(user, Can.SEE_RESULT)
        .filter(self_assessment=result.assessment, criterion_version=line.criterion, basis__in=GIVEN)
        .select_related("by", "evidence")
        .order_by("-at", "-id")
    )
    if inside:
        return ratings
    validated = result.assessment.validated_at
    after = [rating for rating in ratings if validated is None or rating.at > validated]
    return [*after, *[rating for rating in ratings if rating not in after][:1]]


def result_pdf(result: Result, *, at: datetime, demonstration: bool) -> bytes:
    """The result as a tagged PDF."""
    assessment = result.assessment
    title = f"Result of {assessment.round.name}: {assessment.organisation.name}"
    context = {"result": result, "title": title, "demonstration": demonstration, "at": at, "strands": STRAND_WORDS}
    return pdf.render(render_to_string("reports/result.html", context), title=title, at=at)

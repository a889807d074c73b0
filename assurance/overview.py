"""What the assurance overview shows: the matrix, changes since last year, and what needs attention.

Pure reading over ``standing``; the page's cost depends on the page, never on how much its reader may see.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Prefetch, Subquery
from django.utils.text import capfirst

from assurance.models import AssurancePolicy, InQuestion, LevelResult, Rating, SelfAssessment, StandardResult
from assurance.standing import BY_KEY, LEVELS, Standing
from design.calendar import FinancialYear, add_months
from framework.models import Wording

VALIDATED = StandardResult.Basis.VALIDATED
SHOWN = ("self_assessment", "number", "basis", "met", "partly", "not_met", "not_applicable", "unanswered", "reviewed",
         "oldest_on", "stale_months", "in_question")  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One standard of one provider in the matrix: letter, word, ground and whether it is out of date."""

    letter: str
    word: str
    tone: str
    ground: str
    ground_word: str
    out_of_date: bool = False
    standard: int = 0
    in_question: date | None = None


NOTHING = Cell("NR", "No return received", "quiet", "hatched", "")
NOT_ASKED = Cell("–", "Not asked", "quiet", "outlined", "")


@dataclass(frozen=True)
class Row:
    """One provider in the matrix."""

    assessment: Any
    standing: Standing
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Change:
    """Levels compared with last year's: how many better, worse, the same, and new to having one."""

    better: int
    worse: int
    same: int
    new: int


def matrix(page: Sequence[Any], standards: Sequence[int], *, as_at: date) -> list[Row]:
    """The rows of one page: one query, whatever the number of rows on it or in the register."""
    policy = AssurancePolicy.objects.in_force(page[0].commissioner_id if page else None, as_at)
    months = Subquery(policy.values("rating_stale_months")[:1])
    results = StandardResult.objects.filter(self_assessment__in=[each.pk for each in page])
    # Of the two bases of a standard the validated one, which comes last by name.
    each_standard = ("self_assessment_id", "standard_id")
    surest = results.order_by(*each_standard, "-basis").distinct(*each_standard)
    here = {"self_assessment": OuterRef("self_assessment"), "criterion_version__standard": OuterRef("standard")}
    facts = surest.annotate(
        number=F("standard__number"), stale_months=months, in_question=InQuestion.objects.since_when(**here)
    )
    named = facts.values_list(*SHOWN, named=True)
    found = {(each.self_assessment, each.number): each for each in named}
    stale = next((each.stale_months for each in found.values()), None)
    oldest = add_months(as_at, -stale) if stale is not None else date.min
    return [
        Row(
            each,
            BY_KEY[each.standing],
            [_cell(each, found.get((each.pk, number)), number, oldest=oldest) for number in standards],
        )
        for each in page
    ]


def _cell(assessment: Any, result: Any, number: int, *, oldest: date) -> Cell:
    if not BY_KEY[assessment.standing].received:
        return NOTHING
    if result is None:
        return NOT_ASKED
    letter, word, tone = graded(result)
    ground, ground_word = known_how(result)
    stale = result.oldest_on is not None and result.oldest_on < oldest
    return Cell(letter, word, tone, ground, ground_word, stale, number, result.in_question)


def graded(result: Any) -> tuple[str, str, str]:
    """Letter, words and tone of a standard: "not met" when any criterion is, "met" when all applicable are."""
    applicable = result.met + result.partly + result.not_met + result.unanswered
    if not applicable:
        return "–", "Not applicable", "quiet"
    words = f"{result.met} of {applicable} met"
    if result.not_met:
        return "N", f"{words}, {result.not_met} not met", "bad"
    if result.met == applicable:
        return "M", words, "good"
    return "P", words, "partly"


def known_how(result: Any) -> tuple[str, str]:
    """The ground of the cell: evidence reviewed, accepted as declared, or the provider's own word."""
    asked = result.met + result.partly + result.not_met + result.not_applicable + result.unanswered
    if result.basis != VALIDATED:
        return "outlined", "self-assessed"
    if not result.reviewed:
        return "dashed", "accepted as declared, not reviewed"
    return "solid", f"validated, evidence reviewed for {result.reviewed} of {asked}"


def previous_level(
    year: str, strand: str = LevelResult.OVERALL, *, rounds: Mapping[str, Sequence[int]] | None = None
) -> Subquery:
    """The level of the same provider in the financial year before, for a queryset of returns."""
    before = FinancialYear.parse(year).previous.slug
    in_year: dict[str, Any] = {"round__year": before} if rounds is None else {"round__in": rounds.get(before, [])}
    returns = SelfAssessment.objects.filter(
        organisation=OuterRef("organisation"),
        commissioner=OuterRef("commissioner"),
        state="validated",
        levels__strand=strand,
        **in_year,
    )
    return Subquery(returns.order_by("-levels__decided_at").values("levels__level")[:1])


def change_of(rows: Iterable[Mapping[str, Any]]) -> Change:
    """Fold a tally by ``before`` (see ``previous_level``): this year's levels against last year's."""
    found = {"better": 0, "worse": 0, "same": 0, "new": 0}
    for row in rows:
        if row["standing"] in LEVELS:
            found[_direction(row["before"], row["standing"])] += row["n"]
    return Change(**found)


def _direction(before: str | None, now: str) -> str:
    if before is None:
        return "new"
    if before == now:
        return "same"
    return "better" if LEVELS.index(now) < LEVELS.index(before) else "worse"


def attention(row: Any, *, as_at: date) -> str:
    """One sentence: why this provider is on the list. The row carries ``reasons``, printed where it has a level."""
    if row.standing == "overdue":
        days = (as_at - row.due_on).days
        moved = ", after an extension" if row.due_on != row.original_due_on else ""
        return f"No return received, {days} day{'' if days == 1 else 's'} overdue{moved}"
    words = BY_KEY[row.standing].words
    return capfirst("; ".join(row.reasons)) if row.reasons else words


@dataclass(frozen=True)
class Checked:
    """One reviewer's grade in words: the grade, how it was checked, the comment and the day."""

    label: str
    basis: str
    comment: str
    on: date


@dataclass(frozen=True)
class CriterionLine:
    """One criterion behind a cell: what the provider said, what a reviewer said, how and when."""

    ref: str
    text: str
    critical: bool
    own_label: str
    ratings: Sequence[Checked]


def criteria_of(assessment: SelfAssessment, number: int) -> list[CriterionLine]:
    """The criteria of one standard of a return. Four queries. Only what was submitted is shown."""
    labels = {grade.code: grade.label for grade in assessment.round.framework_version.grading.grades.all()}
    answers = (
        assessment.answers.in_order()
        .filter(criterion_version__standard__number=number)
        .select_related("criterion_version")
        .prefetch_related(
            Prefetch("criterion_version__wordings", Wording.objects.filter(tier=assessment.tier), to_attr="words"),
        )
    )
    current = assessment.ratings.filter(current=True, criterion_version__standard__number=number)
    if assessment.state != SelfAssessment.State.VALIDATED:
        current = current.filter(basis=Rating.Basis.SELF_ASSESSED)
    by_criterion: dict[int, list[Rating]] = {}
    for rating in current:
        by_criterion.setdefault(rating.criterion_version_id, []).append(rating)
    return [_line(answer, by_criterion.get(answer.criterion_version_id, []), labels) for answer in answers]


def _line(answer: Any, ratings: list[Rating], labels: Mapping[str, str]) -> CriterionLine:
    criterion = answer.criterion_version
    own = next((rating.grade for rating in ratings if rating.basis == Rating.Basis.SELF_ASSESSED), "")
    checked = [
        Checked(labels.get(rating.grade, rating.grade), rating.get_basis_display(), rating.comment, rating.on)
        for rating in ratings
        if rating.basis != Rating.Basis.SELF_ASSESSED
    ]
    words = criterion.words[0].text if criterion.words else ""
    return CriterionLine(criterion.ref, words, criterion.critical, labels.get(own, own), checked)

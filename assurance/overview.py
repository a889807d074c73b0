"""What the assurance overview shows: the matrix, changes since last year, and what needs attention.

Pure reading over ``standing``; the page's cost depends on the page, never on how much its reader may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Subquery

from assurance.models import AssurancePolicy, LevelResult, Rating, SelfAssessment, StandardResult
from assurance.standing import BY_KEY, LEVELS, Standing
from design.calendar import FinancialYear, add_months
from framework.models import Wording

VALIDATED = StandardResult.Basis.VALIDATED


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
    in_question: bool = False


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
    """The rows of one page: two queries, whatever the number of rows on it or in the register."""
    results = StandardResult.objects.filter(self_assessment__in=[each.pk for each in page]).select_related("standard")
    found: dict[tuple[int, int], StandardResult] = {}
    for result in results:
        key = (result.self_assessment_id, result.standard.number)
        if key not in found or result.basis == VALIDATED:
            found[key] = result
    policy = AssurancePolicy.objects.in_force(page[0].commissioner_id if page else None, as_at).first()
    oldest = add_months(as_at, -policy.rating_stale_months) if policy else date.min
    return [
        Row(
            each,
            BY_KEY[each.standing],
            [_cell(each, found.get((each.pk, number)), number, oldest=oldest) for number in standards],
        )
        for each in page
    ]


def _cell(assessment: Any, result: StandardResult | None, number: int, *, oldest: date) -> Cell:
    if not BY_KEY[assessment.standing].received:
        return NOTHING
    if result is None:
        return NOT_ASKED
    letter, word, tone = graded(result)
    ground, ground_word = known_how(result)
    stale = result.oldest_on is not None and result.oldest_on < oldest
    return Cell(letter, word, tone, ground, ground_word, stale, number)


def graded(result: StandardResult) -> tuple[str, str, str]:
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


def known_how(result: StandardResult) -> tuple[str, str]:
    """The ground of the cell: evidence reviewed, accepted as declared, or the provider's own word."""
    asked = result.met + result.partly + result.not_met + result.not_applicable + result.unanswered
    if result.basis != VALIDATED:
        return "outlined", "self-assessed"
    if not result.reviewed:
        return "dashed", "accepted as declared, not reviewed"
    return "solid", f"validated, evidence reviewed for {result.reviewed} of {asked}"


def previous_level(year: str, strand: str = LevelResult.OVERALL) -> Subquery:
    """The level of the same provider in the financial year before, for a queryset of returns."""
    before = FinancialYear.parse(year).previous.slug
    levels = LevelResult.objects.filter(
        organisation=OuterRef("organisation"),
        commissioner=OuterRef("commissioner"),
        strand=strand,
        self_assessment__round__year=before,
        self_assessment__state="validated",
    )
    return Subquery(levels.order_by("-decided_at").values("level")[:1])


def change_since(returns: Any, year: str) -> Change:
    """Compare this year's levels with last year's: one grouped query."""
    levelled = returns.order_by().filter(standing__in=LEVELS).annotate(before=previous_level(year))
    pairs = levelled.values("before", "standing").annotate(n=Count("pk"))
    found = {"better": 0, "worse": 0, "same": 0, "new": 0}
    for pair in pairs:
        found[_direction(pair["before"], pair["standing"])] += pair["n"]
    return Change(**found)


def _direction(before: str | None, now: str) -> str:
    if before is None:
        return "new"
    if before == now:
        return "same"
    return "better" if LEVELS.index(now) < LEVELS.index(before) else "worse"


def reasons_of(page: Sequence[Any]) -> Mapping[int, list[str]]:
    """The printed reasons of the overall level of these returns: one query."""
    rows = LevelResult.objects.filter(self_assessment__in=[each.pk for each in page], strand=LevelResult.OVERALL)
    return dict(rows.values_list("self_assessment", "reasons"))


def attention(row: Any, reasons: Sequence[str], *, as_at: date) -> str:
    """One sentence: why this provider is on the list."""
    if row.standing == "overdue":
        days = (as_at - row.due_on).days
        moved = ", after an extension" if row.due_on != row.original_due_on else ""
        return f"No return received, {days} day{'' if days == 1 else 's'} overdue{moved}"
    words = BY_KEY[row.standing].words
    return "; ".join(reasons) if reasons else words


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

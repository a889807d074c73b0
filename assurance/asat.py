"""How returns stood at the end of a day in the past: levels, dates and grades as they were then.

Ratings are never overwritten, dates keep every change, submissions and requests for more are append-only: what was
true on the day can be put together again. ``held``, ``known_at`` and ``standing_at`` are pure; ``as_at`` asks.
A level that nobody touched since is read as it was written; one decided later is worked out again from the ratings
held on the day, with the judgements that were laid over it when the return was validated.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Max

from assurance.levels import ORDER, Level, Verdict, worst
from assurance.models import AssurancePolicy, LevelResult, Rating, SelfAssessment, SendBack, StrandReview, Submission
from assurance.models.answers import Answer
from assurance.models.punctuality import OnTime, moves_of, on_time
from assurance.models.scoring import VALIDATED, Known, state_of, verdicts
from assurance.standing import end_of
from chasing.models import DueChange
from design.calendar import london_date
from framework.models import CriterionVersion, Grade

OVERALL = LevelResult.OVERALL
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating row, as much of it as counts."""

    pk: int
    criterion: int
    basis: str
    grade: str
    outcome: str
    at: datetime
    on: date


@dataclass(frozen=True)
class LevelAt:
    """The level of a strand, or overall, as it stood; ``judged`` is the written reason of a person's judgement."""

    level: str
    computed: str
    reviewed: int
    asked: int
    reasons: tuple[str, ...]
    decided_at: datetime
    decided_by: int | None
    judged: str = ""


@dataclass(frozen=True)
class Stood:
    """One return at the end of the day.

    ``due_on`` is the date that held at the end of the day; ``on_time`` is about the first submission (hazard 6).
    """

    standing: str
    due_on: date
    on_time: OnTime
    levels: Mapping[str, LevelAt] = field(default_factory=dict)
    facts: Sequence[Known] = ()


def held(ratings: Iterable[Rated], *, before: datetime) -> dict[int, Rated]:
    """By criterion, the surest validated rating in force just before a moment.

    On one basis the latest holds; a re-grade retires whatever was there on any basis. "More evidence" is no grade.
    """
    found: dict[int, dict[str, Rated]] = {}
    for rating in sorted(ratings, key=lambda each: (each.at, each.pk)):
        if rating.at >= before or rating.basis not in VALIDATED:
            continue
        bases = found.setdefault(rating.criterion, {})
        if rating.outcome == Rating.Outcome.REGRADED:
            bases.clear()
        bases[rating.basis] = rating
    surest = {}
    for criterion, bases in found.items():
        kept = [bases[basis] for basis in VALIDATED if basis in bases]
        graded = [each for each in kept if each.outcome != Rating.Outcome.MORE_EVIDENCE]
        if graded:
            surest[criterion] = graded[0]
    return surest


def known_at(
    asked: Sequence[CriterionVersion], ratings: Iterable[Rated], grades: Mapping[str, Grade], *, before: datetime
) -> list[Known]:
    """Every asked criterion with its surest validated rating of the time; without one it is unanswered."""
    surest = held(ratings, before=before)
    return [_known(criterion, surest.get(criterion.pk), grades) for criterion in asked]


def _known(criterion: CriterionVersion, rating: Rated | None, grades: Mapping[str, Grade]) -> Known:
    return Known(
        criterion.ref,
        criterion.standard_id,
        criterion.standard.number,
        tuple(criterion.strands),
        criterion.critical,
        state_of(grades.get(rating.grade) if rating else None),
        rating.basis if rating else "",
        rating.on if rating else None,
    )


def standing_at(assessment: SelfAssessment, *, due_on: date, level: str, sent_back: bool, as_at: date) -> str:
    """The key of ``standing.STANDINGS`` at the end of the day; the same rule as ``with_standing`` says in SQL."""
    end = end_of(as_at)
    if _before(assessment.withdrawn_at, end):
        return "withdrawn"
    if not _before(assessment.first_submitted_at, end):
        return "overdue" if due_on < as_at else "not_due"
    if _before(assessment.validated_at, end) and level:
        return level
    return "sent_back" if sent_back else "awaiting"


def _before(moment: datetime | None, end: datetime) -> bool:
    return moment is not None and moment < end


def as_at(returns: Sequence[SelfAssessment], *, day: date) -> dict[int, Stood]:
    """By id, how each return stood at the end of the day. Nine queries for every two hundred returns."""
    found: dict[int, Stood] = {}
    for start in range(0, len(returns), AT_ONCE):
        part = returns[start : start + AT_ONCE]
        found.update(_Reading(part, day).stood())
    return found


class _Reading:
    """Everything that a handful of returns left behind, asked once."""

    def __init__(self, returns: Sequence[SelfAssessment], day: date) -> None:
        self.returns, self.day, self.end = returns, day, end_of(day)
        self.ids = [each.pk for each in returns]
        self.validated = [each for each in returns if _before(each.validated_at, self.end)]
        self.rated = _by_return(self.validated)
        self.asked = _asked(self.validated)
        self.grades = _grades(self.validated)

    def stood(self) -> dict[int, Stood]:
        """One entry for each return."""
        changes, back, levels = moves_of(self.ids), self._sent_back(), self._levels()
        return {each.pk: self._one(each, changes[each.pk], each.pk in back, levels[each.pk]) for each in self.returns}

    def _one(
        self, each: SelfAssessment, changes: list[DueChange], sent_back: bool, levels: dict[str, LevelAt]
    ) -> Stood:
        due_on = next((change.old for change in changes if change.at >= self.end), each.due_on)
        level = levels[OVERALL].level if OVERALL in levels else ""
        key = standing_at(each, due_on=due_on, level=level, sent_back=sent_back, as_at=self.day)
        facts = self._known(each, self.end) if each.pk in self.rated else ()
        return Stood(key, due_on, on_time(each, changes, before=self.end), levels, facts)

    def _known(self, each: SelfAssessment, before: datetime) -> list[Known]:
        scheme = self.grades[each.round.framework_version.grading_id]
        return known_at(self.asked[each.pk], self.rated[each.pk], scheme, before=before)

    def _sent_back(self) -> set[int]:
        """Those asked for more before the end of the day, and not submitted again by then."""
        here = {"self_assessment__in": self.ids}
        asked = SendBack.objects.filter(at__lt=self.end, **here).values_list("self_assessment").annotate(Max("at"))
        sent = Submission.objects.filter(submitted_at__lt=self.end, **here)
        last = dict(sent.values_list("self_assessment").annotate(Max("submitted_at")))
        return {pk for pk, at in asked if pk not in last or last[pk] < at}

    def _levels(self) -> dict[int, dict[str, LevelAt]]:
        """Levels as they were; those decided again since the day are worked out from what was held on it."""
        found: dict[int, dict[str, LevelAt]] = {pk: {} for pk in self.ids}
        for row in LevelResult.objects.filter(self_assessment__in=[each.pk for each in self.validated]):
            judged = row.override_reason if row.decided_by_id or row.strand == OVERALL else ""
            found[row.self_assessment_id][row.strand] = LevelAt(
                row.level, row.computed, row.reviewed, row.asked, tuple(row.reasons), row.decided_at,
                row.decided_by_id, judged,
            )  # fmt: skip
        moved = [each for each in self.validated if any(r.decided_at >= self.end for r in found[each.pk].values())]
        reviews = _reviews(moved)
        for each in moved:
            found[each.pk] = self._again(each, found[each.pk], reviews[each.pk])
        return found

    def _again(
        self, each: SelfAssessment, later: dict[str, LevelAt], reviews: list[StrandReview]
    ) -> dict[str, LevelAt]:
        validated_at = each.validated_at or self.end
        rated = [rating.at for rating in self.rated[each.pk] if rating.at < self.end]
        decided_at = max([*rated, validated_at])
        policy = AssurancePolicy.objects.in_force(each.commissioner_id, london_date(decided_at)).first()
        after_sign_off = validated_at + timedelta(microseconds=1)
        first = verdicts(self._known(each, after_sign_off), policy)
        then = verdicts(self._known(each, self.end), policy)
        judged = {review.strand: (review.level, review.level_reason) for review in reviews if review.level}
        if OVERALL in later and later[OVERALL].judged and later[OVERALL].decided_by:
            judged[OVERALL] = (later[OVERALL].level, later[OVERALL].judged)
        by = {review.strand: review.signed_off_by_id for review in reviews}
        last = max((review.signed_off_at, review.signed_off_by_id) for review in reviews) if reviews else (None, None)
        by[OVERALL] = last[1]
        return laid_over(first, then, judged, decided_at=decided_at, by=by)


def laid_over(
    first: Mapping[str, Verdict],
    then: Mapping[str, Verdict],
    judged: Mapping[str, tuple[str, str]],
    *,
    decided_at: datetime,
    by: Mapping[str, int | None],
) -> dict[str, LevelAt]:
    """The levels of the time: what the rules gave, and a judgement over it while the rules still gave the same.

    ``first`` is what the rules gave at sign-off, ``then`` at the end of the day, ``judged`` (level, reason) by strand.
    Overall is never better than the worst strand.
    """
    found = {}
    for strand, verdict in then.items():
        same = strand in first and first[strand].level == verdict.level
        level, reason = judged[strand] if same and strand in judged else (verdict.level.value, "")
        found[strand] = _level(verdict, level, reason, decided_at, by.get(strand))
    if OVERALL in found and len(found) > 1:
        base = worst(Level(row.level) for strand, row in found.items() if strand != OVERALL)
        if ORDER.index(Level(found[OVERALL].level)) < ORDER.index(base) or not found[OVERALL].judged:
            reasons = (row.judged for strand, row in found.items() if strand != OVERALL and row.level == base)
            why = "" if base == then[OVERALL].level else next(filter(None, reasons), "")
            found[OVERALL] = _level(then[OVERALL], base.value, why, decided_at, by.get(OVERALL))
    return found


def _level(verdict: Verdict, level: str, judged: str, decided_at: datetime, by: int | None) -> LevelAt:
    return LevelAt(level, verdict.level.value, verdict.reviewed, verdict.asked, verdict.reasons, decided_at, by, judged)


def _by_return(returns: Sequence[SelfAssessment]) -> dict[int, list[Rated]]:
    found: dict[int, list[Rated]] = {each.pk: [] for each in returns}
    rows = Rating.objects.filter(self_assessment__in=list(found), basis__in=VALIDATED)
    for row in rows.values_list(
        "self_assessment_id", "pk", "criterion_version_id", "basis", "grade", "outcome", "at", "on"
    ):
        found[row[0]].append(Rated(*row[1:]))
    return found


def _asked(returns: Sequence[SelfAssessment]) -> dict[int, list[CriterionVersion]]:
    """The criteria of each return, in reading order."""
    found: dict[int, list[CriterionVersion]] = {each.pk: [] for each in returns}
    pairs = Answer.objects.filter(self_assessment__in=list(found)).order_by("self_assessment_id", "pk")
    asked = list(pairs.values_list("self_assessment_id", "criterion_version_id"))
    wanted = {criterion for _, criterion in asked}
    criteria = CriterionVersion.objects.select_related("standard").in_bulk(wanted) if wanted else {}
    for pk, criterion in asked:
        found[pk].append(criteria[criterion])
    return found


def _grades(returns: Sequence[SelfAssessment]) -> dict[int, dict[str, Grade]]:
    schemes = {each.round.framework_version.grading_id for each in returns}
    found: dict[int, dict[str, Grade]] = {scheme: {} for scheme in schemes}
    for grade in Grade.objects.filter(scheme__in=schemes):
        found[grade.scheme_id][grade.code] = grade
    return found


def _reviews(returns: Sequence[SelfAssessment]) -> dict[int, list[StrandReview]]:
    found: dict[int, list[StrandReview]] = {each.pk: [] for each in returns}
    for review in StrandReview.objects.filter(self_assessment__in=list(found), signed_off_at__isnull=False):
        found[review.self_assessment_id].append(review)
    return found

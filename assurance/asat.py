"""How returns stood at the end of a day in the past: levels, dates and grades as they were then.

Ratings are never overwritten, dates keep every change, submissions and requests for more are append-only: what was
true on the day can be put together again. ``held``, ``known_at`` and ``standing_at`` are pure; ``as_at`` asks.
Levels are read from their own history: what was printed and signed on the day, never worked out again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max

from assurance.models import LevelResult, Rating, SelfAssessment, SendBack, Submission
from assurance.models.answers import Answer
from assurance.models.punctuality import OnTime, moves_of, on_time
from assurance.models.scoring import VALIDATED, Known, state_of
from assurance.standing import end_of
from chasing.models import DueChange
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
    """By id, how each return stood at the end of the day. Eight queries for every two hundred returns."""
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
        """Each level as it was last written before the end of the day. One query."""
        found: dict[int, dict[str, LevelAt]] = {pk: {} for pk in self.ids}
        past = LevelResult.events.rel.related_model.objects.filter(  # type: ignore[attr-defined]
            self_assessment__in=[each.pk for each in self.validated],
            decided_at__lt=self.end,
            computed_at__lt=self.end,
        ).exclude(pgh_label="delete")
        for row in past.order_by("pgh_id"):
            judged = row.override_reason if row.decided_by_id or row.strand == OVERALL else ""
            found[row.self_assessment_id][row.strand] = LevelAt(
                row.level, row.computed, row.reviewed, row.asked, tuple(row.reasons), row.decided_at,
                row.decided_by_id, judged,
            )  # fmt: skip
        return found


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

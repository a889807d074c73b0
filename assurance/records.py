"""Reads grades from a commissioner's records: who has any in a year, and what they say standard by standard.

They stand beside returns and never in their place: a provider from which a return was asked in the year is not here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.capabilities import Can
from assurance.models import RecordedGrade
from assurance.models.records import SOURCE
from assurance.overview import Cell, graded
from framework.models import Grade
from providers.models import Organisation

if TYPE_CHECKING:
    from accounts.models import User

Outcome = RecordedGrade.Outcome
GROUND = "recorded"
NOT_RECORDED = Cell("–", "Nothing in the records", "quiet", "outlined", "")


@dataclass
class Tally:
    """How many criteria of a standard the records call what; a whole standard's own grade counts alone."""

    met: int = 0
    partly: int = 0
    not_met: int = 0
    not_applicable: int = 0
    unanswered: int = 0
    whole: str = ""

    def add(self, outcome: str, n: int, *, whole: bool) -> None:
        """So many of one outcome."""
        if whole:
            self.whole = outcome
        setattr(self, outcome, getattr(self, outcome) + n)

    @property
    def cell(self) -> Cell:
        """As the matrix shows it: the letter with a star, a double edge, and the words that say where it is from."""
        counted = self
        if self.whole:
            counted = Tally()
            setattr(counted, self.whole, 1)
        letter, words, tone = graded(counted)
        if self.whole:
            words = Outcome(self.whole).label
        return Cell(f"{letter}*" if letter != "–" else letter, str(words), tone, GROUND, SOURCE)


@dataclass
class Record:
    """One provider in one year, from the records: its level in words, if they have one, and its standards."""

    organisation: Any
    year: str
    level: str = ""
    tallies: dict[int, Tally] = field(default_factory=dict)

    def cells(self, numbers: Iterable[int]) -> list[Cell]:
        """One for each standard asked for."""
        return [self.tallies[number].cell if number in self.tallies else NOT_RECORDED for number in numbers]

    @property
    def by_number(self) -> list[tuple[int, Cell]]:
        """The standards that the records speak of, in order."""
        return [(number, self.tallies[number].cell) for number in sorted(self.tallies)]

    @property
    def worst_first(self) -> tuple[int, int, str]:
        """For sorting: standards not met, then partly met."""
        letters = [tally.cell.letter for tally in self.tallies.values()]
        return (-letters.count("N*"), -letters.count("P*"), str(self.organisation))


def in_year(user: "User", commissioners: Sequence[int], year: str, *, as_at: date) -> QuerySet[RecordedGrade]:
    """The grades of a year that the records of these commissioners hold, as known at the end of the day."""
    allowed: QuerySet[RecordedGrade] = (
        RecordedGrade.objects.permitted(user, Can.SEE_OVERVIEW, on=as_at).current().known(on=as_at)
    )
    return allowed.filter(commissioner__in=list(commissioners), year=year)


def with_records(providers: QuerySet[Organisation], grades: QuerySet[RecordedGrade]) -> QuerySet[Organisation]:
    """Of these providers, those of which the records hold something."""
    return providers.filter(Exists(grades.filter(organisation=OuterRef("pk"))))


def read(organisations: Sequence[Any], grades: QuerySet[RecordedGrade]) -> list[Record]:
    """One record for each organisation and year, newest first. One query, whatever the number of criteria."""
    labels = Grade.objects.filter(scheme=OuterRef("recorded_set__framework_version__levels"), code=OuterRef("grade"))
    rows = grades.filter(organisation__in=[each.pk for each in organisations]).annotate(
        number=Coalesce("standard__number", "criterion_version__standard__number"),
        whole=Q(standard__isnull=False),
        label=labels.values("label")[:1],
    )
    named = {each.pk: each for each in organisations}
    found: dict[tuple[str, int], Record] = {}
    wanted = rows.order_by().values_list("organisation", "year", "outcome", "number", "whole", "label")
    for pk, year, outcome, number, whole, label, n in wanted.annotate(n=Count("pk")):
        record = found.setdefault((year, pk), Record(named[pk], year))
        if outcome == Outcome.LEVEL:
            record.level = label or ""
        else:
            record.tallies.setdefault(number, Tally()).add(outcome, n, whole=whole)
    return sorted(found.values(), key=lambda record: record.worst_first)


def numbers_of(grades: QuerySet[RecordedGrade]) -> list[tuple[int, str]]:
    """Numbers and titles of the standards that the records speak of. One query."""
    number = Coalesce("standard__number", "criterion_version__standard__number")
    title = Coalesce("standard__title", "criterion_version__standard__title")
    rows = grades.exclude(outcome=Outcome.LEVEL).order_by().annotate(number=number, title=title)
    return sorted(dict(rows.values_list("number", "title").distinct()).items())


def of_provider(organisation: Organisation, user: "User", *, on: date) -> list[Record]:
    """What the records of past years say of one provider, newest year first. One query."""
    allowed = RecordedGrade.objects.permitted(user, Can.SEE_RESULT, on=on).current().known(on=on)
    found = read([organisation], allowed)
    return sorted(found, key=lambda record: record.year, reverse=True)


__all__ = ["Record", "in_year", "numbers_of", "of_provider", "read", "with_records"]

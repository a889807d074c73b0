"""What one organisation will be asked, and the thresholds that hold for it: now, and to the end of the next year.

Worked out from the same rules as the returns themselves. A threshold or set of another provider is never in it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from design.calendar import FinancialYear, london_date
from providers.models import Arrangement, Organisation, ServiceAnswer
from training import line_words
from training.measured import asked_of, lines_from, sets_from, splits_from, thresholds_from
from training.models import Grouping, Line, LineSet, StaffSplit, Threshold
from training.rulebook import Rulebook

NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Level:
    """How a line stands for one organisation on one day; ``whom`` where the threshold is not everybody's."""

    threshold: str
    reason: str = ""
    whom: str = ""
    late: date | None = None
    refreshed: str = ""
    counted: str = ""

    @property
    def words(self) -> str:
        """The threshold, that there is none, or that the line is not asked."""
        return self.threshold or "no threshold"


@dataclass(frozen=True)
class Step:
    """From a day on; without a day it holds from the beginning of what is shown."""

    since: date | None
    level: Level


@dataclass
class Asked:
    """One line with what holds in the running year and in the next."""

    line: Line
    split: str
    steps: list[tuple[date, Level]] = field(default_factory=list)

    @property
    def counted(self) -> str:
        """What is counted, and of what."""
        return line_words.counted(self.line)

    @property
    def refreshed(self) -> str:
        """When somebody counts as up to date."""
        return line_words.refreshed(self.line)

    def within(self, first: date, last: date) -> list[Step]:
        """What holds on the first day, and each change up to the last."""
        before = [level for day, level in self.steps if day <= first]
        later = [Step(day, level) for day, level in self.steps if first < day <= last]
        return [Step(None, before[-1] if before else Level(NOT_ASKED)), *later]


Row = tuple[Asked, list[Step], list[Step]]


@dataclass(frozen=True)
class OfASet:
    """The lines of one set, each with what holds in the running year and in the next."""

    name: str
    rows: list[Row]

    @property
    def guidance(self) -> str:
        """What to count, where most lines say the same: said once."""
        said = Counter(each.line.guidance for each, _, _ in self.rows)
        return next((words for words, n in said.most_common(1) if n > 1), "")


@dataclass(frozen=True)
class Measured:
    """Everything that one commissioner asks of one organisation."""

    organisation: Organisation
    commissioner: Organisation
    this_year: FinancialYear
    sets: list[OfASet]


def measured_for(organisations: Sequence[Organisation], *, on: date) -> list[Measured]:
    """For each of them and the commissioner that collects from it. Seven queries, whatever their number."""
    contracts = Arrangement.objects.live(on=on).leading().filter(organisation__in=organisations)
    rows = contracts.select_related("commissioner", "organisation__category").order_by("organisation__name")
    whom = [
        (row.organisation, row.commissioner, row.standards_tier, row.organisation.category.code)
        for row in rows
        if row.organisation.category is not None
    ]
    whom += [(each, each, "", "") for each in organisations if each.kind == Organisation.Kind.COMMISSIONER]
    said: dict[int, dict[str, bool]] = defaultdict(dict)
    answers = ServiceAnswer.objects.filter(organisation__in=organisations)
    for pk, key, holds in answers.values_list("organisation", "question__key", "holds"):
        said[pk][key] = holds
    book = Rulebook({each[1] for each in whom}, Line, LineSet, Threshold, StaffSplit, Grouping)
    return [_measured(*each, said[each[0].pk], book, on) for each in whom]


def _measured(
    organisation: Organisation, whose: Organisation, tier: str, category: str, services: Mapping[str, bool],
    book: Rulebook, on: date,
) -> Measured:  # fmt: skip
    year = FinancialYear.of(on)
    found: dict[str, Asked] = {}
    sets: dict[str, LineSet] = {}
    for day in [on, *book.days(whose, on, year.next.ends)]:
        held = sets_from(book.holding(LineSet, whose, day))
        lines = [
            line for timing in Line.Timing.values for line in lines_from(book.holding(Line, whose, day), timing=timing)
        ]
        asked = asked_of(
            lines, tier=tier, category=category, organisation=organisation, services=services, sets=held
        )  # fmt: skip
        limits = thresholds_from(book.holding(Threshold, whose, day))
        levels = {line.code: _level(line, limits.of(line.code, category=category, organisation=organisation))
                  for line in asked}  # fmt: skip
        for line in asked:
            split = _split(line, book, whose, day, tier=tier, category=category)
            found.setdefault(line.code, Asked(line, split))
        for code, each in found.items():
            level = levels.get(code, Level(NOT_ASKED))
            if not each.steps or each.steps[-1][1] != level:
                each.steps.append((day, level))
        sets |= held
    return Measured(organisation, whose, year, _by_set(found.values(), sets, year, on))


def _level(line: Line, held: Threshold | None) -> Level:
    said = {"refreshed": line_words.refreshed(line), "counted": line_words.counted(line)}
    if held is None:
        return Level("", **said)  # type: ignore[arg-type]
    set_on = london_date(held.set_at) if held.set_at else None
    late = set_on if set_on and set_on > FinancialYear.of(held.valid_from).starts else None
    whom = "you alone" if held.organisation_id else "providers like you" if held.category else ""
    return Level(line_words.threshold(line, held), held.reason if whom else "", whom, late, **said)


def _split(line: Line, book: Rulebook, whose: Organisation, day: date, *, tier: str, category: str) -> str:
    split = splits_from(book.holding(StaffSplit, whose, day)).of(tier=tier, category=category)
    code = (split.grouping if split else "") if line.split == Line.STAFF else line.split
    grouping = book.each(Grouping, whose, day).get(code)
    return f"by {grouping.heading.lower()}" if grouping else ""


def _by_set(found: Iterable[Asked], sets: Mapping[str, LineSet], year: FinancialYear, on: date) -> list[OfASet]:
    told: dict[str, list[Row]] = defaultdict(list)
    for each in sorted(found, key=lambda one: (one.line.position, one.line.code)):
        following = each.within(year.next.starts, year.next.ends)
        told[each.line.set_code].append((each, each.within(on, year.ends), following))
    ordered = sorted(told, key=lambda code: (sets[code].position, sets[code].name))
    return [OfASet(sets[code].name, told[code]) for code in ordered]

"""The visit programme: every provider, in the order of need, with the reasons and the points behind them.

One set-based calculation: four queries whatever the number of providers (contracts, dated rows, marks, and one that
asks every source of reasons and the visits). Who is due is said by dated rules, what a reason weighs by
dated weights; nothing is stored, so nothing can be out of date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Can
from design.calendar import add_months
from oversight.models import ProgrammeMark, VisitRule, VisitWeight
from oversight.programme.reasons import SOURCES, Asked, Fact, facts
from oversight.programme.visited import LAST, PLANNED, Visited, seen, visits
from providers.models import Arrangement, Organisation

if TYPE_CHECKING:
    from accounts.models import User

SOON_MONTHS = 3
# What a line is told of its contract: its own field, and where the contract has it.
CONTRACT = {
    "contract": "reference",
    "commissioner": "commissioner",
    "commissioner_name": "commissioner__name",
    "organisation": "organisation",
    "reference": "organisation__reference",
    "name": "organisation__name",
    "category": "organisation__category__code",
    "category_name": "organisation__category__name",
    "usual_tier": "organisation__category__tier",
    "own_tier": "tier",
    "since": "starts_on",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in words, with its points and how they came about."""

    source: str
    words: str
    points: int
    pieces: int = 1


@dataclass(frozen=True, slots=True)
class Rules:
    """The dated numbers of one commissioner on the day."""

    rules: Mapping[tuple[Any, ...], VisitRule]
    weights: Mapping[str, VisitWeight]

    def points(self, source: str, pieces: int) -> int:
        """What so many pieces of a reason weigh; a source without a weight weighs nothing."""
        weight = self.weights.get(source)
        return weight.of(pieces) if weight else 0

    def months(self, category: str, tier: str, points: int) -> int | None:
        """How many months may pass between visits to this kind of provider that needs it so much."""
        for who in (category, tier):
            mine = [key for key in self.rules if key[0] == who and key[1] <= points]
            if mine:
                return self.rules[max(mine)].months
        return None


@dataclass(slots=True)
class Line:
    """One provider on the programme."""

    on: date
    contract: str
    commissioner: int
    commissioner_name: str
    organisation: int
    reference: str
    name: str
    category: str
    category_name: str
    usual_tier: str
    own_tier: str
    since: date
    last: Visited | None = None
    planned: Visited | None = None
    reasons: list[Reason] = field(default_factory=list)
    months: int | None = None
    due_on: date | None = None
    mark: ProgrammeMark | None = None

    @property
    def tier(self) -> str:
        """The standards asked: the contract's own, else the category's."""
        return self.own_tier or self.usual_tier

    @property
    def points(self) -> int:
        """All points together."""
        return sum(each.points for each in self.reasons)

    @property
    def sentence(self) -> str:
        """The reasons in words, the heaviest first."""
        said = ", ".join(each.words for each in self.reasons)
        return f"{said[0].upper()}{said[1:]}." if said else "Nothing asks for a visit before it is due."

    @property
    def state(self) -> str:
        """Where it stands: a key of ``STATES``."""
        if self.planned:
            return "planned"
        if self.due_on is None:
            return "none"
        if self.due_on < self.on:
            return "overdue"
        return "soon" if self.due_on < add_months(self.on, SOON_MONTHS) else "later"

    @property
    def state_in_words(self) -> str:
        """As the tag says it."""
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        """The tone of the tag."""
        return STATES[self.state][1]

    @property
    def month(self) -> str:
        """Under which month it stands: of the planned visit, else of the day it is due; the past is one heap."""
        day = self.planned.on if self.planned else self.due_on
        if day is None:
            return ""
        return OVERDUE if day < self.on.replace(day=1) else f"{day:%Y-%m}"

    @property
    def pinned(self) -> bool:
        """Somebody wants it first."""
        return self.mark is not None and self.mark.kind == ProgrammeMark.Kind.PIN

    @property
    def set_aside(self) -> bool:
        """Somebody said "not now"."""
        return self.mark is not None and self.mark.kind == ProgrammeMark.Kind.NOT_NOW

    def not_visited_in(self, months: int) -> bool:
        """No visit within so many months, or never."""
        return self.last is None or self.last.on < add_months(self.on, -months)


OVERDUE = "overdue"
STATES = {
    "overdue": ("Overdue", "bad"),
    "soon": (f"Due within {SOON_MONTHS} months", "waiting"),
    "later": ("Due later", "quiet"),
    "planned": ("Visit planned", "info"),
    "none": ("No regular visit", "quiet"),
}


class Programme:
    """The programme of the commissioners whose providers ``contracts`` holds, as ``user`` may know it on the day."""

    def __init__(self, user: "User", contracts: Any, *, on: date) -> None:
        self.user, self.on = user, on
        live = contracts.live(on=on).leading().filter(organisation__kind=Organisation.Kind.PROVIDER)
        self.contracts = live.order_by()

    @cached_property
    def lines(self) -> Sequence[Line]:
        """All providers: pinned first, then by points, then by the day they are due."""
        marks = self.marks(self.unmarked)
        for line in self.unmarked:
            line.mark = marks.get(line.organisation)
        return in_order(self.unmarked)

    @cached_property
    def unmarked(self) -> Sequence[Line]:
        """All providers with their reasons and dates, without what people put on the order."""
        lines = [
            Line(on=self.on, **dict(zip(CONTRACT, row, strict=True)))
            for row in self.contracts.values_list(*CONTRACT.values())
        ]
        asked = self._asked(lines)
        found, rules = facts(asked, *visits(asked)), rules_of(asked)
        for line in lines:
            line.last = seen(found[LAST].get(line.organisation))
            line.planned = seen(found[PLANNED].get(line.organisation))
            _weigh(line, found, rules[line.commissioner])
        return lines

    def marks(self, lines: Sequence[Line]) -> dict[int, ProgrammeMark]:
        """By provider, the mark that stands on it. One query."""
        ours = self._asked(lines).here(ProgrammeMark.objects)
        return {each.organisation_id: each for each in ours.in_force(on=self.on).select_related("by")}

    def _asked(self, lines: Sequence[Line]) -> Asked:
        commissioners = sorted({each.commissioner for each in lines})
        return Asked(self.user, self.on, commissioners, [each.organisation for each in lines])


def in_order(lines: Sequence[Line]) -> list[Line]:
    """Pinned first, then by points, then by the day they are due."""
    return sorted(lines, key=_order)


def rules_of(asked: Asked) -> dict[int, Rules]:
    """The dated rules and weights that hold for each commissioner on the day."""
    rules = asked.holding(VisitRule, "who", "from_points")
    weights = asked.holding(VisitWeight, "source")
    return {
        each: Rules(rules[each], {source: weight for (source,), weight in weights[each].items()})
        for each in asked.commissioners
    }


def _weigh(line: Line, facts: Mapping[str, Mapping[int, Fact]], rules: Rules) -> None:
    """Give the line its reasons, the months that its rule allows, and the day on which it is due."""
    reasons = []
    for source in SOURCES:
        fact = facts.get(source.code, {}).get(line.organisation)
        if fact is not None:
            points = rules.points(source.code, fact.pieces)
            reasons.append(Reason(source.code, source.say(fact, line.on), points, fact.pieces))
    line.months = rules.months(line.category, line.tier, sum(each.points for each in reasons))
    if line.months is not None:
        line.due_on = add_months(line.last.on if line.last else line.since, line.months)
    if unseen := _unseen(line, rules):
        reasons.append(unseen)
    line.reasons = sorted(reasons, key=lambda each: -each.points)


def _unseen(line: Line, rules: Rules) -> Reason | None:
    """The months beyond those that the rule allows, since the last visit or since the contract began."""
    if line.due_on is None or line.due_on >= line.on:
        return None
    since = line.last.on if line.last else line.since
    beyond = _months(line.due_on, line.on) + 1
    months = _months(since, line.on)
    words = f"no visit for {months} month{'' if months == 1 else 's'}"
    if line.last is None:
        words = f"no visit recorded since the contract began in {since:%B %Y}"
    return Reason("not_visited", words, rules.points("not_visited", beyond), beyond)


def _months(start: date, end: date) -> int:
    """Whole months from one day to another."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def _order(line: Line) -> tuple[Any, ...]:
    return (not line.pinned, -line.points, line.due_on or date.max, line.name)


def contracts_of(user: "User", *, on: date) -> Any:
    """The contracts whose providers are on this person's programme; a declared interest leaves its provider out."""
    return Arrangement.objects.permitted(user, Can.SEE_VISIT_WORK, on=on)

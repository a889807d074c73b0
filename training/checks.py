"""The checks that catch errors first (domain.md 5.3, hazards 5 to 12): each is a question, and two are walls.

Pure: lines as they stand and as they were submitted before go in, questions come out. Used while figures are written,
before they are submitted, and over what was submitted. A new check is one function in ``OF_A_LINE`` (or one in
``OF_ALL``, when it looks across lines).

A question is asked until it is explained in the words in which it is asked: other figures are another question.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from design.numbers import one_decimal, per_cent
from training.arithmetic import Share, goal, state_of

FIGURES, NOTHING, NOT_APPLICABLE = "figures", "nothing", "not_applicable"
LONGEST = 300
# From here on "1,300.0 % more" would be read wrong.
MANY_TIMES = 3


@dataclass(frozen=True)
class Counted:
    """The boxes of one group; None is an empty box."""

    headcount: int | None = None
    denominator: int | None = None
    numerator: int | None = None

    @property
    def is_empty(self) -> bool:
        """Was nothing entered?"""
        return self.headcount is None and self.denominator is None and self.numerator is None

    @property
    def words(self) -> str:
        """ "82 of 96", or "7" for a count."""
        if self.numerator is None:
            return "no figure"
        return f"{self.numerator:,}" if self.denominator is None else Share(self.numerator, self.denominator).counted

    def __add__(self, other: "Counted") -> "Counted":
        both = zip(self.boxes, other.boxes, strict=True)
        return Counted(*(one if two is None else two if one is None else one + two for one, two in both))

    @property
    def boxes(self) -> tuple[int | None, int | None, int | None]:
        """In post, of how many, how many."""
        return self.headcount, self.denominator, self.numerator


def total_of(groups: Iterable[Counted]) -> Counted:
    """Everybody together. What nobody entered stays empty."""
    return sum(groups, Counted())


@dataclass(frozen=True)
class Past:
    """The same line as it was submitted for an earlier period. No groups: only the total is known."""

    label: str
    total: Counted
    groups: Mapping[str, Counted] = field(default_factory=dict)

    def is_like(self, line: "Said") -> bool:
        """The same figures, box by box?"""
        if self.groups:
            return {code: each for code, each in line.groups.items() if not each.is_empty} == dict(self.groups)
        return self.total.boxes[1:] == line.total.boxes[1:]


@dataclass(frozen=True)
class Said:
    """One line of one return as it stands. ``before`` begins with the last submitted period."""

    code: str
    name: str
    form: str = "share"
    direction: str = "up"
    subject: str = ""
    level: str = ""
    answer: str = FIGURES
    groups: Mapping[str, Counted] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, int | None] | None = None
    hosts: Sequence[int] | None = None
    threshold: Decimal | None = None
    amber: Decimal | None = None
    narrative: str = ""
    before: Sequence[Past] = ()

    @property
    def total(self) -> Counted:
        """Everybody together."""
        return total_of(self.groups.values())

    @property
    def of_people(self) -> bool:
        """So many of so many?"""
        return self.form == "share"

    def named(self, group: str) -> str:
        """What a question about one group begins with."""
        return f"{self.names.get(group, group)}: " if group else ""


@dataclass(frozen=True)
class Asking:
    """The numbers of the commissioner: a jump in per cent, and how many periods alike are asked about.

    Small numbers move by one or two, and stay as they are, by themselves: asking would be noise (hazard 12). Moves of
    fewer than ``fewest_moved``, and identical figures of fewer than ``fewest_alike``, are not asked about.
    """

    jump: Decimal = Decimal(20)
    same_periods: int = 3
    fewest_moved: int = 3
    fewest_alike: int = 20


@dataclass(frozen=True)
class Question:
    """What a check asks about a line or one of its groups. ``stops``: it cannot be, and must be put right first.

    ``explained`` is the provider's explanation of exactly this. ``by_narrative``: the line's comment is the answer.
    """

    code: str
    line: str
    group: str
    words: str
    explained: str = ""
    stops: bool = False

    @property
    def by_narrative(self) -> bool:
        """Is the comment beside the line what is asked for?"""
        return self.code == "narrative"

    @property
    def waits(self) -> bool:
        """Has nobody said anything to it?"""
        return not self.explained


Found = Iterator[tuple[str, str]]
Check = Callable[[Said, Asking], Found]


def over(line: Said, asking: Asking) -> Found:
    """More counted than there are. A rate may well be above one."""
    if line.of_people:
        for group, each in line.groups.items():
            if each.numerator is not None and each.denominator is not None and each.numerator > each.denominator:
                yield group, f"{each.words} cannot be: that is more than everybody. Are the two the wrong way round?"


def half(line: Said, asking: Asking) -> Found:
    """One of the two numbers is there and the other is not: it cannot be added up."""
    if line.form in ("share", "rate"):
        for group, each in line.groups.items():
            if (each.numerator is None) != (each.denominator is None):
                there, gone = ("of how many", "how many") if each.numerator is None else ("how many", "of how many")
                yield group, f"It says {there} and not {gone}. Enter both, or neither."


def jump(line: Said, asking: Asking) -> Found:
    """The number of those it is about moved by more than the rule's per cent since it was last submitted."""
    now = line.total.denominator
    if now is None or not line.before or (then := line.before[0].total.denominator) is None or now == then:
        return
    last = line.before[0].label
    if not then:
        yield "", f"It was out of nobody in {last}, and is out of {now:,} now. What changed?"
    elif abs(now - then) * 100 > asking.jump * then and (abs(now - then) >= asking.fewest_moved or not now):
        moved = f"{per_cent(Fraction(100 * abs(now - then), then))} {'more' if now > then else 'fewer'}"
        if now >= MANY_TIMES * then:
            moved = f"{one_decimal(Fraction(now, then)).removesuffix('.0')} times as many"
        yield "", f"It was out of {then:,} in {last}, and is out of {now:,} now, {moved}. What changed?"


def headcount(line: Said, asking: Asking) -> Found:
    """More people ought to have it than are in post."""
    for group, each in line.groups.items():
        if each.headcount is not None and each.denominator is not None and each.denominator > each.headcount:
            yield group, f"{each.denominator:,} are eligible and {each.headcount:,} are in post. Who else is counted?"


def dropped(line: Said, asking: Asking) -> Found:
    """It was reported last time, and is empty or said not to apply now; or so many of so many are nothing at all."""
    if not line.before or line.before[0].total.numerator is None:
        return
    last = line.before[0]
    if line.answer == NOT_APPLICABLE:
        yield "", f"It was {last.total.words} in {last.label}, and is said not to apply now. Why?"
    elif line.answer == NOTHING:
        if line.of_people and last.total.denominator:
            yield "", f"It was {last.total.words} in {last.label}, and there is said to be nothing now. Why?"
    elif line.answer == FIGURES and line.total.numerator is None:
        yield "", f"It was {last.total.words} in {last.label}, and is empty now. Why?"
    elif line.answer == FIGURES:
        for group, then in last.groups.items():
            if group in line.groups and line.groups[group].is_empty and then.numerator is not None and any(then.boxes):
                yield group, f"It was {then.words} in {last.label}, and is empty now. Why?"


def same(line: Said, asking: Asking) -> Found:
    """Box by box the figures of the periods before. Small numbers and milestones are expected to stay as they are."""
    before, size = line.before[: asking.same_periods - 1], max(each or 0 for each in line.total.boxes[1:])
    if line.form == "milestone" or size < asking.fewest_alike or not before:
        return
    if len(before) == asking.same_periods - 1 and all(past.is_like(line) for past in before):
        labels = " and ".join(past.label for past in before)
        yield "", f"{line.total.words}: exactly the same as in {labels}. Was it counted anew?"


def percent(line: Said, asking: Asking) -> Found:
    """Out of exactly a hundred, everywhere: a per cent that was typed as a count."""
    wholes = [each.denominator for each in line.groups.values() if each.denominator]
    if line.of_people and wholes and all(whole == 100 for whole in wholes):
        where = "in every group " if len(wholes) > 1 else ""
        yield "", f"It is out of exactly 100 {where}({line.total.words}). Are these people, or a per cent?"


def reasons(line: Said, asking: Asking) -> Found:
    """Every one that was not in time has one reason."""
    n, d = line.total.numerator, line.total.denominator
    if line.reasons is None or n is None or d is None or n > d:
        return
    given = sum(each or 0 for each in line.reasons.values())
    if given != d - n:
        yield "", f"{d - n:,} were not in time, and the reasons add up to {given:,}. Which is right?"


def hosts(line: Said, asking: Asking) -> Found:
    """The host areas add up to the line."""
    if line.hosts is not None and line.total.numerator is not None and sum(line.hosts) != line.total.numerator:
        yield "", f"The host areas add up to {sum(line.hosts):,}, and the line says {line.total.numerator:,}."


def narrative(line: Said, asking: Asking) -> Found:
    """Below the threshold something is said about it (domain.md 5.3)."""
    n, d = line.total.numerator, line.total.denominator
    if line.narrative.strip() or not line.of_people or n is None or d is None or n > d:
        return
    share = Share(n, d)
    if state_of(share.percent, line.threshold, line.amber, line.direction).is_short and line.threshold is not None:
        side = "below" if line.direction == "up" else "above"
        wanted = goal(line.threshold, "%")
        yield "", f"{share.counted} is {share.shown}, {side} {wanted}. Say why, and what is done about it."


OF_A_LINE: dict[str, Check] = {
    "over": over, "half": half, "headcount": headcount, "dropped": dropped, "jump": jump, "percent": percent,
    "same": same, "reasons": reasons, "hosts": hosts, "narrative": narrative,
}  # fmt: skip
WALLS = frozenset({"over", "half"})


def levels(lines: Sequence[Said], asking: Asking) -> Iterator[Question]:
    """Everybody in post needs one level of a subject: the eligible of its levels together stand to the headcount.

    Where one level alone covers nearly everybody the levels are counted on top of one another, and say nothing.
    """
    subjects: dict[str, list[Said]] = {}
    for line in lines:
        if line.subject and line.level and line.of_people and line.answer == FIGURES:
            subjects.setdefault(line.subject, []).append(line)
    for each in subjects.values():
        eligible = [line.total.denominator for line in each]
        posts = [line.total.headcount for line in each if line.total.headcount is not None]
        if len(each) > 1 and posts and None not in eligible:
            yield from _of_levels(each[0].code, [whole or 0 for whole in eligible], max(posts), asking)


def _of_levels(line: str, eligible: Sequence[int], people: int, asking: Asking) -> Iterator[Question]:
    together, nearly_all = sum(eligible), people * (100 - asking.jump)
    said = f"The {len(eligible)} levels add up to {together:,} eligible, and {people:,} are in post."
    if max(eligible) > people:
        yield Question("levels", line, "", f"{max(eligible):,} are eligible at one level, and {people:,} are in post.")
    elif max(eligible) * 100 < nearly_all and together > people:
        yield Question("levels", line, "", f"{said} Is somebody counted at two levels?")
    elif together * 100 < nearly_all:
        yield Question("levels", line, "", f"{said} Who is left out, and why?")


OF_ALL: tuple[Callable[[Sequence[Said], Asking], Iterator[Question]], ...] = (levels,)
Explained = Mapping[tuple[str, str, str], tuple[str, str]]


def questions_of(lines: Sequence[Said], asking: Asking, explained: Explained | None = None) -> list[Question]:
    """Every question about these lines, line by line in their order.

    ``explained`` holds, by (check, line, group), the question as it was asked and what was said to it.
    """
    found = [question for line in lines for question in _of_line(line, asking)]
    found += [question for check in OF_ALL for question in check(lines, asking)]
    place = {line.code: number for number, line in enumerate(lines)}
    found.sort(key=lambda question: place[question.line])
    return [_with_what_was_said(question, explained or {}) for question in found]


def _of_line(line: Said, asking: Asking) -> Iterator[Question]:
    for code, check in OF_A_LINE.items():
        if line.answer == FIGURES or code == "dropped":
            for group, words in check(line, asking):
                said = f"{line.named(group)}{words}"[:LONGEST]
                yield Question(code, line.code, group, said, stops=code in WALLS)


def _with_what_was_said(question: Question, explained: Explained) -> Question:
    asked, words = explained.get((question.code, question.line, question.group), ("", ""))
    return replace(question, explained=words) if asked == question.words and not question.stops else question

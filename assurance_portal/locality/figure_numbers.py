"""What providers count in a quarter: how many need something and how many have it, stable from quarter to quarter.

The same place, line and quarter give the same numbers again, whatever else is loaded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from assurance_portal.locality.behaviour import chance, pick
from assurance_portal.locality.places import Place, read
from training.arithmetic import Share, state_of
from training.models import AskedLine, Line

DATA = read("figures")
STORIES = {(each["place"], each["line"]): each for each in DATA["story"]}
QUARTERS = 9
MANY = 100
Boxes = tuple[int | None, int | None, int | None, date | None]


@dataclass
class Counted:
    """What one provider says about one line: boxes by kind and group, or why there are none."""

    answer: str = AskedLine.Answer.FIGURES
    reason: str = ""
    narrative: str = ""
    boxes: dict[tuple[str, str], Boxes] = field(default_factory=dict)
    hosts: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Who:
    """Who counts: a place of the locality, or a commissioner's own people."""

    key: str
    category: str
    tier: str
    quality: float
    drift: float
    services: tuple[str, ...]

    @property
    def size(self) -> float:
        """People in post."""
        usual = float(DATA["size"].get(self.key) or DATA["staff"].get(self.category, 20))
        return usual if self.key in DATA["size"] else usual * (0.75 + 0.5 * chance("size", self.key))


def who(place: Place | None, commissioner: str, tier: str) -> Who:
    """The provider, or without one the commissioner's own people."""
    if place is None:
        return Who(commissioner, "", "own", 0.8, 0.01, ())
    return Who(place.key, place.category, tier, place.quality, place.drift, place.services)


def counted(whose: Who, asked: AskedLine, line: Line, *, ago: int, ends: date) -> Counted:
    """What is said about one line as at the end of a quarter so many quarters ago."""
    if line.service and whose.category and line.service not in whose.services:
        return Counted(AskedLine.Answer.NOT_APPLICABLE, DATA["not_applicable"])
    if line.by_host:
        return _hosts(whose, line, ago)
    if line.form == Line.Form.MILESTONE:
        day = ends - timedelta(days=20 + int(60 * chance("reached", whose.key, line.code, ago)))
        return Counted(boxes={("group", ""): (None, None, 1, day)})
    if not line.has_denominator:
        return _count(whose, line, ago)
    found = Counted(boxes=dict(_boxes(whose, asked, line, ago)))
    total = sum((Share(n or 0, d or 0) for _, d, n, _ in found.boxes.values()), Share(0, 0))
    if asked.reasons:
        found.boxes |= _late(asked.reasons, total.d - total.n)
    if state_of(total.percent, asked.threshold, asked.amber, line.direction).is_short:
        found.narrative = pick(DATA["narratives"], "why", whose.key, line.code, ago // 2)
    return found


def _count(whose: Who, line: Line, ago: int) -> Counted:
    per_thousand, besides = DATA["counts"].get(line.code, (0, 1))
    usual = whose.size * per_thousand / 1000 + besides
    n = int(
        usual * (0.4 + 1.2 * chance("count", whose.key, line.code, ago)) + chance("more", whose.key, line.code, ago)
    )
    if n == 0 and chance("nothing", whose.key, line.code, ago) < 0.6:
        return Counted(AskedLine.Answer.NOTHING, pick(DATA["nothing"], whose.key, line.code, ago))
    return Counted(boxes={("group", ""): (None, None, n, None)})


def _boxes(whose: Who, asked: AskedLine, line: Line, ago: int) -> Iterable[tuple[tuple[str, str], Boxes]]:
    if line.code in DATA["ages"]:
        *due, offset = DATA["ages"][line.code]
        sizes = [round(n * (0.8 + 0.4 * chance("due", whose.key, line.code, n, ago))) for n in due]
        yield from (
            (("group", group), (None, d, compliant(whose, line, group, d, ago, offset), None))
            for group, d in zip(asked.groups, sizes, strict=False)
        )
        return
    if not asked.groups:
        yield ("group", ""), _alone(whose, line, ago)
        return
    for group in asked.groups:
        head = _head(whose, group, line, ago)
        d = (
            round(head * 0.97 * _need(line.code, group))
            if whose.tier == "full"
            else round(head * _need(line.code, group))
        )
        n = compliant(whose, line, group, d, ago, DATA["shares"].get(line.code, (0, 0, 0.0))[2])
        yield ("group", group), (head if line.headcount else None, d, n, None)


def _alone(whose: Who, line: Line, ago: int) -> Boxes:
    per_thousand, besides, offset = DATA["shares"].get(line.code, (1000, 0, 0.0))
    head = _moving(whose, line, whose.size, ago)
    if per_thousand >= 450:
        d = round(head * per_thousand / 1000) + besides
    elif per_thousand:
        d = round((head * per_thousand / 1000 + besides) * (0.6 + 0.8 * chance("of", whose.key, line.code, ago)))
    else:
        # The same children are asked about in every line, and each trust has its own.
        d = besides if besides < MANY else round(besides * (0.75 + 0.5 * chance("of", whose.key)))
    return (head if line.headcount else None), d, compliant(whose, line, "", d, ago, offset), None


def _head(whose: Who, group: str, line: Line, ago: int) -> int:
    if whose.tier == "own":
        return int(DATA["own"].get(group, 0))
    shares = DATA["groups"]["practice_roles" if whose.tier == "general_practice" else "staff_groups"]
    return _moving(whose, line, whose.size * shares.get(group, 0.05), ago)


def _moving(whose: Who, line: Line, size: float, ago: int) -> int:
    """People in post grow a little, and not where the same figures come again and again."""
    if STORIES.get((whose.key, line.code), {}).get("same"):
        return round(size)
    return max(round(size * (1 - 0.006 * ago)), 1 if size >= 0.3 else 0)


def _need(code: str, group: str) -> float:
    needs = DATA["needs"].get(code, {})
    return float(needs.get(group, needs.get("other", 1.0)))


def compliant(whose: Who, line: Line, group: str, of: int, ago: int, offset: float) -> int:
    """How many have it: as told, else by the quality of the provider, which drifts."""
    story = STORIES.get((whose.key, line.code))
    if story:
        share, wave = float(story["shares"][QUARTERS - 1 - min(ago, QUARTERS - 1)]), 0.0
    else:
        quality = min(max(whose.quality - whose.drift * ago / 4, 0.2), 0.97)
        share = 0.815 + 0.15 * quality + offset + 0.05 * (chance("line", whose.key, line.code) - 0.5)
        wave = 0.05 * (chance("wave", whose.key, line.code, group, ago) - 0.5)
    n = min(of, max(0, round(of * min(share + wave, 1.0))))
    # The one or two whose certificate ran out have mostly been seen to when the quarter is counted.
    seen_to = (
        not story and of - n <= DATA["few"] and chance("seen to", whose.key, line.code, group, ago) < DATA["seen_to"]
    )
    return of if seen_to else n


def _late(reasons: Sequence[str], late: int) -> dict[tuple[str, str], Boxes]:
    """The late ones by their reasons; together as many as were late."""
    left, found = late, {}
    for reason in reasons:
        n = min(left, round(late * DATA["late_reasons"].get(reason, 0.1)))
        found["reason", reason] = n
        left -= n
    if reasons:
        found["reason", reasons[0]] += left
    return {key: (None, None, n, None) for key, n in found.items()}


def _hosts(whose: Who, line: Line, ago: int) -> Counted:
    """Children by area: fewer where they are unaccompanied."""
    most = 9 if line.code == "placed_elsewhere" else 4
    found = [
        (area, 1 + int(most * chance("area", whose.key, line.code, area, ago // 2)))
        for area in DATA["areas"]
        if area != DATA["own_area"].get(whose.key) and chance("there", whose.key, line.code, area) < 0.75
    ]
    return Counted(hosts=found) if found else Counted(boxes={("group", ""): (None, None, 0, None)})

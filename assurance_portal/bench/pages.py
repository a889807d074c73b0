"""Server time and statements of the pages: the overview at every size of the register, and the heaviest records.

Server time is the WSGI call in this process, all middleware, signed in, warm, the median of thirty; the sizes and
their floors take turns. What the portal keeps of a page while nothing changes is thrown away before each visit, and
measured beside it. At the end stands the largest memory of this process, which has served every page many times.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count
from django.urls import reverse

from accounts.capabilities import Role
from accounts.models import User
from assurance.keeping import forget
from assurance.models import Answer, Round, SelfAssessment
from assurance_portal.bench.every_page import Found, every_page
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.five_years import told_of
from assurance_portal.bench.floors import BARE_PAGE, bare_portal, overview_sql
from assurance_portal.bench.growing import DISTANCE
from assurance_portal.bench.timing import alternate, counting
from assurance_portal.bench.visitor import Visitor
from assurance_portal.bench.worlds import link, standing_in

ROUNDS = 30
MOST_QUERIES = 12
MS = 1000
PROFILE = "provider profile, five years of everything"


@dataclass
class World:
    """One register with the connection to it and who visits it."""

    size: int
    wrapper: BaseDatabaseWrapper
    visitors: dict[int, Visitor] = field(default_factory=dict)

    def visit(self, who: int, path: str, *, again: bool = False) -> Any:
        """Ask for a page as somebody; anything but the page is an error. It is drawn anew, unless ``again``."""
        if not again:
            forget()
        with standing_in(self.wrapper):
            if who not in self.visitors:
                self.visitors[who] = Visitor.signed_in(User.objects.get(pk=who))
            answer = self.visitors[who].get(path)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status} at {self.size} organisations")
        return answer

    def queries(self, who: int, path: str) -> int:
        """How many statements the page asks."""
        self.visit(who, path)
        with standing_in(self.wrapper), counting() as statements:
            self.visit(who, path)
        return len(statements)

    def ask(self, question: Callable[[], Any]) -> Any:
        """Ask the models of this register something."""
        with standing_in(self.wrapper):
            return question()


def measure(names: Mapping[int, str], *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Every figure about pages."""
    worlds = [World(size, link(name)) for size, name in sorted(names.items())]
    yield from overview_figures(worlds, rounds)
    yield from record_figures(worlds[0], worlds[-1], rounds)
    yield from every_page_figures(worlds[0], worlds[-1])
    yield Figure("memory of a web worker after the pages", peak_memory(), "MB", target="<= 180")


def overview_figures(worlds: list[World], rounds: int) -> Iterator[Figure]:
    """The overview at each size over its floors, its statements, and how flat it is."""
    who = worlds[0].ask(lambda: person(Role.QUALITY_ANALYST))
    path = reverse("assurance:overview")
    contenders: dict[str, Callable[[], object]] = {}
    for world in worlds:
        contenders[f"page {world.size}"] = _visiting(world, who, path)
        contenders[f"again {world.size}"] = _visiting(world, who, path, again=True)
        contenders[f"sql {world.size}"] = _floor(world)
    contenders["bare"] = _bare(worlds[0], who)
    taken = alternate(contenders, rounds=rounds)
    for world in worlds:
        floor = taken[f"sql {world.size}"] + taken["bare"]
        target = "< 60" if world.size == 200 else ""
        name = f"overview, {world.size} organisations"
        yield Figure(f"{name}, server time", taken[f"page {world.size}"] * MS, "ms", floor * MS, target)
        again = taken[f"again {world.size}"] * MS
        yield Figure(f"{name}, server time while nothing changes", again, "ms", taken["bare"] * MS)
        yield Figure(f"{name}, queries", world.queries(who, path), "queries", target=f"<= {MOST_QUERIES}")
    large, middle = worlds[-1].size, worlds[-2].size
    ours, floor = taken[f"page {large}"] * MS, taken[f"page {middle}"] * MS
    yield Figure(f"overview, {large} against {middle} organisations", ours, "ms", floor, "ratio <= 1.5")


def record_figures(small: World, large: World, rounds: int) -> Iterator[Figure]:
    """Pages about one record, at the largest register, over a bare signed-in page."""
    chosen = large.ask(records)
    contenders: dict[str, Callable[[], object]] = {
        name: _visiting(large, who, path) for name, (who, path) in chosen.items()
    }
    contenders["bare"] = _bare(large, large.ask(lambda: person(Role.QUALITY_ANALYST)))
    taken = alternate(contenders, rounds=rounds)
    for name, (who, path) in chosen.items():
        longest = "< 80" if name == PROFILE else "<= 60"
        yield Figure(f"{name}, server time", taken[name] * MS, "ms", taken["bare"] * MS, longest)
        yield Figure(f"{name}, queries", large.queries(who, path), "queries", target=f"<= {MOST_QUERIES}")


def records() -> dict[str, tuple[int, str]]:
    """The record pages that are timed: what it is called, who looks, and where."""
    mine = SelfAssessment.objects.filter(pk__lt=DISTANCE).order_by("-pk")
    writing = mine.filter(state__in=["in_progress", "issued"], entering=False)[0]
    waiting = told_of()
    kept = Answer.objects.filter(self_assessment=writing).values_list("criterion_version__standard__number")
    longest = kept.annotate(n=Count("pk")).order_by("-n", "criterion_version__standard__number")[0][0]
    lead, nurse = person(Role.PROVIDER_LEAD, writing.organisation_id), person(Role.DESIGNATED_PROFESSIONAL)
    return {
        "return page, one standard": (lead, reverse("assurance:return-standard", args=[writing.reference, longest])),
        "validation page": (nurse, reverse("assurance:validation-strand", args=[waiting.reference, "children"])),
        PROFILE: (nurse, reverse("oversight:profile", args=[waiting.organisation.reference])),
    }


def every_page_figures(small: World, large: World) -> Iterator[Figure]:
    """The statements of every page that answers, at the smallest and the largest register."""
    found: list[Found] = list(every_page(lambda who, path: _status(small, who, path), small.ask))
    counts = [(each, small.queries(each.who, each.path), large.queries(each.who, each.path)) for each in found]
    for each, few, many in counts:
        yield Figure(f"queries of {each.route}", many, "queries", few, f"<= {MOST_QUERIES} and the same")
    yield Figure("pages visited", len(counts), "pages")
    most = max((many for _, _, many in counts), default=0)
    yield Figure("most queries of any page", most, "queries", target=f"<= {MOST_QUERIES}")
    grown = sum(few != many for _, few, many in counts)
    yield Figure("pages whose queries depend on the register", grown, "pages", target="0")


def _status(world: World, who: int, path: str) -> int:
    try:
        world.visit(who, path)
    except RuntimeError:
        return 404
    return 200


def person(role: Role, organisation: int | None = None) -> int:
    """Somebody who holds a role, at an organisation if one is given."""
    held = User.objects.filter(memberships__role=role, pk__lt=DISTANCE)
    held = held.filter(memberships__organisation=organisation) if organisation else held
    return int(held.order_by("pk").values_list("pk", flat=True)[0])


def peak_memory(process: str = "self") -> float:
    """The largest memory that a process has had, in MB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _visiting(world: World, who: int, path: str, *, again: bool = False) -> Callable[[], object]:
    return lambda: world.visit(who, path, again=again)


def _floor(world: World) -> Callable[[], object]:
    year = world.ask(lambda: Round.objects.order_by("-year")[0].year)
    owners = world.ask(lambda: list(Round.objects.values_list("commissioner", flat=True).distinct()))
    return lambda: world.ask(lambda: overview_sql(year, owners))


def _bare(world: World, who: int) -> Callable[[], object]:
    def ask() -> None:
        with bare_portal():
            world.visit(who, BARE_PAGE)

    return ask

"""A provider's own view: its lines over eight periods, how many short, and its quarter among like providers.

Nothing of anybody else leaves ``training.resolver.peers`` but one of four words. The commissioner's own staff have the
same page, without like ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Can
from design.charts import Chart
from training import charts
from training.arithmetic import goal
from training.measured import rule_in_force
from training.models import AskedLine, FigureReturn, Line
from training.resolver.cells import Cell
from training.resolver.peers import Standing, standings
from training.resolver.trends import EIGHT, Slots, of_provider, running_below, slots_of, starts_to
from training.words import running_said, unit

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class OwnLine:
    """One line of the provider: eight cells, oldest first, and where it stands."""

    asked: AskedLine
    cells: list[Cell]
    below: int
    peers: Standing | None
    chart: Chart

    @property
    def line(self) -> Line:
        """What is measured."""
        return self.asked.line

    @property
    def now(self) -> Cell:
        """The cell of the last period."""
        return self.cells[-1]

    @property
    def threshold(self) -> str:
        """ "90 %", as it was told with the newest return; there before any figure is."""
        held = self.asked.threshold
        return "" if held is None else goal(held, unit(self.line.form))

    @property
    def below_said(self) -> str:
        """ "3", or "8 or more" where every period that is shown was below; nothing where the newest is not."""
        return running_said(self.below) if self.below else ""


@dataclass(frozen=True)
class Own:
    """The whole page."""

    last: FigureReturn
    slots: Slots
    lines: list[OwnLine]
    fewest: int

    @property
    def too_few(self) -> bool:
        """Was a comparison left out because there are too few like providers?"""
        return any(each.peers and each.peers.too_few for each in self.lines)


def returns_of(user: "User", organisations: Sequence[int]) -> list[FigureReturn]:
    """The returns of these organisations, newest first. One statement."""
    rows = FigureReturn.objects.permitted(user, Can.READ_FIGURES).issued().filter(organisation__in=organisations)
    return list(rows.order_by("-period__ends_on", "-period__timing", "organisation__name")[: 12 * EIGHT])


def own_of(user: "User", last: FigureReturn, returns: Sequence[FigureReturn], *, on: date) -> Own:
    """What was submitted over the eight periods up to that of ``last``. Four statements."""
    same = [
        each
        for each in returns
        if (each.organisation_id, each.commissioner_id, each.period.timing)
        == (last.organisation_id, last.commissioner_id, last.period.timing)
    ]
    starts = starts_to(last.period, EIGHT)
    over = slots_of(starts, last.period.timing, [each.period for each in same])
    asked = _asked([each for each in same if each.period.starts_on in starts])
    lines = [each.line for each in asked]
    cells = of_provider(user, last.organisation_id, over, lines, can=Can.READ_FIGURES)
    rule = rule_in_force(last.commissioner, on=on)
    peers = {} if last.is_own else standings(
        last.period, lines, {code: each[-1] for code, each in cells.items()}, organisation=last.organisation_id,
        category=last.category, fewest=rule.fewest_peers, on=on,
    )  # fmt: skip
    return Own(last, over, list(_own_lines(asked, cells, over, peers)), rule.fewest_peers)


def _asked(returns: Sequence[FigureReturn]) -> list[AskedLine]:
    """Every line that these returns asked for, as it was asked last; in the order of the newest return."""
    rows = AskedLine.objects.filter(figure_return__in=[each.pk for each in returns]).select_related("line")
    found: dict[str, AskedLine] = {}
    for row in rows.order_by("-figure_return__period__ends_on", "position", "id"):
        found.setdefault(row.code, row)
    return list(found.values())


def _own_lines(
    asked: Sequence[AskedLine], cells: dict[str, list[Cell]], over: Slots, peers: dict[str, Standing]
) -> Iterator[OwnLine]:
    for each in asked:
        own = cells[each.code]
        chart = charts.small(each.line, over.labels, own, title=each.line.name)
        yield OwnLine(each, own, running_below(own), peers.get(each.code), chart)


def told(own: Own) -> dict[str, Any]:
    """For the templates of page and paper."""
    return {"own": own, "labels": own.slots.labels, "organisation": own.last.organisation, "period": own.last.period}

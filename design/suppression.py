"""Hides small numbers in a table of counts so that none can be computed back from the totals beside it.

``suppress(cells)`` hides each count from 1 to 4, in the cells and in the totals (primary), and then so many others that
no hidden number follows from the shown ones (secondary). Rows and columns with their totals are the two sides of a
graph, a hidden number is an edge. Along a ring of hidden numbers one can go up and the next down by one without any sum
changing; a hidden number is safe when on some ring each that would go down is 2 at least. For who reads the table knows
that zeros are shown, and that a hidden number is therefore 1 or more. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

BELOW = 5
HIDDEN = None
A_TOTAL = 10**9  # totals are hidden only when nothing else will do, the sum of everything last
Place = tuple[int, int]
Node = tuple[str, int]


@dataclass(frozen=True)
class Table:
    """Counts with their totals; ``None`` is hidden."""

    cells: tuple[tuple[int | None, ...], ...]
    rows: tuple[int | None, ...]
    columns: tuple[int | None, ...]
    total: int | None


def suppress(cells: Sequence[Sequence[int]], *, below: int = BELOW) -> Table:
    """The table with its totals, without the numbers from 1 to ``below - 1`` and those that would give them away."""
    whole = [[*row, sum(row)] for row in cells]
    height, width = len(cells), len(cells[0]) if cells else 0
    whole.append([sum(row[n] for row in whole) for n in range(width + 1)])
    numbers = {(r, c): n for r, row in enumerate(whole) for c, n in enumerate(row) if n > 0}
    sums = {place: (place[0] == height) + (place[1] == width) for place in numbers}
    hidden = {place for place, n in numbers.items() if n < below}
    rings = _Rings(numbers, {place for place, n in sums.items() if n == 1})
    while lone := next((place for place in sorted(hidden) if not rings.through(place, dict.fromkeys(hidden, 0))), None):
        costs = {place: 0 if place in hidden else n + A_TOTAL * sums[place] for place, n in numbers.items()}
        hidden |= rings.through(lone, costs)
    shown = [[HIDDEN if (r, c) in hidden else n for c, n in enumerate(row)] for r, row in enumerate(whole)]
    return Table(
        cells=tuple(tuple(row[:width]) for row in shown[:height]),
        rows=tuple(row[width] for row in shown[:height]),
        columns=tuple(shown[height][:width]),
        total=shown[height][width],
    )


def suppress_line(counts: Sequence[int], *, below: int = BELOW) -> tuple[tuple[int | None, ...], int | None]:
    """A single list of counts and its sum, hidden by the same rule."""
    hidden = {place for place, n in enumerate(counts) if 0 < n < below}
    total = sum(counts)
    sum_is_shown = total >= below or total == 0
    # With the sum, a single hidden number follows from the others, and so do hidden ones that are all 1.
    while hidden and sum_is_shown and sum(counts[place] for place in hidden) == max(len(hidden), 1):
        rest = [place for place, n in enumerate(counts) if n > 0 and place not in hidden]
        hidden |= {min(rest, key=lambda place: counts[place])} if rest else set()
        sum_is_shown = bool(rest)
    if len(hidden) == 1 and sum_is_shown:
        rest = [place for place, n in enumerate(counts) if n > 0 and place not in hidden]
        hidden |= {min(rest, key=lambda place: counts[place])} if rest else set()
        sum_is_shown = bool(rest)
    shown = tuple(HIDDEN if place in hidden else n for place, n in enumerate(counts))
    return shown, total if sum_is_shown else HIDDEN


@dataclass(frozen=True)
class _Rings:
    """The numbers that are not 0; ``margins`` are the totals of one row or one column, whose sign is the other."""

    numbers: Mapping[Place, int]
    margins: set[Place]

    def through(self, place: Place, costs: Mapping[Place, int]) -> set[Place]:
        """The cheapest ring that keeps this number safe, of those that have a cost; nothing when there is none."""
        found: list[tuple[int, set[Place]]] = []
        for up in (True, False):
            if self._may(place, goes_up=up):
                way = self._way(place, costs, up=up)
                found += [way] if way else []
        return {place, *min(found, key=lambda each: each[0])[1]} if found else set()

    def _may(self, place: Place, *, goes_up: bool) -> bool:
        """May the number be one more, or one less? A margin goes the other way."""
        return goes_up is not (place in self.margins) or self.numbers[place] > 1

    def _way(self, ends: Place, costs: Mapping[Place, int], *, up: bool) -> tuple[int, set[Place]] | None:
        """The cheapest way from the row of a number to its column that does not lead over the number itself. Numbers
        met on the way from a row to a column go the other way than it, those from a column to a row the same.
        """
        beside: dict[Node, list[tuple[int, Node, Place]]] = {}
        for place, cost in costs.items():
            row, column = ("row", place[0]), ("column", place[1])
            if place != ends and self._may(place, goes_up=not up):
                beside.setdefault(row, []).append((cost, column, place))
            if place != ends and self._may(place, goes_up=up):
                beside.setdefault(column, []).append((cost, row, place))
        queue: list[tuple[int, Node, tuple[Place, ...]]] = [(0, ("row", ends[0]), ())]
        done: set[Node] = set()
        while queue:
            spent, here, way = heappop(queue)
            if here == ("column", ends[1]):
                return spent, set(way)
            if here not in done:
                done.add(here)
                for cost, there, place in beside.get(here, ()):
                    heappush(queue, (spent + cost, there, (*way, place)))
        return None

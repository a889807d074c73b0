"""Hides small numbers in a table of counts so that none can be computed back from the totals beside it.

``suppress(cells)`` hides each count from 1 to 4, in the cells and in the totals (primary), and then so many others
that no hidden number follows from the shown ones (secondary). Rows and columns with their totals are the two sides of
a graph, a hidden number is an edge: it follows from the others just when no ring of hidden numbers goes through it.
Every ring is laid through numbers that are not 0, so that each could be one more or one less. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

BELOW = 5
HIDDEN = None
A_TOTAL = 10**9  # totals are hidden only when nothing else will do, the sum of everything last
Edge = tuple[int, int]


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
    width = len(cells[0]) if cells else 0
    whole.append([sum(row[n] for row in whole) for n in range(width + 1)])
    height = len(cells)
    numbers = {(r, c): n for r, row in enumerate(whole) for c, n in enumerate(row) if n > 0}
    hidden = {place for place, n in numbers.items() if n < below}
    dearer = {place: n + A_TOTAL * ((place[0] == height) + (place[1] == width)) for place, n in numbers.items()}
    while lone := next((place for place in sorted(hidden) if _path(place, dict.fromkeys(hidden, 0)) is None), None):
        costs = {place: 0 if place in hidden else cost for place, cost in dearer.items()}
        hidden |= _path(lone, costs) or set()
    shown = [[HIDDEN if (r, c) in hidden else n for c, n in enumerate(row)] for r, row in enumerate(whole)]
    return Table(
        cells=tuple(tuple(row[:width]) for row in shown[:height]),
        rows=tuple(row[width] for row in shown[:height]),
        columns=tuple(shown[height][:width]),
        total=shown[height][width],
    )


def suppress_line(counts: Sequence[int], *, below: int = BELOW) -> tuple[tuple[int | None, ...], int | None]:
    """A single list of counts and its sum, hidden by the same rule."""
    numbers = [*counts, sum(counts)]
    hidden = {place for place, n in enumerate(numbers) if 0 < n < below}
    if len(hidden) == 1:
        others = [place for place, n in enumerate(numbers) if n > 0 and place not in hidden]
        hidden.add(min(others, key=lambda place: (place == len(counts), numbers[place])))
    shown = [HIDDEN if place in hidden else n for place, n in enumerate(numbers)]
    return tuple(shown[:-1]), shown[-1]


def _path(ends: Edge, costs: dict[Edge, int]) -> set[Edge] | None:
    """The cheapest way from the row of a number to its column that does not lead over the number itself."""
    beside: dict[tuple[str, int], list[tuple[int, tuple[str, int], Edge]]] = {}
    for place, cost in costs.items():
        if place != ends:
            row, column = ("row", place[0]), ("column", place[1])
            beside.setdefault(row, []).append((cost, column, place))
            beside.setdefault(column, []).append((cost, row, place))
    start, goal = ("row", ends[0]), ("column", ends[1])
    queue: list[tuple[int, tuple[str, int], tuple[Edge, ...]]] = [(0, start, ())]
    done = set()
    while queue:
        spent, here, way = heappop(queue)
        if here == goal:
            return set(way)
        if here in done:
            continue
        done.add(here)
        for cost, there, place in beside.get(here, ()):
            if there not in done:
                heappush(queue, (spent + cost, there, (*way, place)))
    return None

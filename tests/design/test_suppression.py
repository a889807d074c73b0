"""No hidden number can be computed back from those that are shown."""

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from design.suppression import BELOW, Table, suppress, suppress_line

COUNTS = st.one_of(st.just(0), st.integers(0, 6), st.integers(0, 60))
TABLES = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda size: st.lists(st.lists(COUNTS, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
)
SMALL = st.lists(st.lists(st.integers(0, 5), min_size=2, max_size=2), min_size=1, max_size=2)


def whole(cells: list[list[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in cells]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def shown(table: Table) -> list[list[int | None]]:
    return [*([*row, total] for row, total in zip(table.cells, table.rows, strict=True)), [*table.columns, table.total]]


def equations(said: list[list[int | None]]) -> tuple[list[tuple[int, int]], list[list[Fraction]]]:
    """The hidden places, and what the totals say of them: each row is the factors of the hidden and what they make."""
    height, width = len(said), len(said[0])
    places = [(r, c) for r in range(height) for c in range(width) if said[r][c] is None]
    lines = [[(r, c) for c in range(width)] for r in range(height)]
    lines += [[(r, c) for r in range(height)] for c in range(width)]
    found = []
    for line in lines:
        factor = {place: Fraction(1) for place in line[:-1]} | {line[-1]: Fraction(-1)}
        known = sum(factor[r, c] * (said[r][c] or 0) for r, c in line)
        found.append([*(factor.get(place, Fraction(0)) for place in places), -known])
    return places, found


def determined(said: list[list[int | None]]) -> list[tuple[int, int]]:
    """The hidden places that follow from the others, by elimination."""
    places, rows = equations(said)
    pivots: list[int] = []
    for column in range(len(places)):
        pivot = next((n for n in range(len(pivots), len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        at = len(pivots)
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][column] for value in rows[at]]
        for n, row in enumerate(rows):
            if n != at and row[column]:
                rows[n] = [value - row[column] * mine for value, mine in zip(row, rows[at], strict=True)]
        pivots.append(column)
    return [places[column] for n, column in enumerate(pivots) if sum(map(bool, rows[n][:-1])) == 1]


@settings(max_examples=120, deadline=None)
@given(TABLES)
def test_every_small_number_is_hidden_and_none_follows_from_the_totals(cells: list[list[int]]) -> None:
    said, real = shown(suppress(cells)), whole(cells)
    for row, numbers in zip(said, real, strict=True):
        for n, number in zip(row, numbers, strict=True):
            assert n is None or (n == number and not 0 < n < BELOW)
            assert n is not None or number > 0
    assert determined(said) == []


@settings(max_examples=25, deadline=None)
@given(SMALL)
def test_each_hidden_number_could_be_another_even_for_who_knows_that_none_of_them_is_zero(
    cells: list[list[int]],
) -> None:
    said = shown(suppress(cells))
    places, _ = equations(said)
    possible: dict[tuple[int, int], set[int]] = {place: set() for place in places}
    inner = [place for place in places if place[0] < len(said) - 1 and place[1] < len(said[0]) - 1]
    for guess in product(range(1, 9), repeat=len(inner)):
        given_ = dict(zip(inner, guess, strict=True))
        table = [[given_.get((r, c), said[r][c] or 0) for c in range(len(said[0]) - 1)] for r in range(len(said) - 1)]
        full = whole(table)
        if all(n is None or n == full[r][c] for r, row in enumerate(said) for c, n in enumerate(row)):
            for r, c in places:
                possible[r, c].add(full[r][c])
    assert all(len(values) > 1 for values in possible.values())


def test_as_many_ones_as_their_sum_are_not_given_away_by_it() -> None:
    assert suppress([[1], [1], [1], [1], [1]]).columns == (None,)
    assert suppress_line([1, 1, 1, 1, 1]) == ((None,) * 5, None)
    assert suppress_line([1, 1, 9]) == ((None, None, None), 11)
    assert suppress_line([2, 9, 7]) == ((None, 9, None), 18)


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert suppress([[5, 0], [7, 9]]) == Table(((5, 0), (7, 9)), (5, 16), (12, 9), 21)
    assert suppress([]) == Table((), (), (), 0)


def test_a_single_small_number_takes_the_smallest_ring_with_it_and_the_sum_stays() -> None:
    assert suppress([[2, 30, 9], [8, 40, 7], [50, 60, 70]]) == Table(
        ((None, 30, None), (None, 40, None), (50, 60, 70)), (41, 55, 180), (60, 130, 86), 276
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 6), max_size=4))
def test_no_number_of_a_line_follows_from_its_sum(counts: list[int]) -> None:
    cells, total = suppress_line(counts)
    hidden = [place for place, n in enumerate(cells) if n is None]
    assert all(counts[place] > 0 for place in hidden)
    assert all(place in hidden for place, n in enumerate(counts) if 0 < n < BELOW)
    assert total is None or not 0 < total < BELOW
    possible: list[set[int]] = [set() for _ in hidden]
    for guess in product(range(1, 25), repeat=len(hidden)) if len(hidden) < 4 else ():
        if total is None or sum(guess) + sum(n or 0 for n in cells) == total:
            for place, n in enumerate(guess):
                possible[place].add(n)
    assert len(hidden) > 3 or all(len(values) > 1 for values in possible)

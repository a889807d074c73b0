"""States in cells: a strip of one thing's states over time, and a matrix of many things against many headings.

A cell says its state by a letter, a fill and, if it carries a doubt, a small mark in the corner; the key says the
letters in words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from design.charts.fills import Fill
from design.charts.key import key
from design.charts.scene import (
    WIDTH,
    Chart,
    Shape,
    Table,
    draw,
    draw_nothing,
    lines_of_words,
    paper,
    rect,
    upright_words,
    words,
)
from design.charts.wording import sentence, shorten, width_of, wrap

TALL = 24
LEFT = 190
GAP = 3


@dataclass(frozen=True)
class Cell:
    """`letter` (one or two characters) and `fill` are seen, `words` are read: "M", "Met, evidence reviewed".

    `mark` is one character in the corner and `mark_words` what it means: "?", "in question".
    """

    letter: str
    words: str
    fill: Fill
    mark: str = ""
    mark_words: str = ""

    def said(self) -> str:
        """The cell in words, for the description and the table."""
        return f"{self.words} ({self.mark_words or self.mark})" if self.mark else self.words


@dataclass(frozen=True)
class StripCell:
    """One period of a strip."""

    heading: str
    cell: Cell


@dataclass(frozen=True)
class MatrixRow:
    """One row; its cells are in the order of the matrix's headings."""

    label: str
    cells: tuple[Cell, ...]


def state_strip(cells: Sequence[StripCell], *, title: str, heading: str = "Period") -> Chart:
    """Squares side by side, oldest first, with what each is for underneath; a new line starts every fifteen."""
    table = Table((heading, "State"), tuple((place.heading, place.cell.said()) for place in cells))
    if not cells:
        return draw_nothing(title=title, table=table)
    shapes, top = key(_key(place.cell for place in cells))
    across = min(len(cells), 15)
    pitch = min(WIDTH / across, 72)
    tall = TALL + 40
    for number, place in enumerate(cells):
        down, along = divmod(number, across)
        shapes += _cell(place.cell, (pitch * along + 0.5, top + tall * down, pitch - GAP, TALL))
        below = wrap(place.heading, pitch - 2, 11, 2)
        middle = pitch * (along + 0.5)
        shapes += lines_of_words(
            middle, top + tall * down + TALL + 12 + 6.6 * (len(below) - 1), below, size=11, anchor="middle"
        )
    told = sentence(f"{name}: {state}" for name, state in table.rows)
    return draw(shapes, title=title, description=told, table=table, height=top + tall * -(-len(cells) // across))


def matrix(rows: Sequence[MatrixRow], *, headings: Sequence[str], title: str, heading: str = "Group") -> Chart:
    """Rows against headings. A sheet of paper holds about thirty-five rows: cut longer lists before drawing.

    Raises ValueError for a row that has not one cell for each heading.
    """
    if any(len(row.cells) != len(headings) for row in rows):
        raise ValueError(f"Every row needs one cell for each of {len(headings)} headings")
    table = Table((heading, *headings), tuple((row.label, *(cell.said() for cell in row.cells)) for row in rows))
    if not rows or not headings:
        return draw_nothing(title=title, table=table)
    shapes, top = key(_key(cell for row in rows for cell in row.cells))
    pitch = min((WIDTH - LEFT) / len(headings), 90)
    above, tall = _headings(headings, pitch, top)
    shapes += above
    top += tall
    for number, row in enumerate(rows):
        y = top + (TALL + GAP) * number
        shapes.append(words(LEFT - 8, y + TALL / 2, shorten(row.label, LEFT - 8, 12), size=12, anchor="end"))
        for nth, cell in enumerate(row.cells):
            shapes += _cell(cell, (LEFT + pitch * nth, y, pitch - GAP, TALL))
    height = top + (TALL + GAP) * len(rows) + 1
    return draw(shapes, title=title, description=_description(rows), table=table, height=height)


def _headings(headings: Sequence[str], pitch: float, top: float) -> tuple[list[Shape], float]:
    """Column headings, level where every word fits its column and upright otherwise, and the height they take."""
    middles = [LEFT + pitch * (nth + 0.5) for nth in range(len(headings))]
    if all(width_of(word, 11) <= pitch - 2 for text in headings for word in text.split()):
        lines = [wrap(text, pitch - 2, 11, 3) for text in headings]
        tall = 14.0 * max(map(len, lines))
        pairs = zip(middles, lines, strict=True)
        level = (lines_of_words(x, top + tall - 7 * len(said), said, size=11, anchor="middle") for x, said in pairs)
        return [shape for shapes in level for shape in shapes], tall + 6
    fitted = [shorten(text, 190, 12) for text in headings]
    tall = max(width_of(text, 12) for text in fitted)
    return [upright_words(x, top + tall, text) for x, text in zip(middles, fitted, strict=True)], tall + 6


def _key(cells: Iterable[Cell]) -> list[tuple[Fill, str, str]]:
    """Each state once, in order of appearance, then each mark."""
    cells = list(cells)
    states = dict.fromkeys((cell.fill, cell.letter, cell.words) for cell in cells)
    marks = dict.fromkeys((Fill.BLANK, cell.mark, cell.mark_words) for cell in cells if cell.mark and cell.mark_words)
    return [*states, *marks]


def _cell(cell: Cell, box: tuple[float, float, float, float]) -> list[Shape]:
    x, y, width, tall = box
    middle = y + tall / 2
    shapes = [rect(x, y, width, tall, cell.fill)]
    if cell.fill.pattern and cell.letter:
        room = width_of(cell.letter, 12) + 5
        shapes.append(paper(x + (width - room) / 2, y + 4, room, tall - 8))
    shapes.append(words(x + width / 2, middle, cell.letter, size=12, anchor="middle", bold=True, colour=cell.fill.ink))
    if cell.mark:
        shapes.append(paper(x + width - 11, y + 1, 10, 12))
        shapes.append(words(x + width - 6, y + 7, cell.mark, size=10, anchor="middle", bold=True))
    return shapes


def _description(rows: Sequence[MatrixRow]) -> str:
    """How often each state occurs, which is what the whole of a matrix says at a glance."""
    counts: dict[str, int] = {}
    for cell in (cell for row in rows for cell in row.cells):
        counts[cell.said()] = counts.get(cell.said(), 0) + 1
    return sentence((f"{n} {said}" for said, n in sorted(counts.items(), key=lambda item: -item[1])), most=10)

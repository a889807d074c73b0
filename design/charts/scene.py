"""Shapes, and the one place where shapes become an SVG with its title, its description and its ids.

Coordinates are in CSS pixels on a canvas 640 wide, which is the text width of an A4 page. Ids come from a digest of
the content, so the same figures give the same bytes and two different charts on one page never share an id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from design.charts.fills import INK, MUTED, RULE, Fill
from design.charts.marks import mark_of

WIDTH = 640
NO_FIGURES = "No figures for this period"
NO_FIGURE = "No figure"


@dataclass(frozen=True)
class Table:
    """Every figure of a chart: the first cell of a row is its heading."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A finished picture; `description` says in words what `svg` shows and `table` holds its figures."""

    svg: SafeString
    title: str
    description: str
    table: Table


@dataclass(frozen=True, slots=True)
class Shape:
    """One mark. `at` holds written-out coordinates, in the order that kind of mark reads them."""

    kind: str
    at: tuple[str, ...]
    fill: Fill | None = None
    colour: str = INK
    width: str = "1"
    dash: str = ""
    text: str = ""
    size: str = ""
    anchor: str = "start"
    bold: bool = False


def rect(x: float, y: float, width: float, height: float, fill: Fill) -> Shape:
    """A filled rectangle."""
    return Shape("rect", _written(x, y, width, height), fill=fill)


def paper(x: float, y: float, width: float, height: float) -> Shape:
    """A white patch that keeps words readable on a pattern."""
    return Shape("paper", _written(x, y, width, height))


def rule(x1: float, y1: float, x2: float, y2: float, *, colour: str = RULE, width: float = 1, dash: str = "") -> Shape:
    """A straight line."""
    return Shape("rule", _written(x1, y1, x2, y2), colour=colour, width=written(width), dash=dash)


def trace(points: Sequence[tuple[float, float]], *, colour: str, width: float = 2, dash: str = "") -> Shape:
    """An open line through the points."""
    path = " ".join(f"{'L' if nth else 'M'}{written(x)},{written(y)}" for nth, (x, y) in enumerate(points))
    return Shape("trace", (path,), colour=colour, width=written(width), dash=dash)


def mark(outline: Sequence[tuple[float, float]], *, colour: str, hollow: bool = False) -> Shape:
    """A closed small shape, filled or only outlined."""
    corners = " ".join(f"{written(x)},{written(y)}" for x, y in outline)
    return Shape("hollow" if hollow else "mark", (corners,), colour=colour)


def words(x: float, y: float, text: str, *, size: float = 13, anchor: str = "start", **look: str | bool) -> Shape:
    """Text whose letters stand with their middle at height y."""
    at = _written(x, y + size * 0.35)
    colour, bold = str(look.get("colour", INK)), bool(look.get("bold", False))
    return Shape("words", at, text=text, size=written(size), anchor=anchor, colour=colour, bold=bold)


def upright_words(x: float, bottom: float, text: str, *, size: float = 12) -> Shape:
    """Text that reads from the bottom upwards, for a heading too long for its column."""
    return Shape("upright", _written(x + size * 0.35, bottom), text=text, size=written(size))


def lines_of_words(
    x: float, middle: float, lines: Sequence[str], *, size: float = 13, anchor: str = "end"
) -> list[Shape]:
    """Several short lines of text, together centred on one height."""
    step = size * 1.2
    top = middle - step * (len(lines) - 1) / 2
    return [words(x, top + step * number, line, size=size, anchor=anchor) for number, line in enumerate(lines) if line]


def written(value: float) -> str:
    """A coordinate as short text: one decimal place, none when it is whole."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def draw(
    shapes: Sequence[Shape], *, title: str, description: str, table: Table, height: float, width: float = WIDTH
) -> Chart:
    """Put the shapes into the SVG template. Title, description and words may hold any text: it is escaped."""
    description = " ".join(description.split())
    digest = sha256(repr((title, description, height, width, tuple(shapes))).encode()).hexdigest()
    chart = f"chart-{digest[:12]}"
    context = {
        "id": chart,
        "title": title,
        "description": description,
        "width": written(width),
        "height": written(height),
        "marks": SafeString("\n".join(mark_of(shape, chart) for shape in shapes)),
        "patterns": sorted({shape.fill.pattern for shape in shapes if shape.fill and shape.fill.pattern}),
    }
    svg = SafeString(render_to_string("charts/chart.svg", context).strip())
    return Chart(svg, title, description, table)


def draw_nothing(*, title: str, table: Table, width: float = WIDTH, height: float = 60) -> Chart:
    """What stands in place of a chart that has no data: the words, in a frame as wide as the chart would be."""
    frame = rect(0.5, 0.5, width - 1, height - 1, Fill.BLANK)
    size = min(14.0, height * 0.4, width / 15)
    said = words(width / 2, height / 2, NO_FIGURES, anchor="middle", size=size, colour=MUTED)
    return draw([frame, said], title=title, description=f"{NO_FIGURES}.", table=table, width=width, height=height)


def _written(*values: float) -> tuple[str, ...]:
    return tuple(written(value) for value in values)

"""Boxes that hang on one another, from left to right: who answers to whom.

A box is as wide as its column and as high as its lines; a child stands to the right of its parent and is joined to it.
What is missing is drawn with a broken frame and says so in words.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from design.charts.fills import INK, MUTED, Fill
from design.charts.scene import Chart, Shape, Table, draw, draw_nothing, rect, rule, words
from design.charts.wording import sentence, shorten, width_of, wrap

NARROWEST, WIDEST, GAP, SIZE, LINE = 150.0, 300.0, 28.0, 12.0, 15.0
PAD, APART = 8.0, 10.0
# Bold letters are wider than the estimate.
BOLDER = 1.08


@dataclass(frozen=True)
class Branch:
    """One box: a heading, lines under it, and the boxes that hang on it. ``missing`` breaks its frame."""

    label: str
    lines: tuple[str, ...] = ()
    children: tuple["Branch", ...] = ()
    missing: bool = False


@dataclass
class _Canvas:
    """Where the next box may stand, and what has been drawn."""

    columns: list[tuple[float, float]]
    bottom: float = 4.0
    right: float = 0.0
    shapes: list[Shape] = field(default_factory=list)
    rows: list[tuple[str, str, str]] = field(default_factory=list)


def tree(branches: Sequence[Branch], *, title: str, headers: tuple[str, str, str]) -> Chart:
    """Draw the boxes. ``headers`` name the three columns of the table: the box, its lines, what it hangs on."""
    canvas = _Canvas(_columns(branches))
    for branch in branches:
        _draw(canvas, branch, depth=0, parent="")
    table = Table(headers, tuple(canvas.rows))
    if not canvas.rows:
        return draw_nothing(title=title, table=table)
    said = sentence(
        f"{box}{f', {lines}' if lines else ''}{f', under {over}' if over else ''}" for box, lines, over in canvas.rows
    )
    width = max(canvas.right + 4, 320)
    return draw(canvas.shapes, title=title, description=said, table=table, height=canvas.bottom, width=width)


def _columns(branches: Sequence[Branch]) -> list[tuple[float, float]]:
    """For each depth where its column begins and how wide it is: as its longest line needs, within bounds."""
    found: list[tuple[float, float]] = []
    level, left = list(branches), 4.0
    while level:
        longest = [width_of(line, SIZE) for each in level for line in each.lines]
        longest += [width_of(each.label, SIZE) * 0.6 for each in level]
        width = min(max(NARROWEST, *longest) + 2 * PAD, WIDEST)
        found.append((left, width))
        left += width + GAP
        level = [child for each in level for child in each.children]
    return found


def _said(box: str, lines: str, over: str) -> str:
    return ", ".join(filter(None, (box, lines, over and f"under {over}")))


def _draw(canvas: _Canvas, branch: Branch, *, depth: int, parent: str) -> float:
    """Draw a box with everything that hangs on it; where its middle is."""
    left, width = canvas.columns[depth]
    heading = wrap(branch.label, (width - 2 * PAD) / BOLDER, SIZE, lines=3)
    height = 2 * PAD + LINE * (len(heading) + len(branch.lines))
    top = canvas.bottom
    canvas.right = max(canvas.right, left + width)
    canvas.rows.append((branch.label, ", ".join(branch.lines), parent))
    middles = [_draw(canvas, child, depth=depth + 1, parent=branch.label) for child in branch.children]
    canvas.bottom = max(canvas.bottom, top + height + APART)
    middle = (middles[0] + middles[-1]) / 2 if middles else top + height / 2
    middle = max(middle, top + height / 2)
    _box(canvas, branch, heading, (left, middle - height / 2, width, height))
    _joints(canvas, left + width, middle, middles)
    return middle


def _box(canvas: _Canvas, branch: Branch, heading: tuple[str, ...], at: tuple[float, float, float, float]) -> None:
    left, top, width, height = at
    canvas.bottom = max(canvas.bottom, top + height + APART)
    canvas.shapes.append(rect(left, top, width, height, Fill.BLANK))
    colour, dash = (MUTED, "4 3") if branch.missing else (INK, "")
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height), (left, top)]
    for (x1, y1), (x2, y2) in itertools.pairwise(corners):
        canvas.shapes.append(rule(x1, y1, x2, y2, colour=colour, dash=dash))
    y = top + PAD + LINE / 2
    for line in heading:
        canvas.shapes.append(words(left + PAD, y, line, size=SIZE, bold=True))
        y += LINE
    for line in branch.lines:
        canvas.shapes.append(words(left + PAD, y, shorten(line, width - 2 * PAD, SIZE), size=SIZE))
        y += LINE


def _joints(canvas: _Canvas, left: float, middle: float, middles: list[float]) -> None:
    """From the box to a post between the columns, and from there to every child."""
    if not middles:
        return
    post = left + GAP / 2
    canvas.shapes.append(rule(left, middle, post, middle, colour=MUTED, width=1.2))
    canvas.shapes.append(rule(post, min(middle, *middles), post, max(middle, *middles), colour=MUTED, width=1.2))
    for each in middles:
        canvas.shapes.append(rule(post, each, left + GAP, each, colour=MUTED, width=1.2))

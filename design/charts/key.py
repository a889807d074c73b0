"""The key above a chart: what each fill stands for, laid out in as many lines as it needs."""

from collections.abc import Iterable

from design.charts.fills import Fill
from design.charts.scene import WIDTH, Shape, rect, words
from design.charts.wording import shorten, width_of

SIZE = 13
SWATCH = 14
LINE = 22


def key(entries: Iterable[tuple[Fill, str, str]], *, width: float = WIDTH) -> tuple[list[Shape], float]:
    """Shapes for (fill, letter inside the swatch, words) entries, and the height they take."""
    shapes: list[Shape] = []
    x, y = 0.0, LINE / 2
    for fill, letter, meaning in entries:
        said = shorten(meaning, width - SWATCH - 8, SIZE)
        needed = SWATCH + 8 + width_of(said, SIZE) + 14
        if x and x + needed > width:
            x, y = 0.0, y + LINE
        shapes.append(rect(x + 0.5, y - SWATCH / 2, SWATCH, SWATCH, fill))
        if letter:
            shapes.append(words(x + 0.5 + SWATCH / 2, y, letter, size=10, anchor="middle", bold=True, colour=fill.ink))
        shapes.append(words(x + SWATCH + 7, y, said, size=SIZE))
        x += needed
    return shapes, (y + LINE / 2 + 6 if shapes else 0)

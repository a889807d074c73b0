"""How a surface is filled so that it differs from its neighbour in colour, in grey and in shape.

The names say what is seen, never what it means: the caller decides which fill stands for which state. A new fill
is a member here and, if it has a pattern, a block in templates/charts/patterns.svg.
"""

from enum import Enum

INK = "#212b32"
MUTED = "#4c6272"
RULE = "#d8dde0"
OUTLINE = "#003087"
PAPER = "#ffffff"


class Fill(Enum):
    """Colour, pattern name ("" for a plain surface) and the colour of words written on it."""

    DARK = ("#003087", "", PAPER)
    DIAGONAL = ("#005eb8", "diagonal", INK)
    PALE = ("#c9dff3", "", INK)
    DOTS = ("#003087", "dots", INK)
    GREY = ("#5d6b75", "", PAPER)
    CROSS = ("#425563", "cross", INK)
    STRIPES = ("#8a1538", "stripes", INK)
    BLANK = ("#ffffff", "", INK)
    BLUE = ("#005eb8", "", PAPER)
    GAP = ("#768692", "gap", INK)

    def __init__(self, colour: str, pattern: str, ink: str) -> None:
        self.colour, self.pattern, self.ink = colour, pattern, ink

    @property
    def dashed(self) -> bool:
        """Surfaces that stand for the absence of a figure have a broken outline."""
        return self in (Fill.BLANK, Fill.GAP)

    @property
    def outline(self) -> str:
        """The colour of the line around the fill."""
        return "#768692" if self.dashed else OUTLINE


IN_ORDER = (
    Fill.DARK,
    Fill.DIAGONAL,
    Fill.PALE,
    Fill.DOTS,
    Fill.GREY,
    Fill.CROSS,
    Fill.STRIPES,
    Fill.BLANK,
)


def told_apart(wanted: list[Fill | None]) -> tuple[Fill, ...]:
    """Give each place its wanted fill, or the next unused one. ValueError if two would look the same."""
    spare = [fill for fill in IN_ORDER if fill not in wanted]
    asked = [fill for fill in wanted if fill]
    if len(wanted) - len(asked) > len(spare) or len(set(asked)) < len(asked):
        raise ValueError(f"{len(wanted)} places cannot be told apart: a fill stands for one, and {len(IN_ORDER)} exist")
    unused = iter(spare)
    return tuple([fill or next(unused) for fill in wanted])

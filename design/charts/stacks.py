"""Stacked horizontal bars: how each group divides into categories, with the count in every part."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from design.charts.fills import Fill, told_apart
from design.charts.key import key
from design.charts.scene import WIDTH, Chart, Shape, Table, draw, draw_nothing, lines_of_words, paper, rect, words
from design.charts.wording import figure, sentence, width_of, wrap

CROWDED, MANY = 16, 9


@dataclass(frozen=True)
class Segment:
    """One category's count in one stack."""

    label: str
    n: int
    fill: Fill | None = None

    def __post_init__(self) -> None:
        if self.n < 0:
            raise ValueError(f"{self.label} cannot count {self.n}")


@dataclass(frozen=True)
class Stack:
    """One bar. Stacks of one chart may leave categories out; an absent category counts 0."""

    label: str
    segments: tuple[Segment, ...]

    @property
    def total(self) -> int:
        """Everything in the stack."""
        return sum(segment.n for segment in self.segments)

    def count(self, label: str) -> int:
        """How many of one category are in it; an absent one counts 0."""
        return sum(segment.n for segment in self.segments if segment.label == label)


def stacked_bars(stacks: Sequence[Stack], *, title: str, heading: str = "Group", to_scale: bool = False) -> Chart:
    """Each stack over the full width, or with `to_scale` in proportion to the largest total.

    `heading` names what a stack is, for the table. At most eight categories: more cannot be told apart.
    """
    return _drawn(tuple(stacks), title, heading, to_scale)


@lru_cache(maxsize=64)
def _drawn(stacks: tuple[Stack, ...], title: str, heading: str, to_scale: bool) -> Chart:
    """The same figures are the same picture: a page that is asked for again does not draw it again."""
    categories = _categories(stacks)
    headers = (heading, *categories, "Total")
    if not categories:
        return draw_nothing(title=title, table=Table(headers, tuple((stack.label or "All", "0") for stack in stacks)))
    totals = {label: sum(stack.count(label) for stack in stacks) for label in categories}
    shapes, y = key((fill, "", f"{label} {figure(totals[label])}") for label, fill in categories.items())
    largest = max(stack.total for stack in stacks)
    pitch, thick, size, lines = _density(len(stacks))
    left = _room_for_labels(stacks, 200 if lines > 1 else 260)
    right = WIDTH - width_of(figure(largest), 13) - 10
    for number, stack in enumerate(stacks):
        middle = y + pitch * (number + 0.5)
        shapes += lines_of_words(left - 10, middle, wrap(stack.label, left - 12, size, lines), size=size)
        length = (right - left) * (stack.total / largest if to_scale and largest else 1)
        shapes += _bar(stack, categories, (left, middle - thick / 2, length, thick))
        shapes.append(words(WIDTH, middle, figure(stack.total), size=size, anchor="end", bold=True))
    return draw(
        shapes,
        title=title,
        description=_description(stacks),
        table=Table(headers, tuple(_row(stack, categories) for stack in stacks)),
        height=y + pitch * len(stacks) + 4,
    )


def _density(bars: int) -> tuple[int, int, int, int]:
    """Distance and thickness of bars, size of words, lines of a label: closer when there are many."""
    if bars > CROWDED:
        return 22, 15, 12, 1
    return (28, 19, 12, 2) if bars > MANY else (38, 24, 13, 2)


def _categories(stacks: Sequence[Stack]) -> dict[str, Fill]:
    """Categories in order of first appearance, each with one fill throughout the chart."""
    wanted: dict[str, Fill | None] = {}
    for segment in (segment for stack in stacks for segment in stack.segments):
        wanted[segment.label] = wanted.get(segment.label) or segment.fill
    return dict(zip(wanted, told_apart(list(wanted.values())), strict=True))


def _room_for_labels(stacks: Sequence[Stack], most: float) -> float:
    longest = max(width_of(stack.label, 13) for stack in stacks)
    return min(longest + 14, most) if longest else 1


def _bar(stack: Stack, categories: dict[str, Fill], box: tuple[float, float, float, float]) -> list[Shape]:
    x, top, length, thick = box
    if not stack.total:
        return [rect(x, top, length or 24, thick, Fill.BLANK)]
    shapes: list[Shape] = []
    for label, fill in categories.items():
        if n := stack.count(label):
            width = length * n / stack.total
            shapes += [rect(x, top, width, thick, fill), *_count_inside(figure(n), fill, (x, top, width, thick))]
            x += width
    return shapes


def _count_inside(said: str, fill: Fill, box: tuple[float, float, float, float]) -> list[Shape]:
    """The count in the middle of its part, on a white patch over a pattern, or nothing if it does not fit."""
    x, top, width, thick = box
    size = min(13, thick * 0.75)
    needed = width_of(said, size) + 6
    if needed > width - 2:
        return []
    patch = [paper(x + (width - needed) / 2, top + thick * 0.12, needed, thick * 0.76)] if fill.pattern else []
    return [*patch, words(x + width / 2, top + thick / 2, said, size=size, anchor="middle", bold=True, colour=fill.ink)]


def _row(stack: Stack, categories: dict[str, Fill]) -> tuple[str, ...]:
    return (stack.label or "All", *(figure(stack.count(label)) for label in categories), figure(stack.total))


def _description(stacks: Sequence[Stack]) -> str:
    return sentence(
        f"{f'{stack.label}: ' if stack.label else ''}"
        f"{', '.join(f'{figure(part.n)} {part.label}' for part in stack.segments if part.n) or 'none'}"
        f", {figure(stack.total)} in all"
        for stack in stacks
    )

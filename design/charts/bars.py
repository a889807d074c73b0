"""A bar for each group, with its figure in words beside it and, if there is one, the threshold it is held to."""

from collections.abc import Sequence
from dataclasses import dataclass

from design.charts.fills import INK, MUTED, RULE, Fill
from design.charts.key import key
from design.charts.scene import (
    NO_FIGURE,
    WIDTH,
    Chart,
    Shape,
    Table,
    draw,
    draw_nothing,
    lines_of_words,
    rect,
    rule,
    words,
)
from design.charts.wording import Number, figure, sentence, shorten, width_of, wrap

CROWDED = 16
LEFT = 200
SIZE = 13


@dataclass(frozen=True)
class Bar:
    """`value` is unrounded and decides the length; `words` is what is read, such as "45 of 50, 90.0 %".

    None is a missing figure and is drawn as one: it is neither zero nor below anything.
    """

    label: str
    value: Number | None
    words: str = ""

    def __post_init__(self) -> None:
        if self.value is not None and self.value < 0:
            raise ValueError(f"A bar starts at zero: {self.label} cannot be {self.value}")


@dataclass(frozen=True)
class Threshold:
    """The value to reach. A bar is below it when its unrounded value is less."""

    value: Number
    label: str


def bar_chart(
    bars: Sequence[Bar],
    *,
    title: str,
    heading: str = "Group",
    measure: str = "Figure",
    unit: str = "",
    threshold: Threshold | None = None,
    top: Number | None = None,
) -> Chart:
    """Horizontal bars from zero to `top` (the largest figure unless given, 100 for a unit of "%")."""
    headers = (heading, measure, *((threshold.label,) if threshold else ()))
    said = [_said(bar, unit) for bar in bars]
    rows = tuple((bar.label, text, *_against(bar, threshold)) for bar, text in zip(bars, said, strict=True))
    if all(bar.value is None for bar in bars):
        return draw_nothing(title=title, table=Table(headers, rows))
    shapes, y = key(_key(bars, threshold))
    room = min(max(width_of(text, SIZE) for text in said) + 12, 200)
    scale = (WIDTH - LEFT - room) / float(_longest(bars, threshold, top, unit))
    y += 20 if threshold else 0
    pitch, thick, size = (22, 14, 12) if len(bars) > CROWDED else (34, 20, SIZE)
    bottom = y + pitch * len(bars)
    shapes.append(rule(LEFT, y, LEFT, bottom, colour=RULE))
    for number, (bar, text) in enumerate(zip(bars, said, strict=True)):
        middle = y + pitch * (number + 0.5)
        shapes += lines_of_words(LEFT - 10, middle, wrap(bar.label, LEFT - 12, size, pitch // 15), size=size)
        shapes.append(_bar(bar, (middle - thick / 2, thick), scale, threshold))
        shapes.append(words(WIDTH, middle, shorten(text, room, size), size=size, anchor="end"))
    if threshold:
        shapes += _threshold(threshold, LEFT + float(threshold.value) * scale, y, bottom)
    told = sentence(f"{label}: {', '.join(rest)}" for label, *rest in rows)
    return draw(shapes, title=title, description=told, table=Table(headers, rows), height=bottom + 4)


def _said(bar: Bar, unit: str) -> str:
    return bar.words or (NO_FIGURE if bar.value is None else figure(bar.value, unit))


def _longest(bars: Sequence[Bar], threshold: Threshold | None, top: Number | None, unit: str) -> Number:
    if top is None:
        top = 100 if unit == "%" else 0
    return max(top, threshold.value if threshold else 0, *(bar.value or 0 for bar in bars)) or 1


def _is_below(bar: Bar, threshold: Threshold | None) -> bool:
    return threshold is not None and bar.value is not None and bar.value < threshold.value


def _bar(bar: Bar, band: tuple[float, float], scale: float, threshold: Threshold | None) -> Shape:
    if bar.value is None:
        return rect(LEFT, band[0], 60, band[1], Fill.GAP)
    fill = Fill.DIAGONAL if _is_below(bar, threshold) else Fill.BLUE
    return rect(LEFT, band[0], max(float(bar.value) * scale, 1), band[1], fill)


def _key(bars: Sequence[Bar], threshold: Threshold | None) -> list[tuple[Fill, str, str]]:
    entries = []
    if threshold:
        entries = [(Fill.BLUE, "", "At or above the threshold"), (Fill.DIAGONAL, "", "Below the threshold")]
    if any(bar.value is None for bar in bars):
        entries.append((Fill.GAP, "", NO_FIGURE))
    return entries


def _threshold(threshold: Threshold, x: float, top: float, bottom: float) -> list[Shape]:
    line = rule(x, top - 4, x, bottom, colour=INK, width=2, dash="6 4")
    return [line, words(x, top - 12, threshold.label, size=12, anchor="middle", colour=MUTED)]


def _against(bar: Bar, threshold: Threshold | None) -> tuple[str, ...]:
    if threshold is None:
        return ()
    if bar.value is None:
        return ("not known",)
    return ("below",) if _is_below(bar, threshold) else ("at or above",)

"""Lines over time, with the threshold they are held to and a visible gap wherever a figure is missing.

A missing point is never bridged: the line stops before it and starts again after it, and the gap is named in the
description and the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from math import cos, floor, log10, pi, sin

from design.charts.bars import Threshold
from design.charts.fills import INK, MUTED, OUTLINE, Fill
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
    mark,
    rect,
    rule,
    trace,
    words,
)
from design.charts.wording import Number, figure, sentence, width_of, wrap

LEFT, RIGHT, TALL = 52, 150, 210
LOOKS = (
    ("#003087", "", 24),
    ("#005eb8", "8 4", 4),
    ("#425563", "2 3", 3),
    ("#8a1538", "10 3 2 3", 4),
    ("#212b32", "4 4", 3),
)


@dataclass(frozen=True)
class Series:
    """One line. `points` has a value or None for each period; `words` says each as read, if figures alone do not."""

    label: str
    points: tuple[Number | None, ...]
    words: tuple[str, ...] = ()

    def said(self, nth: int, unit: str) -> str:
        """The point in words; “no figure” where there is none."""
        if self.words:
            return self.words[nth]
        point = self.points[nth]
        return NO_FIGURE if point is None else figure(point, unit)


@dataclass(frozen=True)
class Frame:
    """Where values and periods fall on the canvas."""

    count: int
    low: float
    high: float
    top: float

    @property
    def bottom(self) -> float:
        """The y of the lowest value."""
        return self.top + TALL

    @property
    def step(self) -> float:
        """The distance between two periods."""
        return (WIDTH - LEFT - RIGHT) / self.count

    def x(self, nth: int) -> float:
        """The x of a period."""
        return LEFT + self.step * (nth + 0.5)

    def y(self, value: Number) -> float:
        """The y of a value."""
        return self.bottom - TALL * (float(value) - self.low) / (self.high - self.low)


def line_chart(
    series: Sequence[Series],
    *,
    periods: Sequence[str],
    title: str,
    heading: str = "Period",
    unit: str = "",
    threshold: Threshold | None = None,
    low: Number = 0,
    high: Number | None = None,
) -> Chart:
    """One to five series over the same periods, oldest first. The axis runs from `low` to `high` (100 for "%").

    Raises ValueError for more than five series and for a series that has not one point for each period.
    """
    _refuse_misfits(series, periods)
    table = _table(series, periods, heading, unit)
    known = [point for line in series for point in line.points if point is not None]
    if not known:
        return draw_nothing(title=title, table=table)
    missing = [nth for nth in range(len(periods)) if all(line.points[nth] is None for line in series)]
    shapes, top = key([(Fill.GAP, "", NO_FIGURE)] if missing else [])
    limits = [*known, threshold.value] if threshold else known
    frame = Frame(len(periods), *_range(limits, low, high, unit), top + 14)
    shapes += [rect(frame.x(nth) - frame.step * 0.3, frame.top, frame.step * 0.6, TALL, Fill.GAP) for nth in missing]
    shapes += [*_scale(frame, unit), *_periods(frame, periods)]
    if threshold:
        shapes += _threshold(threshold, frame, series)
    for line, look in zip(series, LOOKS, strict=False):
        shapes += _line(line, look, frame)
    shapes += (labels := list(_labels(series, frame, unit, periods)))
    told = _description(series, periods, unit, threshold)
    return draw(shapes, title=title, description=told, table=table, height=max(frame.bottom + 44, _lowest(labels) + 8))


def sparkline(points: Sequence[Number | None], *, periods: Sequence[str], title: str, unit: str = "") -> Chart:
    """A line of the size of a word, without axes: for a table cell, beside the last figure in text."""
    series = (Series(title, tuple(points)),)
    _refuse_misfits(series, periods)
    table = _table(series, periods, "Period", unit)
    known = [float(point) for point in points if point is not None]
    if not known:
        return draw_nothing(title=title, table=table, width=120, height=28)
    low, spread = min(known), (max(known) - min(known)) or 1
    places = [
        (6 + 108 * nth / max(len(points) - 1, 1), 23 - 18 * (float(point) - low) / spread)
        for nth, point in enumerate(points)
        if point is not None
    ]
    by_period = iter(places)
    placed = [None if point is None else next(by_period) for point in points]
    shapes = [shape for run in _runs(placed) for shape in _spark(run)]
    shapes.append(mark(_corners(places[-1], 4, 24), colour=OUTLINE))
    told = _description(series, periods, unit, None)
    return draw(shapes, title=title, description=told, table=table, width=120, height=28)


def _refuse_misfits(series: Sequence[Series], periods: Sequence[str]) -> None:
    if len(series) > len(LOOKS):
        raise ValueError(f"At most {len(LOOKS)} lines can be told apart, not {len(series)}")
    for line in series:
        if len(line.points) != len(periods) or len(line.words) not in (0, len(periods)):
            raise ValueError(f"{line.label} needs one point for each of {len(periods)} periods")


def _table(series: Sequence[Series], periods: Sequence[str], heading: str, unit: str) -> Table:
    rows = tuple((period, *(line.said(nth, unit) for line in series)) for nth, period in enumerate(periods))
    return Table((heading, *(line.label for line in series)), rows if series else ())


def _range(limits: Sequence[Number], low: Number, high: Number | None, unit: str) -> tuple[float, float]:
    """The ends of the axis, wide enough for every figure whatever was asked for."""
    lowest = min(float(low), *map(float, limits))
    wanted = high if high is not None else (100 if unit == "%" else lowest + 1)
    highest = max(float(wanted), *map(float, limits))
    step = _tick(highest - lowest)
    reached = highest if unit == "%" else step * -floor(-highest / step)
    return lowest, max(reached, lowest + step)


def _tick(spread: float) -> float:
    """A round distance between grid lines, so that there are about five."""
    size = 10.0 ** floor(log10(spread / 5)) if spread > 0 else 1.0
    return next(size * nice for nice in (1, 2, 5, 10) if spread / (size * nice) <= 5.5)


def _scale(frame: Frame, unit: str) -> Iterator[Shape]:
    tick = _tick(frame.high - frame.low)
    value = tick * -floor(-frame.low / tick)
    while value <= frame.high + tick / 1000:
        y = frame.y(value)
        yield rule(LEFT, y, WIDTH - RIGHT, y)
        yield words(
            LEFT - 8, y, f"{f'{value:,.6f}'.rstrip('0').rstrip('.')}{unit}", size=12, anchor="end", colour=MUTED
        )
        value += tick


def _periods(frame: Frame, periods: Sequence[str]) -> Iterator[Shape]:
    """Period names under the axis: every one if they fit, otherwise every second, third and so on, and the last."""
    yield rule(LEFT, frame.bottom, WIDTH - RIGHT, frame.bottom, colour=MUTED)
    widest = max(max(width_of(word, 12) for word in period.split() or [""]) for period in periods) + 6
    every = max(1, -floor(-widest / frame.step))
    for nth, period in enumerate(periods):
        if (len(periods) - 1 - nth) % every == 0:
            label = wrap(period, max(frame.step * every - 4, 30), 12, 2)
            yield from lines_of_words(
                frame.x(nth), frame.bottom + 16 + 7 * (len(label) - 1), label, size=12, anchor="middle"
            )


def _threshold(threshold: Threshold, frame: Frame, series: Sequence[Series]) -> list[Shape]:
    """The line, and its name above or below it at one end: where the fewest points are drawn over it."""
    y, reach = frame.y(threshold.value), 7 * len(threshold.label) + frame.step / 2
    points = [
        (frame.x(nth), frame.y(point)) for one in series for nth, point in enumerate(one.points) if point is not None
    ]

    def covered(place: tuple[float, int]) -> int:
        end, by = place
        outside = len(points) if y + by > frame.bottom else 0
        return outside + sum(abs(x - end) < reach and abs(at - y - by) < 14 for x, at in points)

    ends = {LEFT + 4.0: "start", WIDTH - RIGHT - 4.0: "end"}
    end, by = min(product(ends, (-9, 11)), key=covered)
    line = rule(LEFT, y, WIDTH - RIGHT, y, colour=INK, width=1.5, dash="6 4")
    return [line, words(end, y + by, threshold.label, size=12, anchor=ends[end], colour=INK)]


def _line(line: Series, look: tuple[str, str, int], frame: Frame) -> Iterator[Shape]:
    colour, dash, corners = look
    places = [None if point is None else (frame.x(nth), frame.y(point)) for nth, point in enumerate(line.points)]
    for run in _runs(places):
        if len(run) > 1:
            yield trace(run, colour=colour, width=2.5, dash=dash)
        size = (4.5 if corners == 24 else 6) * min(1, frame.step / 16)
        for place in run:
            yield mark(_corners(place, size, corners), colour=colour, hollow=bool(dash))


def _runs(places: Sequence[tuple[float, float] | None]) -> Iterator[list[tuple[float, float]]]:
    """Unbroken stretches of known points."""
    for _, run in groupby(places, key=lambda place: place is None):
        if known := [place for place in run if place is not None]:
            yield known


def _spark(run: list[tuple[float, float]]) -> list[Shape]:
    if len(run) > 1:
        return [trace(run, colour=OUTLINE, width=1.5)]
    return [mark(_corners(run[0], 2, 12), colour=OUTLINE)]


def _corners(place: tuple[float, float], size: float, count: int) -> list[tuple[float, float]]:
    """A regular shape around a place: 3 is a triangle, 4 a diamond, 24 as good as a circle."""
    turns = [2 * pi * corner / count for corner in range(count)]
    return [(place[0] + size * sin(turn), place[1] - size * cos(turn)) for turn in turns]


def _labels(series: Sequence[Series], frame: Frame, unit: str, periods: Sequence[str]) -> Iterator[Shape]:
    """Each line's last figure and name at its end, pushed apart where ends are close; an old figure says its period."""
    ends = [
        (line, look, _last_known(line))
        for line, look in zip(series, LOOKS, strict=False)
        if any(point is not None for point in line.points)
    ]
    x, free = WIDTH - RIGHT + 8, 6.0
    for line, (colour, dash, corners), (nth, value) in sorted(ends, key=lambda end: -end[2][1]):
        said = figure(value, unit) if nth == len(periods) - 1 else f"{figure(value, unit)}, {periods[nth]}"
        lines = (said, *wrap(line.label, RIGHT - 26, 12, 2))
        y = max(free, frame.y(value))
        yield mark(_corners((x + 4, y), 4, corners), colour=colour, hollow=bool(dash))
        for row, text in enumerate(lines):
            yield words(x + 14, y + 15 * row, text, size=12, bold=not row, colour=colour)
        free = y + 15 * len(lines) + 4


def _lowest(shapes: Sequence[Shape]) -> float:
    return max(float(shape.at[1]) for shape in shapes if shape.kind == "words")


def _last_known(line: Series) -> tuple[int, float]:
    return [(nth, float(point)) for nth, point in enumerate(line.points) if point is not None][-1]


def _description(series: Sequence[Series], periods: Sequence[str], unit: str, threshold: Threshold | None) -> str:
    parts = []
    for line in series:
        known = [nth for nth, point in enumerate(line.points) if point is not None]
        gaps = [period for period, point in zip(periods, line.points, strict=True) if point is None]
        ends = ", ".join(
            f"{line.said(nth, unit)} in {periods[nth]}" for nth in dict.fromkeys((*known[:1], *known[-1:]))
        )
        missing = f", {NO_FIGURE.lower()} for {', '.join(gaps)}" if gaps else ""
        parts.append(f"{line.label}: {ends}{missing}")
    return sentence([*parts, f"{threshold.label} marked"] if threshold else parts)

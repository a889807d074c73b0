"""Ageing bars: how many are in each bucket of time, upright and in order, the oldest dark."""

from collections.abc import Sequence
from dataclasses import dataclass

from design.charts.bars import Bar, bar_chart
from design.charts.fills import MUTED, Fill
from design.charts.scene import WIDTH, Chart, Shape, Table, draw, draw_nothing, lines_of_words, rect, rule, words
from design.charts.wording import figure, sentence, wrap

MOST_UPRIGHT = 12
TALL = 150
FLOOR = TALL + 26
FOOT = 42


@dataclass(frozen=True)
class Bucket:
    """How many are this old. Without a fill of its own a bucket is blue, and the last one dark."""

    label: str
    n: int
    fill: Fill | None = None


def ageing_bars(buckets: Sequence[Bucket], *, title: str, heading: str = "Age", measure: str = "Number") -> Chart:
    """Upright bars with the count on top. More than twelve buckets are drawn lying down, where labels have room.

    Counts of zero in every bucket are figures and are drawn; no buckets at all is an absence of figures.
    """
    headers = (heading, measure)
    if not buckets:
        return draw_nothing(title=title, table=Table(headers, ()))
    if len(buckets) > MOST_UPRIGHT:
        flat = [Bar(bucket.label, bucket.n) for bucket in buckets]
        return bar_chart(flat, title=title, heading=heading, measure=measure)
    shapes, pitch = _columns(buckets)
    shapes.append(rule(0, FLOOR, pitch * len(buckets), FLOOR, colour=MUTED))
    rows = tuple((bucket.label, figure(bucket.n)) for bucket in buckets)
    told = sentence(f"{label}: {n}" for label, n in rows)
    return draw(shapes, title=title, description=told, table=Table(headers, rows), height=FLOOR + FOOT)


def _columns(buckets: Sequence[Bucket]) -> tuple[list[Shape], float]:
    largest = max(bucket.n for bucket in buckets) or 1
    pitch = min(WIDTH / len(buckets), 130)
    shapes: list[Shape] = []
    for number, bucket in enumerate(buckets):
        middle, tall = pitch * (number + 0.5), TALL * bucket.n / largest
        oldest = number == len(buckets) - 1
        if bucket.n:
            fill = bucket.fill or (Fill.DARK if oldest else Fill.BLUE)
            shapes.append(rect(middle - pitch * 0.36, FLOOR - tall, pitch * 0.72, tall, fill))
        shapes.append(words(middle, FLOOR - tall - 11, figure(bucket.n), size=15, anchor="middle", bold=True))
        label = wrap(bucket.label, pitch - 6, 12, 2)
        shapes += lines_of_words(middle, FLOOR + 14 + 7 * (len(label) - 1), label, size=12, anchor="middle")
    return shapes, pitch

"""Which figures are drawn, and how: a line over eight periods with its threshold, places side by side, reasons."""

from collections.abc import Mapping, Sequence

from design.charts import Bar, Chart, Series, Threshold, bar_chart, line_chart, sparkline
from training.arithmetic import goal, lowest_drawn
from training.models import Line
from training.resolver.cells import Cell
from training.resolver.sums import Sum
from training.words import held_to_said, sum_said, unit, value_said

MOST_BARS = 30


def over_time(line: Line, labels: Sequence[str], whole: Sequence[Sum], name: str, *, title: str) -> Chart:
    """The sums of a line, the threshold of each period beside them; a period without a figure is a gap."""
    said = tuple(
        f"{sum_said(each)}, {value_said(each)}".removesuffix(", ") if each.given else "no figure" for each in whole
    )
    series = [Series(name, tuple(each.value for each in whole), said)]
    if any(each.threshold is not None for each in whole):
        series.append(Series("Threshold", tuple(each.threshold for each in whole), tuple(map(_threshold, whole))))
    return _drawn(line, series, labels, title)


def of_provider(line: Line, labels: Sequence[str], cells: Sequence[Cell], name: str, *, title: str) -> Chart:
    """The same of one provider."""
    series = [Series(name, tuple(cell.value for cell in cells), tuple(_said(cell) for cell in cells))]
    if any(cell.threshold is not None for cell in cells):
        words = tuple(held_to_said(cell) for cell in cells)
        series.append(Series("Threshold", tuple(cell.threshold for cell in cells), words))
    return _drawn(line, series, labels, title)


def small(line: Line, labels: Sequence[str], cells: Sequence[Cell], *, title: str) -> Chart:
    """The size of a word, for a table."""
    return sparkline([cell.value for cell in cells], periods=labels, title=title, unit=unit(line.form))


def by_place(line: Line, places: Mapping[str, Sum], *, title: str, heading: str) -> Chart:
    """The places of one period side by side, against the threshold where it is one and the same."""
    shown = list(places.items())[:MOST_BARS]
    held = {each.one_threshold for _, each in shown if each.judged_d}
    one = next(iter(held)) if len(held) == 1 else None
    threshold = Threshold(one, goal(one, unit(line.form))) if one is not None else None  # type: ignore[arg-type]
    bars = [Bar(name, each.value, f"{sum_said(each)}, {value_said(each)}".removesuffix(", ")) for name, each in shown]
    return bar_chart(
        bars, title=title, heading=heading, measure=line.short, threshold=threshold,
        unit="%" if line.form == Line.Form.SHARE else "",
    )  # fmt: skip


def counts(parts: Sequence[tuple[str, int]], *, title: str, heading: str, measure: str) -> Chart:
    """Counts as bars, with the count beside each."""
    return bar_chart([Bar(name, n, f"{n:,}") for name, n in parts], title=title, heading=heading, measure=measure)


def _drawn(line: Line, series: Sequence[Series], labels: Sequence[str], title: str) -> Chart:
    """Shares from ten per cent below the lowest, others from nought."""
    share = line.form == Line.Form.SHARE
    known = [float(point) for each in series for point in each.points if point is not None]
    low = lowest_drawn(known) if share else 0
    return line_chart(series, periods=labels, title=title, unit="%" if share else "", low=low)


def _threshold(found: Sum) -> str:
    return "" if found.threshold is None else goal(found.threshold, unit(found.form))


def _said(cell: Cell) -> str:
    return f"{cell.counted}, {cell.shown}".removesuffix(", ") or "no figure"

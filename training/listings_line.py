"""The providers of one line as a file: the table of its page, every row of it, with what all come to."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from accounts.capabilities import Can
from design.forms import NhsForm
from exports.listings import Listing, Reach, Shown, register
from exports.table import Cell, Column
from training.line_page import every_row
from training.models import Line
from training.overview import Reading
from training.overview_lists import NOTES, cell_columns, line_of, reading_of
from training.words import held_said, short_said, sum_said, threshold_said, value_said

OF = "line"


def columns_of(line: Line) -> tuple[Column, ...]:
    """As on the page: provider, category, the figure with its threshold and state, what is short, and the remark."""
    return (
        Column("Provider", lambda row: row[0].asked.name, width=40),
        Column("Category", lambda row: row[0].asked.category_name or "", width=28),
        *(Column(each.title.capitalize(), _of_row(each), each.kind, each.width) for each in cell_columns(line, 0)),
        Column("To reach it", lambda row: short_said(row[1]), width=14),
        Column("Remark", lambda row: row[2], width=44),
    )


def _of_row(column: Column) -> Callable[[Any], Cell]:
    return lambda row: column.value(row[0])


def _together(reading: Reading, line: Line) -> tuple[str, ...]:
    """What all providers come to, and who of those that were asked is missing, as the head of the page says it."""
    row = next((row for row in reading.summary if row.line.code == line.code), None)
    if row is None:
        return (f"{line.name}: nobody was asked.",)
    found, missing = row.sum, "; ".join(each.name for each in row.missing) or "nobody"
    parts = [
        sum_said(found), value_said(found), found.state.words, short_said(found),
        f"threshold {threshold_said(found)}" if threshold_said(found) else "", held_said(found),
    ]  # fmt: skip
    return (
        f"All providers: {', '.join(part for part in parts if part)}.",
        f"{found.given} of {row.asked} with a figure, {reading.period}, as at {reading.period.ends_on:%-d %B %Y}. "
        f"Missing: {missing}.",
    )


def _shown(request: HttpRequest, reach: Reach) -> Shown:
    """Of the line that is asked for; where none is, of the first."""
    found = reading_of(request, on=reach.on, reach=reach, filters=False)
    if found is None or not found[0].lines:
        return Shown((), [], NhsForm())
    reading, _ = found
    line = line_of(reading, request.GET.get(OF) or reading.lines[0].code)
    reading.columns = [line]
    said = (("Line", line.name), ("Period", str(reading.period)))
    return Shown(
        columns_of(line), every_row(reading, line), NhsForm(), title=f"{line.short}, {reading.period}",
        whose=(str(reading.commissioner),), said=said, notes=(*_together(reading, line), *NOTES),
    )  # fmt: skip


def register_line() -> None:
    """Called once at start."""
    register(
        Listing(
            "figure-line", "One line, every provider", Can.SEE_FIGURES, "training:overview", _shown,
            one="training:line", of=OF,
        )
    )  # fmt: skip

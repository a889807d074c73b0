"""The page of one line: its eight periods, its roll-ups, and every provider of a page. A fixed number of statements."""

from collections.abc import Sequence
from typing import Any

from design.counting import page_of
from training import charts
from training.models import Line
from training.overview import LineRow, Reading, Row
from training.resolver.cells import Cell, CellKind, last_known, said
from training.resolver.cover import Silent, missing_by_line
from training.resolver.sums import Sum
from training.resolver.trends import NOWHERE, rolled_up, running_below, trend

PER_PAGE = 50


def gathered(reading: Reading, line: Line, number: str | None) -> dict[str, Any]:
    """Six statements: the whole, two roll-ups, who is missing, the cells, and what was last known of a page's gaps."""
    user, commissioner, over = reading.user, reading.commissioner.pk, reading.slots
    whole = trend(user, commissioner, over, [line], at=reading.at)[line.code]
    missing = missing_by_line(reading.coverage.missing, [line.code])[line.code]
    names = {each.organisation_id: each.name for each in reading.returns}
    biggest = names.get(whole[-1].biggest.organisation, "") if whole[-1].biggest else ""
    title = f"{line.name} over eight periods"
    asked = _asked(reading, line, missing)
    paged = page_of(asked, number, PER_PAGE, known=len(asked))  # type: ignore[arg-type]
    return {
        "labels": over.labels,
        "whole": list(zip(over.labels, whole, strict=True)),
        "row": LineRow(line, whole[-1], running_below(whole), missing, biggest),
        "chart": charts.over_time(line, over.labels, whole, "All providers", title=title),
        "places": [_places(reading, line, by) for by in ("category", "area")],
        "paged": paged,
        "rows": _rows(reading, list(paged), line),
    }


def every_row(reading: Reading, line: Line) -> list[tuple[Row, Cell, str]]:
    """All rows of the page's table, not only of a page. Three statements."""
    missing = missing_by_line(reading.coverage.missing, [line.code])[line.code]
    return _rows(reading, _asked(reading, line, missing), line)


def _asked(reading: Reading, line: Line, missing: Sequence[Silent]) -> list[Row]:
    """The providers that were asked for the line."""
    every = reading.matrix(reading.rows, asked={(each.return_pk, line.code) for each in missing})
    return [row for row in every if row.cells[0].kind is not CellKind.NOT_ASKED]


def _places(reading: Reading, line: Line, by: str) -> dict[str, Any]:
    found = rolled_up(reading.user, reading.commissioner.pk, reading.slots, line, by=by, at=reading.at)
    called = dict(reading.categories) if by == "category" else {}
    named = {called.get(place, place) or NOWHERE: over for place, over in found.items()}
    last: dict[str, Sum] = {name: over[-1] for name, over in named.items() if over[-1].given}
    heading = "Category" if by == "category" else "Area"
    title = f"{line.name} by {heading.lower()}, {reading.period}"
    return {
        "by": by, "heading": heading, "over": named,
        "chart": charts.by_place(line, last, title=title, heading=heading) if last else None,
    }  # fmt: skip


def _rows(reading: Reading, found: Sequence[Row], line: Line) -> list[tuple[Row, Cell, str]]:
    """Provider, cell, and for a gap what was last known, as words (hazard 9)."""
    silent = [row.asked.organisation_id for row in found if row.cells[0].kind.is_missing]
    user, whose, for_all = reading.user, reading.commissioner.pk, reading.for_everybody
    known = (
        last_known(user, whose, reading.period, line, silent, can=reading.can, for_everybody=for_all) if silent else {}
    )
    return [(row, row.cells[0], said(known, row.asked.organisation_id)) for row in found]

"""A table as a file: workbook or CSV, with its stamp above the headings, and a name that says nothing confidential."""

import re
from decimal import Decimal

from django.http import HttpResponse

from design.calendar import london_date
from design.downloads import XLSX, sealed
from design.workbooks.csv_text import csv_bytes
from design.workbooks.tables import Column
from design.workbooks.writing import Book, workbook_bytes
from design.workbooks.writing import Table as Sheet
from exports.table import Cell, Kind, Table

SHARE = re.compile(r"([0-9,]+\.[0-9]) %", re.ASCII)
ENDINGS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
KINDS = {Kind.TEXT: "text", Kind.NUMBER: "number", Kind.PERCENT: "percent", Kind.DATE: "day", Kind.MOMENT: "moment"}


def xlsx(table: Table, *, demonstration: bool) -> bytes:
    """One sheet: what it is line by line, then headings that stay in sight and can be filtered, then the rows."""
    columns = [
        Column(f"c{n}", each.title, kind=KINDS[each.kind], width=each.width)  # type: ignore[arg-type]
        for n, each in enumerate(table.headings)
    ]
    keys = [column.key for column in columns]
    lines = [f"{label}: {value}" for label, value in table.stamp(demonstration=demonstration)]
    shares = [each.kind is Kind.PERCENT for each in table.headings]
    rows = (
        {key: _share(cell) if is_share else cell for key, cell, is_share in zip(keys, row, shares, strict=True)}
        for row in table.rows
    )
    sheet = Sheet(table.title, columns, rows, above=[table.title, *lines], filters=True)
    return workbook_bytes(Book(table.title, [sheet], at=table.as_at))


def _share(cell: Cell) -> Cell:
    """ "83.3 %" as a number that a workbook shows so; words such as "n/a" stay words."""
    found = SHARE.fullmatch(cell) if isinstance(cell, str) else None
    return float(Decimal(found[1].replace(",", "")) / 100) if found else cell


def csv(table: Table, *, demonstration: bool) -> bytes:
    """The stamp as lines of two cells, an empty line, the headings, the rows. Days as 2026-05-03."""
    stamp = [list(line) for line in table.stamp(demonstration=demonstration)]
    headings = [each.title for each in table.headings]
    return csv_bytes([*stamp, [], headings, *table.rows])


def answer(table: Table, ending: str, *, demonstration: bool) -> HttpResponse:
    """The file to be saved. Its name is the list's own and the day, or the reference of what was frozen."""
    content = {"xlsx": xlsx, "csv": csv}[ending](table, demonstration=demonstration)
    return sent(content, ending, f"{table.listing}-{table.frozen or london_date(table.as_at).isoformat()}.{ending}")


def sent(content: bytes, ending: str, name: str) -> HttpResponse:
    """Bytes under a plain name, to be saved and never shown in the portal's own page."""
    response = HttpResponse(content, content_type=ENDINGS[ending])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return sealed(response)

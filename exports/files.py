"""A table as a file: workbook or CSV, with its stamp above the headings, and a name that says nothing confidential."""

from django.http import HttpResponse

from design.calendar import london_date
from design.downloads import XLSX, sealed
from design.workbooks.csv_text import csv_bytes
from design.workbooks.tables import Column
from design.workbooks.writing import Book, Notes, workbook_bytes
from design.workbooks.writing import Table as Sheet
from exports.table import Kind, Table, moment_in_words

ENDINGS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
KINDS = {Kind.TEXT: "text", Kind.NUMBER: "number", Kind.PERCENT: "percent", Kind.DATE: "day", Kind.MOMENT: "moment"}


def xlsx(table: Table, *, demonstration: bool) -> bytes:
    """The list with headings that stay in sight and can be filtered, and a sheet that says what it is line by line."""
    columns = [
        Column(f"c{n}", each.title, kind=KINDS[each.kind], width=each.width)  # type: ignore[arg-type]
        for n, each in enumerate(table.headings)
    ]
    keys = [column.key for column in columns]
    lines = [f"{label}: {value}" for label, value in table.stamp(demonstration=demonstration)]
    rows = (dict(zip(keys, row, strict=True)) for row in table.rows)
    sheet = Sheet(table.title, columns, rows, above=above(table, demonstration=demonstration), filters=True, staying=1)
    return workbook_bytes(Book(table.title, [sheet, Notes("About this list", [table.title, *lines])], at=table.as_at))


def above(table: Table, *, demonstration: bool) -> list[str]:
    """What stands over the headings and stays in sight: as little as nobody may do without. The rest is on a sheet."""
    rows = f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}"
    frozen = f" Frozen view {table.frozen}." if table.frozen else ""
    said = f"As at {moment_in_words(table.as_at)}. {rows}. Filter: {table.filter_in_words}.{frozen}"
    mark = ["Demonstration data. Invented people and places. Not for real use."] if demonstration else []
    return [table.title, *mark, said]


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

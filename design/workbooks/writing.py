"""Writes workbooks: tables with headings, notes above them, drop-downs, protection and a stamp.

Words never become formulas, links or numbers, whatever they begin with. The same inputs give the same bytes; ``at`` is
the moment written into the file. The stamp is a hidden sheet of names and values by which a workbook that comes
back is known (``stamp_of``).
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from design.calendar import LONDON
from design.workbooks.reading import Workbook, letters
from design.workbooks.tables import Column

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

STAMP, LISTS = "Do not change", "Lists"
SHEET_NAME = 31
CELL = 32_767
# So many characters side by side can still be read on a sheet of A4; what is wider goes on several.
PAGE_WIDTH = 260
SHARE = re.compile(r"([0-9,]+(?:\.[0-9]+)?) %", re.ASCII)
FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "note": {"text_wrap": False, "font_color": "#4c6272"},
    "heading": {
        "bold": True, "text_wrap": True, "valign": "top", "bg_color": "#005eb8", "font_color": "#ffffff", "border": 1,
        "border_color": "#d8dde0",
    },
    "text": {"valign": "top", "text_wrap": True},
    "long": {"valign": "top", "text_wrap": True},
    "number": {"valign": "top", "num_format": "#,##0"},
    "percent": {"valign": "top", "num_format": "0.0%"},
    "day": {"valign": "top", "num_format": "d mmm yyyy", "align": "left"},
    "moment": {"valign": "top", "num_format": "d mmm yyyy hh:mm", "align": "left"},
}  # fmt: skip
OPEN = {"locked": False, "bg_color": "#fff9c4", "border": 1, "border_color": "#aeb7bd"}


@dataclass
class Table:
    """A sheet with one table. ``above`` are lines over it, the first its title; ``staying`` columns stay in sight."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, Any]]
    above: Sequence[str] = ()
    protect: bool = False
    landscape: bool = True
    filters: bool = False
    staying: int = 0


@dataclass
class Notes:
    """A sheet of sentences, one below the other; the first is the title."""

    name: str
    lines: Sequence[str]


@dataclass
class Book:
    """A workbook to be written."""

    title: str
    sheets: Sequence[Table | Notes]
    at: datetime
    author: str = ""
    stamp: Mapping[str, str] = field(default_factory=dict)
    # For hundreds of thousands of rows: each is written and forgotten, so that memory does not grow with them.
    lean: bool = False


def workbook_bytes(book: Book) -> bytes:
    """The finished file."""
    out = io.BytesIO()
    options = {
        "in_memory": not book.lean,
        "constant_memory": book.lean,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    import xlsxwriter  # 12 MB that only those who write a workbook need

    with xlsxwriter.Workbook(out, {**options, "default_date_format": "d mmm yyyy", "remove_timezone": True}) as file:
        created = book.at.astimezone(UTC).replace(tzinfo=None)
        file.set_properties({"title": book.title, "author": book.author, "created": created})
        Writer(file).write(book)
    return out.getvalue()


def sheet_names(names: Iterable[str]) -> list[str]:
    """Names that Excel takes: 31 characters, no []:*?/\\, none twice."""
    found: list[str] = []
    for name in names:
        bare = "".join(" " if letter in "[]:*?/\\" else letter for letter in name).strip(" '")[:SHEET_NAME] or "Sheet"
        number, unique = 2, bare
        while unique.casefold() in {each.casefold() for each in found}:
            ending = f" {number}"
            unique, number = bare[: SHEET_NAME - len(ending)] + ending, number + 1
        found.append(unique)
    return found


def stamp_of(workbook: Workbook) -> dict[str, str]:
    """The stamp that a workbook came with; empty when it has none."""
    sheet = workbook.sheet(STAMP)
    rows = [row for row in sheet.rows if len(row) >= 2 and row[0] is not None] if sheet else []
    return {str(row[0]).strip(): str(row[1]).strip() if row[1] is not None else "" for row in rows}


class Writer:
    """One file being written: the formats are made once, and drop-downs gather on one hidden sheet."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.formats: dict[tuple[str, bool], Any] = {}
        self.lists: dict[tuple[str, ...], int] = {}

    def write(self, book: Book) -> None:
        """All sheets, then the lists and the stamp."""
        names = sheet_names(sheet.name for sheet in book.sheets)
        for name, sheet in zip(names, book.sheets, strict=True):
            page = self.file.add_worksheet(name)
            if isinstance(sheet, Notes):
                self._notes(page, sheet)
            else:
                self._table(page, sheet)
        if self.lists:
            page = self.file.add_worksheet(LISTS)
            for choices, place in self.lists.items():
                page.write_column(0, place, choices)
            page.hide()
        if book.stamp:
            page = self.file.add_worksheet(STAMP)
            for number, (name, value) in enumerate(book.stamp.items()):
                page.write_string(number, 0, name)
                page.write_string(number, 1, value)
            page.protect()
            page.hide()

    def _format(self, name: str, *, typed: bool = False) -> Any:
        key = (name, typed)
        if key not in self.formats:
            self.formats[key] = self.file.add_format({**FORMATS[name], **(OPEN if typed else {})})
        return self.formats[key]

    def _notes(self, page: "Worksheet", notes: Notes) -> None:
        page.hide_gridlines(2)
        page.set_column(0, 0, 110)
        for number, words in enumerate(notes.lines):
            page.write_string(number, 0, words[:CELL], self._format("title" if number == 0 else "text"))
        page.set_paper(9)
        page.fit_to_pages(1, 0)

    def _table(self, page: "Worksheet", table: Table) -> None:
        for number, words in enumerate(table.above):
            page.write_string(number, 0, words[:CELL], self._format("title" if number == 0 else "note"))
        header = len(table.above)
        for place, column in enumerate(table.columns):
            page.set_column(place, place, column.width, None, {"hidden": 1} if column.hidden else {})
            page.write_string(header, place, column.heading, self._format("heading"))
        last = header
        for last, row in enumerate(table.rows, start=header + 1):
            for place, column in enumerate(table.columns):
                self._cell(page, last, place, column, row.get(column.key), typed=table.protect and not column.locked)
        self._around(page, table, header, last)

    def _around(self, page: "Worksheet", table: Table, header: int, last: int) -> None:
        """Drop-downs, frozen headings, protection, and how it prints."""
        for place, column in enumerate(table.columns):
            if column.choices and last > header:
                self._drop_down(page, header + 1, last, place, column)
        page.freeze_panes(header + 1, table.staying)
        if table.filters and last > header:
            page.autofilter(header, 0, last, len(table.columns) - 1)
        if table.protect:
            page.protect("", {"format_columns": True, "format_rows": True, "sort": False})
        page.set_paper(9)
        if table.landscape:
            page.set_landscape()
        pages = max(1, round(sum(column.width for column in table.columns if not column.hidden) / PAGE_WIDTH))
        page.fit_to_pages(pages, 0)
        page.repeat_rows(header)
        if pages > 1 and table.staying:
            page.repeat_columns(0, table.staying - 1)

    def _drop_down(self, page: "Worksheet", first: int, last: int, place: int, column: Column) -> None:
        where = self.lists.setdefault(column.choices, len(self.lists))
        source = f"={LISTS}!${letters(where)}$1:${letters(where)}${len(column.choices)}"
        page.data_validation(
            first, place, last, place,
            {
                "validate": "list", "source": source, "error_title": "Choose from the list",
                "error_message": "Choose one of the words of the list.",
            },
        )  # fmt: skip

    def _cell(self, page: "Worksheet", row: int, place: int, column: Column, value: Any, *, typed: bool) -> None:
        shape = self._format(column.kind, typed=typed)
        if column.kind == "percent" and isinstance(value, str):
            value = _share(value)
        if value is None or value == "":
            page.write_blank(row, place, None, shape)
        elif isinstance(value, bool):
            page.write_string(row, place, "Yes" if value else "No", shape)
        elif isinstance(value, datetime):
            page.write_datetime(
                row, place, value.astimezone(LONDON).replace(tzinfo=None), self._format("moment", typed=typed)
            )
        elif isinstance(value, date):
            page.write_datetime(row, place, datetime(value.year, value.month, value.day), shape)  # noqa: DTZ001 - a day
        elif isinstance(value, int | float):
            page.write_number(row, place, value, shape)
        else:
            page.write_string(row, place, str(value)[:CELL], shape)


def _share(words: str) -> str | float:
    """ "83.3 %" as the number that a workbook shows so; other words, such as "n/a", stay words."""
    found = SHARE.fullmatch(words)
    return float(Decimal(found[1].replace(",", "")) / 100) if found else words

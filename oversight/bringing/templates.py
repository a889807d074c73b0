"""The empty workbooks: the same columns that read them back, drop-downs, and what to write where."""

from datetime import datetime

from design.workbooks.writing import Book, Notes, Table, workbook_bytes
from oversight.bringing import organisations
from oversight.bringing.process import About, stamp
from oversight.models import Import

ROWS = 300
NOTES = {
    Import.Kind.ORGANISATIONS: (
        "Organisations and contacts",
        "One row for each organisation. Name and category are needed; everything else may be left empty.",
        "Your own spreadsheet will do as well: columns may stand in any order, and titles above the headings are fine. "
        "Columns that are not known here are named and left out.",
        "Without a contract the usual one of the category is taken, with you as lead, since 1 April of this year.",
        "Several sites go into one cell with ; between them.",
        "Nothing is saved before you have seen what the file would do, and nobody gets a mail.",
    ),
}


def empty(about: About, *, at: datetime) -> bytes:
    """The workbook to fill in, known by its stamp when it comes back."""
    lines = NOTES[Import.Kind(about.kind)]
    sheet = Table(organisations.SHEET, organisations.columns(), [{}] * ROWS)
    book = Book(lines[0], [sheet, Notes("How to fill it in", lines)], at, stamp=stamp(about))
    return workbook_bytes(book)

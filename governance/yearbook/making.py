"""Makes the workbook of a year: a page that says what it is, the sheets, and the data dictionary."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from assurance.models import SelfAssessment
from design.calendar import LONDON, FinancialYear
from design.workbooks.writing import Book, Notes, Table, workbook_bytes
from governance.models import YearBook
from governance.yearbook.columns import DICTIONARY, SHEETS, Sheet, dictionary
from governance.yearbook.rows import Year

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Reached = Callable[[str, int], bool]


# After so many rows of a sheet the worker says again that it is there.
OFTEN = 20_000
# So many returns are read and written while somebody waits.
AT_ONCE = 30


def is_small(book: YearBook) -> bool:
    """Is the year made sooner than a page that says how far it is would be looked at?"""
    returns = SelfAssessment.objects.filter(commissioner=book.commissioner_id, round__year=book.year)
    return returns.count() <= AT_ONCE


class TakenUp(Exception):
    """Another worker has it now."""


def build(book: YearBook, *, clock: Clock, demonstration: bool) -> bool:
    """Take the book up and make it; False when somebody else has it, it is not asked for, or it failed."""
    if not book.claim(at=clock()):
        return False
    at = clock()
    year = Year(book.commissioner, book.year, user=book.asked_by, at=at)
    try:
        content, rows = workbook(
            year, by=str(book.asked_by), at=at, demonstration=demonstration,
            reached=lambda stage, progress: book.reach(stage, progress, at=clock()),
        )  # fmt: skip
    except TakenUp:
        return False
    except Exception:
        logger.exception("The year %s could not be made", book.reference)
        book.fail()
        return False
    return book.finish(content, rows=rows, at=clock())


def workbook(year: Year, *, by: str, at: datetime, demonstration: bool, reached: Reached) -> tuple[bytes, int]:
    """The file, and how many rows its sheets hold together. ``reached`` is told how far it is.

    Rows are read as they are written: a large year never stands in memory whole.
    """
    counted = Counter[str]()

    def rows(place: int, sheet: Sheet) -> Iterator[dict[str, Any]]:
        if not reached(f"Writing {sheet.name.lower()}", 5 + 90 * place // len(SHEETS)):
            raise TakenUp
        for row in year.rows(sheet.key):
            counted[sheet.key] += 1
            if counted[sheet.key] % OFTEN == 0 and not reached(f"Writing {sheet.name.lower()}", 50):
                raise TakenUp
            yield row

    title = f"Safeguarding assurance {FinancialYear.parse(year.year.slug).label}: {year.commissioner}"
    sheets: list[Table | Notes] = [Notes("About", about(year, title, by=by, at=at, demonstration=demonstration))]
    sheets += [Table(each.name, each.fields, rows(n, each), filters=True) for n, each in enumerate(SHEETS)]
    sheets.append(Table("Data dictionary", DICTIONARY, dictionary(), filters=True))
    return workbook_bytes(Book(title, sheets, at=at, lean=True)), counted.total()


def about(year: Year, title: str, *, by: str, at: datetime, demonstration: bool) -> list[str]:
    """The first sheet: what it is, as at when, by whom, and what is left out."""
    lines = [title]
    lines += ["Demonstration data: invented people and places. Not for real use."] if demonstration else []
    return [
        *lines,
        f"As at {at.astimezone(LONDON):%-d %B %Y, %H:%M}. Exported by {by}.",
        f"Financial year: {year.year.label}. Commissioner: {year.commissioner}.",
        "Left out: all free text, names of people, files of evidence, and whatever is for named people only.",
        "A return that has not come has no rows in Grades and Standards; Returns says “No return received”.",
        "Each sheet has one kind of row. “Return”, “Organisation”, “Action” and “Item” are the same in every sheet.",
        "The sheet “Data dictionary” says what every column means.",
        *(f"{sheet.name}: each row is {sheet.of}." for sheet in SHEETS),
    ]

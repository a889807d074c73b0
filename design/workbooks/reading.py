"""Reads what somebody uploads: a workbook or CSV file becomes sheets of cells, each with its place.

Every file is read by a process of its own (``reader.py``) with bounded memory and time, forked from one that is ready
(``prepared.py``). What cannot be read at all is
``Unreadable`` with words for the upload box; a single cell that cannot be believed has a ``problem``.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from design.workbooks.formulas import why_not
from design.workbooks.prepared import Prepared

READER_SECONDS = 30
MERGED_WITHIN = 100  # columns; further to the right nobody reads
# What the reading process may import: itself, the inspection of files, and the reading library. No site packages else.
BEGIN = "import sys; sys.path += sys.argv[1:4]; import reader\n"
SERVE = "sys.exit(reader.serve(int(sys.argv[4])))"
# What a cell may hold once it is read.
Value = str | int | float | bool | date | datetime | None

SAVE_AGAIN = "Open it in Excel, LibreOffice or Google Sheets, save or download it as .xlsx, and choose that file."
WORDS: dict[str, tuple[str, int]] = {
    "empty": (f"The file is empty. {SAVE_AGAIN}", 422),
    "not_a_workbook": ("This is not a workbook. Choose the Excel workbook (.xlsx).", 415),
    "unsupported": (f"This is {{really}}, not an Excel workbook (.xlsx). {SAVE_AGAIN}", 415),
    "damaged": (f"The file is damaged: it says it is {{really}} but cannot be read. {SAVE_AGAIN}", 422),
    "cut_off": (f"The file ends too early, as if it was not saved completely. {SAVE_AGAIN}", 422),
    "password": ("The workbook has a password. Take the password off, save it and choose it again.", 422),
    "macros": ("The workbook holds macros. Save it as an ordinary workbook (.xlsx) and choose that one.", 415),
    "outside_links": (
        "The workbook fetches things from other files when it is opened. Break the links (in Excel: Data, Edit links), "
        "save it and choose it again.",
        422,
    ),
    "bomb": (f"The file becomes far larger when it is opened than it looks, so it was not opened. {SAVE_AGAIN}", 422),
    "too_many_entries": (f"The file is put together of too many parts. {SAVE_AGAIN}", 422),
    "entry_names": (f"The file is put together in a way that Excel does not. {SAVE_AGAIN}", 422),
    "too_many_sheets": ("The workbook has more sheets than are read here. Remove those that are not needed.", 422),
    "too_many_rows": (
        "{really} has more rows than are read here ({rows}). Remove the rows that are not needed, or send it in parts.",
        422,
    ),
    "too_many_columns": (
        "{really} has more columns than are read here ({columns}). Remove the columns that are not needed.",
        422,
    ),
    "too_many_cells": (
        "{really} holds more cells than are read here. Copy only what is needed into a new workbook and choose it.",
        422,
    ),
    "too_many_formulas": ("{really} holds more formulas than are read here. Paste the values only, and save.", 422),
    "too_hard": ("The workbook is too complicated to read. Copy only what is needed into a new workbook.", 422),
}


class Unreadable(Exception):
    """The file cannot be read; ``str()`` says why and what to do, ``status`` is the answer's. Nothing was saved."""

    def __init__(self, problem: str, really: str = "", limits: "Limits | None" = None) -> None:
        words, self.status = WORDS.get(problem, WORDS["too_hard"])
        sheet = f"The sheet “{really}”" if problem.startswith("too_many") and really else "The file"
        known = asdict(limits or Limits())
        numbers = {name: f"{known[name]:,}" for name in ("rows", "columns")}
        shown = sheet if problem.startswith("too_many") else really or "another kind of file"
        super().__init__(words.format(really=shown, **numbers))


@dataclass(frozen=True)
class Limits:
    """How much of a file is read; beyond it the whole file is refused, never cut."""

    rows: int = 5_000
    columns: int = 60
    sheets: int = 40
    cells: int = 100_000
    elements: int = 400_000
    formulas: int = 20_000


class Cell(NamedTuple):
    """One cell: what it holds, where it stands ("B7"), and why it is not believed, if so."""

    value: Value
    ref: str
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing, or nothing but spaces."""
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


@dataclass
class Sheet:
    """One sheet; rows and columns count from 0 here, and from 1 and A in references."""

    name: str
    hidden: bool
    rows: list[list[Value]]
    formulas: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a place; outside what is filled it is empty."""
        ref = f"{letters(column)}{row + 1}"
        line = self.rows[row] if 0 <= row < len(self.rows) else []
        value = line[column] if 0 <= column < len(line) else None
        if ref in self.errors:
            return Cell(None, ref, f"shows the error {self.errors[ref][:20]}. Type the value itself.")
        if ref in self.formulas:
            problem = why_not(self.formulas[ref], shown=value is not None)
            if problem:
                return Cell(None, ref, f"is a formula {problem}")
        return Cell(value, ref)

    @cached_property
    def copies(self) -> set[tuple[int, int]]:
        """Rows and columns of the cells that only repeat the value of a cell with which they are merged."""
        found: set[tuple[int, int]] = set()
        for top, left, bottom, right in self.merged:
            some = product(range(top, min(bottom + 1, len(self.rows))), range(left, min(right, MERGED_WITHIN) + 1))
            found.update(place for place in some if place != (top, left))
        return found

    def width(self) -> int:
        """The most columns that any row has."""
        return max(map(len, self.rows), default=0)


@dataclass
class Workbook:
    """What was uploaded."""

    sheets: list[Sheet]

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of this name, whatever its capitals and spaces."""
        wanted = name.strip().casefold()
        return next((sheet for sheet in self.sheets if sheet.name.strip().casefold() == wanted), None)

    def shown(self) -> Iterator[Sheet]:
        """The sheets that a person sees."""
        return (sheet for sheet in self.sheets if not sheet.hidden)


@cache
def letters(column: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def command(then: str = SERVE) -> list[str]:
    """How a reading process is started, and what it does then. It has neither the portal nor its packages."""
    here = Path(__file__).resolve().parent
    found = find_spec("python_calamine")
    library = Path(found.origin).parent.parent if found and found.origin else here
    places = [str(here), str(here.parent), str(library)]
    return [sys.executable, "-I", "-S", "-c", BEGIN + then, *places]


PREPARED = Prepared(command)


def read(path: Path, limits: Limits | None = None) -> Workbook:
    """The workbook or CSV file at ``path``. Unreadable with words for the person when it cannot be read."""
    with reading(path, limits) as workbook:
        return workbook()


@contextmanager
def reading(path: Path, limits: Limits | None = None) -> Iterator[Callable[[], Workbook]]:
    """Begin to ``read``, and do meanwhile what else is needed; what is given waits for the workbook. Unreadable."""
    limits = limits or Limits()
    with PREPARED.asked(str(path), json.dumps(asdict(limits)), seconds=READER_SECONDS) as answer:
        yield lambda: _workbook(answer, limits)


def _workbook(answer: Callable[[], bytes], limits: Limits) -> Workbook:
    try:
        found = json.loads(answer())
    except (TimeoutError, ValueError) as problem:
        raise Unreadable("too_hard", limits=limits) from problem
    if "problem" in found:
        raise Unreadable(found["problem"], found["really"], limits)
    return Workbook([_sheet(each) for each in found["sheets"]])


def _sheet(found: dict[str, Any]) -> Sheet:
    rows = [[_value(value) for value in row] for row in found["rows"]]
    for top, left, bottom, right in found["merged"]:
        _fill(rows, top, left, bottom, right)
    merged = [(top, left, bottom, right) for top, left, bottom, right in found["merged"]]
    return Sheet(found["name"], found["hidden"], rows, found["formulas"], found["errors"], merged)


def _fill(rows: list[list[Value]], top: int, left: int, bottom: int, right: int) -> None:
    """A merged cell holds its value in all of its places: a heading over two columns is the heading of both."""
    if top >= len(rows) or left >= len(rows[top]) or rows[top][left] is None:
        return
    for row in rows[top : bottom + 1]:
        row.extend([None] * (right + 1 - len(row)))
        row[left : right + 1] = [rows[top][left]] * (right + 1 - left)


def _value(value: Any) -> Value:
    if isinstance(value, dict):
        return date.fromisoformat(value["day"]) if "day" in value else datetime.fromisoformat(value["moment"])
    plain: Value = value
    return plain

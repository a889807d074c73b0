"""A list taken off its page: headings and rows of plain values, and everything that a reader needs to judge them.

Pure. ``Column`` says what a list shows, over the same row objects as its page; ``Table`` is what is left when the rows
have been read. A frozen table is the same table read back from JSON: ``packed`` and ``unpacked`` undo each other.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from design.calendar import LONDON

Cell = str | int | float | date | datetime | None


class Kind(StrEnum):
    """What the cells of a column hold. Words may stand in any of them, such as "No return received" among dates."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True)
class Heading:
    """One column of a finished table."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 20


@dataclass(frozen=True)
class Column:
    """One column of a list: its words on the page, and how the cell is read from the page's own row.

    ``personal`` marks names of people, which are never frozen: a frozen view stays for ever, and a name must not.
    """

    title: str
    value: Callable[[Any], Cell]
    kind: Kind = Kind.TEXT
    width: int = 20
    personal: bool = False

    @property
    def heading(self) -> Heading:
        """The column without its rows."""
        return Heading(self.title, self.kind, self.width)


@dataclass(frozen=True)
class Table:
    """What goes into a file or is frozen. ``said`` is the filter in words, ``notes`` what a reader has to know."""

    listing: str
    title: str
    headings: tuple[Heading, ...]
    rows: Sequence[Sequence[Cell]]
    said: tuple[tuple[str, str], ...]
    whose: tuple[str, ...]
    as_at: datetime
    by: str
    notes: tuple[str, ...] = ()
    frozen: str = ""
    sha256: str = ""

    @property
    def filter_in_words(self) -> str:
        """One line: "Category: Care home; State: Submitted", or that there is none."""
        return "; ".join(f"{label}: {value}" for label, value in self.said) or "None: everything that the list holds"

    def stamp(self, *, demonstration: bool) -> list[tuple[str, Cell]]:
        """What stands above every file, line by line: what it is, as at when, of whom, by whom, which filter."""
        lines: list[tuple[str, Cell]] = [("Demonstration data", "Invented people and places. Not for real use.")]
        lines = lines if demonstration else []
        lines += [("List", self.title), ("As at", moment_in_words(self.as_at)), ("Filter", self.filter_in_words)]
        lines += [("Rows", len(self.rows)), ("Commissioner", "; ".join(self.whose)), ("Exported by", self.by)]
        if self.frozen:
            lines[-1] = ("Frozen by", self.by)
            lines += [("Frozen view", self.frozen), ("Check sum (SHA-256)", self.sha256)]
        return lines + [("Note", note) for note in self.notes]


def moment_in_words(moment: datetime) -> str:
    """A moment as the portal says it, in London: "3 May 2026, 10:42"."""
    return f"{moment.astimezone(LONDON):%-d %B %Y, %H:%M}"


def in_words(cell: Cell) -> str:
    """One cell as a page shows it."""
    if isinstance(cell, datetime):
        return moment_in_words(cell)
    if isinstance(cell, date):
        return f"{cell:%-d %B %Y}"
    return "" if cell is None else str(cell)


def packed(rows: Iterable[Sequence[Cell]]) -> list[list[Any]]:
    """Rows as JSON holds them; days and moments as ISO text."""
    return [[each.isoformat() if isinstance(each, date) else each for each in row] for row in rows]


def unpacked(rows: Iterable[Sequence[Any]], headings: Sequence[Heading]) -> list[list[Cell]]:
    """Rows read back from JSON: what stands in a column of days is a day again, and words stay words."""
    return [[_read(each, heading.kind) for each, heading in zip(row, headings, strict=True)] for row in rows]


def _read(value: Any, kind: Kind) -> Cell:
    reader = {Kind.DATE: date.fromisoformat, Kind.MOMENT: datetime.fromisoformat}.get(kind)
    if reader is None or not isinstance(value, str):
        return value  # type: ignore[no-any-return]
    try:
        return reader(value)
    except ValueError:
        return value


def digest(content: Any) -> str:
    """The check sum of packed content: the same content always gives the same."""
    said = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()

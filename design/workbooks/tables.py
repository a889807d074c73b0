"""Finds a table in a sheet by its headings, wherever it begins and in whatever order its columns stand.

One tuple of ``Column`` writes a table (``writing``) and reads it back, so the two cannot drift. Columns that are needed
and missing are named; columns that nobody knows are named and left out; empty rows are skipped.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from design.workbooks.reading import Cell, Sheet, Workbook, letters
from design.workbooks.values import plain

# How far down headings are looked for: above them people write titles and notes.
HEADINGS_WITHIN = 30
# No heading is longer; of long answers below the headings no more than this is looked at.
HEADING_LENGTH = 200
NOWHERE = Cell(None, "")
Kind = Literal["text", "long", "number", "percent", "day", "moment"]


@dataclass(frozen=True)
class Column:
    """A column of a table: how it is written, and by which headings it is known when it is read.

    ``meaning`` is for the data dictionary; ``choices`` become a drop-down; ``locked`` cells cannot be typed into on a
    protected sheet; ``aliases`` are other headings that people use.
    """

    key: str
    heading: str
    kind: Kind = "text"
    width: int = 18
    needed: bool = False
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    locked: bool = False
    hidden: bool = False
    meaning: str = ""

    @cached_property
    def headings(self) -> set[str]:
        """By what it is known, without capitals and spaces."""
        return {plain(each) for each in (self.heading, self.key, *self.aliases)}

    def known_as(self, heading: str) -> bool:
        """Is this one of its headings?"""
        return plain(heading) in self.headings


@dataclass(frozen=True)
class Row:
    """One row below the headings, by the keys of its columns."""

    number: int
    cells: dict[str, Cell]

    def __getitem__(self, key: str) -> Cell:
        """The cell of a column; empty where the file has no such column."""
        return self.cells.get(key, NOWHERE)

    @property
    def is_empty(self) -> bool:
        """Nothing in any of its columns."""
        return all(cell.is_empty and not cell.problem for cell in self.cells.values())


@dataclass
class Table:
    """The table found in a sheet: where its columns stand, and what is wrong with its headings."""

    sheet: Sheet
    header: int
    places: dict[str, int]
    missing: list[Column] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """What has to be put right before a row can be read."""
        where = f" of the sheet “{self.sheet.name}”" if self.sheet.name else ""
        found = [f"The column “{column.heading}”{where} is missing. Put it back and save." for column in self.missing]
        return found + [
            f"The heading “{heading}”{where} stands twice. Remove one of the two." for heading in self.twice
        ]

    def rows(self) -> Iterator[Row]:
        """The rows that hold something, with their number as the spreadsheet shows it."""
        for number in range(self.header + 1, len(self.sheet.rows)):
            row = Row(number + 1, {key: self.sheet.cell(number, place) for key, place in self.places.items()})
            if not row.is_empty:
                yield row


def find(workbook: Workbook, columns: Sequence[Column]) -> Table | None:
    """The first shown sheet's table that has at least one needed column, the one with the most columns; or None."""
    found = [table for sheet in workbook.shown() if (table := find_in(sheet, columns)) is not None]
    return max(found, key=lambda table: len(table.places), default=None)


def find_in(sheet: Sheet, columns: Sequence[Column]) -> Table | None:
    """The table of this sheet: the row with the most known headings, two at least (one, if only one is needed)."""
    best: Table | None = None
    known = {heading: column for column in reversed(columns) for heading in column.headings}  # the first one has it
    for number in range(min(HEADINGS_WITHIN, len(sheet.rows))):
        table = _headed(sheet, number, columns, known)
        if best is None or len(table.places) > len(best.places):
            best = table
        if len(best.places) == len(columns):
            break
    enough = min(2, len(columns))
    return best if best is not None and len(best.places) >= enough else None


def _headed(sheet: Sheet, number: int, columns: Sequence[Column], known: Mapping[str, Column]) -> Table:
    table = Table(sheet, number, {})
    for place, value in enumerate(sheet.rows[number]):
        heading = str(value).strip() if value is not None else ""
        if not (bare := plain(heading[:HEADING_LENGTH])):
            continue
        column = known.get(bare)
        if column is None:
            table.unknown.append(f"{heading[:60]} (column {letters(place)})")
        elif column.key in table.places:
            if table.places[column.key] != place - 1 or sheet.rows[number][place - 1] != value:  # one merged heading
                table.twice.append(heading[:60])
        else:
            table.places[column.key] = place
    table.missing = [column for column in columns if column.needed and column.key not in table.places]
    return table

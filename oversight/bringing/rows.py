"""Rows of a file as they were read, with what is wrong beside each cell; and what taking each row would do.

``Line`` and ``Problem`` go into the import's JSON and come back from it. Pure: nothing here asks the database.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from design.workbooks import values
from design.workbooks.reading import Cell, Workbook
from design.workbooks.tables import Column, Row, Table, find_in
from design.workbooks.values import NotUnderstood

ORDER = ("rejected", "asked", "changed", "new", "left", "unchanged")


class NotTaken(Exception):
    """The whole file is not taken; ``str()`` says why and what to do."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell: where it stands, under which heading, what it says, and why that is not taken."""

    ref: str
    heading: str
    said: str
    why: str


@dataclass
class Line:
    """One row: what its cells were understood to say, and where each stands."""

    sheet: str
    number: int
    values: dict[str, Any] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def where(self) -> str:
        """ "Organisations, row 7"."""
        return f"{self.sheet}, row {self.number}" if self.sheet else f"Row {self.number}"

    @property
    def key(self) -> str:
        """Names the row in a form."""
        return f"{self.sheet}!{self.number}"

    def get(self, key: str) -> str:
        """A value in words; empty without one."""
        return str(self.values.get(key) or "")

    def is_refused(self, key: str) -> bool:
        """Has something been said beside this cell?"""
        return key in self.refs and any(problem.ref == self.refs[key] for problem in self.problems)

    def refuse(self, columns: Sequence[Column], key: str, why: str) -> None:
        """Say what is wrong beside a cell; without the cell, beside the row."""
        heading = next((column.heading for column in columns if column.key == key), key)
        self.problems.append(Problem(self.refs.get(key, ""), heading, self.get(key)[:80], why))

    def as_json(self) -> dict[str, Any]:
        """For the import's row."""
        return asdict(self)

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "Line":
        """Back from the import's row."""
        return cls(**{**kept, "problems": [Problem(**each) for each in kept["problems"]]})


@dataclass(frozen=True)
class Difference:
    """One value that would change."""

    label: str
    was: str
    becomes: str


@dataclass(frozen=True)
class Candidate:
    """Something held already that may be the same as a row."""

    reference: str
    words: str
    may_be_new: bool = True


@dataclass
class Outcome:
    """What taking one row would do: ``state`` is new, changed, unchanged, asked or rejected.

    ``asked``: a person says whether it is one of the ``candidates`` or really new. ``wanted`` is for the saving.
    """

    line: Line
    title: str
    state: str
    differences: list[Difference] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    wanted: Any = None
    question: str = ""  # rows with the same question are answered together; empty: the row's own

    @property
    def asks(self) -> str:
        """What the answer is kept by."""
        return self.question or self.line.key

    @property
    def order(self) -> int:
        """Problems first, what does nothing last."""
        return ORDER.index(self.state)

    @property
    def digest(self) -> list[Any]:
        """What the person saw, so that accepting something else is refused."""
        return [self.line.key, self.state, *map(asdict, self.differences), *map(asdict, self.candidates)]


Understand = Callable[[Cell], Any]


def tables_of(workbook: Workbook, columns: Sequence[Column]) -> list[Table]:
    """Every shown sheet that has the needed columns. NotTaken when there is none, naming what is missing."""
    found = [table for sheet in workbook.shown() if (table := find_in(sheet, columns)) is not None]
    whole = [table for table in found if not table.missing]
    if not whole:
        nearest = max(found, key=lambda table: len(table.places), default=None)
        if nearest is not None:
            raise NotTaken(" ".join(nearest.problems))
        needed = ", ".join(f"“{column.heading}”" for column in columns if column.needed)
        raise NotTaken(f"No row of headings was found. A sheet needs at least these columns: {needed}.")
    if twice := [problem for table in whole for problem in table.problems]:
        raise NotTaken(" ".join(twice))
    return whole


def lines_of(table: Table, understood: Mapping[str, Understand]) -> Iterator[Line]:
    """The rows, each cell read by its own rule; what is not understood becomes a problem."""
    for row in table.rows():
        yield _line(table, row, understood)


def _line(table: Table, row: Row, understood: Mapping[str, Understand]) -> Line:
    line = Line(table.sheet.name, row.number)
    for key in table.places:
        cell = row[key]
        line.refs[key] = cell.ref
        try:
            line.values[key] = understood.get(key, values.line)(cell)
        except NotUnderstood as problem:
            said = "" if cell.value is None else str(cell.value)[:80]
            heading = str(table.sheet.rows[table.header][table.places[key]]).strip()
            line.problems.append(Problem(cell.ref, heading, said, str(problem)))
    return line


def check(line: Line, columns: Sequence[Column], thing: models.Model, names: dict[str, str]) -> None:
    """Ask a model's own validators about the fields named; ``names`` says in which column each field stands."""
    others = [each.name for each in thing._meta.fields if each.name not in names]
    try:
        thing.clean_fields(exclude=others)
    except ValidationError as problem:
        for name, messages in problem.message_dict.items():
            line.refuse(columns, names[name], " ".join(messages))

"""Grades of past years: a row for each grade, or a row for each provider and year with a column for each standard.

Both are found by their headings. A row (in the long form: a provider's year) is taken whole or not at all, because
half of a provider's grades would mislead.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from design.calendar import FinancialYear
from design.workbooks import values
from design.workbooks.reading import Cell, Limits, Sheet, Workbook
from design.workbooks.tables import HEADINGS_WITHIN, Column
from design.workbooks.values import NotUnderstood
from framework.models import FrameworkVersion
from oversight.bringing.grade_words import Grades, Levels, ref_of, refs_of, year_of
from oversight.bringing.rows import Line, NotTaken, Problem

SHEET = "Grades"
LIMITS = Limits(rows=25_000, columns=130, cells=200_000, elements=600_000)
PROVIDER = ("Provider", "Organisation", "Name", "Provider name", "Practice", "Name of provider", "Organisation name")
COLUMNS = (
    Column("provider", "Provider", needed=True, width=34, aliases=PROVIDER),
    Column("code", "ODS code", width=10, aliases=("ODS", "Code", "Practice code")),
    Column("reference", "Reference", width=12, hidden=True),
    Column("year", "Year", width=10, aliases=("Financial year", "Period")),
    Column("level", "Overall level", width=20, aliases=("Level", "Assurance level", "Overall", "Overall assurance")),
    Column("ref", "Standard or criterion", width=14, aliases=("Standard", "Criterion", "Ref", "Question", "Number")),
    Column("grade", "Grade", width=16, aliases=("RAG", "Rating", "Score", "Result", "Status")),
)


@dataclass
class Scheme:
    """The words of one version of the standards, asked once: three queries."""

    version: FrameworkVersion
    numbers: str
    standards: dict[str, int] = field(init=False)
    criteria: dict[str, int] = field(init=False)
    grades: Grades = field(init=False)
    levels: Levels = field(init=False)

    def __post_init__(self) -> None:
        standards = self.version.standards.values_list("number", "pk")  # type: ignore[attr-defined]
        self.standards = {str(number): pk for number, pk in standards}
        self.criteria = dict(self.version.criteria.values_list("ref", "pk"))  # type: ignore[attr-defined]
        self.grades = Grades(self.version.grading.grades.all(), numbers=self.numbers)  # type: ignore[attr-defined]
        self.levels = Levels(self.version.levels.grades.all())  # type: ignore[attr-defined]

    @property
    def refs(self) -> set[str]:
        """Every standard and criterion."""
        return {*self.standards, *self.criteria}


def read(workbook: Workbook, scheme: Scheme, *, on: date) -> tuple[list[Line], list[str]]:
    """The rows of every sheet that holds grades, and the columns that nobody knows."""
    found: list[Line] = []
    left_out: list[str] = []
    tables = [table for sheet in workbook.shown() if (table := Table.find(sheet, scheme)) is not None]
    if not tables:
        raise NotTaken(
            "No grades were found. A sheet needs a column “Provider”, and either the columns “Standard or criterion” "
            "and “Grade” or a column for each standard (1, 2 …) or criterion (1.1, 1.2 …) of the standards chosen."
        )
    for table in tables:
        left_out += table.unknown
        lines = table.long(on) if table.is_long else table.wide(on)
        found += lines
    if not found:
        raise NotTaken("There is no grade below the headings. Fill in at least one row and choose it again.")
    _once_each(found)
    return found, left_out


class Table:
    """One sheet's table: where its fixed columns and those of standards stand."""

    def __init__(self, sheet: Sheet, header: int, scheme: Scheme) -> None:
        self.sheet, self.header, self.scheme = sheet, header, scheme
        headings = sheet.rows[header]
        self.refs = refs_of(headings, scheme.refs)
        self.places: dict[str, int] = {}
        self.unknown: list[str] = []
        for place, heading in enumerate(headings):
            words = str(heading).strip() if heading is not None else ""
            column = next((each for each in COLUMNS if words and each.known_as(words)), None)
            if column is not None and place not in self.refs:
                self.places.setdefault(column.key, place)
            elif words and place not in self.refs:
                self.unknown.append(f"{words[:60]} ({Sheet('', False, []).cell(0, place).ref.rstrip('1')})")

    @classmethod
    def find(cls, sheet: Sheet, scheme: Scheme) -> "Table | None":
        """The row of headings that names providers and most standards, if there is one."""
        rows = range(min(HEADINGS_WITHIN, len(sheet.rows)))
        tables = [table for n in rows if (table := cls(sheet, n, scheme)).is_whole]
        return max(tables, key=lambda table: len(table.refs) + len(table.places), default=None)

    @property
    def is_long(self) -> bool:
        """A row for each grade."""
        return {"ref", "grade"} <= set(self.places)

    @property
    def is_whole(self) -> bool:
        """Enough to read rows by."""
        named = bool({"provider", "code", "reference"} & set(self.places))
        return named and (self.is_long or bool(self.refs) or {"level", "year"} <= set(self.places))

    def _rows(self) -> Iterator[tuple[int, dict[str, Cell]]]:
        for number in range(self.header + 1, len(self.sheet.rows)):
            cells = {key: self.sheet.cell(number, place) for key, place in self.places.items()}
            if any(not cells[key].is_empty for key in ("provider", "code", "reference") if key in cells):
                yield number, cells

    def _line(self, number: int, cells: Mapping[str, Cell], on: date) -> Line:
        """Whose, and of which year: the row's own, else the sheet's name says it."""
        line = Line(self.sheet.name, number + 1, {"grades": {}})
        for key in ("provider", "code", "reference"):
            if key in cells:
                self._read(line, key, cells[key], lambda cell: values.line(cell, most=200))
        self._read(line, "year", cells.get("year", Cell(None, "")), year_of)
        if not line.values.get("year") and not line.is_refused("year"):
            line.values["year"] = self._year_of_sheet()
        year = line.get("year")
        if not year and not line.problems:
            line.refuse(COLUMNS, "year", "is empty, and the sheet is not named after a year. Write it as 2024-25.")
        elif year and year > FinancialYear.of(on).slug:
            line.refuse(COLUMNS, "year", "is in the future. Check it.")
        return line

    def _year_of_sheet(self) -> str:
        try:
            return year_of(Cell(self.sheet.name, "")) or ""
        except NotUnderstood:
            return ""

    def _read(self, line: Line, key: str, cell: Cell, understand: Any) -> None:
        if cell.ref:
            line.refs[key] = cell.ref
        try:
            line.values[key] = understand(cell) or ""
        except NotUnderstood as problem:
            heading = next(column.heading for column in COLUMNS if column.key == key)
            line.problems.append(Problem(cell.ref, heading, str(cell.value or "")[:80], str(problem)))

    def _level(self, line: Line, cell: Cell) -> None:
        self._read(line, "level", cell, lambda each: grade.code if (grade := self.scheme.levels.of(each)) else "")
        if line.values.get("level"):
            line.values["level_words"] = values.line(cell)[:60]

    def _grade(self, line: Line, ref: str, cell: Cell, heading: str) -> None:
        try:
            grade = self.scheme.grades.of(cell)
        except NotUnderstood as problem:
            line.problems.append(Problem(cell.ref, heading, str(cell.value or "")[:80], str(problem)))
            return
        if grade is not None:
            if line.values["grades"].get(ref, [grade.code])[0] != grade.code:
                why = "says otherwise than a cell before it."
                line.problems.append(Problem(cell.ref, heading, str(cell.value), why))
            line.values["grades"][ref] = [grade.code, values.line(cell)[:60]]

    def wide(self, on: date) -> list[Line]:
        """A line for each row; a row without any grade and level says nothing and is left."""
        found = []
        for number, cells in self._rows():
            line = self._line(number, cells, on)
            if "level" in cells:
                self._level(line, cells["level"])
            for place, ref in self.refs.items():
                self._grade(line, ref, self.sheet.cell(number, place), f"Column {ref}")
            if line.values["grades"] or line.get("level") or line.problems:
                found.append(line)
        return found

    def long(self, on: date) -> list[Line]:
        """A line for each provider and year, gathered from its rows in the order of the file."""
        found: dict[tuple[str, ...], Line] = {}
        for number, cells in self._rows():
            row = self._line(number, cells, on)
            key = tuple(row.get(name) for name in ("provider", "code", "reference", "year"))
            line = found.setdefault((*key, str(number)) if row.problems else key, row)
            if "level" in cells:
                self._level(line, cells["level"])
            ref = ref_of(cells["ref"].value)
            if ref not in self.scheme.refs:
                said = str(cells["ref"].value or "")[:80]
                if said or not cells["grade"].is_empty:
                    why = f"is no standard or criterion of {self.scheme.version}. Write it as 3 or 3.2."
                    line.problems.append(Problem(cells["ref"].ref, "Standard or criterion", said, why))
                continue
            self._grade(line, ref, cells["grade"], f"Grade of {ref}")
        return list(found.values())


def _once_each(lines: Sequence[Line]) -> None:
    """Of two rows of one provider and year the second is refused, when they stand in different tables or rows."""
    seen: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        key = (values.plain(line.get("provider")), line.get("code"), line.get("year"))
        if not line.problems and key in seen:
            line.refuse(COLUMNS, "provider", f"has grades of {line.get('year')} in {seen[key].where} already.")
        seen.setdefault(key, line)

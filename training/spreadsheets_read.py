"""A figures return's workbook or CSV file, read back. Nothing here saves: reading gives plain rows with what is wrong
beside each cell, and ``training.differences`` says what they would change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from design.workbooks.csv_text import bare
from design.workbooks.reading import Cell as Typed
from design.workbooks.reading import Workbook
from design.workbooks.tables import Row, Table, find_in
from design.workbooks.values import NotUnderstood, plain
from design.workbooks.writing import stamp_of
from training.boxes import Box
from training.models import FigureReturn, FigureSubmission
from training.models.missing import is_more_than_all
from training.remarks import CALLED, HOST, SAID, Place
from training.spreadsheet_cells import Understood, shown, understood
from training.spreadsheets import EVERY, FIELDS, FIGURES, FORMAT, kind_of

AGAIN = "Download the file again from this page and copy your figures into it."
NOT_A_LINE = (
    "This row is not one of the lines of these figures. A row of totals is not needed: the portal adds up the groups "
    "itself. Take the row out."
)


class Foreign(Exception):
    """The file is not of this return, or too old for it; ``str()`` says why and what to do."""


@dataclass(frozen=True)
class ReadFigures:
    """What a file holds: when it was written, its rows, and what is odd about the whole."""

    written_at: datetime
    rows: list[dict[str, Any]]
    notes: list[str]


class Known:
    """The places of a return, found by a row's id, or by its names where the id is gone."""

    def __init__(self, places: Iterable[Place], whose: str, on: date) -> None:
        self.whose, self.on = whose, on
        self.by_key: dict[str, Place] = {place.key: place for place in places}

    @cached_property
    def by_name(self) -> dict[tuple[str, str, str], Place]:
        """For files that have lost their ids."""
        found: dict[tuple[str, str, str], Place] = {}
        for place in self.by_key.values():
            group = plain(place.group_name) if isinstance(place, Box) else ""
            found[kind_of(place), plain(place.line.name), group] = place
        return found

    def find(self, kind: str, key: str, names: tuple[str, str], area: Typed) -> Place | None:
        """The box, line or host area that a row is about; for an area that is new, the line's empty row."""
        if found := self.by_key.get(key):
            return found
        if kind == HOST and key:
            return self.by_key.get(f"{key.partition('/')[0]}/{HOST}/")
        if key:
            return None
        found = self.by_name.get((kind, plain(names[0]), plain(names[1]) if kind == FIGURES else ""))
        code = found.asked.code if found else ""
        return self.by_key.get(f"{code}/{HOST}/{bare(shown(area)).casefold()}", found) if kind == HOST else found


def read_figures(workbook: Workbook, figure_return: FigureReturn, places: Sequence[Place], *, on: date) -> ReadFigures:
    """The rows of every sheet. Foreign when the file is not of this return or older than what was submitted.

    Rows keep their place, so that whatever is wrong is said beside its cell. One query, for the submission.
    """
    tables = [table for sheet in workbook.sheets if (table := find_in(sheet, EVERY)) is not None]
    tables = [table for table in tables if {"id", "line"} & set(table.places)]
    written_at = _refuse_foreign(stamp_of(workbook) or _stamped_in(tables), figure_return)
    known = Known(places, figure_return.reference, on)
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    for table in tables:
        kind = _kind_of_table(table)
        table.missing = table.missing if kind == FIGURES else []
        if table.problems:
            notes += [f"{problem} Its rows were not read." for problem in table.problems]
            continue
        found = [_read(row, table, kind, known) for row in table.rows()]
        found = [row for row in found if not _is_spare(row)]
        if table.sheet.hidden and any(each["values"] for each in found):
            notes.append(f"The sheet “{table.sheet.name}” is hidden in your workbook. Its figures are shown here too.")
        rows += found
    _refuse_doubles(rows)
    if not rows and not notes:
        raise Foreign(f"No sheet of this file has lines of figures in it. {AGAIN}")
    return ReadFigures(written_at, rows, notes + _swapped(rows))


# --- Whose file it is ------------------------------------------------------------------------------------------


def _stamped_in(tables: Iterable[Table]) -> dict[str, str]:
    """The stamp that every row of a CSV file carries: that of the first row that has one."""
    for table in tables:
        for row in table.rows() if {"return", "written"} <= set(table.places) else ():
            if (whose := shown(row["return"])) and (written := _moment(row["written"])):
                return {"format": FORMAT, "return": whose, "written": written}
    return {}


def _moment(cell: Typed) -> str:
    """When it was written; a spreadsheet that saved the CSV again may have made a moment of it."""
    return cell.value.isoformat() if isinstance(cell.value, datetime) else shown(cell)


def _refuse_foreign(found: dict[str, str], figure_return: FigureReturn) -> datetime:
    if not {"format", "return", "written"} <= set(found):
        raise Foreign(
            f"This file does not say which figures it belongs to: it was not downloaded from this page. {AGAIN}"
        )
    if found["return"] != figure_return.reference:
        whose = f"{found.get('period', '')[:80]} of {found.get('organisation', '')[:80]}" if "period" in found else ""
        raise Foreign(
            f"This file belongs to other figures{': ' if whose else ''}{whose}. Choose the one of this page. {AGAIN}"
        )
    if found["format"] != FORMAT:
        raise Foreign(f"This workbook was made by another version of the portal. {AGAIN}")
    try:
        written = datetime.fromisoformat(found["written"])
    except ValueError as problem:
        raise Foreign(f"When this file was downloaded can no longer be read in it. {AGAIN}") from problem
    if written.tzinfo is None:
        raise Foreign(f"When this file was downloaded can no longer be read in it. {AGAIN}")
    newer = FigureSubmission.objects.filter(figure_return=figure_return, submitted_at__gt=written).order_by("number")
    if (submitted := newer.first()) is not None:
        day = f"{submitted.submitted_at:%-d %B %Y}"
        raise Foreign(f"This file is older than what was submitted on {day}. {AGAIN}")
    return written


# --- Rows ------------------------------------------------------------------------------------------------------


def _kind_of_table(table: Table) -> str:
    """Of figures, unless it has only columns of something else."""
    if {"numerator", "denominator"} & set(table.places):
        return FIGURES
    if {"answer", "narrative"} & set(table.places):
        return SAID
    return HOST if "area" in table.places else FIGURES


def _kind_of_row(key: str, group: str, kind: str) -> str:
    """As its id says; without one as it is called, which a CSV file says in the column of groups."""
    if key:
        named = key.split("/")[1]
        return named if named in CALLED else FIGURES
    return next((each for each, called in CALLED.items() if plain(called) == plain(group)), kind)


def _read(row: Row, table: Table, kind: str, known: Known) -> dict[str, Any]:
    """One row as plain data: what was typed, what it means, and what is wrong with it by cell."""
    key, seen = _id(row)
    names = shown(row["line"]), shown(row["group"])
    kind = _kind_of_row(key, names[1], kind)
    place = known.find(kind, key, names, row["area"])
    found: dict[str, Any] = {
        "sheet": table.sheet.name,
        "place": row.number,
        "kind": kind,
        "key": key,
        "line": place.line.name if place else names[0],
        "group": place.group_name if place else names[1],
        "seen": seen,
        "cells": {name: row[name].ref for name in FIELDS[kind]},
        "typed": {name: shown(row[name]) for name in FIELDS[kind]},
        "values": {},
        "problems": [],
    }
    whose = shown(row["return"])
    if place is None:
        _wrong(found, row["line"].ref or _first_cell(found), NOT_A_LINE)
    elif whose and whose != known.whose:
        _wrong(found, row["return"].ref, "This row belongs to other figures. Take it out.")
    else:
        found["key"] = place.key
        merged = table.sheet.copies
        copies = {name for name, at in table.places.items() if (row.number - 1, at) in merged} if merged else set()
        _understand(found, row, Understood(place, known.on, copies))
    return found


def _understand(found: dict[str, Any], row: Row, place: Understood) -> None:
    for name in FIELDS[found["kind"]]:
        cell = row[name]
        if cell.is_empty and not cell.problem:
            continue
        try:
            found["values"][name] = understood(cell, name, place)
        except NotUnderstood as problem:
            words = str(problem)
            _wrong(found, cell.ref, words[0].upper() + words[1:])
    if found["kind"] == HOST and not _area_of(found) and (area := found["values"].get("area")):
        found["key"], found["group"] = f"{found['key']}{area.casefold()}", area
    if isinstance(place.place, Box) and {"denominator", "numerator"} & set(found["values"]):
        # A cell that is left empty leaves what is there already.
        of, counted = (found["values"].get(name, place.place.now[name]) for name in ("denominator", "numerator"))
        if is_more_than_all(place.place.line, counted, of):
            words = f"{counted:,} of {of:,} is more than there are. Are the two columns swapped?"
            _wrong(found, row["numerator"].ref, words)


def _area_of(row: dict[str, Any]) -> str:
    """The area that a row was written with; nothing of an empty one."""
    return str(row["key"].split("/", 2)[2]) if row["kind"] == HOST and row["key"] else ""


def _is_spare(row: dict[str, Any]) -> bool:
    """An empty row for another host area."""
    return row["kind"] == HOST and not _area_of(row) and not any(row["typed"].values()) and not row["problems"]


def _id(row: Row) -> tuple[str, str]:
    """Which place, and what the row was written with; empty when the hidden column is gone or changed."""
    parts = shown(row["id"]).split("/")
    return ("/".join(parts[:-1])[:200], parts[-1][:60]) if len(parts) >= 4 else ("", "")


def _wrong(found: dict[str, Any], cell: str, words: str) -> None:
    found["problems"].append({"cell": cell, "words": words})


def _first_cell(row: dict[str, Any]) -> str:
    """Where something is said about the row as a whole."""
    return next((ref for ref in (row["cells"].get("numerator"), *row["cells"].values()) if ref), "")


def _refuse_doubles(rows: list[dict[str, Any]]) -> None:
    places: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["key"]:
            places.setdefault(row["key"], []).append(row)
    for some in places.values():
        for row in some if len(some) > 1 else []:
            others = ", ".join(place_of(each) for each in some if each is not row)
            what = {SAID: "This line stands", HOST: "This area stands"}.get(row["kind"], "This line and group stand")
            _wrong(row, _first_cell(row), f"{what} twice: also in {others}. Keep one of them.")


def place_of(row: dict[str, Any]) -> str:
    """Where a row stands, as a person finds it."""
    return f"{row['sheet']}, row {row['place']}" if row["sheet"] else f"row {row['place']}"


def _swapped(rows: list[dict[str, Any]]) -> list[str]:
    """Said once about the whole when most rows count more than there are."""
    odd = sum("Are the two columns swapped?" in str(row["problems"]) for row in rows)
    both = sum({"denominator", "numerator"} <= set(row["values"]) for row in rows)
    if odd < 2 or odd * 2 <= both:
        return []
    return [
        f"In {odd} of {both} rows more are counted than there are: “Of how many” and “How many” look swapped. "
        "Put the headings right and upload the file again."
    ]

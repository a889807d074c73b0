"""A figures return as a workbook or a CSV file: filled in elsewhere and read back.

``COLUMNS`` writes both and reads both; a row is known by its hidden id (line, kind and group, and the figures that it
was written with), so that rows may be moved and sorted and columns swapped. The stamp says which return a file belongs
to: a hidden sheet of the workbook, two columns of the CSV. Nothing here saves: reading gives plain rows, and
``training.differences`` says what they would change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from design.workbooks import values
from design.workbooks.csv_text import csv_bytes
from design.workbooks.reading import Cell as Typed
from design.workbooks.reading import Limits, Workbook
from design.workbooks.tables import Column, Row, Table, find_in
from design.workbooks.values import NotUnderstood
from design.workbooks.writing import Book, Notes, stamp_of, workbook_bytes
from design.workbooks.writing import Table as SheetTable
from training.boxes import Box
from training.models import FigureReturn, FigureSubmission, FigureWorkbook
from training.numbers import NotACount, count_of

FORMAT = "figures-1"
LIMITS = Limits(rows=5_000, columns=40, sheets=20, cells=60_000, elements=400_000, formulas=5_000)
NUMBERS = ("headcount", "denominator", "numerator")
BOXES = (*NUMBERS, "reached_on")

COLUMNS = (
    Column("line", "What is measured", locked=True, width=40),
    Column("group", "Group", locked=True, width=30, aliases=("Staff group", "Role", "Age")),
    Column("counted", "What to count", kind="long", locked=True, width=44),
    Column("of", "Of what", kind="long", locked=True, width=36),
    Column("threshold", "Threshold", locked=True, width=11),
    Column("headcount", "In post", kind="number", width=11, aliases=("Headcount",)),
    Column("denominator", "Of how many", kind="number", needed=True, width=13, aliases=("Eligible",)),
    Column("numerator", "How many", kind="number", needed=True, width=11, aliases=("Compliant",)),
    Column("reached_on", "Reached on", kind="day", width=13, meaning="Of a milestone"),
    Column("id", "Id", hidden=True, locked=True, width=4),
)
STAMPED = (
    Column("return", "Return", locked=True, width=14),
    Column("written", "Downloaded", locked=True, width=24),
)
WHAT_BECAME = Column("outcome", "What became of it", kind="long", locked=True, width=48)
AGAIN = "Download the file again from this page and copy your figures into it."


class Foreign(Exception):
    """The file is not of this return, or too old for it; ``str()`` says why and what to do."""


@dataclass(frozen=True)
class ReadFigures:
    """What a file holds: when it was written, its rows, and what is odd about the whole."""

    written_at: datetime
    rows: list[dict[str, Any]]
    notes: list[str]


# --- Writing -------------------------------------------------------------------------------------


def figures_workbook(
    figure_return: FigureReturn, boxes: Sequence[Box], *, by: str, at: datetime, demonstration: bool = False
) -> bytes:
    """The workbook with every figure that is there so far. Same inputs, same bytes. No query."""
    title = f"{named(figure_return)}: {figure_return.organisation}"
    sheets: list[SheetTable | Notes] = [_read_me(figure_return, demonstration), *_sheets(boxes)]
    return workbook_bytes(Book(title, sheets, at, author=by, stamp=stamp(figure_return, at)))


def figures_csv(figure_return: FigureReturn, boxes: Sequence[Box], *, at: datetime) -> bytes:
    """The same rows as one CSV file; each says of which return it is, and when it was downloaded."""
    columns = (*COLUMNS, *STAMPED)
    stamped = {"return": figure_return.reference, "written": at.isoformat(timespec="seconds")}
    rows = [_written(box) | stamped for box in boxes]
    return csv_bytes([[each.heading for each in columns], *([row.get(each.key) for each in columns] for row in rows)])


def annotated_workbook(workbook: FigureWorkbook, *, by: str) -> bytes:
    """What was uploaded, row by row, with what became of it. Made from what was kept. No query."""
    outcomes = {each["row"]: each["words"] for each in workbook.outcomes}
    shown = [each for each in (*COLUMNS, WHAT_BECAME) if each.key in ("line", "group", *BOXES, "outcome")]
    decided = workbook.decided_at or workbook.uploaded_at
    above = (
        f"{workbook.file_name}: what became of it",
        f"Uploaded {values.text(Typed(workbook.uploaded_at, ''))}, accepted {values.text(Typed(decided, ''))}",
    )
    rows = [
        row["typed"] | {"line": row["line"], "group": row["group"], "outcome": outcomes.get(number, "")}
        for number, row in enumerate(workbook.rows)
    ]
    sheet = SheetTable("Figures", shown, rows, above=above) if rows else Notes("Nothing", above)
    return workbook_bytes(Book(above[0], [sheet], decided, author=by))


def named(figure_return: FigureReturn) -> str:
    """ "Figures for Q1 2017/18"."""
    return f"Figures for {figure_return.period.label}"


def stamp(figure_return: FigureReturn, at: datetime) -> dict[str, str]:
    """How a workbook that comes back is known."""
    return {
        "format": FORMAT,
        "return": figure_return.reference,
        "period": figure_return.period.label,
        "organisation": figure_return.organisation.name,
        "written": at.isoformat(timespec="seconds"),
    }


def _read_me(figure_return: FigureReturn, demonstration: bool) -> Notes:
    lines = [
        named(figure_return),
        f"{figure_return.organisation}, for {figure_return.commissioner}. "
        f"As at {figure_return.period.ends_on:%-d %B %Y}. Due {figure_return.due_on:%-d %B %Y}.",
        "Fill in the yellow cells with whole numbers: how many people, not a percentage. The portal makes the "
        "percentages and the totals from them, so no row of totals is needed.",
        "Leave a cell empty to leave that figure as it is online: an empty cell never takes anything away. None is 0.",
        "That there is nothing to declare, that a line does not apply to you, counts by host area and the reasons in "
        "words are said online.",
        "Do not write names of patients, children or staff anywhere in this workbook.",
        "When you are done, or at any time before, upload this workbook where you downloaded it. You see what it "
        "changes before anything is saved. The figures are signed and submitted online.",
        "Worried about someone now? Do not write it here. Ring the local authority.",
    ]
    return Notes("Read me", [*lines, "Demonstration: invented people and organisations."] if demonstration else lines)


def _sheets(boxes: Iterable[Box]) -> list[SheetTable]:
    found = []
    for name, some in groupby(sorted(boxes, key=lambda box: not box.is_training), key=lambda box: box.is_training):
        title = "Training" if name else "Key indicators"
        rows = [_written(box) for box in some]
        found.append(SheetTable(title, COLUMNS, rows, above=(title, "Fill in the yellow cells."), protect=True))
    return found


def _written(box: Box) -> dict[str, Any]:
    written: dict[str, Any] = {key: value for key, value in box.now.items() if key in box.asks}
    if box.is_milestone and written.get("numerator") is not None:
        written["numerator"] = "Yes" if written["numerator"] else "No"
    return written | {
        "id": f"{box.key}/{seen_of(box.now)}",
        "line": box.line.name,
        "group": box.group_name,
        "counted": box.what_is_counted,
        "of": box.line.denominator if "denominator" in box.asks else "",
        "threshold": box.threshold,
    }


def seen_of(now: Mapping[str, Any]) -> str:
    """The figures of a box as its id holds them: "120.100.85."."""
    return ".".join("" if (value := now.get(key)) is None else str(value) for key in BOXES)


# --- Reading -------------------------------------------------------------------------------------


def read_figures(workbook: Workbook, figure_return: FigureReturn, boxes: Sequence[Box]) -> ReadFigures:
    """The rows of every sheet. Foreign when the file is not of this return or older than what was submitted.

    Rows keep their place, so that whatever is wrong is said beside its cell. One query, for the submission.
    """
    tables = [table for sheet in workbook.sheets if (table := find_in(sheet, (*COLUMNS, *STAMPED))) is not None]
    tables = [table for table in tables if {"id", "line"} & set(table.places)]
    written_at = _refuse_foreign(stamp_of(workbook) or _stamped_in(tables), figure_return)
    known = {box.key: box for box in boxes}
    by_name = {(values.plain(box.line.name), values.plain(box.group_name)): box for box in boxes}
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    for table in tables:
        if table.problems:
            notes += [f"{problem} Its rows were not read." for problem in table.problems]
            continue
        found = [_read(row, table, known, by_name, figure_return) for row in table.rows()]
        if table.sheet.hidden and any(each["values"] for each in found):
            notes.append(f"The sheet “{table.sheet.name}” is hidden in your workbook. Its figures are shown here too.")
        rows += found
    _refuse_doubles(rows)
    if not rows and not notes:
        raise Foreign(f"No sheet of this file has lines of figures in it. {AGAIN}")
    return ReadFigures(written_at, rows, notes + _swapped(rows))


def _stamped_in(tables: Iterable[Table]) -> dict[str, str]:
    """The stamp that every row of a CSV file carries: that of the first row that has one."""
    for table in tables:
        for row in table.rows() if {"return", "written"} <= set(table.places) else ():
            if (whose := _shown(row["return"])) and (written := _moment(row["written"])):
                return {"format": FORMAT, "return": whose, "written": written}
    return {}


def _moment(cell: Typed) -> str:
    """When it was written; a spreadsheet that saved the CSV again may have made a moment of it."""
    return cell.value.isoformat() if isinstance(cell.value, datetime) else _shown(cell)


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


def _read(
    row: Row, table: Table, known: dict[str, Box], by_name: dict[tuple[str, str], Box], figure_return: FigureReturn
) -> dict[str, Any]:
    """One row as plain data: what was typed, what it means, and what is wrong with it by cell."""
    key, seen = _id(row)
    names = _shown(row["line"]), _shown(row["group"])
    box = known.get(key) or (None if key else by_name.get((values.plain(names[0]), values.plain(names[1]))))
    found: dict[str, Any] = {
        "sheet": table.sheet.name,
        "place": row.number,
        "key": box.key if box else key,
        "line": box.line.name if box else names[0],
        "group": box.group_name if box else names[1],
        "seen": seen,
        "cells": {name: row[name].ref for name in BOXES},
        "typed": {name: _shown(row[name]) for name in BOXES},
        "values": {},
        "problems": [],
    }
    whose = _shown(row["return"])
    if box is None:
        words = (
            "This row is not one of the lines of these figures. A row of totals is not needed: the portal adds up the "
            "groups itself. Take the row out."
        )
        _wrong(found, row["line"].ref or row["numerator"].ref or row["denominator"].ref, words)
    elif whose and whose != figure_return.reference:
        _wrong(found, row["return"].ref, "This row belongs to other figures. Take it out.")
    else:
        copies = {key for key, place in table.places.items() if (row.number - 1, place) in table.sheet.copies}
        _understand(found, row, box, copies)
    return found


def _understand(found: dict[str, Any], row: Row, box: Box, copies: set[str]) -> None:
    for name in BOXES:
        cell = row[name]
        if cell.is_empty and not cell.problem:
            continue
        try:
            if name not in box.asks:
                raise NotUnderstood("is not asked for this line. Leave the cell empty.")
            if name in copies:
                raise NotUnderstood("is part of merged cells. Undo the merging and write every figure in its own cell.")
            found["values"][name] = _value(cell, name, box)
        except NotUnderstood as problem:
            words = str(problem)
            _wrong(found, cell.ref, words[0].upper() + words[1:])
    if found["values"] and box.said_otherwise:
        _wrong(found, row["line"].ref, f"Online it says “{box.said_otherwise}”. Change that online first.")
    of, counted = found["values"].get("denominator"), found["values"].get("numerator")
    if box.is_share and None not in (of, counted) and counted > of:
        words = f"{counted:,} of {of:,} is more than there are. Are the two columns swapped?"
        _wrong(found, row["numerator"].ref, words)


def _value(cell: Typed, name: str, box: Box) -> int | str:
    """A count, a day, or whether a milestone was reached."""
    if name == "reached_on":
        day = values.day(cell)
        if day is None:
            raise NotUnderstood("is not a date. Write it as 3 May 2026.")
        return _plausible(day).isoformat()
    if box.is_milestone:
        reached = values.yes_no(cell)
        if reached is None:
            raise NotUnderstood("is neither yes nor no. Write Yes or No.")
        return int(reached)
    try:
        count = count_of(values.line(cell))
    except NotACount as problem:
        raise NotUnderstood(f"{problem}.") from problem
    if count is None:
        raise NotUnderstood("holds nothing that can be read. Write a whole number, such as 120.")
    return count


def _plausible(day: date) -> date:
    if not 2000 <= day.year <= 2100:
        raise NotUnderstood(f"“{day:%-d %B %Y}” is not a likely day. Write it as 3 May 2026.")
    return day


def _id(row: Row) -> tuple[str, str]:
    """Which box, and the figures that the row was written with; empty when the hidden column is gone or changed."""
    parts = _shown(row["id"]).split("/")
    return ("/".join(parts[:3])[:120], parts[3][:60]) if len(parts) == 4 else ("", "")


def _wrong(found: dict[str, Any], cell: str, words: str) -> None:
    found["problems"].append({"cell": cell, "words": words})


def _shown(cell: Typed) -> str:
    """The words as they stand, for showing; nothing when they cannot be read."""
    try:
        return values.line(cell)[:200]
    except NotUnderstood:
        return ""


def _refuse_doubles(rows: list[dict[str, Any]]) -> None:
    places: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["key"]:
            places.setdefault(row["key"], []).append(row)
    for some in places.values():
        for row in some if len(some) > 1 else []:
            others = ", ".join(place_of(each) for each in some if each is not row)
            words = f"This line and group stand twice: also in {others}. Keep one of them."
            _wrong(row, row["cells"]["numerator"] or row["cells"]["denominator"], words)


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

"""A figures return as a workbook or a CSV file, to be filled in elsewhere. ``spreadsheets_read`` reads it back.

The columns here write both and read both: ``COLUMNS`` the figures, ``SAID`` what is said of each line, ``HOSTS`` host
areas. A row is known by its hidden id (line, kind and group, and what it was written with), so that rows may be moved
and sorted and columns swapped. The stamp says which return a file belongs to: a hidden sheet of the workbook, two
columns of the CSV, which holds all rows in one table.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from design.workbooks import values
from design.workbooks.csv_text import csv_bytes
from design.workbooks.reading import Cell as Typed
from design.workbooks.reading import Limits
from design.workbooks.tables import Column
from design.workbooks.values import same_words
from design.workbooks.writing import Book, Notes, workbook_bytes
from design.workbooks.writing import Table as SheetTable
from training.boxes import Box
from training.models import AskedLine, FigureReturn, FigureWorkbook, HostCount
from training.models.writing import HOST as PARTS
from training.models.writing import fingerprint
from training.remarks import CALLED, HOST, SAID, SPARE, WORDS, Place, Remark

FORMAT = "figures-1"
LIMITS = Limits(rows=5_000, columns=40, sheets=20, cells=60_000, elements=400_000, formulas=5_000)
NUMBERS = ("headcount", "denominator", "numerator")
BOXES = (*NUMBERS, "reached_on")

FIGURES = "figures"
FIELDS: Mapping[str, tuple[str, ...]] = {FIGURES: BOXES, SAID: WORDS, HOST: PARTS}

LINE = Column("line", "What is measured", locked=True, width=36)
ID = Column("id", "Id", hidden=True, locked=True, width=4)
COLUMNS = (
    LINE,
    Column("group", "Group", locked=True, width=26, aliases=("Staff group", "Role", "Age")),
    Column("counted", "What to count", kind="long", locked=True, width=30),
    Column("of", "Of what", kind="long", locked=True, width=28),
    Column("threshold", "Threshold", locked=True, width=11),
    Column("headcount", "In post", kind="number", width=11, aliases=("Headcount",)),
    Column("denominator", "Of how many", kind="number", needed=True, width=13, aliases=("Eligible",)),
    Column("numerator", "How many", kind="number", needed=True, width=11, aliases=("Compliant",)),
    Column("reached_on", "Reached on", kind="day", width=13, meaning="Of a milestone"),
    ID,
)
SAID_COLUMNS = (
    LINE,
    Column("answer", "What you have", width=22, choices=tuple(AskedLine.Answer.labels)),
    Column("reason", "Why nothing, or why it does not apply", kind="long", width=44),
    Column("source", "Where the figures come from", width=26, choices=tuple(AskedLine.Source.labels)),
    Column("narrative", "Comment", kind="long", width=70),
    ID,
)
HOST_COLUMNS = (
    LINE,
    Column("area", "Host area", width=30),
    Column("count", "Children", kind="number", width=11),
    Column("assurance", "Assurance from the host area", width=40, choices=tuple(HostCount.Assurance.labels)),
    Column("held_on", "Assurance dated", kind="day", width=16),
    ID,
)
SHEETS = {SAID: ("Answers and comments", SAID_COLUMNS), HOST: ("Host areas", HOST_COLUMNS)}
STAMPED = (
    Column("return", "Return", locked=True, width=14),
    Column("written", "Downloaded", locked=True, width=24),
)
EVERY = (*COLUMNS[:-1], *SAID_COLUMNS[1:-1], *HOST_COLUMNS[1:-1], ID, *STAMPED)  # of the CSV
WHAT_BECAME = Column("outcome", "What became of it", kind="long", locked=True, width=48)
AGAIN = "Download the file again from this page and copy your figures into it."


# --- Writing -------------------------------------------------------------------------------------


def figures_workbook(
    figure_return: FigureReturn, places: Sequence[Place], *, by: str, at: datetime, demonstration: bool = False
) -> bytes:
    """The workbook with everything that is there so far. Same inputs, same bytes. No query."""
    title = f"{named(figure_return)}: {figure_return.organisation}"
    sheets: list[SheetTable | Notes] = [_read_me(figure_return, demonstration), *_sheets(places)]
    return workbook_bytes(Book(title, sheets, at, author=by, stamp=stamp(figure_return, at)))


def figures_csv(figure_return: FigureReturn, places: Sequence[Place], *, at: datetime) -> bytes:
    """The same rows as one CSV file; each says of which return it is, and when it was downloaded."""
    stamped = {"return": figure_return.reference, "written": at.isoformat(timespec="seconds")}
    rows = [_written(place) | stamped for place in places]
    return csv_bytes([[each.heading for each in EVERY], *([row.get(each.key) for each in EVERY] for row in rows)])


def annotated_workbook(workbook: FigureWorkbook, *, by: str) -> bytes:
    """What was uploaded, row by row, with what became of it. Made from what was kept. No query."""
    outcomes = {each["row"]: each["words"] for each in workbook.outcomes}
    decided = workbook.decided_at or workbook.uploaded_at
    above = (
        f"{workbook.file_name}: what became of it",
        f"Uploaded {values.text(Typed(workbook.uploaded_at, ''))}, accepted {values.text(Typed(decided, ''))}",
    )
    sheets = []
    for kind, (name, columns) in {FIGURES: ("Figures", COLUMNS), **SHEETS}.items():
        shown = [each for each in (*columns, WHAT_BECAME) if each.key in ("line", "group", *FIELDS[kind], "outcome")]
        rows = [
            row["typed"] | {"line": row["line"], "group": row["group"], "outcome": outcomes.get(number, "")}
            for number, row in enumerate(workbook.rows)
            if row.get("kind", FIGURES) == kind
        ]
        sheets += [SheetTable(name, shown, rows, above=above)] if rows else []
    return workbook_bytes(Book(above[0], sheets or [Notes("Nothing", above)], decided, author=by))


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
        "Leave a cell empty to leave what is online as it is: an empty cell never takes anything away. None is 0.",
        "Answers and comments: for each line whether you have figures, nothing to declare, or it does not apply to you "
        "and why; where the figures come from; and your comment, such as why a threshold is missed.",
        "What looks odd is asked about online once the figures are there, with a box to explain it.",
        "Host areas, where they are asked: counts of children, one row an area. To remove an area, do it online.",
        "Do not write names of patients, children or staff anywhere in this workbook.",
        "When you are done, or at any time before, upload this workbook where you downloaded it. You see what it "
        "changes before anything is saved. The figures are signed and submitted online.",
        "Worried about someone now? Do not write it here. Ring the local authority.",
    ]
    return Notes("Read me", [*lines, "Demonstration: invented people and organisations."] if demonstration else lines)


def _sheets(places: Iterable[Place]) -> list[SheetTable]:
    found, boxes = [], [place for place in places if isinstance(place, Box)]
    for training, some in groupby(sorted(boxes, key=lambda box: not box.is_training), key=lambda box: box.is_training):
        found.append(_sheet("Training" if training else "Key indicators", COLUMNS, map(_written, some)))
    for kind, (name, columns) in SHEETS.items():
        remarks = [place for place in places if isinstance(place, Remark) and place.kind == kind]
        rows = [row for each in remarks for row in [_written(each)] * (SPARE if kind == HOST and not each.area else 1)]
        found += [_sheet(name, columns, rows)] if rows else []
    return found


def _sheet(title: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> SheetTable:
    return SheetTable(title, columns, list(rows), above=(title, "Fill in the yellow cells."), protect=True, staying=1)


def _written(place: Place) -> dict[str, Any]:
    about = {
        "id": f"{place.key}/{seen_of(kind_of(place), place.now)}", "line": place.line.name, "group": place.group_name,
    }  # fmt: skip
    if isinstance(place, Remark):
        return about | {"group": CALLED[place.kind]} | {name: said_of(name, value) for name, value in place.now.items()}
    written: dict[str, Any] = {key: value for key, value in place.now.items() if key in place.asks}
    if place.is_milestone and written.get("numerator") is not None:
        written["numerator"] = "Yes" if written["numerator"] else "No"
    return written | about | {
        "counted": place.what_is_counted,
        "of": place.line.denominator if "denominator" in place.asks else "",
        "threshold": place.threshold,
    }  # fmt: skip


CHOICES: Mapping[str, Mapping[str, str]] = {
    "answer": dict(AskedLine.Answer.choices), "source": dict(AskedLine.Source.choices),
    "assurance": dict(HostCount.Assurance.choices),
}  # fmt: skip


def said_of(name: str, value: Any) -> Any:
    """A value of a remark as a cell holds it: the words of a choice, and lines as spreadsheets end them."""
    if name in CHOICES:
        return CHOICES[name].get(value, "")
    return same_words(value) if isinstance(value, str) else value


def kind_of(place: Place) -> str:
    """Of which kind its row is."""
    return place.kind if isinstance(place, Remark) else FIGURES


def seen_of(kind: str, now: Mapping[str, Any]) -> str:
    """What a row holds as its id says it: "120.100.85." of figures, a fingerprint of words."""
    parts = ["" if (value := now.get(key)) is None else same_words(str(value)) for key in FIELDS[kind]]
    return ".".join(parts) if kind == FIGURES else fingerprint(*parts)

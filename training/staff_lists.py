"""Figures counted from a provider's own staff list: what the browser is told, and what it may send back.

The list itself is read by ``static/portal/staff-list`` in the browser and is never sent. Back come totals, and the
choice of columns. Both are looked at as if somebody else had written the page: a total is a number of a box of this
return; of the choice nothing is kept but headings, words that name no person, and codes that are known here.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from training.boxes import Box
from training.models import AskedLine, Cell, FigureReturn, Line
from training.models.asked import MOST
from training.models.missing import is_more_than_all, more_than_all
from training.models.writing import Entry

STATUSES = ("counts", "maternity", "sick", "career_break", "bank_active", "bank_inactive", "left")
COLUMNS = ("person", "name", "group", "status", "start", "leave", "course")
PARTS = ("date", "until", "hours", "level")
NONE = "none"
MOST_BYTES, MOST_WORDS, MOST_GRACE, HEADING, WORD = 30_000, 60, 24, 100, 60
# A heading that looks like this is the first person of a list without headings.
ABOUT_A_PERSON = re.compile(r"@|\d{5}|\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|[\x00-\x1f<>]|(?:\d[ -]?){6}")


class NotKept(Exception):
    """What the browser sent is not what this page sends; ``str()`` says which part."""


def countable(boxes: Iterable[Box]) -> list[Box]:
    """The boxes that a staff list can fill: training with a refresh rule, asked for in figures."""
    return [
        box for box in boxes
        if box.kind == Cell.Kind.GROUP and box.line.refresh and box.is_share
        and box.asked.answer == AskedLine.Answer.FIGURES
    ]  # fmt: skip


def told(figure_return: FigureReturn, boxes: Sequence[Box], remembered: Mapping[str, Any], *, on: date) -> str:
    """What the page needs to count, as JSON: the as-at date, groups, lines with their refresh rule, what is there."""
    lines: dict[str, dict[str, Any]] = {}
    for box in boxes:
        line = lines.setdefault(box.asked.code, _line(box.line))
        if box.group:
            line["groups"].append(box.group)
        line["now"][box.group] = {**{key: box.now[key] for key in ("headcount", "denominator", "numerator")}}
        line["now"][box.group]["version"] = box.version
    groups = {box.group: {"code": box.group, "name": box.group_name, "also": box.also} for box in boxes if box.group}
    return json.dumps(
        {
            "asAt": figure_return.period.ends_on.isoformat(),
            "today": on.isoformat(),
            "groups": list(groups.values()),
            "lines": list(lines.values()),
            "remembered": remembered,
        }
    )


def _line(line: Line) -> dict[str, Any]:
    hours = {"hours": line.refresh_hours, "firstHours": line.first_hours}
    return {
        "code": line.code, "name": line.name, "short": line.short, "level": line.level, "headcount": line.headcount,
        "refresh": line.refresh, "months": line.refresh_months, "groups": [], "now": {},
        **{key: None if value is None else float(value) for key, value in hours.items()},
    }  # fmt: skip


ASKED = {
    "person": "Who the row is about: a number, or the name",
    "name": "Name, for your own list (optional)",
    "group": "Staff group or role",
    "status": "Status or absence (optional)",
    "start": "Start date (optional)",
    "leave": "Last day, of those who have left (optional)",
    "course": "Course, if there is a row for each course (optional)",
}
WORDED = {"group": "Staff groups or roles", "status": "Status and absence", "course": "Courses"}


def labels(boxes: Iterable[Box]) -> dict[str, Any]:
    """What stands beside the boxes of the page: columns, words, and each line with its rule."""
    lines = {box.asked.code: box.line for box in boxes}.values()
    return {
        "columns": [{"name": name, "label": label} for name, label in ASKED.items()],
        "worded": [{"name": name, "label": label} for name, label in WORDED.items()],
        "lines": [
            {
                "code": line.code, "name": line.name, "rule": rule_of(line),
                "by_hours": line.refresh == Line.Refresh.HOURS,
            }
            for line in lines
        ],
    }  # fmt: skip


def rule_of(line: Line) -> str:
    """The refresh rule in words: "valid for 36 months", "8 hours in 36 months, 16 in the first twelve: needs …"."""
    if line.refresh != Line.Refresh.HOURS or line.refresh_hours is None:
        event = "at least every" if line.refresh == Line.Refresh.ANNUAL else "valid for"
        return f"{event} {line.refresh_months} months"
    first = f", {line.first_hours.normalize():f} in the first twelve" if line.first_hours is not None else ""
    return f"{line.refresh_hours.normalize():f} hours in {line.refresh_months} months{first}: needs a column of hours"


# --- Totals that came back -----------------------------------------------------------------------


def entries_of(sent: str, boxes: Sequence[Box]) -> list[Entry]:
    """The totals as figures to be saved. NotKept for anything that is not a total of one of these boxes."""
    known = {(box.asked.code, box.group): box for box in boxes}
    rows = _json(sent, list)
    found: dict[tuple[str, str], Entry] = {}
    for row in rows:
        if not isinstance(row, dict) or set(row) != {
            "code",
            "group",
            "headcount",
            "denominator",
            "numerator",
            "version",
        }:
            raise NotKept("The totals are not complete. Count the list again.")
        key = str(row["code"]), str(row["group"])
        if (box := known.get(key)) is None or key in found:
            raise NotKept("The totals are not those of these figures. Count the list again.")
        headcount, of, counted, version = (row[name] for name in ("headcount", "denominator", "numerator", "version"))
        if not _is_count(of) or not _is_count(counted) or not _is_count(version):
            raise NotKept("The totals are not whole numbers. Count the list again.")
        if is_more_than_all(box.line, counted, of):
            raise NotKept(f"{box.line}: {more_than_all(counted, of)}. Count the list again.")
        if box.line.headcount and not _is_count(headcount):
            raise NotKept("The number in post is missing. Count the list again.")
        there = headcount if box.line.headcount else box.now["headcount"]
        found[key] = Entry(box.asked.pk, box.kind, box.group, there, of, counted, version=version)
    if not found:
        raise NotKept("There are no totals to put into the figures. Count the list first.")
    return list(found.values())


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


# --- The choice of columns -----------------------------------------------------------------------


def mapping_of(sent: str, boxes: Sequence[Box]) -> dict[str, Any]:
    """The choice of columns as it may be kept. NotKept when any part is not a heading, a group's word or a code."""
    given = _json(sent, dict)
    codes = {box.asked.code for box in boxes}
    if set(given) != {"columns", "lines", "words", "grace"} or not _is_count(given["grace"]):
        raise NotKept("The choice of columns is not complete.")
    if given["grace"] > MOST_GRACE:
        raise NotKept(f"Starters have {MOST_GRACE} months at most.")
    lines = {_known(code, codes): _headings(each, PARTS) for code, each in _dict(given["lines"]).items()}
    meanings = {
        "group": {box.group for box in boxes} | {NONE},
        "status": set(STATUSES),
        "course": codes | {NONE},
    }
    words = {name: _words(each, meanings.get(name, set())) for name, each in _dict(given["words"]).items()}
    return {
        "columns": _headings(given["columns"], COLUMNS), "lines": lines,
        "words": {name: words.get(name, {}) for name in meanings}, "grace": given["grace"],
    }  # fmt: skip


def _json(sent: str, kind: type) -> Any:
    if len(sent.encode()) > MOST_BYTES and kind is dict:
        raise NotKept("The choice of columns is too long to be remembered.")
    try:
        found = json.loads(sent)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, kind):
        raise NotKept("Nothing that can be read arrived. Count the list again.")
    return found


def _dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotKept("The choice of columns is not complete.")
    return value


def _known(code: Any, codes: Iterable[str]) -> str:
    if not isinstance(code, str) or code not in codes:
        raise NotKept("The choice names something that is not asked here.")
    return code


def _headings(given: Any, parts: Sequence[str]) -> dict[str, str]:
    return {_known(part, parts): _said(heading, HEADING) for part, heading in _dict(given).items()}


def _words(given: Any, codes: Iterable[str]) -> dict[str, str]:
    if len(_dict(given)) > MOST_WORDS:
        raise NotKept("There are too many different words to be remembered.")
    return {_said(word, WORD): _known(code, codes) for word, code in given.items()}


def _said(value: Any, most: int) -> str:
    """A heading or a word; never anything that looks like a person's row."""
    if not isinstance(value, str) or len(value) > most or ABOUT_A_PERSON.search(value):
        raise NotKept("One of the headings looks as if it was about a person. It is not remembered.")
    return value

"""What a file would change in the figures, worked out against those of this moment. Saves nothing.

Each row is one of: rejected (with the cell and the reason), changed online meanwhile (both are shown, and theirs stays
unless the person says otherwise), changed, or unchanged. An empty cell never takes a figure away.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from accounts.door import Stale
from training.boxes import EVERYBODY, Box
from training.models import FigureWorkbook
from training.models.writing import Entry
from training.spreadsheets import BOXES, place_of, seen_of

WORDS = {
    "headcount": "In post", "denominator": "Of how many", "numerator": "How many", "reached_on": "Reached on",
}  # fmt: skip


class Outcome(StrEnum):
    """What a row is, in the order in which the page shows them."""

    REJECTED = "rejected"
    CONFLICT = "conflict"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Change:
    """One box: what is there now, and what the file says."""

    key: str
    what: str
    cell: str
    now: str
    then: str


@dataclass
class Compared:
    """One row of the file beside its box."""

    number: int
    row: dict[str, Any]
    box: Box | None
    outcome: Outcome
    words: str = ""
    changes: list[Change] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where the row stands, as a person finds it."""
        return place_of(self.row)

    @property
    def name(self) -> str:
        """The line, and the group where there is one."""
        group = self.row["group"]
        return self.row["line"] + (f", {group}" if group and group != EVERYBODY else "")

    @property
    def key(self) -> str:
        """How a tick box names it."""
        return str(self.number)


@dataclass
class Difference:
    """The whole comparison."""

    rows: list[Compared]
    absent: list[Box]

    def of(self, outcome: str) -> list[Compared]:
        """The rows of one kind, in the file's order."""
        return [row for row in self.rows if row.outcome == outcome]

    @property
    def rejected(self) -> list[Compared]:
        """Rows that cannot be taken."""
        return self.of(Outcome.REJECTED)

    @property
    def conflicts(self) -> list[Compared]:
        """Rows whose figures somebody changed online since the file was downloaded."""
        return self.of(Outcome.CONFLICT)

    @property
    def changed(self) -> list[Compared]:
        """Rows that would be saved."""
        return self.of(Outcome.CHANGED)

    @property
    def unchanged(self) -> list[Compared]:
        """Rows that say what is there."""
        return self.of(Outcome.UNCHANGED)

    @property
    def digest(self) -> str:
        """Differs when a figure was changed after the page was shown."""
        parts = [f"{row.number}:{row.outcome}:{row.box.version if row.box else ''}" for row in self.rows]
        return sha256("|".join(parts).encode()).hexdigest()[:16]

    def refuse_unless_seen(self, digest: str) -> None:
        """Stale when this is another difference than the one that the person looked at."""
        if digest != self.digest:
            raise Stale("Somebody saved a figure online in the meantime. Look at the difference again.")

    def taken(self, chosen: Collection[str]) -> list[Compared]:
        """What is saved when these conflicts are decided for the file."""
        return [*self.changed, *(row for row in self.conflicts if row.key in chosen)]

    def entries(self, chosen: Collection[str]) -> list[Entry]:
        """The figures to save; each only if it is still as it was compared."""
        return [_entry(row.row, row.box) for row in self.taken(chosen) if row.box is not None]

    def outcomes(self, chosen: Collection[str]) -> list[dict[str, Any]]:
        """What became of every row, for the copy that can be downloaded afterwards."""
        taken = {row.number for row in self.taken(chosen)}
        return [{"row": row.number, "words": _became(row, row.number in taken)} for row in self.rows]


def difference_of(workbook: FigureWorkbook, boxes: Sequence[Box]) -> Difference:
    """Compare what was read with the figures as they are now. No query."""
    known = {box.key: box for box in boxes}
    rows = [_compared(number, row, known.get(row["key"])) for number, row in enumerate(workbook.rows)]
    there = {row.row["key"] for row in rows}
    return Difference(rows, [box for key, box in known.items() if key not in there])


def _compared(number: int, row: dict[str, Any], box: Box | None) -> Compared:
    if row["problems"] or box is None:
        words = " ".join(f"{each['cell']}: {each['words']}" for each in row["problems"])
        return Compared(number, row, box, Outcome.REJECTED, words or "This line is no longer asked for.")
    changes = _changes(row, box)
    if not changes:
        return Compared(number, row, box, Outcome.UNCHANGED)
    if row["seen"] == seen_of(row["values"]):
        words = "Changed online since the download; what is online stays."
        return Compared(number, row, box, Outcome.UNCHANGED, words)
    if row["seen"] and row["seen"] != seen_of(box.now):
        by = f" by {box.written_by}" if box.written_by else ""
        return Compared(
            number, row, box, Outcome.CONFLICT, f"Changed online{by}, after the file was downloaded.", changes
        )
    return Compared(number, row, box, Outcome.CHANGED, "", changes)


def _changes(row: dict[str, Any], box: Box) -> list[Change]:
    found = []
    for key in BOXES:
        now, then = _said(box.now[key]), _said(row["values"].get(key))
        if key in row["values"] and now != then:
            found.append(Change(key, WORDS[key], row["cells"][key], now, then))
    return found


def _said(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, date):
        return value.isoformat()
    return value or ""


def _entry(row: dict[str, Any], box: Box) -> Entry:
    """Empty cells leave their boxes as they are."""
    then = {**box.now, **row["values"]}
    if isinstance(then["reached_on"], str):
        then["reached_on"] = date.fromisoformat(then["reached_on"])
    return Entry(box.asked.pk, box.kind, box.group, version=box.version, **then)


def _became(row: Compared, taken: bool) -> str:
    if row.outcome == Outcome.REJECTED:
        return f"Not taken. {row.words}"
    if row.outcome == Outcome.CONFLICT:
        return f"Taken. {row.words}" if taken else f"Not taken: what is online stays. {row.words}"
    if row.outcome == Outcome.CHANGED:
        return "Taken: " + ", ".join(change.what.lower() for change in row.changes)
    return row.words or "Unchanged"

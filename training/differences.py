"""What a file would change in the figures, worked out against those of this moment. Saves nothing.

Each row is one of: rejected (with the cell and the reason), changed online meanwhile (both are shown, and theirs stays
unless the person says otherwise), changed, or unchanged. An empty cell never takes anything away. What does not fit
together within a line is rejected here, by ``training.fitting``: it depends on what is online.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from accounts.door import Stale
from design.workbooks.compared import Change, Outcome
from training.boxes import Box
from training.compared import WORDS, Compared, day_of, host_then, shown_as
from training.fitting import refuse_what_does_not_fit
from training.models import AskedLine, FigureWorkbook
from training.models.writing import Entry, LineEntry
from training.remarks import HOST, SAID, Place, Remark, hosts_with, said_now
from training.spreadsheets import FIELDS, kind_of, seen_of


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
        return [_entry(row, row.box) for row in self.taken(chosen) if isinstance(row.box, Box)]

    def lines(self, chosen: Collection[str]) -> list[LineEntry]:
        """What is said of lines, and their host areas, to save: one for each line of which anything is taken."""
        found: dict[int, list[Compared]] = {}
        for row in self.taken(chosen):
            if isinstance(row.box, Remark):
                found.setdefault(row.box.asked.pk, []).append(row)
        return [_line_entry(some) for some in found.values()]

    def outcomes(self, chosen: Collection[str]) -> list[dict[str, Any]]:
        """What became of every row, for the copy that can be downloaded afterwards."""
        taken = {row.number for row in self.taken(chosen)}
        return [{"row": row.number, "words": _became(row, row.number in taken)} for row in self.rows]


def difference_of(workbook: FigureWorkbook, places: Sequence[Place]) -> Difference:
    """Compare what was read with what is there now. No query."""
    known = {place.key: place for place in places}
    rows = [_compared(number, row, _place(row, known)) for number, row in enumerate(workbook.rows)]
    refuse_what_does_not_fit(rows, places)
    there = {row.row["key"] for row in rows}
    return Difference(rows, [each for key, each in known.items() if isinstance(each, Box) and key not in there])


def _place(row: Mapping[str, Any], known: Mapping[str, Place]) -> Place | None:
    """The row's own place; of an area that is not there, the line's empty row."""
    key = row["key"]
    return known.get(key) or known.get(f"{key.partition('/')[0]}/{HOST}/" if f"/{HOST}/" in key else "")


def _compared(number: int, row: dict[str, Any], box: Place | None) -> Compared:
    if row["problems"] or box is None:
        words = " ".join(f"{each['cell']}: {each['words']}" for each in row["problems"])
        return Compared(number, row, box, Outcome.REJECTED, words or "This line is no longer asked for.")
    changes, kind = _changes(row, box), kind_of(box)
    if not changes:
        return Compared(number, row, box, Outcome.UNCHANGED)
    if row["seen"] == seen_of(kind, row["values"]):
        words = "Changed online since the download; what is online stays."
        return Compared(number, row, box, Outcome.UNCHANGED, words)
    if row["seen"] and row["seen"] != seen_of(kind, box.now):
        by = f" by {box.written_by}" if box.written_by else ""
        return Compared(
            number, row, box, Outcome.CONFLICT, f"Changed online{by}, after the file was downloaded.", changes
        )
    return Compared(number, row, box, Outcome.CHANGED, "", changes)


def _changes(row: dict[str, Any], box: Place) -> list[Change]:
    found = []
    for key in FIELDS[kind_of(box)]:
        now, then = shown_as(key, box.now[key]), shown_as(key, row["values"].get(key))
        if key in row["values"] and now != then:
            found.append(Change(WORDS[key], row["cells"][key], now, then, key))
    return found


def _entry(row: Compared, box: Box) -> Entry:
    then = row.then
    return Entry(
        box.asked.pk, box.kind, box.group, version=box.version, **then | {"reached_on": day_of(then["reached_on"])}
    )  # fmt: skip


def _line_entry(rows: Sequence[Compared]) -> LineEntry:
    """One line with everything of it that is taken; what no row changes stays as it is."""
    asked: AskedLine = rows[0].box.asked  # type: ignore[union-attr]
    said: Mapping[str, Any] = next((row.then for row in rows if row.row["kind"] == SAID), said_now(asked))
    hosts = {row.row["key"].split("/", 2)[2]: host_then(row) for row in rows if row.row["kind"] == HOST}
    reason = "" if said["answer"] == AskedLine.Answer.FIGURES else said["reason"]
    return LineEntry(
        asked.pk, said["answer"], reason, said["narrative"], said["source"],
        hosts_with(asked, hosts) if hosts else None, version=asked.version,
    )  # fmt: skip


def _became(row: Compared, taken: bool) -> str:
    if row.outcome == Outcome.REJECTED:
        return f"Not taken. {row.words}"
    if row.outcome == Outcome.CONFLICT:
        return f"Taken. {row.words}" if taken else f"Not taken: what is online stays. {row.words}"
    if row.outcome == Outcome.CHANGED:
        return "Taken: " + ", ".join(change.what.lower() for change in row.changes)
    return row.words or "Unchanged"

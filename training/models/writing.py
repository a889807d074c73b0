"""Writing figures: a page, a block that was pasted or a whole workbook in one transaction and a handful of statements.

The grid, the autosave, the light link, a commissioner's typing and the workbook all come through ``record``. A box
carries its version: of two people at once the second is shown theirs and yours, and whoever left a box alone never
overwrites it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from accounts.door import Stale
from training.models.asked import AskedLine, Cell, Explanation, HostCount
from training.models.returns import FigureReturn, IllegalMove

if TYPE_CHECKING:
    from accounts.models import User

BOXES = ("headcount", "denominator", "numerator", "reached_on")
WORDS = ("answer", "answer_reason", "narrative", "source")
HOST = ("area", "count", "assurance", "held_on")
Boxes = tuple[int | None, int | None, int | None, date | None]
NOTHING: Boxes = (None, None, None, None)


@dataclass(frozen=True)
class Entry:
    """The boxes of one line for one group or reason. ``version`` None: whatever is there (a workbook compared first).

    ``seen`` is what the page showed; boxes that the writer left as they were shown are not a save.
    """

    asked: int
    kind: str = Cell.Kind.GROUP
    group: str = ""
    headcount: int | None = None
    denominator: int | None = None
    numerator: int | None = None
    reached_on: date | None = None
    version: int | None = None
    seen: Boxes | None = None

    @property
    def key(self) -> tuple[int, str, str]:
        """Which cell."""
        return self.asked, self.kind, self.group

    @property
    def boxes(self) -> Boxes:
        """In post, of how many, how many, reached on."""
        return self.headcount, self.denominator, self.numerator, self.reached_on


@dataclass(frozen=True)
class HostEntry:
    """Children of one host area, and whether the host has given assurance."""

    area: str
    count: int
    assurance: str
    held_on: date | None = None

    @property
    def parts(self) -> tuple[object, ...]:
        """What is compared and saved."""
        return self.area, self.count, self.assurance, self.held_on


@dataclass(frozen=True)
class LineEntry:
    """What is said about one line beside its boxes. ``hosts`` None: not asked here, so left as they are."""

    asked: int
    answer: str = AskedLine.Answer.FIGURES
    answer_reason: str = ""
    narrative: str = ""
    source: str = ""
    hosts: Sequence[HostEntry] | None = None
    version: int | None = None
    seen: str = ""

    @property
    def fingerprint(self) -> str:
        """Of what is said."""
        hosts = None if self.hosts is None else sorted(each.parts for each in self.hosts)
        return fingerprint(self.answer, self.answer_reason, self.narrative, self.source, hosts)


@dataclass(frozen=True)
class Conflict:
    """What somebody else saved first, and what was typed here; the two are of one kind."""

    theirs: Cell | AskedLine
    yours: Entry | LineEntry


class StaleFigures(Stale):
    """Some of it was saved by somebody else in between; nothing of this save was kept. ``conflicts`` says which."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__("Somebody else saved here while you were writing. Nothing of yours or theirs is lost.")
        self.conflicts = list(conflicts)


def record_cells(figure_return: FigureReturn, entries: Sequence[Entry], *, by: "User", at: datetime) -> int:
    """Save boxes and return how many cells changed; see ``record``."""
    return record(figure_return, cells=entries, by=by, at=at)


@transaction.atomic
def record(
    figure_return: FigureReturn, *, cells: Sequence[Entry] = (), lines: Sequence[LineEntry] = (), by: "User",
    at: datetime,
) -> int:  # fmt: skip
    """Save what was changed and return how many cells and lines that were. Nine statements for one or two hundred.

    The first save moves the return to "in progress". Raises IllegalMove when it can no longer be written in or an
    entry is none of its boxes, StaleFigures when somebody else was first; then nothing is saved.
    """
    locked = hold(figure_return)
    asked = {line.pk: line for line in locked.lines.prefetch_related("hosts", "cells")}
    _refuse_foreign(asked, cells, lines)
    conflicts: list[Conflict] = []
    new_cells = list(_changed_cells(asked, cells, conflicts, by=by, at=at))
    new_lines = list(_changed_lines(asked, lines, conflicts))
    if conflicts:
        raise StaleFigures(conflicts)
    if new_cells:
        Cell.objects.bulk_create(
            new_cells, update_conflicts=True, unique_fields=["asked", "kind", "group"],
            update_fields=[*BOXES, "version", "written_by", "written_at"],
        )  # fmt: skip
    if new_lines:
        AskedLine.objects.bulk_update([line for line, _ in new_lines], [*WORDS, "version"])
        _replace_hosts([each for each in new_lines if each[1].hosts is not None], by=by, at=at)
    if new_cells or new_lines:
        _begin(locked, figure_return)
    return len(new_cells) + len(new_lines)


def hold(figure_return: FigureReturn) -> FigureReturn:
    """The return, held so that nobody submits, withdraws or saves meanwhile."""
    locked: FigureReturn = FigureReturn.objects.select_for_update().get(pk=figure_return.pk)
    if not locked.is_editable:
        raise IllegalMove(f"These figures are now “{locked.get_state_display()}”, so they can no longer be changed.")
    return locked


def _begin(locked: FigureReturn, figure_return: FigureReturn) -> None:
    if locked.state == FigureReturn.State.ISSUED:
        FigureReturn.objects.filter(pk=locked.pk).update(state=FigureReturn.State.IN_PROGRESS, version=F("version") + 1)
        figure_return.refresh_from_db(fields=["state", "version"])


def _refuse_foreign(asked: Mapping[int, AskedLine], cells: Iterable[Entry], lines: Iterable[LineEntry]) -> None:
    """Every entry has to be a box of this return."""
    every: tuple[Entry | LineEntry, ...] = (*cells, *lines)
    for entry in every:
        line = asked.get(entry.asked)
        if line is None or (isinstance(entry, Entry) and entry.group not in _places(line, entry.kind)):
            raise IllegalMove("One of these boxes is not part of this return. Open the return again.")


def _places(line: AskedLine, kind: str) -> Sequence[str]:
    return line.reasons if kind == Cell.Kind.REASON else line.groups or [""]


def _changed_cells(
    asked: Mapping[int, AskedLine], entries: Iterable[Entry], conflicts: list[Conflict], *, by: "User", at: datetime
) -> Iterable[Cell]:
    wanted = {entry.asked for entry in entries}
    there = {(c.asked_id, c.kind, c.group): c for pk in wanted for c in asked[pk].cells.all()}
    for entry in entries:
        line = asked[entry.asked]
        cell = there.get(entry.key) or Cell(
            commissioner_id=line.commissioner_id, organisation_id=line.organisation_id, asked=line, kind=entry.kind,
            group=entry.group, version=0,
        )  # fmt: skip
        if entry.boxes in (boxes_of(cell), entry.seen):
            continue
        if entry.version is not None and entry.version != cell.version:
            conflicts.append(Conflict(cell, entry))
            continue
        for name, value in zip(BOXES, entry.boxes, strict=True):
            setattr(cell, name, value)
        cell.version, cell.written_by, cell.written_at = cell.version + 1, by, at
        yield cell


def _changed_lines(
    asked: Mapping[int, AskedLine], entries: Iterable[LineEntry], conflicts: list[Conflict]
) -> Iterable[tuple[AskedLine, LineEntry]]:
    for entry in entries:
        line = asked[entry.asked]
        if entry.fingerprint in (said(line, hosts=entry.hosts is not None), entry.seen):
            continue
        if entry.version is not None and entry.version != line.version:
            conflicts.append(Conflict(line, entry))
            continue
        for name in WORDS:
            setattr(line, name, getattr(entry, name))
        line.version += 1
        yield line, entry


def _replace_hosts(changed: Sequence[tuple[AskedLine, LineEntry]], *, by: "User", at: datetime) -> None:
    """Host areas are few and belong together: those of a changed line are written anew."""
    HostCount.objects.filter(asked__in=[line for line, _ in changed]).delete()
    HostCount.objects.bulk_create(
        HostCount(
            commissioner_id=line.commissioner_id, organisation_id=line.organisation_id, asked=line, written_by=by,
            written_at=at, **dict(zip(HOST, host.parts, strict=True)),
        )
        for line, entry in changed
        for host in entry.hosts or ()
    )  # fmt: skip


def boxes_of(cell: Cell) -> Boxes:
    """What is in the boxes now."""
    return cell.headcount, cell.denominator, cell.numerator, cell.reached_on


def said(line: AskedLine, *, hosts: bool) -> str:
    """The fingerprint of what is said about a line, with its host areas where they are asked."""
    areas = sorted((each.area, each.count, each.assurance, each.held_on) for each in line.hosts.all())
    return fingerprint(line.answer, line.answer_reason, line.narrative, line.source, areas if hosts else None)


def fingerprint(*parts: object) -> str:
    """Sixteen characters that differ when any part does."""
    return sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]


@transaction.atomic
def explain(
    figure_return: FigureReturn, said: Mapping[tuple[int, str, str], tuple[str, str]], *, by: "User", at: datetime
) -> int:
    """Keep what is said to questions of the checks, by (line, check, group): the question and the words.

    No words take an explanation back. Returns how many changed; whoever said the same before stays its author.
    """
    hold(figure_return)
    there = {
        (row.asked_id, row.check_code, row.group): row
        for row in Explanation.objects.filter(asked__figure_return=figure_return)
    }
    lines = {line.pk: line for line in figure_return.lines.all()}
    rows, gone = [], []
    for (asked, check, group), (question, words) in said.items():
        row, line = there.get((asked, check, group)), lines.get(asked)
        if line is None:
            raise IllegalMove("One of these questions is not about this return. Open the return again.")
        if not words:
            gone += [row.pk] if row else []
        elif row is None or (row.question, row.words) != (question, words):
            rows.append(
                Explanation(
                    commissioner_id=line.commissioner_id, organisation_id=line.organisation_id, asked=line,
                    check_code=check, group=group, question=question, words=words, by=by, at=at,
                )
            )  # fmt: skip
    if gone:
        Explanation.objects.filter(pk__in=gone).delete()
    if rows:
        Explanation.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["asked", "check_code", "group"],
            update_fields=["question", "words", "by", "at"],
        )  # fmt: skip
    return len(rows) + len(gone)

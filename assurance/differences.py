"""What a workbook would change in a return, worked out against the answers of this moment. Saves nothing.

Each row is one of: rejected (with the cell and the reason), changed online meanwhile (both are shown, and theirs stays
unless the person says otherwise), changed, or unchanged. An empty cell never takes an answer away.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from accounts.door import Stale
from assurance.models import ReturnWorkbook
from assurance.models.answers import Answer, Entry, fingerprint
from assurance.models.questions import Question
from assurance.spreadsheets import settled
from design.workbooks.compared import Change, Outcome


@dataclass
class Line:
    """One row of the workbook beside its question."""

    number: int
    row: dict[str, Any]
    question: Question | None
    outcome: Outcome
    words: str = ""
    changes: list[Change] = field(default_factory=list)

    @property
    def answer(self) -> Answer | None:
        """The answer that the row is about."""
        return self.question.answer if self.question else None

    @property
    def place(self) -> str:
        """Where the row stands, as a person finds it."""
        return f"{self.row['sheet']}, row {self.row['place']}"

    @property
    def key(self) -> str:
        """How a tick box names it."""
        return str(self.number)


@dataclass
class Difference:
    """The whole comparison."""

    lines: list[Line]
    absent: list[Question]

    def of(self, outcome: str) -> list[Line]:
        """The rows of one kind, in the workbook's order."""
        return [line for line in self.lines if line.outcome == outcome]

    @property
    def rejected(self) -> list[Line]:
        """Rows that cannot be taken."""
        return self.of(Outcome.REJECTED)

    @property
    def conflicts(self) -> list[Line]:
        """Rows whose answer somebody changed online since the workbook was downloaded."""
        return self.of(Outcome.CONFLICT)

    @property
    def changed(self) -> list[Line]:
        """Rows that would be saved."""
        return self.of(Outcome.CHANGED)

    @property
    def unchanged(self) -> list[Line]:
        """Rows that say what is there."""
        return self.of(Outcome.UNCHANGED)

    @property
    def taken_or_asked(self) -> list[Line]:
        """Rows of which something may be saved."""
        return [*self.changed, *self.conflicts]

    @property
    def digest(self) -> str:
        """Differs when an answer was changed after the page was shown."""
        parts = [f"{line.number}:{line.outcome}:{line.answer.version if line.answer else ''}" for line in self.lines]
        return sha256("|".join(parts).encode()).hexdigest()[:16]

    def refuse_unless_seen(self, digest: str) -> None:
        """Stale when this is another difference than the one that the person looked at."""
        if digest != self.digest:
            raise Stale("Somebody saved an answer online in the meantime. Look at the difference again.")

    def taken(self, chosen: Collection[str]) -> list[Line]:
        """What is saved when these conflicts are decided for the workbook."""
        return [*self.changed, *(line for line in self.conflicts if line.key in chosen)]

    def entries(self, chosen: Collection[str]) -> list[Entry]:
        """The answers to save; each only if it is still as it was compared."""
        return [_entry(line.row, line.answer) for line in self.taken(chosen) if line.answer is not None]

    def outcomes(self, chosen: Collection[str]) -> list[dict[str, Any]]:
        """What became of every row, for the copy that can be downloaded afterwards."""
        taken = {line.number for line in self.taken(chosen)}
        return [{"row": line.number, "words": _became(line, line.number in taken)} for line in self.lines]


def difference_of(workbook: ReturnWorkbook, questions: Sequence[Question]) -> Difference:
    """Compare what was read with the answers as they are now. No query."""
    known = {str(question.criterion.criterion_id): question for question in questions}
    lines = [
        _line(number, row, known.get(row["criterion"]), workbook.written_at) for number, row in enumerate(workbook.rows)
    ]
    there = {line.row["criterion"] for line in lines}
    return Difference(lines, [question for key, question in known.items() if key not in there])


def _line(number: int, row: dict[str, Any], question: Question | None, written_at: datetime) -> Line:
    if row["problems"] or question is None:
        words = " ".join(f"{each['cell']}: {each['words']}" for each in row["problems"])
        return Line(number, row, question, Outcome.REJECTED, words)
    answer = question.answer
    changes = _changes(row, question)
    typed = fingerprint(row["grade"], row["narrative"], row["reason"])
    if not changes:
        return Line(number, row, question, Outcome.UNCHANGED)
    if row["seen"] and typed == row["seen"]:
        return Line(
            number, row, question, Outcome.UNCHANGED, "Changed online since the download; what is online stays."
        )
    if _moved_on(row, answer, written_at):
        return Line(number, row, question, Outcome.CONFLICT, _who(answer), changes)
    return Line(number, row, question, Outcome.CHANGED, "", changes)


def _kept(row: dict[str, Any], answer: Answer) -> tuple[str, str, str]:
    """The answer as it would be: an empty cell leaves its box as it is."""
    grade = row["grade"] or answer.value.get("grade", "")
    reason = row["reason"] or (answer.not_applicable_reason if grade == answer.value.get("grade") else "")
    return grade, row["narrative"] or answer.narrative, reason


def _changes(row: dict[str, Any], question: Question) -> list[Change]:
    answer, cells = question.answer, row["cells"]
    grade, narrative, reason = _kept(row, answer)
    labels = {each.code: each.label for each in question.scheme}
    pairs = (
        ("Grade", cells["grade"], labels.get(answer.value.get("grade", ""), ""), labels.get(grade, "")),
        ("Answer", cells["narrative"], settled(answer.narrative), settled(narrative)),
        ("Why not applicable", cells["reason"], settled(answer.not_applicable_reason), settled(reason)),
    )
    return [Change(*pair) for pair in pairs if pair[2] != pair[3]]


def _moved_on(row: dict[str, Any], answer: Answer, written_at: datetime) -> bool:
    """Has somebody saved the answer since the workbook was written?"""
    if row["version"] is not None:
        return bool(answer.version != row["version"])
    return answer.answered_at is not None and answer.answered_at > written_at


def _who(answer: Answer) -> str:
    by = f" by {answer.answered_by}" if answer.answered_by else ""
    on = f" on {answer.answered_at:%-d %B %Y}" if answer.answered_at else ""
    return f"Changed online{by}{on}, after the workbook was downloaded."


def _entry(row: dict[str, Any], answer: Answer) -> Entry:
    grade, narrative, reason = _kept(row, answer)
    return Entry(answer.pk, {"grade": grade} if grade else {}, narrative, reason, version=answer.version)


def _became(line: Line, taken: bool) -> str:
    if line.outcome == Outcome.REJECTED:
        return f"Not taken. {line.words}"
    if line.outcome == Outcome.CONFLICT:
        return f"Taken. {line.words}" if taken else f"Not taken: what is online stays. {line.words}"
    if line.outcome == Outcome.CHANGED:
        return "Taken: " + ", ".join(change.what.lower() for change in line.changes)
    return line.words or "Unchanged"

"""A return as a workbook: one sheet per standard, filled in offline and read back.

``COLUMNS`` writes the sheets and reads them; a row is known by its hidden id (criterion, version and fingerprint of the
answer it was written from), so rows may be moved and sorted. The stamp says which return the workbook belongs to.
Nothing here saves: reading gives plain rows, and ``assurance.differences`` says what they would change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from assurance.models import Answer, ReturnWorkbook, SelfAssessment, Submission
from assurance.models.answers import fingerprint
from assurance.models.questions import Question
from design.workbooks import values
from design.workbooks.reading import Cell, Limits, Workbook
from design.workbooks.tables import Column, Row, Table, find_in
from design.workbooks.values import NotUnderstood
from design.workbooks.writing import Book, Notes, stamp_of, workbook_bytes
from design.workbooks.writing import Table as SheetTable
from framework.models import Grade

FORMAT = "1"
NARRATIVE, REASON = 5_000, 300
LIMITS = Limits(rows=2_000, columns=40, sheets=60, cells=40_000, elements=400_000, formulas=2_000)

COLUMNS = (
    Column("id", "Id", hidden=True, locked=True, width=4),
    Column("ref", "No.", locked=True, width=7, aliases=("Number", "Ref", "Criterion")),
    Column("question", "What we ask", kind="long", locked=True, width=52),
    Column("evidence", "What good evidence looks like", kind="long", locked=True, width=36),
    Column("do_not_send", "What not to send", kind="long", locked=True, width=24),
    Column("last", "Last year", kind="long", locked=True, width=30),
    Column("grade", "Your grade", needed=True, width=18, aliases=("Grade",)),
    Column("narrative", "Your answer", kind="long", needed=True, width=60, aliases=("Answer", "Narrative")),
    Column("reason", "If not applicable: why", kind="long", needed=True, width=28, aliases=("Reason",)),
)
WHAT_BECAME = Column("outcome", "What became of it", kind="long", locked=True, width=48)


class Foreign(Exception):
    """The workbook is not of this return, or too old for it; ``str()`` says why and what to do."""


@dataclass(frozen=True)
class ReadReturn:
    """What a workbook holds: when it was written, its rows, and what is odd about the whole."""

    written_at: datetime
    rows: list[dict[str, Any]]
    notes: list[str]


# --- Writing -------------------------------------------------------------------------------------


def return_workbook(
    assessment: SelfAssessment,
    questions: Sequence[Question],
    *,
    by: str,
    at: datetime,
    contact: dict[str, str],
    demonstration: bool = False,
) -> bytes:
    """The workbook with everything that is answered so far. Same inputs, same bytes. No query."""
    title = f"{assessment.round.name}: {assessment.organisation}"
    sheets: list[SheetTable | Notes] = [_read_me(assessment, contact, demonstration), *_sheets(questions)]
    return workbook_bytes(Book(title, sheets, at, author=by, stamp=stamp(assessment, at)))


def annotated_workbook(workbook: ReturnWorkbook, *, by: str) -> bytes:
    """What was uploaded, row by row, with what became of it. Made from what was kept. No query."""
    outcomes = {each["row"]: each["words"] for each in workbook.outcomes}
    rows = [
        {**row["typed"], "question": row["question"], "ref": row["ref"], "outcome": outcomes.get(number, "")}
        for number, row in enumerate(workbook.rows)
    ]
    shown = [column for column in (*COLUMNS, WHAT_BECAME) if column.key in
             ("ref", "question", "grade", "narrative", "reason", "outcome")]  # fmt: skip
    decided = workbook.decided_at or workbook.uploaded_at
    above = (
        f"{workbook.file_name}: what became of it",
        f"Uploaded {values.text(Cell(workbook.uploaded_at, ''))}, accepted {values.text(Cell(decided, ''))}",
    )
    sheets = [
        SheetTable(str(name), shown, list(some), above=above)
        for name, some in _by_sheet(zip(workbook.rows, rows, strict=True))
    ]
    return workbook_bytes(Book(above[0], sheets or [Notes("Nothing", above)], decided, author=by))


def _by_sheet(pairs: Iterable[tuple[dict[str, Any], dict[str, Any]]]) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    for name, some in groupby(pairs, key=lambda pair: pair[0]["sheet"]):
        yield name, [row for _, row in some]


def stamp(assessment: SelfAssessment, at: datetime) -> dict[str, str]:
    """How a workbook that comes back is known."""
    return {
        "format": FORMAT,
        "return": assessment.reference,
        "round": assessment.round.name,
        "organisation": assessment.organisation.name,
        "framework": assessment.round.framework_version.label,
        "written": at.isoformat(timespec="seconds"),
    }


def _read_me(assessment: SelfAssessment, contact: dict[str, str], demonstration: bool) -> Notes:
    ring = ", ".join(each for each in (contact.get("name", ""), contact.get("phone", "")) if each)
    lines = [
        assessment.round.name,
        f"{assessment.organisation}, for {assessment.commissioner}. Due {assessment.due_on:%-d %B %Y}.",
        "One sheet for each standard. Fill in the yellow cells: choose your grade from the list and write your answer.",
        "Leave a cell empty to leave that answer as it is online: an empty cell never takes anything away.",
        "Add evidence online, beside each question. Do not write names of patients, children or staff.",
        "When you are done, or at any time before, upload this workbook on the return’s page. You see what it changes "
        "before anything is saved. The return is signed and submitted online.",
        "Worried about someone now? Do not write it here. Ring the local authority.",
    ]
    lines += [f"Questions: ring {ring}."] if ring else []
    return Notes("Read me", [*lines, "Demonstration: invented people and organisations."] if demonstration else lines)


def _sheets(questions: Sequence[Question]) -> list[SheetTable]:
    found = []
    for number, some in groupby(questions, key=lambda question: question.criterion.standard.number):
        group = list(some)
        standard, choices = group[0].criterion.standard, tuple(grade.label for grade in group[0].scheme)
        columns = [replace(column, choices=choices) if column.key == "grade" else column for column in COLUMNS]
        above = (f"Standard {number}: {standard.title}", standard.purpose)
        rows = [_written(each) for each in group]
        found.append(SheetTable(f"Standard {number}", columns, rows, above=above, protect=True))
    return found


def _written(question: Question) -> dict[str, Any]:
    answer, wording = question.answer, question.wording
    return {
        "id": f"{question.criterion.criterion_id}/{answer.version}/{said_of(answer)}",
        "ref": question.criterion.ref,
        "question": wording.text,
        "evidence": "\n".join(wording.evidence or []),
        "do_not_send": wording.do_not_send,
        "last": _last(question),
        "grade": question.words,
        "narrative": settled(answer.narrative),
        "reason": settled(answer.not_applicable_reason),
    }


def said_of(answer: Answer) -> str:
    """The fingerprint of an answer as a workbook holds it: line ends and spaces at the ends do not count."""
    return fingerprint(answer.value.get("grade", ""), settled(answer.narrative), settled(answer.not_applicable_reason))


def settled(words: str) -> str:
    """Words as they come back from a workbook."""
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").strip()


def _last(question: Question) -> str:
    if question.last is None:
        return ""
    grade = question.last_grade.label if question.last_grade else "No grade"
    said = [f"You said: {grade}", question.last.narrative]
    said += [f"We said: {question.our_comment}"] if question.our_comment else []
    return "\n".join(each for each in said if each)


# --- Reading -------------------------------------------------------------------------------------


def read_return(workbook: Workbook, assessment: SelfAssessment, questions: Sequence[Question]) -> ReadReturn:
    """The rows of every sheet of the workbook. Foreign when it is not of this return or older than what was submitted.

    Rows keep their place, so that whatever is wrong is said beside its cell. No query but one, for the submission.
    """
    written_at = _refuse_foreign(stamp_of(workbook), assessment)
    known = {str(question.criterion.criterion_id): question for question in questions}
    offered = _words_for(questions[0].scheme) if questions else {}  # one round, one scheme
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    for sheet in workbook.sheets:
        table = find_in(sheet, COLUMNS)
        if table is None or not {"id", "ref"} & set(table.places):
            continue
        if table.problems:
            notes += [f"{problem} Its rows were not read." for problem in table.problems]
            continue
        found = [_read(row, table, known, offered) for row in table.rows()]
        if sheet.hidden and any(row["typed"]["grade"] or row["typed"]["narrative"] for row in found):
            notes.append(f"The sheet “{sheet.name}” is hidden in your workbook. Its answers are shown here too.")
        rows += found
    _refuse_doubles(rows)
    if not rows and not notes:
        raise Foreign("No sheet of this workbook has questions in it. Download the workbook again and fill that in.")
    return ReadReturn(written_at, rows, notes)


def _refuse_foreign(found: dict[str, str], assessment: SelfAssessment) -> datetime:
    again = "Download the workbook again from this page and copy your answers into it."
    if not {"format", "return", "written"} <= set(found):
        raise Foreign(f"This workbook does not say which return it belongs to: its hidden sheet is missing. {again}")
    if found["return"] != assessment.reference:
        whose = f"“{found.get('round', '')[:80]}” of {found.get('organisation', '')[:80]}"
        raise Foreign(f"This workbook belongs to another return: {whose}. Choose the one downloaded from this page.")
    if found["format"] != FORMAT:
        raise Foreign(f"This workbook was made by another version of the portal. {again}")
    try:
        written = datetime.fromisoformat(found["written"])
    except ValueError as problem:
        raise Foreign(f"The hidden sheet of this workbook has been changed. {again}") from problem
    submitted = Submission.objects.filter(self_assessment=assessment, submitted_at__gt=written).order_by("number")
    if newer := submitted.first():
        day = f"{newer.submitted_at:%-d %B %Y}"
        raise Foreign(f"This workbook is older than what was submitted on {day}. {again}")
    return written


def _read(row: Row, table: Table, known: dict[str, Question], offered: dict[str, str]) -> dict[str, Any]:
    """One row as plain data: what was typed, what it means, and what is wrong with it by cell."""
    criterion, version, seen = _id(row)
    ref = _line(row["ref"])
    question = known.get(criterion) or next((each for each in known.values() if each.criterion.ref == ref), None)
    found: dict[str, Any] = {
        "sheet": table.sheet.name,
        "place": row.number,
        "criterion": str(question.criterion.criterion_id) if question else criterion,
        "ref": question.criterion.ref if question else ref,
        "question": question.wording.text if question else _line(row["question"])[:500],
        "version": version,
        "seen": seen,
        "cells": {key: row[key].ref for key in ("grade", "narrative", "reason")},
        "typed": {key: _line(row[key]) for key in ("grade", "narrative", "reason")},
        "grade": "", "narrative": "", "reason": "",
        "problems": [],
    }  # fmt: skip
    if question is None:
        where = row["ref"].ref or row["grade"].ref
        found["problems"].append({"cell": where, "words": "This row is not one of the questions of this return."})
    else:
        _understand(found, row, question, offered)
    return found


def _understand(found: dict[str, Any], row: Row, question: Question, offered: dict[str, str]) -> None:
    readers = (
        ("grade", lambda cell: values.choice(cell, offered) or ""),
        ("narrative", lambda cell: values.text(cell, most=NARRATIVE)),
        ("reason", lambda cell: values.line(cell, most=REASON)),
    )
    for key, reader in readers:
        try:
            found[key] = reader(row[key])
        except NotUnderstood as problem:
            words = str(problem)
            found["problems"].append({"cell": row[key].ref, "words": words[0].upper() + words[1:]})
    if found["grade"] and found["grade"] not in {grade.code for grade in question.grades}:
        words = f"{question.criterion.ref} cannot be left out as not applicable. Choose another grade."
        found["problems"].append({"cell": row["grade"].ref, "words": words})
    excludes = any(grade.code == found["grade"] and grade.excludes for grade in question.scheme)
    found["reason"] = found["reason"] if excludes else ""


def _words_for(scheme: Iterable[Grade]) -> dict[str, str]:
    """What may be typed for a grade: its label first, then its letter, its code and its code's initial (G, A, R)."""
    found: dict[str, str] = {}
    grades = list(scheme)
    for words in (
        [(grade.label, grade.code) for grade in grades],
        [(grade.letter, grade.code) for grade in grades],
        [(grade.code, grade.code) for grade in grades],
        [("n/a", grade.code) for grade in grades if grade.excludes],
        [(grade.code[:1], grade.code) for grade in grades if not grade.excludes],
    ):
        known = {values.plain(word) for word in found}
        found |= {word: code for word, code in words if word and values.plain(word) not in known}
    return found


def _id(row: Row) -> tuple[str, int | None, str]:
    """Criterion, version and fingerprint; empty when the hidden column is gone or was changed."""
    parts = _line(row["id"]).split("/")
    if len(parts) != 3 or not parts[1].isdigit():
        return "", None, ""
    return parts[0], int(parts[1][:9]), parts[2][:16]


def _line(cell: Cell) -> str:
    """The words as they stand, for showing; nothing when they cannot be read."""
    try:
        return values.text(cell)[:NARRATIVE]
    except NotUnderstood:
        return ""


def _refuse_doubles(rows: list[dict[str, Any]]) -> None:
    places: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        places.setdefault(row["criterion"] or row["ref"], []).append(row)
    for some in places.values():
        for row in some if len(some) > 1 else []:
            others = ", ".join(f"{each['sheet']} row {each['place']}" for each in some if each is not row)
            words = f"{row['ref']} stands twice: also in {others}. Keep one of them."
            row["problems"].append({"cell": row["cells"]["grade"], "words": words})

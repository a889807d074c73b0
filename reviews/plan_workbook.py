"""The plan of one review as a workbook: a row for each open action, and progress that comes back in bulk.

``COLUMNS`` writes it and reads it back. The stamp says of which review it is, the hidden column which version of each
action was written, so that nothing is saved over what somebody has reported since. Nothing is saved here: ``compare``
says what would be.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from actions.models import Action
from design.workbooks.reading import Cell, Workbook
from design.workbooks.tables import Column, Row, find
from design.workbooks.values import NotUnderstood, choice, line, text
from design.workbooks.writing import Book, Notes, Table, stamp_of, workbook_bytes
from reviews.models import Review

KIND, EDITION = "review-plan", "1"
MUCH = 2_000
OUTLOOKS = {label: value for value, label in Action.Outlook.choices}
COLUMNS = (
    Column("reference", "Action", width=14, needed=True, locked=True),
    Column("recommendation", "Recommendation", width=14, locked=True),
    Column("organisation", "Organisation", width=36, locked=True),
    Column("text", "What is to be done", "long", width=50, locked=True),
    Column("owner", "Owner", width=24, locked=True),
    Column("original", "Originally due", "day", width=14, locked=True),
    Column("due", "Due now", "day", width=14, locked=True),
    Column("state", "State", width=24, locked=True),
    Column("progress", "Progress since", "long", width=60, needed=True),
    Column("outlook", "On track or at risk", width=20, needed=True, choices=tuple(OUTLOOKS)),
    Column("version", "Version", width=8, needed=True, locked=True, hidden=True),
)
HOW = (
    "Progress on the actions of one review",
    "Write in the two yellow columns only. Leave a row as it is when there is nothing to report.",
    "Each report says how it is going and whether the action is on track or at risk.",
    "No names, NHS numbers or dates of birth of patients, children or families.",
    "Upload it on the page of the review. What would be saved is shown first, and nothing is saved before.",
    "This workbook is for the people named on the review. Delete it when you have uploaded it.",
)
AGAIN = "Download the workbook of this review again, fill it in and choose that one."


class NotThisPlan(Exception):
    """The whole workbook cannot be taken; ``str()`` says what to do."""


def open_actions(review: Review, *, on: date) -> Any:
    """The actions of a review that are still to be done, as they stand in the workbook."""
    rows = Action.objects.filter(review_part__recommendation__review=review, state__in=Action.TO_DO)
    named = rows.with_status(on=on).select_related("organisation", "owner", "review_part__recommendation")
    return named.order_by("organisation__name", "due_on", "pk")


def written(review: Review, actions: Iterable[Action], *, by: str, at: datetime) -> bytes:
    """The workbook."""
    stamp = {"kind": KIND, "edition": EDITION, "review": review.reference, "written": at.isoformat()}
    above = (f"Open actions of review {review.reference}", "Write in the yellow columns only.")
    table = Table("Actions", COLUMNS, [_row(each) for each in actions], above=above, protect=True)
    title = f"Plan of review {review.reference}"
    return workbook_bytes(Book(title, [table, Notes("How to fill it in", HOW)], at, author=by, stamp=stamp))


def _row(action: Any) -> dict[str, Any]:
    return {
        "reference": action.reference, "recommendation": action.review_part.recommendation.number,
        "organisation": action.organisation.name, "text": action.text, "owner": action.owner_in_words,
        "original": action.original_due_on, "due": action.due_on, "state": action.status.words,
        "progress": "", "outlook": "", "version": str(action.version),
    }  # fmt: skip


@dataclass
class Report:
    """What a row would save, or why it is not taken; ``cell`` is where to look."""

    action: Any = None
    progress: str = ""
    outlook: str = ""
    cell: str = ""
    problem: str = ""
    reference: str = ""


@dataclass
class Compared:
    """The rows of an upload: what would be saved, what is as it was, what is not taken."""

    changed: list[Report] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Report] = field(default_factory=list)


def compare(workbook: Workbook, review: Review, actions: Iterable[Action]) -> Compared:
    """What each row would save. NotThisPlan for a workbook of something else or without its columns."""
    stamp = stamp_of(workbook)
    if stamp.get("kind") != KIND or stamp.get("edition") != EDITION:
        raise NotThisPlan(f"This is not the workbook of a review’s actions. {AGAIN}")
    if stamp.get("review") != review.reference:
        raise NotThisPlan(f"This is the workbook of another review, so nothing of it was read. {AGAIN}")
    table = find(workbook, COLUMNS)
    if table is None or table.problems:
        raise NotThisPlan(f"{table.problems[0] if table else 'The table is missing.'} Or: {AGAIN}")
    found, seen, known = Compared(), set(), {each.reference: each for each in actions}
    for row in table.rows():
        report = _read(row, known)
        if report.reference in seen:
            report.problem = "This action stands in an earlier row already. Remove one of the two."
        seen.add(report.reference)
        if report.problem:
            found.refused.append(report)
        elif report.progress:
            found.changed.append(report)
        else:
            found.unchanged += 1
    return found


def _read(row: Row, known: dict[str, Any]) -> Report:
    """One row."""
    report = Report(cell=row["reference"].ref or f"row {row.number}")
    try:
        report.reference = line(row["reference"])
        report.progress, report.cell = _said(row["progress"])
        outlook = choice(row["outlook"], OUTLOOKS)
    except NotUnderstood as problem:
        bad = next((row[key] for key in ("reference", "progress", "outlook") if row[key].problem), row["outlook"])
        report.cell, report.problem = bad.ref, f"This cell {problem}"
        return report
    report.outlook, report.action = outlook or "", known.get(report.reference)
    if not (report.progress or outlook):
        return report
    if report.action is None:
        report.problem = "No open action of this review has this reference: it was closed, completed or never there."
    elif line(row["version"]) != str(report.action.version):
        report.problem = f"Somebody has changed this action since the workbook was downloaded. {AGAIN}"
    elif not report.progress:
        report.problem = "Write how it is going as well."
    elif not outlook:
        report.cell, report.problem = row["outlook"].ref, "Choose “On track” or “At risk” as well."
    return report


def _said(cell: Cell) -> tuple[str, str]:
    return text(cell, most=MUCH), cell.ref

"""The exception report as a file: on A4, and as a workbook with everything that the paper cuts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from design import pdf
from design.calendar import LONDON
from design.workbooks.tables import Column
from design.workbooks.writing import Book, Notes, Table, workbook_bytes
from training.exception_report import TITLE, Below, Report
from training.resolver.trends import EIGHT
from training.words import MORE

# More than a meeting reads; the workbook has all of them.
MOST = 200
LINES = (
    Column("provider", "Provider", width=34),
    Column("line", "Line", width=44),
    Column("n", "Counted", "number", 10),
    Column("d", "Of", "number", 10),
    Column("value", "Value", "percent", 12),
    Column("threshold", "Threshold", width=12),
    Column("short", "Short", width=26),
    Column("run", "Periods below running", "number", 12),
    Column("need", "To get there", width=50),
    Column("planned", "Planned by then", width=14),
    Column("plan", "Plan", width=40),
    Column("why", "Why it is below", "long", 50),
    Column("done", "What is done", "long", 50),
)
MISSING = (
    Column("provider", "Provider", width=34),
    Column("due", "Due", "day", 14),
    Column("late", "Days late", "number", 10),
    Column("state", "State", width=24),
)
QUERIES = (
    Column("reference", "Question", width=14),
    Column("provider", "Provider", width=34),
    Column("line", "Line", width=44),
    Column("period", "Period", width=14),
    Column("words", "What is asked", "long", 60),
    Column("age", "Days open", "number", 10),
    Column("due", "Due", "day", 14),
    Column("state", "State", width=24),
)
CHANGED = (
    Column("provider", "Provider", width=34),
    Column("line", "Line", width=44),
    Column("before", "Before", width=24),
    Column("after", "After", width=24),
    Column("at", "Known since", "moment", 18),
    Column("reason", "Why", "long", 50),
)


def as_pdf(report: Report, *, by: str, demonstration: bool) -> bytes:
    """A4, landscape where rows are long."""
    told = {
        "report": report, "title": report.title, "at": report.at, "by": by, "demonstration": demonstration,
        "lines": report.below[:MOST], "more": max(0, report.count - MOST),
    }  # fmt: skip
    sheets = (pdf.stylesheet("print"), pdf.stylesheet("figures_exception"))
    html = render_to_string("reports/figures_exception.html", told)
    return pdf.render(html, title=report.title, at=report.at, stylesheets=sheets, apart=True)


def as_workbook(report: Report, *, by: str, demonstration: bool) -> bytes:
    """A sheet for each part, and one that says what it is."""
    mark = ["Demonstration data: nothing here is about a real organisation."] if demonstration else []
    about = [report.title, *mark, *said(report, by)]
    sheets: Sequence[Table | Notes] = [
        Notes("About", about),
        _sheet("Below threshold", LINES, [_line(each) for each in report.below], report, mark),
        _sheet("No return received", MISSING, _missing(report), report, mark),
        _sheet("Open questions", QUERIES, _queries(report), report, mark),
        _sheet("Corrected", CHANGED, _changed(report), report, mark),
    ]
    return workbook_bytes(Book(report.title, sheets, report.at, author=by))


def said(report: Report, by: str) -> list[str]:
    """What a reader has to know, on paper and in the workbook alike."""
    arrived = ", ".join(f"{channel.lower()} {n:,}" for channel, n in report.channels) or "nothing"
    return [
        f"{report.commissioner.name}, {report.period.label}: figures as at {report.period.ends_on:%-d %B %Y}, as known "
        f"on {_moment(report.at)}. Made by {by}.",
        f"{report.coverage}. {report.count:,} of {report.judged:,} figures with a threshold are below it.",
        f"Received: {arrived}. Shares are compared unrounded and shown with one decimal. Periods below running are "
        f"counted over {EIGHT} periods: {EIGHT} stands for {MORE}.",
        *([] if report.reads else ["Recovery plans and questions about figures are not shown to you."]),
    ]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%-d %B %Y, %H:%M}"


def _sheet(
    name: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], report: Report, mark: list[str]
) -> Table:
    return Table(name, columns, rows, above=[f"{TITLE}: {name.lower()}", *mark, report.title], filters=True, staying=1)


def _line(each: Below) -> Mapping[str, Any]:
    return {
        "provider": each.organisation.name, "line": each.line.name, "n": each.cell.n, "d": each.cell.d,
        "value": each.said, "threshold": each.threshold_said, "short": each.short, "run": each.run,
        "need": each.need.words if each.need else "", "planned": each.planned, "plan": each.plan_said,
        "why": each.plan.why_below if each.plan else "", "done": each.plan.what_is_done if each.plan else "",
    }  # fmt: skip


def _missing(report: Report) -> list[Mapping[str, Any]]:
    return [
        {"provider": row.organisation.name, "due": row.due_on, "late": late, "state": row.get_state_display()}
        for row, late in report.missing
    ]


def _queries(report: Report) -> list[Mapping[str, Any]]:
    return [
        {
            "reference": row.reference, "provider": row.organisation.name, "line": row.asked.line.name,
            "period": row.figure_return.period.label, "words": row.question, "age": age, "due": row.due_on,
            "state": row.get_state_display(),
        }
        for row, age in report.queries
    ]  # fmt: skip


def _changed(report: Report) -> list[Mapping[str, Any]]:
    return [
        {"provider": each.organisation, "line": each.line, "before": each.before, "after": each.after, "at": each.at,
         "reason": each.reason}
        for each in report.corrections
    ]  # fmt: skip

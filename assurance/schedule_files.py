"""The contract schedule as files: a tagged PDF and a Word document, both from the same ``Schedule``.

Both begin with the stamp of the version and carry it at the foot of each page. Nothing is looked up or worked out here.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.template.loader import render_to_string
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from assurance.contract_schedule import Asked, Schedule
from design import pdf

LANGUAGE = "en-GB"
DEMONSTRATION = "Demonstration: invented people and organisations. Not for use in a contract."
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def schedule_pdf(schedule: Schedule, *, at: datetime, demonstration: bool = False) -> bytes:
    """The tagged PDF. The same schedule and moment give the same bytes."""
    said = {"schedule": schedule, "title": schedule.title, "demonstration": demonstration}
    return pdf.render(render_to_string("reports/schedule.html", said), title=schedule.title, at=at, apart=True)


def schedule_docx(schedule: Schedule, *, at: datetime, demonstration: bool = False) -> bytes:
    """The Word document, with headings, header rows that repeat, and its language."""
    out = io.BytesIO()
    WordSchedule(schedule, at, demonstration).document.save(out)
    return out.getvalue()


class WordSchedule:
    """One Word document being put together, in the order of the PDF."""

    def __init__(self, schedule: Schedule, at: datetime, demonstration: bool) -> None:
        self.schedule, self.document = schedule, Document()
        self._set_up(at)
        if demonstration:
            self.document.add_paragraph(DEMONSTRATION, style="Intense Quote")
        self.document.add_heading(schedule.title, 0)
        self._table(("What", "Which"), schedule.facts, (5, 12))
        self._levels()
        for part in schedule.parts:
            self.document.add_heading(f"Standard {part.number}: {part.title}", 1)
            self.document.add_paragraph(part.purpose)
            self._asked(part.asked)

    def _set_up(self, at: datetime) -> None:
        """A4, the house's type, the language, who wrote it and when, and the stamp with page numbers below."""
        about, section = self.document.core_properties, self.document.sections[0]
        about.title, about.author, about.language = self.schedule.title, self.schedule.commissioner, LANGUAGE
        about.created = about.modified = at.astimezone(UTC).replace(tzinfo=None)
        section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = "Arial", Pt(10)
        language = OxmlElement("w:lang")
        for name in ("w:val", "w:eastAsia"):
            language.set(qn(name), LANGUAGE)
        normal.element.get_or_add_rPr().append(language)
        foot = section.footer.paragraphs[0]
        foot.add_run(f"{self.schedule.stamp}. Page ").font.size = Pt(7)
        self._page_number(foot)

    def _page_number(self, paragraph: Any) -> None:
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        paragraph._p.append(field)

    def _levels(self) -> None:
        said = self.schedule
        if said.dates:
            self.document.add_heading("Reporting", 1)
            self._table(("What", "When"), said.dates, (5, 12))
        self.document.add_heading("Grades", 1)
        self._table(("Grade", "What it means"), ((each.label, each.meaning) for each in said.grades), (4, 13))
        self.document.add_heading("Levels of assurance", 1)
        self._table(("Level", "What it means"), ((each.label, each.meaning) for each in said.levels), (4, 13))
        if said.floors:
            self.document.add_heading("How a level is reached", 2)
            for words in (*said.floors, *said.rules):
                self.document.add_paragraph(words, style="List Bullet")

    def _asked(self, asked: Iterable[Asked]) -> None:
        rows = [(each.ref, _together(each.text, each.marks), _evidence(each)) for each in asked]
        self._table(("No.", "What is asked", "What to send"), rows, (1.5, 8.5, 7))

    def _table(self, headings: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]) -> None:
        """A table whose heading row repeats on every page."""
        table = self.document.add_table(rows=1, cols=len(headings), style="Table Grid")
        table.autofit = False
        repeat = OxmlElement("w:tblHeader")
        repeat.set(qn("w:val"), "true")
        table.rows[0]._tr.get_or_add_trPr().append(repeat)
        self._fill(table.rows[0], headings, widths, bold=len(headings))
        for words in rows:
            row = table.add_row()
            whole = OxmlElement("w:cantSplit")
            row._tr.get_or_add_trPr().append(whole)
            self._fill(row, words, widths, bold=1)

    def _fill(self, row: Any, words: Sequence[str], widths: Sequence[float], *, bold: int) -> None:
        for place, (cell, said, width) in enumerate(zip(row.cells, words, widths, strict=True)):
            cell.width = Cm(width)
            run = cell.paragraphs[0].add_run(said)
            run.font.size, run.bold = Pt(9), place < bold


def _together(*words: str) -> str:
    return "\n".join(each for each in words if each)


def _evidence(asked: Asked) -> str:
    """What to send, one thing a line, and what not."""
    not_sent = f"Do not send: {asked.do_not_send}" if asked.do_not_send else ""
    return _together(*(f"– {each}" for each in asked.evidence), not_sent)

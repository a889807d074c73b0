"""The contract schedule as files: a tagged PDF and a Word document, both from the same ``Schedule``.

Both begin with the stamp of the version and carry it at the foot of each page. Nothing is looked up or worked out here.
"""

import gc
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.template.loader import render_to_string
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from assurance.contract_schedule import Asked, Schedule
from design import pdf

LANGUAGE = "en-GB"
DEMONSTRATION = "Demonstration: invented people and organisations. Not for use in a contract."
TYPE, BLUE, HEADING_ROW = "Arial", RGBColor(0x00, 0x5E, 0xB8), "E8EDEE"
# The styles of the document, with their sizes in points.
HEADINGS = (("Title", 20), ("Heading 1", 14), ("Heading 2", 11))
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def schedule_pdf(schedule: Schedule, *, at: datetime, demonstration: bool = False) -> bytes:
    """The tagged PDF. The same schedule and moment give the same bytes."""
    said = {"schedule": schedule, "title": schedule.title, "demonstration": demonstration}
    return pdf.render(render_to_string("reports/schedule.html", said), title=schedule.title, at=at, apart=True)


def schedule_docx(schedule: Schedule, *, at: datetime, demonstration: bool = False) -> bytes:
    """The Word document, with headings, header rows that repeat, and its language."""
    out = io.BytesIO()
    WordSchedule(schedule, at, demonstration).document.save(out)
    # The parts of a document point at each other and hold megabytes in few objects: not left to the usual search.
    gc.collect()
    return out.getvalue()


@dataclass(frozen=True)
class Said:
    """One paragraph in a cell."""

    words: str
    bold: bool = False
    listed: bool = False


class WordSchedule:
    """One Word document being put together, in the order of the PDF."""

    def __init__(self, schedule: Schedule, at: datetime, demonstration: bool) -> None:
        self.schedule, self.document = schedule, Document()
        self._set_up(at)
        self._head_and_foot(demonstration)
        self.document.add_heading(schedule.title, 0)
        self._table(("What", "Which"), _plain(schedule.facts), (5, 12))
        self._levels()
        for part in schedule.parts:
            self.document.add_heading(f"Standard {part.number}: {part.title}", 1)
            self.document.add_paragraph(part.purpose).paragraph_format.keep_with_next = True
            self._asked(part.asked)

    def _set_up(self, at: datetime) -> None:
        """A4, the house's type and colour, the language, who wrote it and when."""
        about, section = self.document.core_properties, self.document.sections[0]
        about.title, about.author, about.language = self.schedule.title, self.schedule.commissioner, LANGUAGE
        about.created = about.modified = at.astimezone(UTC).replace(tzinfo=None)
        section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(2.2)
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = TYPE, Pt(10)
        language = OxmlElement("w:lang")
        for name in ("w:val", "w:eastAsia"):
            language.set(qn(name), LANGUAGE)
        normal.element.get_or_add_rPr().append(language)
        for name, size in HEADINGS:
            self._heading(self.document.styles[name], size)

    def _heading(self, style: Any, size: int) -> None:
        """In the house's type and colour, instead of that of whichever program opens it."""
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for name in [name for name in fonts.attrib if name.endswith("Theme")]:
            del fonts.attrib[name]
        style.font.name, style.font.size, style.font.bold, style.font.color.rgb = TYPE, Pt(size), True, BLUE

    def _head_and_foot(self, demonstration: bool) -> None:
        """On each page: that it is a demonstration, if it is one; the stamp, and which page of how many."""
        section = self.document.sections[0]
        if demonstration:
            head = section.header.paragraphs[0].add_run(DEMONSTRATION)
            head.bold, head.font.size = True, Pt(9)
        foot = section.footer.paragraphs[0]
        foot.add_run(f"{self.schedule.stamp}. Page ").font.size = Pt(7)
        self._field(foot, "PAGE")
        foot.add_run(" of ").font.size = Pt(7)
        self._field(foot, "NUMPAGES")

    def _field(self, paragraph: Any, name: str) -> None:
        """A number that the program fills in, as small as the words around it."""
        run = paragraph.add_run("1")
        run.font.size = Pt(7)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), name)
        field.append(run._r)
        paragraph._p.append(field)

    def _levels(self) -> None:
        said = self.schedule
        if said.dates:
            self.document.add_heading("Reporting", 1)
            self._table(("What", "When"), _plain(said.dates), (5, 12))
        self.document.add_heading("Grades", 1)
        self._table(("Grade", "What it means"), _plain((each.label, each.meaning) for each in said.grades), (4, 13))
        self.document.add_heading("Levels of assurance", 1)
        self._table(("Level", "What it means"), _plain((each.label, each.meaning) for each in said.levels), (4, 13))
        if said.floors:
            self.document.add_heading("How a level is reached", 2)
            for words in (*said.floors, *said.rules):
                self.document.add_paragraph(words, style="List Bullet")

    def _asked(self, asked: Iterable[Asked]) -> None:
        rows = [([Said(each.ref, bold=True)], _question(each), _evidence(each)) for each in asked]
        self._table(("No.", "What is asked", "What to send"), rows, (1.5, 8.5, 7))

    def _table(
        self, headings: Sequence[str], rows: Iterable[Sequence[Sequence[Said]]], widths: Sequence[float]
    ) -> None:
        """A table whose heading row repeats on every page and stays with the row below it."""
        table = self.document.add_table(rows=1, cols=len(headings), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):  # some programs ask the column, some the cell
            column.width = Cm(width)
        head = table.rows[0]
        _mark(head._tr.get_or_add_trPr(), "w:cantSplit")
        _mark(head._tr.get_or_add_trPr(), "w:tblHeader")
        self._fill(head, [[Said(words, bold=True)] for words in headings], widths)
        for cell in head.cells:
            _mark(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill=HEADING_ROW)
            cell.paragraphs[0].paragraph_format.keep_with_next = True
        for cells in rows:
            row = table.add_row()
            _mark(row._tr.get_or_add_trPr(), "w:cantSplit")
            self._fill(row, cells, widths)

    def _fill(self, row: Any, cells: Sequence[Sequence[Said]], widths: Sequence[float]) -> None:
        for cell, paragraphs, width in zip(row.cells, cells, widths, strict=True):
            cell.width = Cm(width)
            for place, said in enumerate(paragraphs):
                paragraph = cell.add_paragraph() if place else cell.paragraphs[0]
                if said.listed:
                    paragraph.style = self.document.styles["List Bullet"]
                    paragraph.paragraph_format.left_indent = Cm(0.4)
                    paragraph.paragraph_format.first_line_indent = Cm(-0.4)
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
                run = paragraph.add_run(said.words)
                run.font.size, run.bold = Pt(9), said.bold


def _mark(properties: Any, name: str, **attributes: str) -> None:
    """A property that the library has no word for."""
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    properties.append(element)


def _plain(rows: Iterable[Sequence[str]]) -> list[list[list[Said]]]:
    """Rows of one paragraph a cell, the first in bold."""
    return [[[Said(words, bold=not place)] for place, words in enumerate(row)] for row in rows]


def _question(asked: Asked) -> list[Said]:
    return [Said(asked.text), *([Said(asked.marks, bold=True)] if asked.marks else [])]


def _evidence(asked: Asked) -> list[Said]:
    """What to send, as a list, and what not."""
    found = [Said(each, listed=True) for each in asked.evidence]
    return found + ([Said(f"Do not send: {asked.do_not_send}")] if asked.do_not_send else [])

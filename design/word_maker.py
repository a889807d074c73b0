"""Puts a Word document together. Knows no Django; ``design/word.py`` is the way in.

Run as a program: a JSON question on standard input, the file on standard output.
"""

import io
import json
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

MEMORY = 1 << 30
CPU_SECONDS = 60
LANGUAGE = "en-GB"
TYPE, BLUE, HEADING_ROW = "Arial", RGBColor(0x00, 0x5E, 0xB8), "E8EDEE"
# The styles of the document, with their sizes in points.
HEADINGS = (("Title", 20), ("Heading 1", 14), ("Heading 2", 11))


class Paper:
    """One document being put together."""

    def __init__(self, *, title: str, author: str, at: str, foot: str, head: str) -> None:
        self.document = Document()
        self._set_up(title, author, datetime.fromisoformat(at))
        self._head_and_foot(head, foot)

    def bytes(self) -> bytes:
        """The finished file."""
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def heading(self, words: str, level: int) -> None:
        """A heading; level 0 is the title."""
        self.document.add_heading(words, level)

    def introduction(self, words: str) -> None:
        """A paragraph that stays with what follows it."""
        self.document.add_paragraph(words).paragraph_format.keep_with_next = True

    def listed(self, words: str) -> None:
        """One line of a list."""
        self.document.add_paragraph(words, style="List Bullet")

    def table(self, headings: Sequence[str], rows: Sequence[Any], widths: Sequence[float]) -> None:
        """A table whose heading row repeats on every page and stays with the row below it."""
        table = self.document.add_table(rows=1, cols=len(headings), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):  # some programs ask the column, some the cell
            column.width = Cm(width)
        head = table.rows[0]
        _mark(head._tr.get_or_add_trPr(), "w:cantSplit")
        _mark(head._tr.get_or_add_trPr(), "w:tblHeader")
        self._fill(head, [[(words, True, False)] for words in headings], widths)
        for cell in head.cells:
            _mark(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill=HEADING_ROW)
            cell.paragraphs[0].paragraph_format.keep_with_next = True
        for cells in rows:
            row = table.add_row()
            _mark(row._tr.get_or_add_trPr(), "w:cantSplit")
            self._fill(row, cells, widths)

    def _fill(self, row: Any, cells: Sequence[Sequence[tuple[str, bool, bool]]], widths: Sequence[float]) -> None:
        for cell, paragraphs, width in zip(row.cells, cells, widths, strict=True):
            cell.width = Cm(width)
            for place, (words, bold, listed) in enumerate(paragraphs):
                paragraph = cell.add_paragraph() if place else cell.paragraphs[0]
                if listed:
                    paragraph.style = self.document.styles["List Bullet"]
                    paragraph.paragraph_format.left_indent = Cm(0.4)
                    paragraph.paragraph_format.first_line_indent = Cm(-0.4)
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
                run = paragraph.add_run(words)
                run.font.size, run.bold = Pt(9), bold

    def _set_up(self, title: str, author: str, at: datetime) -> None:
        """A4, the house's type and colour, the language, who wrote it and when."""
        about, section = self.document.core_properties, self.document.sections[0]
        about.title, about.author, about.language = title, author, LANGUAGE
        about.created = about.modified = at
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

    def _head_and_foot(self, head: str, foot: str) -> None:
        """On each page: what stands above it, if anything does; the stamp, and which page of how many."""
        section = self.document.sections[0]
        if head:
            above = section.header.paragraphs[0].add_run(head)
            above.bold, above.font.size = True, Pt(9)
        below = section.footer.paragraphs[0]
        below.add_run(f"{foot}. Page ").font.size = Pt(7)
        self._field(below, "PAGE")
        below.add_run(" of ").font.size = Pt(7)
        self._field(below, "NUMPAGES")

    def _field(self, paragraph: Any, name: str) -> None:
        """A number that the program fills in, as small as the words around it."""
        run = paragraph.add_run("1")
        run.font.size = Pt(7)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), name)
        field.append(run._r)
        paragraph._p.append(field)


def _mark(properties: Any, name: str, **attributes: str) -> None:
    """A property that the library has no word for."""
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    properties.append(element)


def make(question: Mapping[str, Any]) -> bytes:
    """The file of one question."""
    about = {name: value for name, value in question.items() if name != "blocks"}
    paper = Paper(**about)
    draw: Mapping[str, Callable[..., None]] = {
        "heading": paper.heading, "introduction": paper.introduction, "listed": paper.listed, "table": paper.table,
    }  # fmt: skip
    for kind, given in question["blocks"]:
        draw[kind](**given)
    return paper.bytes()


def main() -> int:
    """Answer the one question on standard input, within limits of memory and time."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(make(json.load(sys.stdin.buffer)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

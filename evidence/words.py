"""Reads the words out of an uploaded file, so that the guard can look at them. Knows no Django.

Run in a process of its own, which has loaded what reading needs and forks a child for each file (design/forking.py),
or as a script: ``python -I words.py FILE``. The child limits its own memory and time, reads the file only, and prints
one JSON object: ``{"parts": [["page 3", "the words"], …], "whole": true}``. A part of a document has a place that a
person finds again: a page, a slide, a sheet with its cell, a paragraph. ``whole`` is false when the time or the room
ended first. A picture of a page has no words: then there are no parts, and nothing is known.
"""

import csv
import io
import json
import re
import resource
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from xml.parsers import expat

SECONDS = 30  # by the clock; of processor time a child has less
IDLE = 300.0
MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 15
READING_SECONDS = 8.0
MOST = 1_500_000
PART = 40_000_000
Part = tuple[str, str]
IN_A_DOCUMENT = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
IN_A_SLIDE = re.compile(r"ppt/(slides|notesSlides|comments)/\w*?(\d+)\.xml")
NAMED = {
    "document": "paragraph", "header": "header, line", "footer": "footer, line", "footnotes": "footnotes, line",
    "endnotes": "endnotes, line", "comments": "comments, line",
}  # fmt: skip


def parts_of(path: Path) -> Iterator[Part]:
    """The words with their places, whatever the file is."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"%PDF-"):
        yield from _pdf(path)
    elif head.startswith(b"PK"):
        yield from _office(path)
    elif not head.startswith((b"\x89PNG", b"\xff\xd8")):
        yield from _plain(path)


def _pdf(path: Path) -> Iterator[Part]:
    from pypdf import PdfReader

    for n, page in enumerate(PdfReader(path, strict=False).pages, start=1):
        yield f"page {n}", page.extract_text()


def _plain(path: Path) -> Iterator[Part]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    lines = text.splitlines()
    if lines and lines[0].count(",") + lines[0].count(";") + lines[0].count("\t") >= 1 and len(lines) > 1:
        separator = max(",;\t", key=lines[0].count)
        yield from _cells("", csv.reader(io.StringIO(text), delimiter=separator))
    for n, line in enumerate(lines, start=1):
        yield f"line {n}", line


def _office(path: Path) -> Iterator[Part]:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" in names:
            yield from _workbook(path)
            return
        for name in names:
            if found := IN_A_DOCUMENT.fullmatch(name):
                kind = NAMED[found[1].rstrip("0123456789")]
                yield from ((f"{kind} {n}", text) for n, text in _paragraphs(archive, name))
            elif found := IN_A_SLIDE.fullmatch(name):
                what = {"slides": "slide", "notesSlides": "notes of slide", "comments": "comment"}[found[1]]
                yield f"{what} {found[2]}", " ".join(text for _, text in _paragraphs(archive, name))


class Lines:
    """Collects paragraphs; the cells of a table's row are one line, so that a heading stands beside what it names."""

    def __init__(self) -> None:
        self.lines: list[list[str]] = [[]]
        self.rows = 0
        self.inside = False

    def start(self, element: str, _: dict[str, str]) -> None:
        """An element opens."""
        name = element.rsplit(" ", 1)[-1]
        self.rows += name == "tr"
        self.inside = name == "t"
        if name in ("tab", "br"):
            self.lines[-1].append(" ")

    def end(self, element: str) -> None:
        """An element closes."""
        name, self.inside = element.rsplit(" ", 1)[-1], False
        if name == "tr":
            self.rows -= 1
            self.lines.append([])
        elif name == "p" and self.rows:
            self.lines[-1].append(" ")
        elif name == "p":
            self.lines.append([])

    def words(self, text: str) -> None:
        """What stands in a run of text."""
        if self.inside:
            self.lines[-1].append(text)


def _paragraphs(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[int, str]]:
    """The paragraphs of a part by their number; nothing of one that is too large."""
    if archive.getinfo(name).file_size > PART:
        return
    lines, parser = Lines(), expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lines.start
    parser.EndElementHandler = lines.end
    parser.CharacterDataHandler = lines.words
    parser.Parse(archive.read(name), True)
    for n, line in enumerate(lines.lines, start=1):
        if words := "".join(line).strip():
            yield n, words


def _workbook(path: Path) -> Iterator[Part]:
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        for name in book.sheet_names:
            yield from _cells(f"{name}!", book.get_sheet_by_name(name).iter_rows())


def _cells(sheet: str, rows: Iterable[Sequence[object]]) -> Iterator[Part]:
    """Each cell with the heading of its column, so that a date under "DOB" is known for what it is."""
    headings: list[str] = []
    for n, row in enumerate(rows, start=1):
        said = [_said(value) for value in row]
        if not headings and sum(map(bool, said)) > 1:
            headings = said
            continue
        for at, words in enumerate(said):
            if words and any(map(str.isdigit, words)):
                heading = headings[at] if at < len(headings) else ""
                yield f"{sheet}{_letters(at)}{n}", f"{heading}: {words}" if heading else words


def _said(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = f"{value:%d/%m/%Y}" if hasattr(value, "strftime") and hasattr(value, "year") else str(value)
    return " ".join(text.split())


def _letters(at: int) -> str:
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read(path: Path) -> dict[str, object]:
    """What could be read before time or room ended."""
    found: list[Part] = []
    until, room, whole = time.monotonic() + READING_SECONDS, MOST, True
    try:
        for place, text in parts_of(path):
            if any(map(str.isdigit, text)) or not found:
                found.append((place, text[:room]))
                room -= len(text)
            if time.monotonic() > until or room <= 0:
                whole = False
                break
    except Exception:  # whatever a damaged file does to a reader: what was read until here is still worth a look
        whole = False
    return {"parts": [part for part in found if part[1].strip()], "whole": whole}


def serve(number: int) -> int:
    """Read every file that is asked about on this socket in a child of its own, until nobody asks any more."""
    for needed in ("pypdf", "python_calamine"):
        import_module(needed)
    return int(import_module("forking").serve(number, main, seconds=SECONDS, idle=IDLE))


def main(path: str) -> int:
    """Limit this process, read the file, print its words."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(json.dumps(read(Path(path))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

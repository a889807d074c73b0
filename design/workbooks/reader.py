"""Reads an uploaded workbook or CSV file into plain rows. Knows no Django and never runs what it reads.

Run in a process of its own (``reading.command``), which finds only this module, ``design/inspection.py``,
``design/forking.py`` and the reading library. For every file it forks a child that limits its own memory and time and
writes one JSON object: ``{"sheets": [...]}``, or ``{"problem": "too_many_rows", "really": "Staff"}``. The words for
people are in ``reading.py``. The sheets' XML is walked first, so that a sheet that is too large is refused before it is
in memory, and formulas and error values are known (the reading library gives only values).
"""

import codecs
import json
import re
import struct
import sys
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.parsers import expat

CHUNK = 1 << 16
SECONDS = 30  # by the clock; of processor time a child has less
FORMULA_LENGTH = 300
CELL_LENGTH = 32_767  # Excel's own limit
DIGITS = "0123456789"
CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
BOOK = re.compile(r"xl/workbook\d*\.xml")
# Of files that are no text whatever their noughts: archives, old Office, PDF and pictures are known by how they begin.
KNOWN = (b"PK", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


inspection: Any = import_module("inspection")
Refused = inspection.Refused


def read(path: Path, limits: dict[str, int]) -> list[dict[str, Any]]:
    """Every sheet as rows of plain values, with its formulas and errors by cell; Refused when it cannot be read."""
    if _wide(path):
        return [_csv(path, limits)]
    kind = inspection.inspect(path)
    if kind == "text":
        return [_csv(path, limits)]
    if kind != "xlsx":
        raise Refused("not_a_workbook", kind)
    try:
        walked = _walk(path, limits)
        return _values(path, walked)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, expat.ExpatError) as damage:
        raise Refused("damaged", "an Excel workbook") from damage


# --- The sheets' XML, walked for size, formulas and errors ---------------------------------------


class Walk:
    """One pass over a sheet: the cells that hold something are counted, and formulas and errors noted.

    Words and ends are listened to only inside a formula or an error: most of a sheet is neither, and each call costs.
    Names are taken without their prefix, whatever it stands for.
    """

    def __init__(self, name: str, limits: dict[str, int], cells_left: int) -> None:
        self.name, self.limits, self.cells_left = name, limits, cells_left
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = _no_types
        self.formulas: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.shared: dict[str, str] = {}
        self.cells = self.elements = 0
        self._ref, self._type, self._filled = "", "", False
        self._row, self._columns = "", set[str]()
        self._text: list[str] = []
        self._formula: tuple[str, str] = ("", "")

    def start(self, element: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        element = _leaf(element)
        if element == "c":
            self.elements += 1
            if self.elements > self.limits["elements"]:
                raise Refused("too_many_cells", self.name)
            self._ref, self._type, self._filled = attributes.get("r", ""), attributes.get("t", "n"), False
        elif element in ("v", "is"):
            if not self._filled:
                self._filled = True
                self._count()
            if element == "v" and self._type == "e":
                self._listen()
        elif element != "f":
            self._ref = ""  # out of the cell, or past the values in it: no formula from here on is its own
        elif self._ref:
            self._formula = (attributes.get("t", ""), attributes.get("si", ""))
            self._listen()

    def words(self, text: str) -> None:
        """Text inside a formula or an error."""
        if sum(map(len, self._text)) < FORMULA_LENGTH:
            self._text.append(text)

    def end(self, element: str) -> None:
        """A formula or an error closes."""
        element = _leaf(element)
        if element in ("f", "v"):
            self.parser.CharacterDataHandler = self.parser.EndElementHandler = None
            self._note(element, "".join(self._text)[:FORMULA_LENGTH])

    def _listen(self) -> None:
        self._text = []
        self.parser.CharacterDataHandler, self.parser.EndElementHandler = self.words, self.end

    def _note(self, element: str, text: str) -> None:
        if element == "v":
            self.errors[self._ref] = text
            return
        kind, number = self._formula
        if kind == "shared":
            text = self.shared.setdefault(number, text)
        self.formulas[self._ref] = text
        if len(self.formulas) > self.limits["formulas"]:
            raise Refused("too_many_formulas", self.name)

    def _count(self) -> None:
        self.cells += 1
        if self.cells > self.cells_left:
            raise Refused("too_many_cells", self.name)
        column = self._ref.rstrip(DIGITS)
        row = self._ref[len(column) :]
        if row != self._row or column not in self._columns:
            self._fits(column, row)

    def _fits(self, column: str, row: str) -> None:
        """Once for every row and every column: does a cell there lie within what is read?"""
        if CELL.fullmatch(self._ref) is None:
            raise Refused("damaged", "an Excel workbook")
        if int(row) > self.limits["rows"]:
            raise Refused("too_many_rows", self.name)
        if _column(column) > self.limits["columns"]:
            raise Refused("too_many_columns", self.name)
        self._row = row
        self._columns.add(column)


@lru_cache(64)
def _leaf(element: str) -> str:
    """The name without its prefix."""
    return element.rsplit(":", 1)[-1]


def _column(letters: str) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _walk(path: Path, limits: dict[str, int]) -> dict[str, Walk]:
    """Each sheet walked, by name, in the workbook's order."""
    found: dict[str, Walk] = {}
    left = limits["cells"]
    with zipfile.ZipFile(path) as archive:
        for name, part in _parts(archive):
            if len(found) >= limits["sheets"]:
                raise Refused("too_many_sheets")
            walk = Walk(name, limits, left)
            with archive.open(part) as sheet:
                while chunk := sheet.read(CHUNK):
                    walk.parser.Parse(chunk, False)
            walk.parser.Parse(b"", True)
            found[name] = walk
            left -= walk.cells
    return found


def _no_types(*_: Any) -> None:
    raise Refused("damaged", "a workbook with a document type declaration")


def _parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """The worksheets' names with their parts. Chart sheets and the like are left out."""
    (main,) = [name for name in archive.namelist() if BOOK.fullmatch(name)][:1] or ["xl/workbook.xml"]
    folder, _, leaf = main.rpartition("/")
    relations = inspection.attributes(archive, f"{folder}/_rels/{leaf}.rels", ("Relationship",), "Target")
    targets = {each["Id"]: each for each in relations if each.get("Type", "").endswith("/worksheet")}
    found = []
    for sheet in inspection.attributes(archive, main, ("sheet",), "name"):
        relation = next((value for key, value in sheet.items() if key.rsplit(" ", 1)[-1] == "id"), "")
        if relation in targets:
            target = targets[relation]["Target"]
            part = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            found.append((sheet["name"], part))
    return found


# --- The values ----------------------------------------------------------------------------------


def _values(path: Path, walked: dict[str, Walk]) -> list[dict[str, Any]]:
    """The values as the reading library understands them: dates by their format, shown values of formulas."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(str(path))
        found = []
        for about in book.sheets_metadata:
            if about.name not in walked:
                continue
            sheet, walk = book.get_sheet_by_name(about.name), walked[about.name]
            rows = sheet.to_python(skip_empty_area=False) if walk.cells else []
            found.append(
                {
                    "name": about.name,
                    "hidden": about.visible != SheetVisibleEnum.Visible,
                    "rows": [[_plain(value) for value in row] for row in rows],
                    "merged": [[*start, *end] for start, end in sheet.merged_cell_ranges or []],
                    "formulas": walk.formulas,
                    "errors": walk.errors,
                }
            )
    except CalamineError as damage:
        raise Refused("damaged", "an Excel workbook") from damage
    return found


def _plain(value: Any) -> Any:
    """JSON's own kinds; a date is {"day": …}, a moment {"moment": …}, and nothing is null."""
    if isinstance(value, str):
        return value[:CELL_LENGTH] or None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return {"day": value.date().isoformat()} if midnight else {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    return value


# --- CSV -----------------------------------------------------------------------------------------


def _wide(path: Path) -> str:
    """The UTF-16 in which Excel saves "Unicode text": by its mark, or by every second byte being nought; or nothing."""
    with path.open("rb") as file:
        head = file.read(2000)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(KNOWN):
        return ""
    noughts = head[0::2].count(0), head[1::2].count(0)
    if max(noughts) <= len(head) / 4 or min(noughts) > len(head) / 16:
        return ""
    return "utf-16-le" if noughts[1] > noughts[0] else "utf-16-be"


def _text(path: Path) -> str:
    """What a file of words says: UTF-16, UTF-8, or the Windows western encoding."""
    content = path.read_bytes()
    if encoding := _wide(path):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as problem:
            raise Refused("cut_off", "a CSV file") from problem
        if UNSEEN.search(text):
            raise Refused("unsupported", "")
        return text
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _csv(path: Path, limits: dict[str, int]) -> dict[str, Any]:
    """One sheet without formulas. The separator is the one that the first lines hold most of."""
    import csv
    import io

    text = _text(path)
    first = "\n".join(re.sub('"[^"]*"', "", text[:5_000]).splitlines()[:8])
    separator = max(",;\t|", key=first.count)
    rows: list[list[str | None]] = []
    csv.field_size_limit(CELL_LENGTH)
    try:
        for row in csv.reader(io.StringIO(text), delimiter=separator):
            rows.append([value or None for value in row])
            if len(rows) > limits["rows"]:
                raise Refused("too_many_rows", "")
            if len(row) > limits["columns"]:
                raise Refused("too_many_columns", "")
    except csv.Error as problem:
        raise Refused("damaged", "a CSV file") from problem
    return {"name": "", "hidden": False, "rows": rows, "merged": [], "formulas": {}, "errors": {}}


def serve(number: int) -> int:
    """Read every file that is asked about on this socket in a child of its own, until the other side closes it."""
    for needed in ("python_calamine", "encodings.cp437"):  # the second one names the parts of an archive
        import_module(needed)
    return int(import_module("forking").serve(number, main, seconds=SECONDS))


def main(path: str, limits: str) -> int:
    """Limit this process, read the file, print what it holds."""
    inspection.limit_this_process()
    found: dict[str, Any]
    try:
        found = {"sheets": read(Path(path), json.loads(limits))}
    except Refused as refusal:
        found = {"problem": refusal.problem, "really": refusal.really}
    except (MemoryError, RecursionError):
        found = {"problem": "bomb", "really": ""}
    sys.stdout.write(json.dumps(found))
    return 0

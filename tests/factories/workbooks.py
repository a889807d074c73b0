"""Workbooks as they come back: what we wrote, opened in another program, changed there and saved again."""

import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from design.workbooks.reading import Workbook, read

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def opened(content: bytes) -> Workbook:
    """The workbook as we read it."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        return read(Path(file.name))


def saved_again(
    content: bytes, changes: Mapping[str, Any] | None = None, change: Callable[[Workbook], None] | None = None
) -> bytes:
    """The same cells in a file of another program, with these changed: "Standard 1!G4" to a value.

    A value that begins with "=" is a formula here, with 42 as what it shows. ``change`` may do anything else.
    """
    book = opened(content)
    for place, value in (changes or {}).items():
        name, _, ref = place.partition("!")
        sheet = book.sheet(name)
        assert sheet is not None, name
        row, column = int(ref[1:]) - 1, ord(ref[0]) - 65
        while len(sheet.rows) <= row:
            sheet.rows.append([])
        sheet.rows[row].extend([None] * (column + 1 - len(sheet.rows[row])))
        sheet.rows[row][column] = value
    if change:
        change(book)
    return _written(book)


def _written(book: Workbook) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as file:
        dates = file.add_format({"num_format": "d mmm yyyy"})
        for sheet in book.sheets:
            page = file.add_worksheet(sheet.name)
            if sheet.hidden:
                page.hide()
            for row, line in enumerate(sheet.rows):
                for column, value in enumerate(line):
                    if isinstance(value, str) and value.startswith("="):
                        page.write_formula(row, column, value, None, 42)
                    elif isinstance(value, date | datetime):
                        page.write_datetime(row, column, value, dates)
                    elif value is not None:
                        page.write(row, column, value)
    return out.getvalue()


def upload(content: bytes, name: str = "return.xlsx") -> SimpleUploadedFile:
    """The file as a browser sends it."""
    return SimpleUploadedFile(name, content, XLSX)


def soffice() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def by_libreoffice(folder: Path, content: bytes) -> bytes:
    """The same workbook, opened and saved again by LibreOffice."""
    source = folder / "in.xlsx"
    source.write_bytes(content)
    out = folder / "out"
    command = [str(soffice()), "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "xlsx",
               "--outdir", str(out), str(source)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (out / "in.xlsx").read_bytes()

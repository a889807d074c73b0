"""Workbooks of a return: written, read back with the difference, and one that unpacks to far more than it looks.

The floor of reading is the reading library alone, in a process of its own as ours is: it opens the file and takes every
value, and checks nothing. The workbook holds as many questions as the largest return of the register.
"""

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db.models import Count

from assurance.differences import difference_of
from assurance.models import ReturnWorkbook, SelfAssessment
from assurance.models.questions import bare_questions_of, grades_of, questions_of
from assurance.spreadsheets import LIMITS, read_return, return_workbook
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.timing import alternate
from design.workbooks.reading import Unreadable, command, read

ROUNDS = 7
ALONE = """
import sys
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_path(sys.argv[1])
print(sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names))
"""
PEAK = "; print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
ROW = b"<row><c r='A1'><v>1</v></c></row>"
BOMB_ROWS = 2_300_000


def measure(at: datetime, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """How long a whole return takes to write and to compare, and how soon a bomb is refused."""
    written = SelfAssessment.objects.filter(state="in_progress").annotate(asked=Count("answers"))
    assessment = written.select_related("round__framework_version", "organisation", "commissioner").order_by(
        "-asked", "pk"
    )[0]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "return.xlsx"

        def write() -> None:
            path.write_bytes(
                return_workbook(assessment, questions_of(assessment, grades_of(assessment)), by="", at=at, contact={})
            )

        def compare() -> None:
            questions = bare_questions_of(assessment, grades_of(assessment))
            found = read_return(read(path, LIMITS), assessment, questions)
            difference_of(ReturnWorkbook(rows=found.rows, written_at=found.written_at), questions)

        def alone() -> None:
            command = [sys.executable, "-I", "-c", ALONE, str(path)]
            subprocess.run(command, check=True, capture_output=True)

        taken = alternate({"write": write}, rounds=rounds) | alternate({"ours": compare, "floor": alone}, rounds=rounds)
        name = f"workbook of a return of {assessment.asked} questions"
        yield Figure(f"{name}, written", taken["write"], "s", target="< 1.5")
        read_back = f"{name}, read back with the difference"
        yield Figure(read_back, taken["ours"], "s", taken["floor"], target="< 1, within 3 x the library alone")
        yield from _bomb(path)


def _bomb(path: Path) -> Iterator[Figure]:
    bomb = path.with_name("bomb.xlsx")
    with (
        zipfile.ZipFile(io.BytesIO(path.read_bytes())) as real,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for entry in real.namelist():
            if not entry.startswith("xl/worksheets/sheet1"):
                out.writestr(entry, real.read(entry))
        out.writestr("xl/worksheets/sheet1.xml", ROW * BOMB_ROWS)

    def refused() -> None:
        with suppress(Unreadable):
            read(bomb, LIMITS)

    taken = alternate({"ours": refused}, rounds=3)["ours"]
    yield Figure(
        f"workbook of {bomb.stat().st_size // 1000} KB that unpacks to 76 MB, refused", taken, "s", target="< 2"
    )
    begin = command(bomb, LIMITS)
    begin[4] = begin[4].replace("sys.exit(", "(") + PEAK
    told = subprocess.run(begin, check=True, capture_output=True, text=True).stdout.rpartition("}")[2]
    most = int(told.split()[0]) / 1024
    yield Figure("the reading process at its largest", most, "MB", target="< 150")

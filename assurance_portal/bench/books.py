"""Workbooks of a return: written, read back with the difference, and one that unpacks to far more than it looks.

The floor of reading is the reading library alone in a process of its own: it opens the file and takes every value, and
checks nothing. It begins with Python and the library and nothing else, as our reading process does; but ours is begun
once and forks for every file, so a second figure stands beside the library in a child of such a process. The workbook
holds as many questions as the largest return of the register.
"""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
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
from design.workbooks.prepared import Prepared
from design.workbooks.reading import READER_SECONDS, SERVE, Unreadable, command, read, reading

ROUNDS = 7
ALONE = """
import sys
sys.path.append(sys.argv[1])
from python_calamine import CalamineWorkbook
def alone(path, *_):
    book = CalamineWorkbook.from_path(path)
    print(sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names))
"""
IN_A_CHILD = f"{ALONE}\nreader.main = alone\n{SERVE}"
PEAK = """
reader.main(*sys.argv[4:])
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
ROW = b"<row><c r='A1'><v>1</v></c></row>"
BOMB_ROWS = 2_300_000


def measure(at: datetime, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """How long a whole return takes to write and to compare, and how soon a bomb is refused."""
    written = SelfAssessment.objects.filter(state="in_progress").annotate(asked=Count("answers"))
    assessment = written.select_related("round__framework_version", "organisation", "commissioner").order_by(
        "-asked", "pk"
    )[0]
    with TemporaryDirectory() as folder:
        path, prepared = Path(folder) / "return.xlsx", Prepared(lambda: command(IN_A_CHILD))

        def write() -> None:
            path.write_bytes(
                return_workbook(assessment, questions_of(assessment, grades_of(assessment)), by="", at=at, contact={})
            )

        def compare() -> None:
            with reading(path, LIMITS) as workbook:
                questions = bare_questions_of(assessment, grades_of(assessment))
                found = read_return(workbook(), assessment, questions)
            difference_of(ReturnWorkbook(rows=found.rows, written_at=found.written_at), questions)

        def alone() -> None:
            begin = [sys.executable, "-I", "-S", "-c", f"{ALONE}\nalone(sys.argv[2])", command()[-1], str(path)]
            subprocess.run(begin, check=True, capture_output=True, env={})

        def forked() -> None:
            prepared.answer(str(path), seconds=READER_SECONDS)

        taken = alternate({"write": write}, rounds=rounds)
        taken |= alternate({"ours": compare, "alone": alone, "forked": forked}, rounds=rounds)
        prepared.close()
        name = f"workbook of a return of {assessment.asked} questions"
        yield Figure(f"{name}, written", taken["write"], "s", target="< 1.5")
        read_back = f"{name}, read back with the difference"
        yield Figure(read_back, taken["ours"], "s", taken["alone"], target="< 1, within 3 x the library alone")
        yield Figure(f"{read_back}, beside the library in a forked child", taken["ours"], "s", taken["forked"])
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
    begin = [*command(PEAK), str(bomb), json.dumps(asdict(LIMITS))]
    told = subprocess.run(begin, check=True, capture_output=True, text=True).stdout.rpartition("}")[2]
    most = int(told.split()[0]) / 1024
    yield Figure("the reading process at its largest", most, "MB", target="< 150")

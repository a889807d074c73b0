"""The matrix of a large register taken out as a workbook and as CSV: asked for as a browser asks, log and all.

Beside the workbook stands the writer alone on the same cells.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.capabilities import Role
from accounts.models import User
from assurance.models import Round
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.pages import peak_memory, person
from assurance_portal.bench.timing import alternate, seconds_of
from assurance_portal.bench.visitor import Visitor
from design.workbooks.tables import Column
from design.workbooks.writing import Book, Table, workbook_bytes
from governance.yearbook.making import workbook
from governance.yearbook.rows import Year
from providers.models import Organisation

# A person may take out twenty an hour.
ROUNDS = 5


def measure(*, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Both endings, and the writer alone."""
    first = Organisation.objects.filter(kind=Organisation.Kind.COMMISSIONER).order_by("pk")[0]
    visitor = Visitor.signed_in(User.objects.get(pk=person(Role.QUALITY_ANALYST, first.pk)))
    paths = {ending: reverse("exports:export-file", args=["overview", ending]) for ending in ("xlsx", "csv")}
    book = CalamineWorkbook.from_filelike(io.BytesIO(_file(visitor, paths["xlsx"]))).get_sheet_by_index(0)
    cells = [row for row in book.to_python() if all(cell != "" for cell in row)]
    taken = alternate(
        {
            "xlsx": lambda: _file(visitor, paths["xlsx"]),
            "csv": lambda: _file(visitor, paths["csv"]),
            "writer": lambda: _written(cells),
        },
        rounds=min(rounds, ROUNDS), warm=1,
    )  # fmt: skip
    name = f"matrix of {len(cells) - 1} x {len(cells[0]) - 2}"
    yield Figure(f"{name} as a workbook", taken["xlsx"], "s", taken["writer"], "< 2")
    yield Figure(f"{name} as CSV", taken["csv"], "s", target="< 2")
    yield Figure("memory of a web worker after the exports", peak_memory(), "MB")
    year = Year(first, Round.objects.order_by("-year")[0].year, user=visitor.user, at=timezone.now())
    made: dict[str, int] = {}
    seconds = seconds_of(lambda: made.update(rows=_year(year)))
    yield Figure(f"a year of {made['rows']:,} rows as a workbook", seconds, "s")
    yield Figure("memory of the worker after the year", peak_memory(), "MB")


def _file(visitor: Visitor, path: str) -> bytes:
    answer = visitor.get(path)
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return answer.body


def _year(year: Year) -> int:
    """As the worker makes it; returns how many rows it has."""
    reached = lambda stage, progress: True  # noqa: E731 - nobody waits
    return workbook(year, by="Bench", at=timezone.now(), demonstration=True, reached=reached)[1]


def _written(cells: Sequence[Sequence[Any]]) -> bytes:
    """The same words into a workbook, and nothing else."""
    columns = [Column(f"c{n}", str(heading)) for n, heading in enumerate(cells[0])]
    rows = (dict(zip((column.key for column in columns), row, strict=True)) for row in cells[1:])
    return workbook_bytes(Book("Matrix", [Table("Matrix", columns, rows)], at=timezone.now()))

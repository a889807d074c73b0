"""Day zero: three years of a commissioner's own grades, from the file to the accepted rows.

A sheet for each year, a row for each of 60 providers, a column for each criterion. Everything between the file and the
rows is counted: the process that reads it, the comparison that is shown, the comparison when it is accepted, the rows.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from accounts.capabilities import Role
from accounts.models import User
from assurance.models import RecordedGrade
from assurance_portal.bench.figure import Figure
from design.calendar import FinancialYear, london_date
from design.workbooks.tables import Column
from design.workbooks.writing import Book, Table, workbook_bytes
from framework.models import FrameworkVersion
from oversight.bringing import process
from providers.models import Arrangement, Organisation

PROVIDERS, YEARS = 60, 3
GRADES = ("Green", "Amber", "Red")


def measure(at: datetime) -> Iterator[Figure]:
    """Once, as it is done once."""
    led = Arrangement.objects.leading().filter(organisation__kind=Organisation.Kind.PROVIDER)
    commissioner = led.order_by("commissioner_id")[0].commissioner
    names = list(led.filter(commissioner=commissioner).values_list("organisation__name", flat=True)[:PROVIDERS])
    version = FrameworkVersion.objects.in_use().order_by("-valid_from", "pk")[0]
    refs = list(version.criteria.in_order().values_list("ref", flat=True))  # type: ignore[attr-defined]
    by = User.objects.filter(memberships__organisation=commissioner, memberships__role=Role.QUALITY_ANALYST)[0]
    about = process.About("grades", commissioner, by, london_date(at), version)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "grades.xlsx"
        path.write_bytes(_file(names, refs, at))
        before, began = RecordedGrade.objects.count(), perf_counter()
        brought_in = process.begin(path, path.name, about, at=at)
        seen = process.digest(process.compare(brought_in, about, {}))
        process.accept(brought_in, about, {}, seen=seen, by=by, at=at)
        taken = perf_counter() - began
    made = RecordedGrade.objects.count() - before
    what = f"day zero: {len(names)} providers x {len(refs)} grades x {YEARS} years, {made} rows"
    yield Figure(what, taken, "s", target="< 10")


def _file(names: list[str], refs: list[str], at: datetime) -> bytes:
    columns = [Column("provider", "Provider"), *(Column(ref, ref) for ref in refs)]
    rows = [
        {"provider": name, **{ref: GRADES[(n + m) % 3] for m, ref in enumerate(refs)}} for n, name in enumerate(names)
    ]
    last = FinancialYear.last_complete(london_date(at)).starting
    sheets = [Table(FinancialYear(last - n).slug, columns, rows) for n in range(YEARS)]
    return workbook_bytes(Book("Grades", sheets, at))

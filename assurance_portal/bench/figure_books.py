"""A figures return of two hundred lines by workbook, and a staff list of 12,000 people counted in Chromium.

The floor of the workbook is the reading library alone in a process of its own, as for a self-assessment (``books``).
The staff list is counted by the page and the worker that providers get, in a real browser that is given the file as a
person would give it; the clock runs from the choice of the file to the totals on the page.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import perf_counter
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.capabilities import Role
from accounts.models import Membership
from assurance_portal.bench.books import ALONE
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.timing import alternate
from assurance_portal.bench.visitor import Visitor
from design.calendar import Quarter, london_date
from design.workbooks.csv_text import csv_bytes
from design.workbooks.reading import command, reading
from design.workbooks.tables import Column
from design.workbooks.writing import Book, Table, workbook_bytes
from providers.models import Arrangement
from training.differences import difference_of
from training.models import AskedLine, FigureReturn, FigureWorkbook, Line, Period
from training.remarks import places_of
from training.spreadsheets import LIMITS, figures_workbook
from training.spreadsheets_read import read_figures

LINES, PEOPLE, GROUPS, ROUNDS = 200, 12_000, 11, 7
COURSES = ("Children level 2", "Children level 3", "Adults level 2", "Prevent", "Mental capacity", "Board briefing")
STATUSES = ("Active Assignment", "Active Assignment", "Maternity & Adoption", "Career Break", "Long Term Sick")


def measure(at: datetime, *, rounds: int, lines: int = LINES) -> Iterator[Figure]:
    """How soon an uploaded workbook is read and compared."""
    owed = owed_with(london_date(at), [f"line-{number:03d}" for number in range(lines)], at=at)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "figures.xlsx"
        path.write_bytes(figures_workbook(owed, places_of(owed), by="", at=at))

        def compare() -> None:
            with reading(path, LIMITS) as workbook:
                places = places_of(owed)
                found = read_figures(workbook(), owed, places, on=london_date(at))
            difference_of(FigureWorkbook(rows=found.rows, written_at=found.written_at), places)

        def alone() -> None:
            begin = [sys.executable, "-I", "-S", "-c", f"{ALONE}\nalone(sys.argv[2])", command()[-1], str(path)]
            subprocess.run(begin, check=True, capture_output=True, env={})

        taken = alternate({"ours": compare, "alone": alone}, rounds=rounds)
    said = f"figures workbook of {lines} lines, read with the difference"
    yield Figure(said, taken["ours"], "s", taken["alone"], target="within 3 x the library alone")


def count_staff(at: datetime, *, people: int = PEOPLE) -> Iterator[Figure]:
    """How soon a staff list is counted in the browser, as a workbook and as CSV."""
    on = london_date(at)
    owed = owed_with(on, COURSES, at=at, refresh=Line.Refresh.COURSE, refresh_months=36)
    leads = Membership.objects.live().filter(organisation=owed.organisation, role=Role.PROVIDER_LEAD)
    path = reverse("training:return-staff-list", args=[owed.reference])
    answer = Visitor.signed_in(leads.select_related("user")[0].user).get(path)
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    with TemporaryDirectory() as folder, _served(path, answer.body) as address, _chromium() as browser:
        for name, content in _lists(people, owed.period.ends_on, at=at):
            file = Path(folder) / name
            file.write_bytes(content)
            page = browser.new_page()
            page.goto(address + path)
            taken, most = _counted(page, file)
            if most != people:
                raise RuntimeError(f"{most} people were counted of {people}")
            yield Figure(f"staff list of {people:,} people ({name}), counted in Chromium", taken, "s", target="< 5")
            page.close()


def owed_with(on: date, names: Any, *, at: datetime, **more: Any) -> FigureReturn:
    """A return of a month of long ago, with so many lines of training, for a provider with a lead who signs in."""
    held = Membership.objects.live().filter(role=Role.PROVIDER_LEAD).select_related("organisation").order_by("pk")[0]
    provider = held.organisation
    lead = Arrangement.objects.live(on=on).filter(organisation=provider, part="lead").select_related("commissioner")[0]
    commissioner = lead.commissioner
    ends = Quarter.of(on - timedelta(days=3000)).ends
    period = Period.objects.create(
        commissioner=commissioner, starts_on=ends.replace(day=1), ends_on=ends, due_on=ends + timedelta(days=28),
        state=Period.State.OPEN, timing=Line.Timing.MONTH,
    )  # fmt: skip
    whose: dict[str, Any] = {"commissioner": commissioner, "organisation": provider}
    owed = FigureReturn.objects.create(
        **whose, period=period, tier="full", due_on=period.due_on, original_due_on=period.due_on, issued_at=at
    )
    values = {"family": "training", "set_code": "bench", "numerator": "Compliant", "denominator": "Eligible"}
    for number, name in enumerate(names):
        code = f"bench-{number:03d}"
        line = Line.objects.create(
            commissioner=commissioner, code=code, name=name, short=name[:32], valid_from=on, **values, **more
        )
        groups = [f"group-{place}" for place in range(GROUPS)] if more else []
        AskedLine.objects.create(**whose, figure_return=owed, line=line, code=code, position=number, groups=groups)
    return owed


def _lists(people: int, ends: date, *, at: datetime) -> Iterator[tuple[str, bytes]]:
    """The same list as a workbook and as CSV; no person is real."""
    headings = ("Employee Number", "Full Name", "Staff Group", "Assignment Status", "Start Date", *COURSES)
    rows = [
        (
            f"{30_000_000 + number}", f"Person {number}", f"Group {number % GROUPS}", STATUSES[number % len(STATUSES)],
            ends - timedelta(days=number % 4000),
            *(ends - timedelta(days=(number * (place + 3)) % 1500) for place in range(len(COURSES))),
        )
        for number in range(people)
    ]  # fmt: skip
    columns = [Column(name, name, kind="day" if place > 3 else "text") for place, name in enumerate(headings)]
    table = Table("Staff", columns, [dict(zip(headings, row, strict=True)) for row in rows])
    yield "staff.xlsx", workbook_bytes(Book("Staff", [table], at))
    yield "staff.csv", csv_bytes([headings, *rows])


def _counted(page: Any, file: Path) -> tuple[float, int]:
    """Seconds from choosing the file to the totals, and how many people they are of."""
    page.wait_for_selector("[data-staff-list-file]:enabled")
    began = perf_counter()
    page.set_input_files("[data-staff-list-file]", str(file))
    page.wait_for_selector("[data-staff-list-counting]:visible")
    page.wait_for_selector("[data-word]", state="attached")
    page.click("[data-staff-list-count]")
    page.wait_for_selector("[data-staff-list-result]:visible, [data-staff-list-problems]:visible")
    taken = perf_counter() - began
    if problems := page.locator("[data-staff-list-problem-list] li").all_inner_texts():
        raise RuntimeError(str(problems))
    said = page.locator("[data-summary]").inner_text()
    return taken, int(said.split(" ")[0].replace(",", ""))


@contextmanager
def _served(path: str, page: bytes) -> Iterator[str]:
    """The page as the portal wrote it and the files that it asks for, on this machine."""

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != path:
                self.path = self.path.removeprefix("/static")
                return super().do_GET()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)
            return None

        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(settings.STATIC_ROOT)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def _chromium() -> Iterator[Any]:
    """A real browser; it comes with the tests."""
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    found = os.environ.get("PORTAL_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()

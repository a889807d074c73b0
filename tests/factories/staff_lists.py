"""Staff lists as providers hold them, and a count of them that shares nothing with the one in the browser."""

import calendar
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import xlsxwriter

AS_AT = date(2026, 9, 30)
HEADINGS = ("Employee Number", "Full Name", "Staff Group", "Assignment Status", "Latest Start Date",
            "Level 2 completed", "Level 3 required", "Level 3 hours", "Briefing expires")  # fmt: skip
GROUPS = {"Nursing and Midwifery": "nursing", "Medical": "medical"}
STATUSES = ("Active Assignment", "Maternity & Adoption", "Long Term Sick", "Career Break", "Bank - inactive", "Left")
OUT = set(STATUSES[1:])
GRACE, LEVEL_2_MONTHS, HOURS, FIRST_HOURS = 3, 36, 8, 16
Row = tuple[Any, ...]


def some_staff(people: int, *, seed: int = 7) -> list[Row]:
    """So many people, one row each, with everything that decides whether somebody counts."""
    chance, rows = Random(seed), []
    for number in range(people):
        started = AS_AT - timedelta(days=chance.choice((20, 80, 91, 92, 100, 200, 364, 366, 800, 4000)))
        done = chance.choice(
            (None, *(AS_AT - timedelta(days=days) for days in (0, 1, 30, 1094, 1095, 1096, 1097, 1500)))
        )
        group = chance.choice(list(GROUPS))
        status = chance.choice((*STATUSES[:1] * 9, *STATUSES, ""))
        rows.append((
            f"QX{70_000_000 + number}", f"Zebedee Quixote-{number:05d}", group, status, started, done,
            chance.choice(("Yes", "Level 3", "3", "No", "", "2")), chance.choice((None, 0, 4, 7.5, 8, 12, 16, 16.5)),
            chance.choice((None, AS_AT, AS_AT - timedelta(days=1), AS_AT + timedelta(days=200))),
        ))  # fmt: skip
    return rows


def months_later(day: date, months: int) -> date:
    """The same day of the month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def counted(rows: Iterable[Row]) -> dict[tuple[str, str], tuple[int, int, int]]:
    """In post, eligible and compliant by line and group, counted row by row."""
    found: dict[tuple[str, str], list[int]] = {}
    for _, _, group, status, started, done, required, hours, expires in rows:
        if status == "Left" or started > AS_AT:
            continue
        eligible = status not in OUT and months_later(started, GRACE) <= AS_AT
        first_year = months_later(started, 12) > AS_AT
        good = {
            ("level-2", GROUPS[group]): done is not None and months_later(done, LEVEL_2_MONTHS) >= AS_AT,
            ("level-3", GROUPS[group]): (hours or 0) >= (FIRST_HOURS if first_year else HOURS),
            ("briefing", ""): expires is not None and expires >= AS_AT,
        }
        for key, compliant in good.items():
            wanted = eligible and (key[0] != "level-3" or required in ("Yes", "Level 3", "3"))
            total = found.setdefault(key, [0, 0, 0])
            for place, yes in enumerate((True, wanted, wanted and compliant)):
                total[place] += yes
    return {key: (total[0], total[1], total[2]) for key, total in found.items()}


def as_csv(rows: Sequence[Row], *, separator: str = ",", encoding: str = "utf-8", heading: Row = HEADINGS) -> bytes:
    """The list as a program saved it, days as people write them here."""
    out = io.StringIO()
    said = [[f"{each:%d/%m/%Y}" if isinstance(each, date) else each for each in row] for row in rows]
    csv.writer(out, delimiter=separator).writerows([heading, *said])
    return out.getvalue().encode(encoding)


def with_a_formula(rows: Sequence[Row], value: str) -> bytes:
    """The list with a formula in the first start date, as programs write it; they put no value in when it is empty."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx(rows))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet2.xml":
                part = re.sub(rb'(<c r="E4"[^>]*>).*?</c>', rb"\1<f>TODAY()-90</f>" + value.encode() + b"</c>", part)
            new.writestr(name, part)
    return out.getvalue()


def as_xlsx(rows: Sequence[Row], *, at_the_end: str = "") -> bytes:
    """The list as Excel keeps it: a title in merged cells above the headings, real days, and a second sheet.

    ``at_the_end`` stands in the last row that a sheet can have.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as file:
        file.add_worksheet("Read me").write(0, 0, "Taken from the Electronic Staff Record")
        sheet = file.add_worksheet("Staff")
        sheet.merge_range(0, 0, 0, 4, "Staff in post")
        sheet.write_row(2, 0, HEADINGS)
        for number, row in enumerate(rows, start=3):
            sheet.write_row(number, 0, row)
        if at_the_end:
            sheet.write(1_048_575, 0, at_the_end)
    return out.getvalue()

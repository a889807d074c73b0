"""A staff list counted in a real browser: the totals are right, and nothing of the list leaves the machine.

The server here hears everything that any part of the browser asks or sends, and the page's own policy lets it ask
nobody else. What it heard is compared whole, so that a beacon or a socket shows as well as a name in a body.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from accounts.capabilities import Role
from tests.design.browser import Site, axe, go_to, serving
from tests.factories.accounts import someone
from tests.factories.staff_lists import (
    AS_AT,
    GROUPS,
    HEADINGS,
    Row,
    as_csv,
    as_xlsx,
    counted,
    some_staff,
    with_a_formula,
)
from tests.factories.training import a_figures_return, a_line, a_period
from training.models import AskedLine, Cell, FigureReturn, Group, StaffListMapping

pytestmark = pytest.mark.django_db
PEOPLE = 400
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def plain_static_names(settings: Any) -> None:
    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}


@pytest.fixture
def owed() -> FigureReturn:
    period = a_period(ends_on=AS_AT)
    whose = period.commissioner
    for position, (name, code) in enumerate(GROUPS.items()):
        Group.objects.create(
            commissioner=whose, grouping="staff-groups", code=code, name=name, position=position,
            valid_from=date(2020, 4, 1),
        )  # fmt: skip
    split = {"split": "staff", "headcount": True}
    lines = [
        a_line(whose, "level-2", **split, level="2", refresh="course", refresh_months=36),
        a_line(
            whose, "level-3", **split, level="3", refresh="hours", refresh_months=36, refresh_hours=8, first_hours=16
        ),
        a_line(whose, "briefing", refresh="annual", refresh_months=12),
    ]
    owed = a_figures_return(period, None, lines, groups=list(GROUPS.values()), grouping="staff-groups")
    AskedLine.objects.filter(figure_return=owed, code="briefing").update(groups=[])
    return owed


class Counting:
    """The page in a browser, with everything that was heard of it."""

    def __init__(self, page: Page, site: Site, path: str) -> None:
        self.page, self.site, self.path = page, site, path
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.context.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        go_to(page, site, path)
        page.wait_for_selector("[data-staff-list-file]:enabled")

    def choose(self, content: bytes, name: str = "staff.csv") -> None:
        kind = XLSX if name.endswith("xlsx") else "text/csv"
        self.page.set_input_files("[data-staff-list-file]", {"name": name, "mimeType": kind, "buffer": content})
        self.page.wait_for_selector("[data-staff-list-columns]:visible, [data-staff-list-problems]:visible")

    def say(self, **columns: str) -> None:
        """``line__part="Heading"`` for a line, ``column="Heading"`` for the others."""
        for name, heading in columns.items():
            code, _, part = name.partition("__")
            box = (
                f"[data-line={code.replace('_', '-')}][data-part={part}]"
                if part
                else f"[data-staff-list-column-{code}]"
            )
            self.page.select_option(box, label=heading)

    def count(self) -> dict[tuple[str, str], tuple[int, int, int]]:
        self.page.click("[data-staff-list-count]")
        self.page.wait_for_selector("[data-staff-list-result]:visible, [data-staff-list-problems]:visible")
        assert self.problems == []
        sent = json.loads(self.page.input_value("[name=totals]") or "[]")
        return {
            (each["code"], each["group"]): (each["headcount"], each["denominator"], each["numerator"]) for each in sent
        }

    @property
    def problems(self) -> list[str]:
        return self.page.locator("[data-staff-list-problem-list] li").all_inner_texts()

    @property
    def questions(self) -> list[str]:
        return self.page.locator("[data-staff-list-question-list] li").all_inner_texts()


@pytest.fixture
def counting(owed: FigureReturn, sign_in: Any, browser: Browser) -> Iterator[Counting]:
    client = sign_in(someone(Role.PROVIDER_LEAD, owed.organisation))
    path = reverse("training:return-staff-list", args=[owed.reference])
    shown = client.get(path)
    assert shown.status_code == 200
    with serving() as site:
        site.pages = {path: shown.content.decode, "/done": lambda: "<h1>Done</h1>"}
        site.post = lambda at, body: (
            (200, "application/json", '{"kept": true}') if at.endswith("/columns/") else (302, "text/plain", "/done")
        )
        context = browser.new_context(accept_downloads=True)
        here = Counting(context.new_page(), site, path)
        here.client = client  # type: ignore[attr-defined]
        yield here
        context.close()


COLUMNS = {
    "level_2__date": "Level 2 completed", "level_3__level": "Level 3 required", "level_3__hours": "Level 3 hours",
    "briefing__until": "Briefing expires",
}  # fmt: skip


def expected(rows: list[Row]) -> dict[tuple[str, str], tuple[int | None, int, int]]:
    return {key: (None if key[0] == "briefing" else each[0], *each[1:]) for key, each in counted(rows).items()}


def test_only_totals_and_headings_leave_the_machine(counting: Counting, owed: FigureReturn) -> None:
    rows = [(*row[:3], "Quixote’s own leave" if number == 9 else row[3], *row[4:])
            for number, row in enumerate(some_staff(PEOPLE))]  # fmt: skip
    before = len(counting.site.heard)
    counting.choose(as_xlsx(rows), "Quixote staff.xlsx")
    counting.say(**COLUMNS)
    counting.page.select_option("[data-word=quixotesownleave]", label="Counts")
    totals = counting.count()
    assert totals == expected(rows)
    with counting.page.expect_download() as download:
        counting.page.click("[data-staff-list-late]")
    late = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(late) - 1 == sum(eligible - compliant for _, eligible, compliant in totals.values())
    counting.page.wait_for_function("document.querySelector('[data-staff-list-remembered]').textContent")
    counting.page.click("text=Put these totals into the figures")
    counting.page.wait_for_url("**/done")

    heard = [each for each in counting.site.heard[before:] if each[:2] != ("GET", "/favicon.ico")]
    columns = reverse("training:return-staff-list-columns", args=[owed.reference])
    assert [(method, path) for method, path, _, _ in heard] == [
        ("POST", columns), ("POST", counting.path), ("GET", "/done"),
    ]  # fmt: skip
    everything = unquote_plus(json.dumps(counting.site.heard) + json.dumps(counting.asked))
    leaked = [value for row in rows for value in (*row[:2], "Quixote") if value in everything]
    assert (leaked, [url for url in counting.asked if not url.startswith((counting.site.address, "blob:"))]) == ([], [])
    _the_server_takes_them(counting, owed, heard, totals)
    assert counting.complaints == []
    stored = counting.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert [value for row in rows for value in row[:2] if value in stored] == []


def _choices(body: str) -> str:
    """The one part of what was posted."""
    return body.split("\r\n\r\n")[1].split("\r\n")[0]


def _the_server_takes_them(counting: Any, owed: FigureReturn, heard: list[Any], totals: Any) -> None:
    """What the browser sent, sent on to the portal: it is saved, and it is all that is saved."""
    kept = counting.client.post(heard[0][1], {"choices": _choices(heard[0][3])})
    assert kept.json() == {"kept": True}
    remembered = StaffListMapping.objects.get(organisation=owed.organisation).choices
    assert set(remembered["columns"].values()) <= {*HEADINGS, ""}
    assert remembered["words"] == {
        "group": GROUPS, "course": {},
        "status": {
            "Active Assignment": "counts", "Maternity & Adoption": "maternity", "Long Term Sick": "sick",
            "Career Break": "career_break", "Bank - inactive": "bank_inactive", "Left": "left",
        },
    }  # fmt: skip
    form = {name: values[0] for name, values in parse_qs(heard[1][3]).items() if name in ("totals", "form_token")}
    done = counting.client.post(heard[1][1], form)
    assert done.status_code == 302
    cells = Cell.objects.filter(asked__figure_return=owed, numerator__isnull=False).values_list(
        "asked__code", "group", "headcount", "denominator", "numerator"
    )
    assert {(code, group): (head, of, n) for code, group, head, of, n in cells} == totals


def test_every_way_to_save_a_list_counts_the_same(counting: Counting) -> None:
    rows = some_staff(60, seed=3)
    rows[0] = (rows[0][0], "Zoë Müller", *rows[0][2:])
    turned = [row[::-1] for row in rows]
    files = {
        "utf-8.csv": as_csv(rows),
        "marked.csv": as_csv(rows, encoding="utf-8-sig"),
        "windows.csv": as_csv(rows, separator=";", encoding="cp1252"),
        "utf-16.csv": as_csv(rows, separator="\t", encoding="utf-16"),
        "big-endian.csv": as_csv(rows, separator="\t", encoding="utf-16-be"),
        "swapped.csv": as_csv(turned, heading=HEADINGS[::-1]),
        "staff.xlsx": as_xlsx(rows),
        "formula.xlsx": with_a_formula(rows, f"<v>{(rows[0][4] - date(1899, 12, 30)).days}</v>"),
    }
    for name, content in files.items():
        counting.choose(content, name)
        counting.say(**COLUMNS)
        assert (name, counting.count()) == (name, expected(rows))
    assert counting.complaints == []


def test_a_list_with_a_row_for_each_course_counts_each_person_once(counting: Counting) -> None:
    rows: list[Row] = [
        ("QX1", "Medical", "Level Two", date(2024, 1, 1), None),
        *[("QX1", "Medical", "Level Two", date(2020, 1, day), None) for day in range(1, 6)],
        ("QX1", "Medical", "Level Three", date(2025, 1, 1), 5), ("QX1", "Medical", "Level Three", date(2026, 1, 1), 3),
        ("QX2", "Medical", "Level Three", date(2023, 1, 1), 30), ("QX2", "Medical", "Fire safety", date(2026, 1, 1), 1),
    ]  # fmt: skip
    counting.choose(
        as_csv(rows, heading=("Employee Number", "Staff Group", "Course", "Completed", "Hours", "Line brief"))
    )
    chosen = "box => box.selectedOptions[0].label"
    assert counting.page.eval_on_selector("[data-line=briefing][data-part=date]", chosen) == "Line brief"
    for code in ("level_2", "level_3", "briefing"):
        counting.say(**{f"{code}__date": "Completed"})
    counting.say(level_3__hours="Hours")
    for word, line in {"leveltwo": "Line level-2", "levelthree": "Line level-3", "firesafety": "None of these"}.items():
        counting.page.select_option(f"[data-word={word}]", label=line)
    found = counting.count()
    # Hours of January 2023 are outside the window of three years.
    assert (found["level-2", "medical"], found["level-3", "medical"]) == ((2, 2, 1), (2, 2, 1))
    assert (found["briefing", ""], counting.questions) == ((None, 2, 0), [])
    # Six rows of one person are no word that five share.
    counting.page.wait_for_function("document.querySelector('[data-staff-list-remembered]').textContent")
    assert [json.loads(_choices(body))["words"]["course"] for _, body in counting.site.received] == [{}]


def test_what_is_odd_in_a_list_is_said_with_its_row(counting: Counting) -> None:
    good = ("QX1", "=Ann", "Medical", "", date(2020, 1, 1), date(2026, 1, 1), "Yes", 9, date(2027, 1, 1))
    rows: list[Row] = [
        good,
        ("QX1", *good[1:]),  # twice
        ("QX2", "Bea", "Medical", "", "last year", "１/１/２０２６", "Yes", "1e309", date(2027, 1, 1)),
        ("QX3", "Cas", "Medical", "", date(2020, 1, 1), date(2099, 1, 1), "Yes", "8 hrs", date(2026, 1, 1)),
        ("QX4", "Dee", "Medical", "", date(2020, 1, 1), date(2026, 10, 15), "No", "85%", None),
        ("QX5", "Eli", "Astrologers", "", date(2020, 1, 1), date(2026, 1, 1), "Yes", 9, date(2027, 1, 1)),
        ("QX6", "Fay", "", "", date(2026, 10, 20), date(2026, 1, 1), "Yes", 9, date(2027, 1, 1)),
        ("", "Gus", "Medical", "", None, None, "", None, None),
        ("Total", "", "", "", None, 7, "", 30, None),
    ]
    counting.choose(as_csv(rows))
    counting.say(**COLUMNS)
    counting.page.click("[data-staff-list-count]")
    assert counting.problems == ["Say for every word of “Staff Group” what it means"]
    counting.page.select_option("[data-word=astrologers]", label="None of these: not counted")
    # Ann, Bea, Cas, Dee are in post in the group; Eli belongs to none, and Fay has not begun.
    assert counting.count() == {
        ("level-2", "nursing"): (0, 0, 0), ("level-2", "medical"): (4, 4, 1),
        ("level-3", "nursing"): (0, 0, 0), ("level-3", "medical"): (4, 3, 2), ("briefing", ""): (None, 5, 3),
    }  # fmt: skip
    assert counting.questions == [
        "1 person in more than one row: each is counted once (row 3).",
        "1 row where “Latest Start Date” is not a date that can be read: taken as empty (row 4).",
        "1 row where “Level 2 completed” is not a date that can be read: taken as empty (row 4).",
        "2 rows where “Level 3 hours” is not a number of hours: taken as none (rows 4, 6).",
        "1 row where “Level 2 completed” is a day in the future: look at them (row 5).",
        "1 row where “Level 2 completed” is after the as-at date: not done by then (row 6).",
        "1 row without anybody in the column that says who: not counted (row 9).",
        "1 row of totals: left out (row 10).",
        "1 person starting after the as-at date: not counted (row 8).",
    ]
    with counting.page.expect_download() as download:
        counting.page.click("[data-staff-list-late]")
    assert "QX2,Bea,Medical,Line level-2,Not done" in download.value.path().read_text(encoding="utf-8-sig")
    assert [each for each in axe_of(counting) if each] == []
    counting.say(level_3__level="Level 3 hours")
    counting.page.click("[data-staff-list-count]")
    assert counting.problems == ["Choose different columns for “Line level-3”"]
    counting.say(level_3__level="Full Name")
    assert counting.count()["level-3", "medical"] == (4, 0, 0)
    asked = "“Full Name” says of nobody that they need “Line level-3”: nobody is eligible. Is it the right column?"
    assert asked in counting.questions
    # Ann's last day is before the as-at date; Cas and Dee still have theirs before them, and Bea's cannot be read.
    counting.say(leave="Level 2 completed", briefing__until="Not in the list")
    assert counting.count()["level-2", "medical"] == (3, 3, 0)
    assert counting.page.inner_text("[data-staff-list-left-out]") == (
        "Not counted, and left as they are in the figures: Line briefing (no column of dates)."
    )


def axe_of(counting: Counting) -> list[str]:
    """The page as it stands with totals and questions, in a browser that may be looked into."""
    state = counting.page.content()
    other = counting.page.context.browser.new_context(bypass_csp=True)  # type: ignore[union-attr]
    try:
        counting.site.pages["/as-it-stands"] = lambda: state
        page = other.new_page()
        go_to(page, counting.site, "/as-it-stands")
        return axe(page)
    finally:
        other.close()


REFUSED = [
    (b"", "staff.csv", "The file is empty"),
    (b"%PDF-1.4", "staff.pdf", "This is a PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "staff.xls", "of the old kind (.xls) or one with a password"),
    (b"PK\x03\x04broken", "staff.xlsx", "damaged or was not saved completely"),
    (b"<html><table>", "staff.xls", "This is a web page"),
    (b"QX1,Ann,01/02/2026\r\nQX2,Bea,01/03/2026\r\n", "staff.csv", "No row with headings was found"),
    (b"QX70001,Ann,Medical\r\nQX70002,Bea,Medical\r\n", "staff.csv", "No row with headings was found"),
    (b"a,b\r\n" * 100_002, "staff.csv", "more than 100,000 rows"),
    (as_xlsx([], at_the_end="QX1"), "staff.xlsx", "something stands in row 1,048,576"),
    (with_a_formula(some_staff(2), ""), "staff.xlsx", "The cell E4 of the sheet “Staff” is a formula without a value"),
]


def test_what_cannot_be_read_is_refused_with_what_to_do(counting: Counting) -> None:
    for content, name, said in REFUSED:
        counting.choose(content, name)
        assert (said, said in " ".join(counting.problems), len(counting.problems)) == (said, True, 1)
        assert counting.page.locator("[data-staff-list-columns]").is_hidden()

"""The exception report: what was below, who is missing, what was asked and corrected, as page, paper and workbook."""

import io
import subprocess
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags
from python_calamine import CalamineWorkbook

from accounts.capabilities import Role
from exports.models import Export
from tests.factories.accounts import MembershipFactory, someone
from tests.factories.figure_records import last_quarters, recorded
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.training import (
    a_figures_return,
    a_line,
    a_period,
    a_threshold,
    corrected,
    fill,
    lead_of,
    submitted,
)
from training.models import FigureQuery, Period, Trajectory

pytestmark = pytest.mark.django_db
WHERE = "/figures/exception-report/"


def text(response: Any) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.fixture(scope="module")
def here(beneath: Any) -> Any:
    """Ash: below for three quarters, corrected, asked about. Birch: no return. Cedar: at threshold. Dale: another's."""
    with beneath():
        ours, others, now = CommissionerFactory(name="NHS Here"), CommissionerFactory(name="NHS There"), timezone.now()
        lines = {each: a_line(each, "ward-3", name="Ward level 3", level="3") for each in (ours, others)}
        for each in lines:
            a_threshold(each, "ward-3", 85)
        ends = last_quarters(timezone.localdate(), 3)
        ash, birch, cedar = (provider_of(ours, name=name) for name in ("Ash", "Birch", "Cedar"))
        recorded(ours, ash, {ends[0]: {lines[ours]: (60, 100)}, ends[1]: {lines[ours]: (61, 100)}})
        period = a_period(ours, ends_on=ends[2], due_on=timezone.localdate() - timedelta(days=12))
        issued = {
            each: a_figures_return(period, each, [lines[ours]], threshold=85) for each in (ash, birch, cedar, ours)
        }
        submitted(issued[ash], ward_3=(120, 200), at=now - timedelta(days=3))
        corrected(issued[ash], at=now - timedelta(days=1), reason="Counted a ward twice", ward_3=(122, 200))
        for each in (cedar, ours):
            submitted(issued[each], ward_3=(170, 200), at=now - timedelta(days=3))
        # Typed and not submitted: nobody but the provider knows of it.
        fill(issued[birch], ward_3=(77, 777))
        dale = provider_of(others, name="Dale")
        recorded(others, dale, {ends[2]: {lines[others]: (1, 100)}})
        analyst = someone(Role.QUALITY_ANALYST, ours)
        question = FigureQuery.objects.ask(
            issued[ash].lines.get(), "Why so few?", by=analyst, at=now - timedelta(days=9)
        )  # fmt: skip
        Trajectory.objects.plan(
            issued[ash], "ward-3", [(ends[2], 70), (ends[2] + timedelta(days=400), 85)], expected="",
            by=lead_of(ash), at=now, why_below="Many left", what_is_done="Two courses a month", why_not_reached="",
        )  # fmt: skip
        yield {
            "ours": ours,
            "ash": ash,
            "analyst": analyst,
            "question": question,
            "period": period,
            "line": lines[ours],
        }


RECEIVED = "3 of 4 returns received, our own staff’s counted"
EVERYTHING = (
    "Ash", "Ward level 3", "61.0 %", "122 of 200", "48 more people at level 3", "3 periods", "70.0 %",
    RECEIVED, "1 of 3 figures with a threshold", "Birch", "12 days late", "9 days",
    "120 of 200 (60.0 %)", "122 of 200 (61.0 %)", "Counted a ward twice",
)  # fmt: skip


def test_the_page_says_everything_that_the_meeting_asks(sign_in: Any, here: Any) -> None:
    page = sign_in(here["analyst"]).get(WHERE)
    said = text(page)
    assert [each for each in EVERYTHING if each not in said] == []
    assert [each for each in ("Dale", "77 of 777", "Cedar: ") if each in said] == []
    [line] = page.context["report"].below
    assert (line.run, line.planned, line.need.missing) == (3, "70.0 %", 48)
    only = text(sign_in(here["analyst"]).get(WHERE, {"provider": here["ash"].reference}))
    assert ("Exception report: Ash" in only, "Birch: due" in only) == (True, False)


def test_paper_and_workbook_say_the_same_and_are_noted(sign_in: Any, here: Any) -> None:
    ours = sign_in(here["analyst"])
    asked = {"provider": here["ash"].reference, "period": here["period"].reference}
    paper = ours.get(f"{WHERE}paper/", asked)
    told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=paper.content, capture_output=True, check=True)
    read = " ".join(told.stdout.decode().split())
    wanted = [each for each in EVERYTHING if each not in ("Birch", "12 days late", RECEIVED)]
    wanted = [each for each in wanted if not each.startswith("1 of 3")]
    assert ([each for each in wanted if each not in read], "Birch" in read) == ([], False)
    book = CalamineWorkbook.from_filelike(io.BytesIO(ours.get(f"{WHERE}workbook/").content))
    cells = {str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row}
    assert {"Ash", "Birch", "Why so few?", "Counted a ward twice", "Two courses a month"} <= cells
    assert not {"Dale", "777"} & cells
    assert sorted(Export.objects.values_list("listing", "ending", "rows")) == [
        ("exception-report", "pdf", 1), ("exception-report", "xlsx", 1),
    ]  # fmt: skip


def test_who_may_not_read_questions_and_plans_gets_the_numbers_only(sign_in: Any, here: Any) -> None:
    member = someone(Role.GOVERNING_BODY, here["ours"])
    said = text(sign_in(member).get(WHERE))
    assert ("122 of 200" in said, "9 days" in said, "70.0 %" in said) == (True, False, False)
    # What may not be read is not said to be nothing, and no link leads to it.
    assert ("questions about figures are not shown to you" in said, "None is open" in said) == (True, False)
    assert ("Plan asked for" in said, "Not shown to you" in said) == (False, True)
    page = sign_in(member).get(WHERE).content.decode()
    assert ("/figures/recovery/" in page, "/figures/lines/" in page) == (False, True)
    assert sign_in(lead_of(here["ash"])).get(WHERE).status_code == 404


def test_an_earlier_quarter_and_nothing_at_all(sign_in: Any, here: Any) -> None:
    before = Period.objects.filter(commissioner=here["ours"]).order_by("-ends_on")[1]
    page = sign_in(here["analyst"]).get(WHERE, {"period": before.reference})
    assert [(each.run, each.said) for each in page.context["report"].below] == [(2, "61.0 %")]
    nobody = sign_in(someone(Role.QUALITY_ANALYST, CommissionerFactory()))
    assert "Nothing has been collected yet" in text(nobody.get(WHERE))
    assert [nobody.get(f"{WHERE}{part}/").status_code for part in ("paper", "workbook")] == [404, 404]


def test_the_boxes_say_whose_report_it_is(sign_in: Any, here: Any) -> None:
    """Somebody of two commissioners presses again and gets the same report, never the other one's."""
    first = CommissionerFactory(name="A first one")
    MembershipFactory(user=here["analyst"], role=Role.QUALITY_ANALYST, organisation=first)
    a_period(first, ends_on=last_quarters(timezone.localdate(), 3)[0])
    client = sign_in(here["analyst"])
    for asked in ({}, {"period": here["period"].reference}, {"provider": here["ash"].reference}):
        page = client.get(WHERE, asked)
        form = page.context["filter"]
        assert (page.context["report"].commissioner, form["commissioner"].value(), form["period"].value()) == (
            here["ours"], here["ours"].reference, here["period"].reference,
        )  # fmt: skip
    other = client.get(WHERE, {"commissioner": first.reference, "period": here["period"].reference})
    assert (other.context["report"].commissioner, other.context["report"].below) == (first, [])


def test_as_many_questions_for_many_providers(sign_in: Any, here: Any) -> None:
    ours, counts = sign_in(here["analyst"]), []
    ours.get(WHERE)
    for more in (0, 5):
        for n in range(more):
            owed = a_figures_return(
                here["period"], provider_of(here["ours"], name=f"More {n}"), [here["line"]], threshold=85
            )
            submitted(owed, ward_3=(5, 100), at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            page = ours.get(WHERE)
        counts.append(len([each for each in asked if "SAVEPOINT" not in each["sql"]]))
        assert len(page.context["report"].below) == page.context["report"].count == 1 + more
    assert (counts[0] == counts[1], counts[1] <= 12) == (True, True)

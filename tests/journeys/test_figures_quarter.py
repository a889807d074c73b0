"""A quarter of figures in a real browser: a trust counts its staff list and pastes the rest, a practice fills in the
workbook, a care home follows a link on a telephone; the commissioner reads what it comes to and asks about it.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.capabilities import Role
from design.calendar import Quarter
from providers.models import Organisation
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, ContactFactory, provider_of
from tests.factories.training import a_figures_return, a_line, a_period, lead_of
from tests.factories.workbooks import saved_again
from tests.journeys.conftest import Visitor
from tests.training.test_figures_workbook import COUNTED, OF, place
from tests.training.test_grid_in_a_browser import PASTE
from training.links import make_address
from training.models import Cell, Figure, FigureLink, FigureQuery, FigureReturn, Period

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LONG_ADDRESS = "safeguarding.lead.of.the.home@provider.example"  # longer than a telephone is wide
LISTED = "Name,Completed\n" + "".join(f"Person {n},{day}\n" for n, day in enumerate(["01/06/2026"] * 9 + [""]))


@pytest.fixture
def quarter() -> Period:
    """The last whole quarter, asked of four providers: training and a count."""
    commissioner = CommissionerFactory(name="NHS Westmarch")
    period = a_period(commissioner, ends_on=Quarter.last_complete(timezone.localdate()).ends)
    lines = [
        a_line(commissioner, name="Safeguarding children level 2", refresh="course", refresh_months=36),
        a_line(commissioner, "referrals", name="Referrals", form="count", direction="none", family="indicator"),
    ]
    until = {"due_on": timezone.localdate() + timedelta(days=9), "threshold": 90}
    for name, tier in (("Trust", "full"), ("Practice", "general_practice"), ("Home", "light"), ("Silent", "light")):
        a_figures_return(period, provider_of(commissioner, name=f"{name} of Westmarch"), lines, tier=tier, **until)
    return period


def owed_by(quarter: Period, name: str) -> FigureReturn:
    found: FigureReturn = quarter.returns.select_related("organisation").get(organisation__name__startswith=name)
    return found


def write_url(owed: FigureReturn) -> str:
    return reverse("training:return-write", args=[owed.reference])


def sign(page: Page, visitor: Visitor, name: str) -> None:
    """From the figures that were checked to the thanks."""
    visitor.looks_right(f"{name}-check")
    page.get_by_role("button", name="Go on to sign").first.click()
    fill_signature(page)
    visitor.looks_right(f"{name}-sign")
    page.get_by_role("button", name=re.compile("^Sign and submit")).click()
    page.wait_for_load_state()


def fill_signature(page: Page) -> None:
    page.get_by_label(re.compile("^Name")).fill("Jo Signer")
    page.get_by_label(re.compile("role")).fill("Named nurse")
    page.locator("input[name=reported_now][value=no]").check()


def test_a_quarter_is_collected_in_four_ways(visit: Callable[..., Visitor], quarter: Period, tmp_path: Path) -> None:
    _trust(visit, owed_by(quarter, "Trust"))
    _practice(visit, owed_by(quarter, "Practice"), tmp_path)
    _home(visit, owed_by(quarter, "Home"))
    said = Figure.objects.known().totals().order_by("organisation__name", "code")
    assert list(said.values_list("organisation__name", "code", "numerator", "denominator")) == [
        ("Home of Westmarch", "children-2", 12, 12), ("Home of Westmarch", "referrals", 1, None),
        ("Practice of Westmarch", "children-2", 18, 20), ("Practice of Westmarch", "referrals", 0, None),
        ("Trust of Westmarch", "children-2", 9, 10), ("Trust of Westmarch", "referrals", 14, None),
    ]  # fmt: skip
    _read(visit, quarter)


def _trust(visit: Any, owed: FigureReturn) -> None:
    """Staff list, then the grid."""
    trust = visit(lead_of(owed.organisation))
    page = trust.goes_to(write_url(owed))
    page.get_by_role("link", name="count from your staff list").click()
    page.wait_for_selector("[data-staff-list-file]:enabled")
    page.set_input_files(
        "[data-staff-list-file]", {"name": "staff.csv", "mimeType": "text/csv", "buffer": LISTED.encode()}
    )
    page.wait_for_selector("[data-staff-list-columns]:visible")
    page.select_option("[data-line=children-2][data-part=date]", label="Completed")
    page.get_by_role("button", name="Count", exact=True).click()
    page.wait_for_selector("[data-staff-list-result]:visible")
    trust.looks_right("figures-staff-list")
    page.get_by_role("button", name="Put these totals into the figures").click()
    page.wait_for_load_state()
    assert list(Cell.objects.filter(asked__figure_return=owed, asked__code="children-2").values_list("numerator")) == [
        (9,)
    ]
    page = trust.goes_to(write_url(owed))
    page.get_by_label(re.compile("^Referrals")).first.focus()
    page.evaluate(PASTE, "14\n")
    expect(page.locator("[data-autosave-status]").first).to_contain_text("Saved ")
    trust.looks_right("figures-grid")
    page.get_by_role("link", name="Check and go on").click()
    sign(page, trust, "figures-trust")


def _practice(visit: Any, owed: FigureReturn, tmp_path: Path) -> None:
    """The workbook, filled in and brought back."""
    practice = visit(lead_of(owed.organisation))
    page = practice.goes_to(reverse("training:return-workbook", args=[owed.reference]))
    practice.looks_right("figures-workbook")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the workbook").click()
    content = Path(download.value.path()).read_bytes()
    path = tmp_path / "figures.xlsx"
    path.write_bytes(saved_again(content, filled(content)))
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name=re.compile("^Upload")).click()
    page.get_by_role("heading", name="What the file changes").wait_for()
    practice.looks_right("figures-difference")
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.wait_for_load_state()
    page = practice.goes_to(reverse("training:return-check", args=[owed.reference]))
    sign(page, practice, "figures-practice")


def filled(content: bytes) -> dict[str, Any]:
    """18 of 20 and no referral, in the boxes of their lines."""
    training, referrals = ("Safeguarding children level 2", "Everybody"), ("Referrals", "Everybody")
    return {
        place(content, *training, OF): 20, place(content, *training, COUNTED): 18,
        place(content, *referrals, COUNTED): 0,
    }  # fmt: skip


def _home(visit: Any, owed: FigureReturn) -> None:
    """The letter's address on a telephone, without an account."""
    ContactFactory(organisation=owed.organisation, kind="registered_manager", name="Sam", email=LONG_ADDRESS)
    analyst = visit(someone(Role.QUALITY_ANALYST, owed.commissioner))
    page = analyst.goes_to(reverse("training:link-send", args=[owed.reference]))
    analyst.looks_right("figures-link-send")
    page.set_viewport_size({"width": 390, "height": 900})
    page.locator("main form button[type=submit]").click()
    page.get_by_text(f"A link is on its way to Sam, {LONG_ADDRESS}").wait_for()
    assert not analyst.is_too_wide()
    home = visit(None, width=390)
    address = make_address(FigureLink.objects.get(), at=timezone.now())
    page = home.goes_to(re.sub(r"^https?://[^/]+", "", address))
    home.looks_right("figures-link")
    page.get_by_role("button", name="Start").click()
    page.get_by_label(re.compile("^Safeguarding children level 2.*of how many")).fill("12")
    page.get_by_label(re.compile("^Safeguarding children level 2.*, how many")).fill("12")
    page.get_by_label(re.compile("^Referrals")).first.fill("1")
    page.keyboard.press("Tab")
    expect(page.locator("[data-autosave-status]").first).to_contain_text("Saved ")
    home.looks_right("figures-link-write")
    page.get_by_role("link", name="Check and sign").click()
    fill_signature(page)
    home.looks_right("figures-link-sign")
    page.locator("main form button[type=submit]").click()
    page.get_by_text("has received your figures").wait_for()
    home.looks_right("figures-link-done")


def _read(visit: Any, quarter: Period) -> None:
    """What it comes to, who is missing, and a question that the trust answers."""
    analyst = visit(someone(Role.QUALITY_ANALYST, quarter.commissioner))
    page = analyst.goes_to(reverse("training:overview"))
    analyst.looks_right("figures-overview")
    page.get_by_text("All lines of the period").first.click()
    words = page.inner_text("main")
    assert [each for each in ("3 of 4 providers", "Silent of Westmarch", "39 of 42") if each not in words] == []
    trust: Organisation = owed_by(quarter, "Trust").organisation
    page = analyst.goes_to(reverse("training:query-ask", args=[owed_by(quarter, "Trust").reference, "referrals"]))
    page.locator("main textarea").first.fill("Fourteen is twice as many as before. What happened?")
    analyst.looks_right("figures-ask")
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state()
    asked = FigureQuery.objects.get()
    lead = visit(lead_of(trust))
    page = lead.goes_to(reverse("training:query-answer", args=[asked.reference]))
    page.locator("main textarea").first.fill("A new clinic opened.")
    lead.looks_right("figures-answer")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("answered", "A new clinic opened.")
    page = analyst.goes_to(reverse("training:exception-report"))
    analyst.looks_right("figures-exceptions")
    assert "Silent of Westmarch" in page.inner_text("main")

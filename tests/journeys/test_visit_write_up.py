"""A visit is written up on a telephone while the network comes and goes; nothing that was typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.capabilities import Role
from oversight.models import Visit, VisitFinding
from tests.factories.accounts import someone
from tests.factories.framework import published
from tests.factories.providers import CommissionerFactory, SiteFactory, provider_of
from tests.factories.visits import a_finding, a_visit
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DISCONNECTED = "ERR_INTERNET_DISCONNECTED"
BELOW_44 = """[...document.querySelectorAll(".portal-pick, .portal-line .nhsuk-input, .portal-line textarea")]
    .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"""


@pytest.fixture
def planned() -> Visit:
    """For today, at one site, with a line that was prepared."""
    published()
    commissioner = CommissionerFactory()
    organisation = provider_of(commissioner, name="Riverbank Care")
    site = SiteFactory(organisation=organisation, name="Ash Ward")
    lead = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, name="Nora Nurse")
    visit = a_visit(organisation, commissioner, lead=lead, planned_on=timezone.localdate(), site=site)
    a_finding(visit, "", asked="Supervision", text="", site=site)
    return visit


def judge(page: Page, line: int, judgement: str, words: str) -> Any:
    """Tick and type in one line; the place where it says whether it is saved."""
    form = page.locator(f"#line-{line}")
    form.get_by_text(judgement, exact=True).click()
    form.get_by_label("Evidence").fill(words)
    return form.locator("[data-autosave-status]")


def test_nothing_is_lost_when_the_network_goes(visit: Callable[..., Visitor], planned: Visit) -> None:
    nora = visit(planned.lead, width=390)
    page = nora.goes_to(f"/visits/{planned.reference}/write-up/")
    nora.looks_right("visit-write-up")
    assert page.evaluate(BELOW_44) == []
    # Given a line that was saved, when the network is cut, then what follows stays on the telephone.
    expect(judge(page, 1, "Concern", "No record since May.")).to_contain_text("Saved")
    page.context.set_offline(True)
    expect(page.locator("[data-offline]")).to_be_visible()
    page.get_by_text("Empty line 1").click()
    expect(judge(page, 2, "Good practice", "Everybody knew the lead.")).to_contain_text("trying again")
    expect(judge(page, 1, "Concern", "No record since April.")).to_contain_text("trying again")
    assert VisitFinding.objects.get().text == "No record since May."
    # When it is back, then both are sent without a hand being moved.
    page.context.set_offline(False)
    expect(page.locator("[data-offline]")).to_be_hidden()
    expect(page.locator("#line-2 [data-autosave-status]")).to_contain_text("Saved")
    expect(page.locator("#line-1 [data-autosave-status]")).to_contain_text("Saved")
    # Given more that was typed without a network, when the page is closed and opened again, then it is back and sent.
    page.context.set_offline(True)
    page.get_by_text("Empty line 2").click()
    expect(judge(page, 3, "Immediate concern", "A fire exit was locked.")).to_contain_text("trying again")
    page.close()
    page.context.set_offline(False)
    nora.page = page = page.context.new_page()
    nora.goes_to(f"/visits/{planned.reference}/write-up/")
    saved = page.locator("#line-3")
    expect(saved.locator("[data-autosave-status]")).to_contain_text("Saved")
    expect(saved.get_by_label("Evidence")).to_have_value("A fire exit was locked.")
    expect(saved.get_by_label("Evidence")).to_be_visible()
    written = planned.findings.order_by("position").values_list("judgement", "text", "site__name")
    assert list(written) == [
        ("concern", "No record since April.", "Ash Ward"),
        ("good_practice", "Everybody knew the lead.", "Ash Ward"),
        ("immediate_concern", "A fire exit was locked.", "Ash Ward"),
    ]
    assert [words for words in nora.complaints if DISCONNECTED not in words] == []
    # And the page shows all of it, also to the next who opens it, with the concern that somebody must be told of.
    page.reload()
    expect(page.get_by_text("Nobody has been told yet.")).to_be_visible()
    nora.complaints.clear()
    nora.looks_right("visit-written-up")

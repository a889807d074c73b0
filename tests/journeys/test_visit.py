"""A visit from the programme to its follow-up, by the people whose step each is, in real browsers.

It is written up on a telephone while the network comes and goes; nothing that was typed is lost.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.capabilities import Role
from accounts.models import User
from oversight.models import Visit, VisitFinding
from providers.models import Organisation
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory
from tests.factories.framework import published
from tests.factories.providers import CommissionerFactory, SiteFactory, provider_of
from tests.factories.validation import submitted, validated
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DISCONNECTED = "ERR_INTERNET_DISCONNECTED"
BELOW_44 = """[...document.querySelectorAll(".portal-pick, .portal-line .nhsuk-input, .portal-line textarea")]
    .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"""
TODAY = timezone.localdate


@pytest.fixture
def riverbank() -> Organisation:
    """Two wards, and a return that was checked a month ago and says that criterion 1.1 is met."""
    commissioner, month_ago = CommissionerFactory(), timezone.now() - timedelta(days=30)
    organisation = provider_of(commissioner, name="Riverbank Care")
    for name in ("Ash Ward", "Elm Ward"):
        SiteFactory(organisation=organisation, name=name)
    round = RoundFactory(commissioner=commissioner, framework_version=published())
    validated(month_ago, assessment=submitted(month_ago, round=round, organisation=organisation))
    return organisation


@pytest.fixture
def people(riverbank: Organisation) -> dict[str, User]:
    """Whose steps they are."""
    commissioner = riverbank.arrangements.get().commissioner
    return {
        "nora": someone(Role.DESIGNATED_PROFESSIONAL, commissioner, name="Nora Nurse"),
        "sam": someone(Role.DESIGNATED_PROFESSIONAL, commissioner, name="Sam Second"),
        "dora": someone(Role.DIRECTOR_OF_NURSING, commissioner, name="Dora Director"),
        "leah": someone(Role.PROVIDER_LEAD, riverbank, name="Leah Lead"),
    }


def test_a_visit_is_planned_written_up_disputed_signed_and_followed_up(
    visit: Callable[..., Visitor], people: dict[str, User]
) -> None:
    nora = visit(people["nora"])
    at = planned_and_packed(nora)
    telephone = visit(people["nora"], width=390)
    written_up(telephone, at)
    closed(telephone, at)
    sent(nora, at)
    leah = visit(people["leah"], width=390)
    commented_on(leah)
    nora.goes_to(f"{at}comments/").get_by_role("link", name="Answer").click()
    answered(nora, "Not accepted", "It was not shown to us.", "Answer this comment", "visit-answer")
    disputed(leah)
    sam = visit(people["sam"])
    sam.goes_to(f"{at}comments/").get_by_role("link", name="Decide as the second reviewer").click()
    answered(sam, "Accepted, the report is changed", "The record was there.", "Decide", "visit-decide")
    put_right(nora, at)
    signed(visit(people["dora"]), at)
    promised(leah)
    followed_up(nora, at)


def write_date(page: Page, name: str, on: date) -> None:
    """Into the three boxes."""
    for part in ("day", "month", "year"):
        page.locator(f"[name={name}_{part}]").fill(str(getattr(on, part)))


def planned_and_packed(nora: Visitor) -> str:
    """Seen on the programme, planned for today at one ward, its lines chosen, the pack printed; its address."""
    page = nora.goes_to("/visits/programme/")
    expect(page.get_by_role("row", name="Riverbank Care")).to_contain_text("No visit recorded")
    nora.looks_right("visit-programme")
    page.get_by_role("link", name="Plan a visit to Riverbank Care").click()
    nora.looks_right("visit-plan")
    write_date(page, "planned_on", TODAY())
    page.get_by_label("Announced", exact=True).check()
    page.get_by_label("Site").select_option("Ash Ward")
    page.get_by_label("Adults", exact=True).check()
    page.get_by_label("Children", exact=True).check()
    page.get_by_role("button", name="Plan this visit").click()
    page.get_by_role("link", name="Choose what it looks at").click()
    for ticked in reversed(page.locator("[name^=standard_]:checked").all()):
        ticked.uncheck()
    page.get_by_label("1.1 ").check()
    page.get_by_label("Lines of your own").fill("Supervision")
    nora.looks_right("visit-lines")
    page.get_by_role("button", name="Save the lines").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Visit pack to print").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    assert download.value.suggested_filename == f"visit-pack-{Visit.objects.get().reference}.pdf"
    nora.looks_right("visit-packed")
    return f"/visits/{Visit.objects.get().reference}/"


def judge(page: Page, line: int, judgement: str, words: str) -> Any:
    """Tick and type in one line; the place where it says whether it is saved."""
    form = page.locator(f"#line-{line}")
    form.get_by_text(judgement, exact=True).click()
    form.get_by_label("Evidence").fill(words)
    return form.locator("[data-autosave-status]")


def written_up(nora: Visitor, at: str) -> None:
    page = nora.goes_to(at)
    page.get_by_role("button", name="Write it up").click()
    nora.looks_right("visit-write-up")
    assert page.evaluate(BELOW_44) == []
    # Given a line that was saved, when the network is cut, then what follows stays on the telephone.
    expect(judge(page, 1, "Concern", "Staff did not know the policy.")).to_contain_text("Saved")
    page.context.set_offline(True)
    expect(page.locator("[data-offline]")).to_be_visible()
    page.get_by_text("Empty line 1").click()
    typed = [
        judge(page, 2, "Concern", "No record since May."),
        judge(page, 3, "Good practice", "Everybody knew the lead."),
        judge(page, 1, "Concern", "Two of five knew the policy."),
    ]
    for each in typed:
        expect(each).to_contain_text("trying again")
    assert list(VisitFinding.objects.judged().values_list("text", flat=True)) == ["Staff did not know the policy."]
    # When it is back, then all are sent without a hand being moved.
    page.context.set_offline(False)
    expect(page.locator("[data-offline]")).to_be_hidden()
    for each in typed:
        expect(each).to_contain_text("Saved")
    # Given more that was typed without a network, when the page is closed and opened again, then it is back and sent.
    page.context.set_offline(True)
    page.get_by_text("Empty line 2").click()
    expect(judge(page, 4, "Immediate concern", "A fire exit was locked.")).to_contain_text("trying again")
    page.close()
    page.context.set_offline(False)
    nora.opens_a_page(page.context)
    page = nora.goes_to(f"{at}write-up/")
    saved = page.locator("#line-4")
    expect(saved.locator("[data-autosave-status]")).to_contain_text("Saved")
    expect(saved.get_by_label("Evidence")).to_have_value("A fire exit was locked.")
    expect(saved.get_by_label("Evidence")).to_be_visible()
    written = VisitFinding.objects.order_by("position").values_list("judgement", "text", "site__name")
    assert list(written) == [
        ("concern", "Two of five knew the policy.", "Ash Ward"),
        ("concern", "No record since May.", "Ash Ward"),
        ("good_practice", "Everybody knew the lead.", "Ash Ward"),
        ("immediate_concern", "A fire exit was locked.", "Ash Ward"),
    ]
    assert [words for words in nora.complaints if DISCONNECTED not in words] == []
    nora.complaints.clear()


def closed(nora: Visitor, at: str) -> None:
    """Somebody is told of the immediate concern on the same day, and the visit is over."""
    page = nora.page
    expect(page.get_by_role("link", name="Record who was told")).to_have_count(1)
    nora.looks_right("visit-written-up")
    page.get_by_role("link", name="Record who was told of line 4").click()
    page.get_by_label("Who was told").fill("Ann Lee, home manager")
    page.get_by_label("In person").check()
    nora.looks_right("visit-told")
    page.get_by_role("button", name="Record who was told").click()
    nora.looks_right("visit-letter")
    nora.goes_to(at).get_by_role("button", name="Write it up").click()
    page.get_by_role("button", name="Close the write-up").click()
    nora.looks_right("visit-done")
    page.get_by_role("button", name="Close the write-up").click()
    expect(page.get_by_text("The report is next.")).to_be_visible()
    nora.looks_right("visit-closed")


def sent(nora: Visitor, at: str) -> None:
    """Back at the desk the report is written, and goes to the provider."""
    page = nora.goes_to(at)
    page.get_by_role("button", name="Write the report").click()
    nora.looks_right("visit-report-begin")
    page.get_by_role("button", name="Begin the report").click()
    page.get_by_label("Summary").fill("A caring service.")
    expect(page.locator("form:has([id=words-summary]) [data-autosave-status]")).to_contain_text("Saved")
    nora.looks_right("visit-report-drafting")
    page.get_by_role("button", name="Send it to the provider").click()
    nora.looks_right("visit-report-send")
    page.get_by_role("button", name="Send the draft to the provider").click()
    expect(page.get_by_text("The draft is with the provider")).to_be_visible()


def commented_on(leah: Visitor) -> None:
    """The provider finds the draft on its first page and says what is not right."""
    page = leah.goes_to("/")
    page.get_by_role("link", name="Draft report").click()
    expect(page.get_by_text("A caring service.")).to_be_visible()
    page.get_by_label("About", exact=True).select_option("Finding 2: Supervision")
    page.get_by_label("What is not right, and what shows it?").fill("There is one of July.")
    leah.looks_right("visit-draft")
    page.get_by_role("button", name="Send this comment").click()
    expect(page.get_by_text("Not answered yet")).to_be_visible()


def answered(whose: Visitor, answer: str, why: str, button: str, name: str) -> None:
    page = whose.page
    page.get_by_label(answer, exact=True).check()
    page.get_by_label("Why", exact=True).fill(why)
    whose.looks_right(name)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("The provider reads your answer now")).to_be_visible()


def disputed(leah: Visitor) -> None:
    page = leah.page
    page.reload()
    page.get_by_role("link", name="Ask for a second reviewer").click()
    page.get_by_label("Why do you not agree?").fill("It was on the table.")
    leah.looks_right("visit-dispute")
    page.get_by_role("button", name="Ask for a second reviewer").click()
    expect(page.get_by_text("Disputed")).to_be_visible()
    page.get_by_text("Your organisation has sent all its comments?").click()
    leah.looks_right("visit-draft-disputed")
    page.get_by_role("button", name="We have no more comments").click()
    expect(page.get_by_text("Noted: your organisation has no more comments")).to_be_visible()


def put_right(nora: Visitor, at: str) -> None:
    """What was accepted is changed in the write-up, from which the final report is made."""
    nora.looks_right("visit-comments")
    page = nora.goes_to(at)
    page.get_by_role("link", name="Change the report").click()
    page.get_by_role("link", name="write-up").click()
    expect(judge(page, 2, "Concern", "No record since July.")).to_contain_text("Saved")


def signed(dora: Visitor, at: str) -> None:
    page = dora.goes_to(at)
    page.get_by_role("button", name="Read and sign the final report").click()
    page.get_by_label("I have read the report").check()
    dora.looks_right("visit-sign")
    page.get_by_role("button", name="Sign the final report").click()
    expect(page.get_by_text("The final report is signed")).to_be_visible()


def promised(leah: Visitor) -> None:
    """Each concern is answered by an action."""
    page = leah.goes_to("/")
    leah.looks_right("visit-provider-home-final")
    page.get_by_role("link", name="Report of the visit").click()
    expect(page.get_by_text("No record since July.")).to_be_visible()
    expect(page.get_by_text("No record since May.")).to_be_hidden()
    leah.looks_right("visit-report")
    page.get_by_role("link", name="Action plan").click()
    for n in range(3):
        page.get_by_role("link", name="Add an action").nth(n).click()
        page.get_by_label("What will be done?").fill("Record supervision each month.")
        page.get_by_label("Who answers for it?").fill("Ann Lee, home manager")
        write_date(page, "due_on", TODAY() + timedelta(days=60))
        if n == 0:
            leah.looks_right("visit-promise")
        page.get_by_role("button", name="Add this action").click()
    expect(page.get_by_text("Each concern has an action.")).to_be_visible()
    leah.looks_right("visit-plan-complete")


def followed_up(nora: Visitor, at: str) -> None:
    """The next visit is planned, and the criterion was seen at the one ward."""
    page = nora.goes_to(at)
    nora.looks_right("visit-final")
    page.get_by_role("link", name="Follow up").click()
    nora.looks_right("visit-follow-up")
    page.get_by_role("link", name="plan a follow-up visit").click()
    nora.looks_right("visit-plan-follow-up")
    write_date(page, "planned_on", TODAY() + timedelta(days=90))
    page.get_by_role("button", name="Plan this visit").click()
    page.get_by_role("link", name="What was seen at each site").click()
    row = page.get_by_role("row", name="1.1")
    expect(row).to_contain_text(f"Ash Ward: partly met, seen on {TODAY():%-d %b %Y}")
    nora.looks_right("visit-seen")
    row.get_by_role("link", name="1.1").click()
    expect(page.get_by_text(f"Seen at Ash Ward on {TODAY():%-d %B %Y}")).to_be_visible()
    expect(page.get_by_text("Not seen at Elm Ward.")).to_be_visible()
    nora.looks_right("visit-criterion")

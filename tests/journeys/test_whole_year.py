"""One assurance year on screen, from a practice's first click to the Governing Body's paper."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.whole import People, Person, Running, a_portal

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRACTICE = "Abbey Road Surgery"
NADIA, PRIYA = "nadia.hussain@abbeyroad.example", "priya.raman@westmarch.example"
CATHERINE, GEOFFREY = "catherine.lowe@westmarch.example", "geoffrey.pell@westmarch.example"
VALIDATORS = {
    "children": "helen.ashworth@westmarch.example",
    "adults": "marcus.oyelaran@westmarch.example",
    "looked_after": "siobhan.keane@westmarch.example",
}
WEAK = "2.1"
EVERYTHING = re.compile("^Everything (listed )?is decided")
WORDS = {
    "What is asked of the meeting": "The Governing Body is asked to receive this report.",
    "Statement of assurance": "Most providers have a validated level. The commissioner is reasonably assured.",
    "Three concerns and what is being done": "1. Training of new staff.\n2. Late returns.\n3. Vacant posts.",
    "Priorities for next year": "1. Every practice returns on time.",
}


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_portal(tmp_path_factory.mktemp("whole") / "data") as portal:
        yield portal


@pytest.fixture
def people(browser: Browser, running: Running) -> Iterator[People]:
    found = People(browser, running)
    yield found
    found.leave()


def test_one_assurance_year_from_the_first_click_to_the_governing_bodys_paper(people: People, tmp_path: Path) -> None:
    analyst = people(PRIYA)
    before = counts(analyst)
    reference = a_practice_answers_and_submits(people(NADIA), tmp_path)
    the_receipt_is_a_paper(people(NADIA))
    for n, (strand, email) in enumerate(VALIDATORS.items()):
        people(email).knows_the_pages = n > 0  # the same pages as the first one's, of another strand
        a_strand_is_validated_by_exception(people(email), reference, strand)
    the_receipt_has_arrived(people(NADIA), reference)
    the_practice_reads_its_result(people(NADIA), reference)
    the_overview_has_moved_by_one(analyst, before)
    a_figure_leads_to_its_list_profile_and_standard(analyst)
    report = the_analyst_writes_the_annual_report(analyst)
    the_director_approves_and_publishes(people(CATHERINE), report)
    a_member_of_the_governing_body_downloads_it(people(GEOFFREY))


# --- The practice ---


def a_practice_answers_and_submits(nadia: Person, folder: Path) -> str:
    page = nadia.goes_to("/")
    nadia.sees("What is needed from you", "Nobody has begun yet", "01632")
    nadia.fits_a_telephone()
    page.get_by_role("button", name="Start").click()
    reference = page.url.split("/returns/")[1].split("/")[0]
    nadia.sees("Everything is saved as you type")
    nadia.fits_a_telephone()
    page.get_by_role("list").filter(has=page.get_by_text("Not started")).get_by_role("link").first.click()
    page.wait_for_url("**/write/standards/*/")
    while page.get_by_role("button", name="Save and go on").count():
        answer_one_standard(nadia)
    evidence_is_added(nadia, reference, folder)
    page = nadia.goes_to(f"/returns/{reference}/write/tasks/")
    page.get_by_role("link", name="Check your answers, sign and submit").click()
    nadia.sees("Check your answers", "Partly met")
    nadia.fits_a_telephone()
    page.get_by_role("button", name="Go on to sign").first.click()
    nadia.sees("Sign and submit", "Worried about someone now?")
    nadia.fits_a_telephone()
    page.get_by_label("No, nothing here needs to be reported now").check()
    page.get_by_label("Name of the executive").fill("Dr Ann Partner")
    page.get_by_label("Their role").fill("Partner responsible for safeguarding")
    page.get_by_role("button", name="Sign and submit").click()
    nadia.sees("Return submitted", "Receipt of submission 1 (PDF)", "Dr Ann Partner")
    return reference


def answer_one_standard(nadia: Person) -> None:
    """Met everywhere, but for one question, which needs words."""
    page, here = nadia.page, nadia.page.url
    if here.endswith(("/1/", f"/{WEAK.split('.')[0]}/")):  # the others are the same page with other questions
        nadia.finds_nothing_wrong()
    nadia.fits_a_telephone()
    for group in page.get_by_role("group", name="Your grade for").all():
        weak = group.locator("legend").inner_text().strip().endswith(f" {WEAK}")
        group.get_by_role("radio", name="Partly met (amber)" if weak else "Met (green)", exact=True).check()
    if page.get_by_role("textbox", name=f"Your answer for {WEAK}", exact=True).count():
        page.get_by_role("textbox", name=f"Your answer for {WEAK}", exact=True).fill("New staff are booked for May.")
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url(lambda url: url != here)


def evidence_is_added(nadia: Person, reference: str, folder: Path) -> None:
    page = nadia.goes_to(f"/returns/{reference}/write/standards/{WEAK.split('.')[0]}/")
    file = folder / "Training record, no names.txt"
    file.write_text("Eleven of fourteen staff are trained. Three are booked for May.\n", encoding="utf-8")
    page.get_by_role("button", name=re.compile(rf"^Add or remove evidence\s+for {re.escape(WEAK)}$")).click()
    nadia.sees(f"Evidence for {WEAK}", "Do not send")
    nadia.fits_a_telephone()
    page.get_by_label("A file from this device").check()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("What is it?").fill("Training record")
    page.get_by_role("button", name="Add this evidence").click()
    nadia.sees("Training record")


def the_receipt_is_a_paper(nadia: Person) -> None:
    with nadia.page.expect_download() as receipt:
        nadia.page.get_by_role("link", name="Receipt of submission 1 (PDF)").click()
    assert Path(receipt.value.path()).read_bytes().startswith(b"%PDF-")


def the_receipt_has_arrived(nadia: Person, reference: str) -> None:
    """By mail, within the minute after submitting: while others worked on, nobody has waited for it."""
    subject = nadia.page.get_by_role("row").filter(has_text=nadia.email).get_by_role("link", name="Received")
    for _ in range(30):
        nadia.goes_to("/demonstration/mail/")
        if subject.count():
            break
        nadia.page.wait_for_timeout(2_000)
    subject.first.click()
    nadia.sees("[Demonstration] Received", "Dr Ann Partner", reference)


def the_practice_reads_its_result(nadia: Person, reference: str) -> None:
    nadia.goes_to(f"/returns/{reference}/result/")
    page = nadia.sees(f"Result: {PRACTICE}", "accepted as declared (not reviewed)")
    page.get_by_role("heading", name=re.compile("^Overall (Significant|Reasonable|Limited) assurance")).wait_for()
    nadia.fits_a_telephone()
    weak = page.get_by_role("row").filter(has=page.get_by_role("link", name=WEAK, exact=True))
    weak.get_by_role("link", name="Meet criterion").click()
    nadia.sees(f"Meet criterion {WEAK}", "Open")
    nadia.fits_a_telephone()


# --- The designated professionals ---


def a_strand_is_validated_by_exception(validator: Person, reference: str, strand: str) -> None:
    page = validator.goes_to("/validation/?q=Abbey+Road")
    validator.finds_nothing_wrong()
    page.locator("#queue").get_by_role("link").first.click()
    page.get_by_role("button", name="Begin validating").click()
    agree_with_everything_listed(page)
    validator.finds_nothing_wrong()
    accept = page.get_by_role("button", name="Accept the rest as declared")
    if accept.count():
        accept.click()
        validator.sees("Accepting is not reviewing")
        page.get_by_role("button", name=re.compile(r"^Accept \d+ as declared")).click()
        page.get_by_role("heading", name="Everything is decided").wait_for()
    page.get_by_role("button", name="Level and sign-off").click()
    validator.sees("What the rules give")
    page.get_by_role("button", name=re.compile("^Sign off")).click()
    page.wait_for_load_state()
    assert f"/{strand}/sign-off/" not in page.url, page.url


def agree_with_everything_listed(page: Page) -> None:
    """One criterion after another, until the page says that everything listed is decided."""
    done = page.get_by_role("heading", name=EVERYTHING)
    agree = page.get_by_role("button", name="Agree:")
    while True:
        done.or_(agree).first.wait_for()
        if done.count():
            return
        criterion = page.locator("#criterion-heading").inner_text()
        agree.click()
        expect(page.locator("#criterion-heading")).not_to_have_text(criterion)


# --- The quality team ---


def counts(analyst: Person) -> dict[str, int]:
    """The cards of the overview: state to number. They add up to everybody on the register."""
    page = analyst.goes_to("/overview/")
    analyst.sees("Assurance overview", "Providers by level")
    cards = page.locator(".portal-figure").all()
    found = {
        card.locator(".portal-figure__label").inner_text(): int(card.locator(".portal-figure__n").inner_text())
        for card in cards
    }
    assert sum(found.values()) == 60
    return found


def the_overview_has_moved_by_one(analyst: Person, before: dict[str, int]) -> None:
    after = counts(analyst)
    moved = {state: after.get(state, 0) - before.get(state, 0) for state in before | after}
    owed = "No return received, not yet due"
    gained = [state for state, by in moved.items() if by and state != owed]
    assert (moved[owed], [moved[state] for state in gained]) == (-1, [1])
    assert gained[0] in ("Significant assurance", "Reasonable assurance", "Limited assurance")
    if folder := os.environ.get("PORTAL_PICTURES"):
        size = {"x": 0, "y": 0, "width": 1280, "height": 1400}
        analyst.page.screenshot(path=Path(folder) / "overview.png", full_page=True, clip=size)  # type: ignore[arg-type]


def a_figure_leads_to_its_list_profile_and_standard(analyst: Person) -> None:
    page = analyst.page
    figure = page.locator(".portal-figure").filter(has_text="Limited assurance")
    many = int(figure.locator(".portal-figure__n").inner_text())
    figure.get_by_role("link").click()
    analyst.sees("Limited assurance", f"{many} of 60 providers")
    assert page.locator("tbody tr").count() == many
    name = page.locator("tbody").get_by_role("link").first.inner_text()
    page.locator("tbody").get_by_role("link").first.click()
    analyst.sees(name, "What we do not know")
    page.locator(".portal-grade-link").first.click()
    analyst.sees(name, "Standard 1")


def the_analyst_writes_the_annual_report(analyst: Person) -> str:
    page = analyst.goes_to("/annual-reports/")
    analyst.finds_nothing_wrong()
    page.get_by_role("button", name="Begin a report").click()
    analyst.sees("Begin an annual report")
    westmarch = page.get_by_role("radio", name=re.compile("Westmarch"))
    if westmarch.count():
        westmarch.check()
    page.get_by_role("button", name="Begin the report").click()
    desk = page.get_by_role("button", name="Take the figures and build")
    desk.wait_for()
    here = page.url
    analyst.finds_nothing_wrong()
    for section, words in WORDS.items():
        page.get_by_role("link", name=section).click()
        page.get_by_label(section).fill(words)
        analyst.finds_nothing_wrong()
        page.get_by_role("button", name="Save these words").click()
        page.wait_for_url(here)
    desk.click()
    page.get_by_role("link", name=re.compile(r"Working copy \(PDF")).wait_for(timeout=90_000)
    analyst.sees("Key figures")
    return here


def the_director_approves_and_publishes(director: Person, report: str) -> None:
    page = director.page
    page.goto(report)
    page.get_by_role("button", name="Approve", exact=True).click()
    director.sees("Approve this report", "Key figures")
    page.get_by_role("checkbox").check()
    page.locator("main form").get_by_role("button").click()
    publish = page.get_by_role("button", name="Publish", exact=True)
    publish.wait_for(timeout=90_000)
    director.finds_nothing_wrong()
    publish.click()
    director.sees("Publish this report")
    page.locator("main form").get_by_role("button").click()
    director.sees("Published")


def a_member_of_the_governing_body_downloads_it(member: Person) -> None:
    member.goes_to("/")
    page = member.sees("Annual reports", "published")
    page.get_by_role("main").get_by_role("link", name=re.compile("Westmarch")).click()
    member.sees("Key figures")
    with page.expect_download() as paper:
        page.get_by_role("button", name="Open the paper (PDF)").click()
    file = Path(paper.value.path()).read_bytes()
    assert file.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in file or len(file) > 20_000

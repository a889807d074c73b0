"""A care home's manager answers the light return by link, on a telephone: from the letter to the receipt."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from assurance import issuing
from assurance.models import SelfAssessment
from chasing.relay import deliver
from design.calendar import add_working_days
from framework.models import FrameworkVersion
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory
from tests.factories.providers import CommissionerFactory, ContactFactory, provider_of
from tests.journeys.conftest import Visitor
from tests.mail import Sink, mail

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
__all__ = ["mail"]
LINK = re.compile(r"https?://\S+/link/[\w-]+/")
# A careful reader of official prose, a thumb on glass, and the time to find the next button.
WORDS_A_MINUTE, KEYS_A_SECOND, SECONDS_A_TAP = 200, 3.0, 2.0


@dataclass
class Effort:
    """What the return asks of a person: words to read, taps, keys. The robot's own time says little about them."""

    began: float = field(default_factory=time.monotonic)
    pages: int = 0
    words: int = 0
    taps: int = 0
    keys: int = 0
    known: set[str] = field(default_factory=set)

    def reads(self, page: Page) -> None:
        """A line that stood on an earlier page as well, such as the meaning of a grade, is read once."""
        self.pages += 1
        new = {line.strip() for line in page.locator("main").inner_text().splitlines()} - self.known
        self.words += sum(len(line.split()) for line in new)
        self.known |= new

    @property
    def minutes(self) -> float:
        reading = self.words / WORDS_A_MINUTE
        return reading + (self.keys / KEYS_A_SECOND + self.taps * SECONDS_A_TAP) / 60


def issued_by_link(mail: Sink) -> tuple[SelfAssessment, str]:
    """A round of the shipped standards, issued; the manager's letter has arrived."""
    commissioner = CommissionerFactory(name="NHS Westmarch CCG")
    ContactFactory(
        organisation=commissioner, kind="designated", name="Helen Ashworth", telephone="01632 960100",
        job_title="Designated nurse",
    )  # fmt: skip
    home = provider_of(commissioner, name="Larch House", mailbox="office@larch.example")
    home.arrangements.update(tier="light")
    ContactFactory(organisation=home, kind="registered_manager", name="Sam Manager", email="sam@larch.example")
    shipped = FrameworkVersion.objects.filter(framework__commissioner=None).order_by("-valid_from")[0]
    today, now = timezone.localdate(), timezone.now()
    round = RoundFactory(
        commissioner=commissioner, framework_version=shipped, state="draft", opens_on=today,
        due_on=today + timedelta(days=30), name="Annual safeguarding self-assessment",
    )  # fmt: skip
    issuing.issue(round, by=someone("QA", commissioner), at=now, on=today)
    later = now + (add_working_days(today, 5) - today)  # letters leave on working days only
    deliver(lambda: later)
    letter = next(each for each in mail.to("sam@larch.example") if "complete by" in each["Subject"])
    text = str(letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert ("Helen Ashworth" in text, "01632 960100" in text, "Helen Ashworth" in letter["From"]) == (True,) * 3
    link = LINK.search(text)
    assert link is not None
    return SelfAssessment.objects.get(), link[0]


def test_the_light_return_by_link_on_a_telephone(
    visit: Callable[..., Visitor], mail: Sink, portal: str, settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PORTAL_BASE_URL = portal
    assessment, address = issued_by_link(mail)
    manager = visit(None, width=390)
    page, effort = manager.page, Effort()
    page.goto(address)
    assert "/link/return/" in page.url
    start = page.url
    manager.looks_right("link-start")
    effort.reads(page)
    page.get_by_role("button", name="Start").click()
    first = True
    while "/standards/" in page.url:
        one_standard(manager, effort, first=first)
        first = False
    # On another day the same letter leads back to what was saved.
    page.goto(address)
    assert page.url == start
    manager.looks_right("link-resumed")
    page.get_by_role("button", name="Check, sign and submit").click()
    manager.looks_right("link-check")
    effort.reads(page)
    page.get_by_role("button", name="Go on to sign").first.click()
    manager.looks_right("link-sign")
    effort.reads(page)
    page.get_by_label("No, nothing here needs to be reported now").check()
    page.get_by_label("Your full name").fill("Sam Manager")
    page.get_by_label("Your role").fill("Registered manager")
    effort.keys, effort.taps = effort.keys + 29, effort.taps + 6
    page.get_by_role("button", name="Sign and submit").click()
    page.get_by_role("heading", name="NHS Westmarch CCG has received your return").wait_for()
    manager.looks_right("link-received")
    effort.reads(page)
    with page.expect_download() as paper:
        page.get_by_role("button", name="Your receipt (PDF)").click()
    assert paper.value.path().read_bytes().startswith(b"%PDF-")
    seconds = time.monotonic() - effort.began
    deliver(timezone.now)
    confirmed = [each for each in mail.received if each["Subject"].startswith("Received:")]
    assert sorted(each["X-RcptTo"] for each in confirmed) == ["office@larch.example", "sam@larch.example"]
    asked = assessment.answers.count()
    told = f"{asked} questions on {effort.pages} pages, {effort.words} words, {effort.taps} taps, {effort.keys} keys"
    with capsys.disabled():
        print(f"\n{told}: about {effort.minutes:.0f} minutes for a person; the robot took {seconds:.0f} s")
    assert assessment.submissions.get().channel == "link"
    assert effort.minutes <= 15


def one_standard(manager: Visitor, effort: Effort, *, first: bool) -> None:
    """Met with a sentence; on the first page answers save themselves and one piece of evidence is named."""
    page, words = manager.page, "In place, and read by everybody."
    manager.looks_right(f"link-standard-{effort.pages}")
    effort.reads(page)
    for group in page.locator("section.portal-question").all():
        group.get_by_role("radio", name=re.compile("^Met")).check()
        box = group.get_by_role("textbox").last
        if first:
            with page.expect_response(lambda response: response.url.endswith("/save") and response.status == 200):
                box.fill(words)
        else:  # faster than the pause after which a page saves itself: its button saves all
            box.fill(words)
        effort.taps, effort.keys = effort.taps + 3, effort.keys + len(words)
    if first:
        page.get_by_text("Saved", exact=False).first.wait_for()
        page.get_by_role("button", name="Add a file, or say where it can be seen").first.click()
        page.wait_for_url("**/evidence/**")
        manager.looks_right("link-evidence")
        page.get_by_label("It can be seen on site").check()
        page.get_by_label("Where and when it can be seen").fill("In the office, any day")
        page.get_by_label("What is it?").fill("Safeguarding policy")
        page.get_by_role("button", name="Add this evidence").click()
        page.get_by_role("link", name="Back to the questions").click()
        page.get_by_text("Safeguarding policy").wait_for()
    effort.taps, here = effort.taps + 1, page.url
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url(lambda url: url != here)  # a save that is on its way comes first


def test_without_javascript_and_taken_back_in_one_click(
    visit: Callable[..., Visitor], mail: Sink, portal: str, settings
) -> None:
    settings.PORTAL_BASE_URL = portal
    assessment, address = issued_by_link(mail)
    plain = visit(None, width=390, javascript=False)
    plain.page.goto(address)
    plain.page.get_by_role("button", name="Start").click()
    plain.page.get_by_role("radio", name=re.compile("^Met")).first.check()
    plain.page.get_by_role("button", name="Save and come back later").click()
    plain.page.get_by_role("button", name="Continue").wait_for()
    assert assessment.answers.exclude(grade=None).count() == 1
    analyst = visit(someone("QA", assessment.commissioner))
    page = analyst.goes_to(reverse("assurance:assessment-detail", args=[assessment.reference]))
    page.get_by_text("Being used").wait_for()
    analyst.looks_right("return-with-a-link")
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("no longer works").wait_for()
    plain.page.reload()
    plain.page.get_by_role("heading", name="Page not found").wait_for()
    page.get_by_role("link", name="Send a link instead of an account").click()
    analyst.looks_right("link-send")
    page.get_by_role("button", name="Send the link").click()
    page.get_by_text("A link is on its way to Sam Manager").wait_for()

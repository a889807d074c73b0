"""Reviews from notification to embedded, by the people who are named on them, while others try the same addresses."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.capabilities import Role
from actions.models import Action
from reviews.models import Contribution, ImpactReview, Review
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NAME = "Adult Hawthorn"


class People(NamedTuple):
    """Who takes part, each with a window; ``stranger`` and the rest of ``wrong`` are on no list."""

    nurse: Visitor
    second: Visitor
    lead: Visitor
    wrong: list[Visitor]


@pytest.fixture
def people(visit: Callable[..., Visitor]) -> People:
    """Two named people of a commissioner, a provider's lead, and four who have nothing to do with the review."""
    commissioner = CommissionerFactory(name="NHS Westmarch")
    meadow, hill = (provider_of(commissioner, name=name) for name in ("Meadow View", "Hill Trust"))
    nurse, second, unnamed, analyst, director = (
        someone(role, commissioner, name=name)
        for role, name in (
            (Role.DESIGNATED_PROFESSIONAL, "Nora Nurse"), (Role.DESIGNATED_PROFESSIONAL, "Sam Second"),
            (Role.DESIGNATED_PROFESSIONAL, "Una Unnamed"), (Role.QUALITY_ANALYST, "Quinn Quality"),
            (Role.DIRECTOR_OF_NURSING, "Dee Director"),
        )
    )  # fmt: skip
    lead = someone(Role.PROVIDER_LEAD, meadow, name="Leah Lead", email="leah@meadow.example")
    colleague = someone(Role.PROVIDER_LEAD, meadow, name="Cal Colleague")
    stranger = someone(Role.PROVIDER_LEAD, hill, name="Stef Stranger", email="stef@hill.example")
    wrong = [visit(each) for each in (unnamed, analyst, director, colleague, stranger)]
    return People(visit(nurse), visit(second), visit(lead), wrong)


def ago(days: int) -> date:
    """So many days before today."""
    return timezone.localdate() - timedelta(days=days)


def fill_day(page: Page, name: str, value: date) -> None:
    """A day in its three boxes."""
    for part in ("day", "month", "year"):
        page.locator(f"[name={name}_{part}]").fill(str(getattr(value, part)))


def registers(nurse: Visitor, kind: str, added: date) -> str:
    """Register a review for two people; its address."""
    page = nurse.goes_to("/reviews/")
    page.get_by_role("button", name="Register a review").click()
    page.get_by_label("Kind of review").select_option(label=kind)
    page.get_by_label("Pseudonym").fill(NAME)
    fill_day(page, "referred_on", added)
    page.get_by_label("Sam Second").check()
    page.get_by_label("Why these people").fill("They oversee the review.")
    nurse.looks_right("review-register")
    page.get_by_role("button", name="Register this review").click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    return page.url.removeprefix(nurse.address)


def happens(nurse: Visitor, at: str, what: str, on: date) -> None:
    """Record an event of the review."""
    page = nurse.goes_to(f"{at}happened/")
    page.get_by_label("What happened").select_option(label=what)
    fill_day(page, "on", on)
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Recorded. The clocks that hang on it are counted.")).to_be_visible()


def reaches(nurse: Visitor, at: str, stage: str, on: date) -> None:
    """Move the review to a stage."""
    page = nurse.goes_to(f"{at}stage/")
    page.get_by_label("Stage", exact=True).select_option(label=stage)
    fill_day(page, "on", on)
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_text(f"The review is at “{stage}” now")).to_be_visible()


def waits_for_the_court(nurse: Visitor, at: str) -> None:
    """The clock stands still for criminal proceedings, and runs on."""
    page = nurse.goes_to(at)
    page.get_by_role("link", name="Pause").first.click()
    fill_day(page, "on", ago(60))
    page.get_by_label("Reason").fill("Criminal proceedings")
    page.get_by_label("Who agreed to it").fill("The chair of the partnership")
    page.get_by_role("button", name="Pause it").click()
    expect(page.get_by_text("Paused since").first).to_be_visible()
    page.get_by_role("link", name="Let it run on").first.click()
    fill_day(page, "on", ago(30))
    page.get_by_label("Reason").fill("The proceedings are over")
    page.get_by_label("Who agreed to it").fill("The chair of the partnership")
    page.get_by_role("button", name="Let it run on").click()
    expect(page.get_by_text("moved 1 time").first).to_be_visible()
    nurse.looks_right("review-clocks")


def is_asked_for_a_report(people: People, at: str) -> str:
    """An individual management report: asked, drafted, assured, signed, submitted; nothing of it is kept here."""
    page = people.nurse.goes_to(f"{at}reports/ask/")
    page.get_by_label("What do you ask for?").select_option(label="Individual management report")
    fill_day(page, "due_on", timezone.localdate() + timedelta(days=28))
    page.locator("[name=organisation_1]").fill("Meadow View")
    page.locator("[name=email_1]").fill("leah@meadow.example")
    page.get_by_role("button", name="Ask for these reports").click()
    expect(page.get_by_text("Asked of 1.")).to_be_visible()
    page = people.lead.goes_to("/your-returns/")
    page.get_by_role("link", name="Individual management report").click()
    people.lead.looks_right("report-asked")
    report = page.url.removeprefix(people.lead.address)
    said(people.lead, report, "draft", "Say that the draft is sent")
    page = people.nurse.goes_to(f"{report}quality/")
    page.get_by_label("Accepted", exact=True).check()
    fill_day(page, "on", timezone.localdate())
    page.get_by_role("button", name="Record this").click()
    page = people.lead.goes_to(f"{report}signature/")
    fill_day(page, "on", timezone.localdate())
    page.get_by_label("Name of the executive").fill("Dr Ada Ash")
    page.get_by_label("As what").fill("Medical Director")
    page.get_by_role("button", name="Record the signature").click()
    said(people.lead, report, "submitted", "Say that it is submitted", held_in="The trust’s legal office")
    people.lead.looks_right("report-submitted")
    return report


def said(who: Visitor, report: str, step: str, button: str, **boxes: str) -> None:
    """A step of a report that happened today."""
    page = who.goes_to(f"{report}{step}/")
    fill_day(page, "on", timezone.localdate())
    for name, words in boxes.items():
        page.locator(f"[name={name}]").fill(words)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", name="What was done and said")).to_be_visible()


def is_recommended(nurse: Visitor, at: str) -> str:
    """A recommendation is recorded, accepted and given to two organisations; the address of Meadow View's action."""
    page = nurse.goes_to(f"{at}recommendations/new/")
    page.get_by_label("Number").fill("4.2")
    page.get_by_label("What is recommended?").fill("Ask every adult who is alone whether they are safe at home.")
    page.get_by_label("All agencies together").check()
    page.get_by_role("button", name="Save this recommendation").click()
    page.get_by_role("link", name="Say whether it is accepted").click()
    page.get_by_label("Accepted", exact=True).check()
    page.get_by_role("button", name="Save the answer").click()
    page.get_by_role("button", name="Give organisations an action").click()
    for name in ("Meadow View", "Hill Trust"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("What is to be done?").fill("Put the question into the assessment.")
    fill_day(page, "due_on", timezone.localdate() + timedelta(days=60))
    page.get_by_label("Who answers for it at Meadow View").select_option(label="Leah Lead")
    page.get_by_label("Who answers for it at Hill Trust").select_option(label="Stef Stranger")
    nurse.looks_right("recommendation-given")
    page.get_by_role("button", name="Give each its action").click()
    nurse.looks_right("recommendation")
    page.get_by_role("link", name="Meadow View", exact=True).click()
    return page.url.removeprefix(nurse.address)


def is_done(people: People, action: str) -> None:
    """The provider reports and proves it, and somebody else verifies."""
    page = people.lead.goes_to(action)
    people.lead.looks_right("review-action")
    assert (NAME in page.content(), "Hill Trust" in page.content()) == (False, False)
    page.get_by_role("button", name="Report progress").click()
    page.get_by_label("How is it going?").fill("The form is changed and in use on every ward.")
    page.get_by_label("On track", exact=True).check()
    page.get_by_role("button", name="Save this progress").click()
    page.get_by_role("button", name="Add a file as evidence").click()
    audit = {"name": "audit.txt", "mimeType": "text/plain", "buffer": b"Twenty records looked at, twenty asked."}
    page.locator("[type=file]").set_input_files([audit])  # type: ignore[arg-type]
    page.get_by_label("What it is").fill("Audit of twenty records")
    page.get_by_role("button", name="Add this file").click()
    is_complete(people, action)


def is_complete(people: People, action: str) -> None:
    """Marked complete by its owner, and verified by somebody else."""
    page = people.lead.goes_to(action)
    page.get_by_role("button", name="Mark it complete").click()
    page.locator("[name=text]").fill("Done, and audited.")
    page.get_by_role("button", name="Mark it complete").click()
    expect(page.get_by_text("It waits for the commissioner to verify it")).to_be_visible()
    page = people.nurse.goes_to(action)
    page.get_by_role("button", name="Verify that it is complete").click()
    page.locator("[name=text]").fill("Read the audit.")
    page.get_by_role("button", name="Verify that it is complete").click()
    expect(page.get_by_text("Verified complete").first).to_be_visible()


def is_looked_at(people: People, impact: ImpactReview, found: str, words: str) -> None:
    """Implemented is not embedded: a look some months on, by somebody who does not own the action."""
    ImpactReview.objects.filter(pk=impact.pk).update(due_on=timezone.localdate())  # the months have passed
    page = people.second.goes_to(f"/reviews/impact/{impact.pk}/")
    people.second.looks_right("impact-review")
    page.get_by_label(found).check()
    page.get_by_label("What has changed for people").fill(words)
    if found.startswith("Failed"):
        fill_day(page, "due_on", timezone.localdate() + timedelta(days=30))
    page.get_by_role("button", name="Save what you found").click()
    expect(page.get_by_role("heading", name="Recommendation 4.2")).to_be_visible()


def lasts(people: People) -> None:
    """Both looks find that it has lasted."""
    for impact in ImpactReview.objects.filter(settled_at__isnull=True).order_by("months"):
        is_looked_at(people, impact, "Embedded: the change has lasted", "An audit of thirty records: all were asked.")


def nobody_else_gets_in(people: People, addresses: list[str], words: list[str]) -> None:
    """Each address is not there for whoever is not named, and no list or search of theirs holds a word of it."""
    for other in people.wrong:
        for address in addresses:
            answer = other.page.request.get(other.address + address)
            assert (address, answer.status, [word for word in words if word in answer.text()]) == (address, 404, [])
        for word in words:
            for place in (f"/organisations/?q={word}", f"/actions/?q={word}", f"/reviews/?q={word}", "/"):
                shown = other.page.request.get(other.address + place).text()
                assert (place, shown.replace(f'value="{word}"', "").replace(f"q={word}", "").count(word)) == (place, 0)


def test_a_safeguarding_adult_review_from_notification_to_embedded(people: People) -> None:
    nurse = people.nurse
    at = registers(nurse, "Safeguarding Adult Review (mandatory)", ago(200))
    happens(nurse, at, "Review body notified", ago(200))
    happens(nurse, at, "Decided whether to review", ago(170))
    reaches(nurse, at, "Contributions", ago(150))
    waits_for_the_court(nurse, at)
    report = is_asked_for_a_report(people, at)
    reference = Review.objects.get().reference
    nobody_else_gets_in(people, [at, f"{at}details/", report, f"{report}draft/"], [NAME, reference])
    happens(nurse, at, "Report complete", ago(20))
    happens(nurse, at, "Published", ago(10))
    reaches(nurse, at, "Action plan live", ago(5))
    action = is_recommended(nurse, at)
    is_done(people, action)
    lasts(people)
    states = list(Action.objects.order_by("organisation__name").values_list("organisation__name", "state"))
    assert states == [("Hill Trust", "open"), ("Meadow View", "embedded")]
    # The other provider's lead has been named for the other action since: everything of the first stays shut.
    nobody_else_gets_in(people, [at, report, action], [NAME, "The trust’s legal office"])
    reaches(nurse, at, "Impact evaluated", ago(0))
    page = nurse.goes_to(f"{at}close/")
    page.get_by_label("Why is it closed?").fill("Learnt and embedded; the other action is followed by contract.")
    page.get_by_role("button", name="Close this review").click()
    expect(page.get_by_text("The review is closed. It can still be read.")).to_be_visible()
    nurse.looks_right("review-closed")
    page.set_viewport_size({"width": 390, "height": 800})
    nurse.looks_right("review-closed")
    closed = Review.objects.get()
    assert (closed.stage, Contribution.objects.get().state) == ("closed", "submitted")


def test_a_domestic_homicide_review_whose_change_did_not_last_at_first(people: People) -> None:
    nurse = people.nurse
    at = registers(nurse, "Domestic Homicide Review", ago(400))
    happens(nurse, at, "Review body notified", ago(400))
    happens(nurse, at, "Decided whether to review", ago(380))
    happens(nurse, at, "Report complete", ago(150))
    happens(nurse, at, "Sent to the Home Office Quality Assurance Panel", ago(140))
    reaches(nurse, at, "Home Office quality assurance", ago(140))
    happens(nurse, at, "Agreed by the Home Office Quality Assurance Panel", ago(60))
    happens(nurse, at, "Published", ago(30))
    reaches(nurse, at, "Action plan live", ago(25))
    action = is_recommended(nurse, at)
    is_done(people, action)
    first = ImpactReview.objects.get(months=6)
    is_looked_at(people, first, "Failed: the change has not lasted", "Of thirty records eleven had no answer.")
    expect(people.second.page.get_by_text("Reopened after an impact review").first).to_be_visible()
    people.second.looks_right("reopened")
    is_complete(people, action)
    lasts(people)
    page = people.second.goes_to(at)
    people.second.looks_right("review-embedded")
    looked = list(ImpactReview.objects.order_by("pk").values_list("months", "outcome"))
    assert looked == [(6, "failed"), (12, ""), (6, "embedded"), (12, "embedded")]
    assert Action.objects.get(reference=action.split("/")[2]).state == "embedded"
    nobody_else_gets_in(people, [at, action], [NAME])
    # What is still open of the recommendation is said, and whose it is.
    expect(page.get_by_text("Hill Trust (1 of 2 parts verified)")).to_be_visible()

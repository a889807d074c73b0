"""A step of the escalation route from proposed to closed, by the people whose step it is, in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chasing.models import Letter
from design.calendar import add_working_days
from oversight import triggers
from oversight.models import Escalation
from tests.factories.chasing import Place, a_due_return, a_place
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def silent() -> Place:
    """A provider whose return is fifteen working days late, and the daily run has looked."""
    place, today = a_place(name="Meadow View"), timezone.localdate()
    a_due_return(place, add_working_days(today, -15))
    triggers.propose(today, at=timezone.now())
    return place


def test_a_step_is_walked_from_proposed_to_closed(visit: Callable[..., Visitor], silent: Place) -> None:
    nurse = visit(silent.nurse)
    page = nurse.goes_to("/escalation/")
    nurse.looks_right("escalation-list")
    # When it is taken before anybody was spoken to, then she is told, and what she typed is still there.
    page.get_by_role("link", name="Meadow View").click()
    nurse.looks_right("escalation-step")
    page.get_by_role("button", name="Take this step").click()
    page.get_by_label("Why is this step taken?").fill("No answer since the summer.")
    page.get_by_role("button", name="Take this step").click()
    expect(page.get_by_text("is logged as spoken to in the last 20 days")).to_be_visible()
    expect(page.get_by_label("Why is this step taken?")).to_have_value("No answer since the summer.")
    nurse.looks_right("escalation-nobody-spoken-to")
    # When the call is logged in the tab that opens, then the same words are enough.
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="log the call or meeting").click()
    log = opened.value
    log.get_by_role("link", name="Telephone call").first.click()
    yesterday = timezone.localdate() - timedelta(days=1)
    for part in ("day", "month", "year"):
        log.locator(f"[name=happened_on_{part}]").fill(str(getattr(yesterday, part)))
    log.locator("[name=thing]").first.check()
    log.get_by_label("Whom did you speak to").fill("Leah Lead")
    log.locator("[name=points]").fill("The lead promises it by Friday.")
    log.get_by_role("button", name="Save this contact").click()
    expect(log.get_by_text("Leah Lead").first).to_be_visible()
    log.close()
    page.get_by_role("button", name="Take this step").click()
    expect(page.get_by_role("heading", name="Formal letter", exact=True)).to_be_visible()
    assert Letter.objects.filter(kind="formal_letter").count() == 0
    # Then the letter is put in one's own words and sent by a person, an answer comes, and the step is closed.
    page.get_by_role("button", name="Change the text").click()
    page.get_by_label("Text").fill("Please send your plan by Friday week.")
    page.get_by_role("button", name="Save the text").click()
    page.get_by_role("button", name="Send the letter").click()
    nurse.looks_right("escalation-send")
    page.get_by_label("I have read the letter as it stands").check()
    page.get_by_role("button", name="Send the letter").click()
    expect(page.get_by_text("The letter is on its way")).to_be_visible()
    page.get_by_role("button", name="Record the provider’s answer").click()
    today = timezone.localdate()
    for part in ("day", "month", "year"):
        page.locator(f"[name=day_{part}]").fill(str(getattr(today, part)))
    page.get_by_label("What does the provider answer or plan?").fill("Three actions, each with a name and a date.")
    page.get_by_role("button", name="Record the answer").click()
    page.get_by_role("button", name="Close it").click()
    page.get_by_label("Put right").check()
    page.get_by_label("In a sentence or two").fill("The return is here and complete.")
    page.get_by_role("button", name="Close this step").click()
    expect(page.get_by_text("The return is here and complete.").first).to_be_visible()
    nurse.looks_right("escalation-closed")
    page.set_viewport_size({"width": 390, "height": 800})
    nurse.looks_right("escalation-closed")

    step = Escalation.objects.get()
    history = ["proposed", "taken", "drafted", "edited", "sent", "answered", "closed"]
    assert (step.state, list(step.entries.values_list("kind", flat=True))) == ("closed", history)
    assert Letter.objects.get(kind="formal_letter").to_user == silent.executive

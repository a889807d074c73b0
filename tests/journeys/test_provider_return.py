"""A provider completes and submits its return: with a mouse, by keyboard only, on a telephone, without JavaScript."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from assurance.models import SelfAssessment
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory, a_return, answer_all
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FOCUSED = """(() => {
    const focused = document.activeElement;
    return (focused.labels?.[0]?.textContent || focused.textContent || "").trim();
})()"""


def due_soon() -> SelfAssessment:
    today = timezone.localdate()
    round = RoundFactory(opens_on=today - timedelta(days=7), due_on=today + timedelta(days=30))
    return a_return(round, issued_at=timezone.now() - timedelta(days=7))


def home_of(assessment: SelfAssessment) -> str:
    return reverse("assurance:assessment-detail", kwargs={"reference": assessment.reference})


@pytest.mark.parametrize("width", [1280, 390])
def test_lead_completes_checks_and_submits(visit: Callable[..., Visitor], width: int) -> None:
    # Given a return that is due and its safeguarding lead
    assessment = due_soon()
    lead = visit(someone(Role.PROVIDER_LEAD, assessment.organisation, name="Lead Example"), width=width)
    page = lead.goes_to(reverse("assurance:provider-home"))
    lead.looks_right("home")
    page.get_by_role("link", name=assessment.round.name).click()
    lead.looks_right("return")
    page.get_by_role("button", name="Start").click()
    lead.looks_right("tasks")
    page.get_by_role("link", name="Standard 1").click()
    lead.looks_right("standard")
    # When every question is answered, one of them saving itself on the way
    page.get_by_role("radio", name="Partly met").first.check()
    with page.expect_response(lambda response: response.url.endswith("/save") and response.status == 200):
        page.get_by_role("textbox", name="Your answer for 1.1", exact=True).fill("Half of the wards, the rest by May.")
    page.get_by_text("Saved", exact=False).first.wait_for()
    page.get_by_role("radio", name="Not applicable").first.check()
    page.get_by_role("button", name="Save and go on").click()
    lead.looks_right("standard-with-errors")
    page.get_by_role("textbox", name="Why 1.2 does not apply").fill("No such service")
    page.get_by_role("group", name="Your grade for 1.10").get_by_role("radio", name="Met", exact=True).check()
    page.get_by_role("button", name="Save and go on").click()
    for ref in ("2.1", "2.2"):
        page.get_by_role("group", name=f"Your grade for {ref}").get_by_role("radio", name="Met", exact=True).check()
    page.get_by_role("button", name="Save and go on").click()
    lead.looks_right("check")
    page.get_by_role("button", name="Go on to sign").first.click()
    lead.looks_right("sign")
    page.get_by_label("No, nothing here needs to be reported now").check()
    page.get_by_label("Name of the executive").fill("Ann Executive")
    page.get_by_label("Their role").fill("Director of Nursing")
    page.get_by_role("button", name="Sign and submit").click()
    # Then it is submitted, with a receipt
    page.get_by_text("Return submitted").wait_for()
    lead.looks_right("submitted")
    assessment.refresh_from_db()
    assert assessment.state == "submitted"
    said = {each["ref"]: each["narrative"] for each in assessment.submissions.get().document["answers"]}
    assert said["1.1"] == "Half of the wards, the rest by May."
    page.get_by_role("link", name="Read the answers").click()
    lead.looks_right("answers")


def test_lead_completes_and_submits_by_keyboard_only(visit: Callable[..., Visitor]) -> None:
    assessment = due_soon()
    lead = visit(someone(Role.PROVIDER_LEAD, assessment.organisation))
    page = lead.goes_to(home_of(assessment))

    def tab_to(words: str) -> None:
        """Press Tab until what has the focus is called so."""
        for _ in range(120):
            page.keyboard.press("Tab")
            name = page.evaluate(FOCUSED)
            if name.startswith(words):
                return
        raise AssertionError(f"Tab never reached {words!r}")

    tab_to("Start")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/")
    tab_to("Standard 1")
    page.keyboard.press("Enter")
    for number, questions in ((1, 3), (2, 2)):
        page.wait_for_url(f"**/standards/{number}/")
        for _ in range(questions):
            tab_to("Met")
            page.keyboard.press("Space")
            tab_to("Your answer")
            page.keyboard.type("In place.")
        tab_to("Save and go on")
        page.keyboard.press("Enter")
    page.wait_for_url("**/check/")
    tab_to("Go on to sign")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign/")
    tab_to("No, nothing here")
    page.keyboard.press("Space")
    tab_to("Name of the executive")
    page.keyboard.type("Ann Executive")
    tab_to("Their role")
    page.keyboard.type("Director of Nursing")
    tab_to("Sign and submit")
    page.keyboard.press("Enter")
    page.get_by_text("Return submitted").wait_for()
    assert lead.complaints == []
    answers = assessment.submissions.get().document["answers"]
    assert {(each["grade"], each["narrative"]) for each in answers} == {("green", "In place.")}


def test_two_people_in_one_answer_lose_nothing(visit: Callable[..., Visitor]) -> None:
    assessment = due_soon()
    standard = reverse("assurance:return-standard", kwargs={"reference": assessment.reference, "number": 1})
    lead = visit(someone(Role.PROVIDER_LEAD, assessment.organisation, name="Lead Example"))
    colleague = visit(someone(Role.PROVIDER_CONTRIBUTOR, assessment.organisation, name="Colleague Example"))
    pages = [lead.goes_to(standard), colleague.goes_to(standard)]
    with pages[1].expect_response(lambda response: response.url.endswith("/save")):
        pages[1].get_by_role("textbox", name="Your answer for 1.1", exact=True).fill("Theirs")
    with pages[0].expect_response(lambda response: response.status == 409):
        pages[0].get_by_role("textbox", name="Your answer for 1.1", exact=True).fill("Mine")
    pages[0].get_by_text("Colleague Example changed this").wait_for()
    assert pages[0].get_by_role("textbox", name="Your answer for 1.1", exact=True).input_value() == "Mine"
    assert lead.barriers() == []
    with pages[0].expect_response(lambda response: response.url.endswith("/save") and response.status == 200):
        pages[0].get_by_role("button", name="Keep mine").click()
    assert assessment.answers.get(criterion_version__ref="1.1").narrative == "Mine"


def test_return_is_completed_without_javascript(visit: Callable[..., Visitor]) -> None:
    assessment = due_soon()
    lead = visit(someone(Role.PROVIDER_LEAD, assessment.organisation), javascript=False)
    page = lead.goes_to(reverse("assurance:return-standard", kwargs={"reference": assessment.reference, "number": 1}))
    page.get_by_role("textbox", name="Your answer for 1.1", exact=True).fill("Typed before the evidence")
    page.get_by_role("button", name="Add or remove evidence").first.click()
    page.get_by_label("A public page").check()
    page.get_by_label("Address of the page").fill("https://example.org/policy")
    page.get_by_label("What is it?").fill("Safeguarding policy")
    page.get_by_role("button", name="Add this evidence").click()
    page.get_by_role("link", name="Back to the questions").click()
    assert (
        page.get_by_role("textbox", name="Your answer for 1.1", exact=True).input_value() == "Typed before the evidence"
    )
    assert page.get_by_text("Safeguarding policy").count() == 1
    assert assessment.answers.get(criterion_version__ref="1.1").evidence.count() == 1


def test_commissioner_prepares_previews_and_issues_a_round(visit: Callable[..., Visitor]) -> None:
    assessment = due_soon()
    answer_all(assessment)
    analyst = visit(someone(Role.QUALITY_ANALYST, assessment.commissioner))
    page = analyst.goes_to(reverse("assurance:round-list"))
    analyst.looks_right("rounds")
    page.get_by_role("button", name="Prepare a round").click()
    analyst.looks_right("round-form")
    version = assessment.round.framework_version
    page.get_by_label(f"{version.framework}, {version.label}", exact=True).check()
    page.get_by_role("button", name="Save and see who gets a return").click()
    analyst.looks_right("round-preview")
    page.get_by_role("button", name="Issue 1 return now").click()
    page.get_by_text("1 return issued.").wait_for()
    analyst.looks_right("round")
    analyst.goes_to(reverse("assurance:assessment-list"))
    analyst.looks_right("returns")
    assert SelfAssessment.objects.count() == 2

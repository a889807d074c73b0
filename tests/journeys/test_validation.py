"""A nurse validates by exception and across providers: with a mouse, by keyboard only, on a telephone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from assurance.models import LevelResult, Rating, SelfAssessment, StrandReview
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory
from tests.factories.evidence import EvidenceItemFactory, a_file
from tests.factories.providers import provider_of
from tests.factories.validation import answer, judge, nurse_of, submitted, validated
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FOCUSED = """(() => {
    const focused = document.activeElement;
    return (focused.labels?.[0]?.textContent || focused.textContent || "").replace(/\\s+/g, " ").trim();
})()"""


def received(days: int = 5, round: Any = None, name: str = "Riverbank Care", **grades: str) -> SelfAssessment:
    """A return that came some days ago, with evidence beside one answer."""
    at = timezone.now() - timedelta(days=days)
    today = timezone.localdate()
    round = round or RoundFactory(opens_on=today - timedelta(days=40), due_on=today - timedelta(days=1))
    issued = timezone.now() - timedelta(days=40)
    assessment = submitted(
        at, round=round, organisation=provider_of(round.commissioner, name=name), issued_at=issued, **grades
    )
    someone("PL", assessment.organisation, name="Leah Lead")
    return assessment


def with_evidence(assessment: SelfAssessment, ref: str, by: Any) -> None:
    """A file that has expired and a link."""
    file = a_file(
        commissioner=assessment.commissioner, organisation=assessment.organisation, by=by,
        title="Lone working policy", valid_until=timezone.localdate() - timedelta(days=30),
    )  # fmt: skip
    link = EvidenceItemFactory(commissioner=assessment.commissioner, organisation=assessment.organisation, added_by=by)
    for item in (file.item, link):
        answer(assessment, ref).evidence.create(
            commissioner=assessment.commissioner, organisation=assessment.organisation, item=item, added_by=by,
            added_at=timezone.now(),
        )  # fmt: skip


def strand_url(assessment: SelfAssessment, strand: str, name: str = "validation-strand") -> str:
    return reverse(f"assurance:{name}", args=[assessment.reference, strand])


def tab_to(page: Page, words: str, key: str = "Tab") -> None:
    """Press Tab until the focus stands on these words."""
    for _ in range(120):
        page.keyboard.press(key)
        if page.evaluate(FOCUSED).startswith(words):
            return
    raise AssertionError(f"The keyboard never reached {words!r}")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_nurse_validates_by_exception_and_the_provider_reads_the_result(
    visit: Callable[..., Visitor], width: int
) -> None:
    # Given a return with an amber, and a nurse of all strands
    assessment = received(r1_2="amber")
    nurse_user = nurse_of(assessment, name="Nora Nurse")
    with_evidence(assessment, "1.2", nurse_user)
    nurse = visit(nurse_user, width=width)
    page = nurse.goes_to(reverse("assurance:validation-queue"))
    nurse.looks_right("validation-queue")
    children = page.get_by_role("row").filter(has=page.get_by_role("cell", name="Children", exact=True))
    children.get_by_role("rowheader").get_by_role("link").click()
    nurse.looks_right("validation-not-begun")
    page.get_by_role("button", name="Begin validating").click()
    nurse.looks_right("validation-criterion")
    page.get_by_role("button", name="Agree: met").click()
    page.get_by_role("heading", name="1.2", exact=True).wait_for()
    nurse.looks_right("validation-amber")
    # When she sends half of a judgement, it stays and says what is missing
    page.get_by_role("radio", name="Lower: Not met").check()
    page.get_by_role("button", name="Save and go to the next").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    nurse.looks_right("validation-errors")
    page.get_by_role("textbox", name="Comment").fill("The policy has expired.")
    page.get_by_label("What will prove it").fill("A policy of this year")
    page.get_by_role("button", name="Save and go to the next").click()
    page.locator("#criterion-heading", has_text="2.1").wait_for()
    page.get_by_role("button", name="Agree: met").click()
    page.get_by_role("heading", name="Everything is decided").wait_for()
    nurse.looks_right("validation-decided")
    page.get_by_role("button", name="Level and sign-off").click()
    nurse.looks_right("validation-sign-off-first")
    page.get_by_role("button", name="Sign off children").click()
    nurse.looks_right("validation-sign-offs")
    for strand in ("adults", "looked_after"):
        page = nurse.goes_to(strand_url(assessment, strand))
        page.get_by_role("button", name="Begin validating").click()
        page.get_by_role("button", name="Agree: met").click()
        page.get_by_role("heading", name="Everything is decided").wait_for()
        page.get_by_role("button", name="Level and sign-off").click()
        nurse.looks_right(f"validation-sign-off-{strand}")
        page.get_by_role("button", name="Sign off").click()
    page.get_by_role("heading", name="Result: Riverbank Care").wait_for()
    nurse.looks_right("validation-result")
    page.get_by_role("link", name="1.2", exact=True).click()
    nurse.looks_right("validation-result-criterion")
    page.get_by_role("button", name="Re-grade").click()
    nurse.looks_right("validation-re-grade")
    page = nurse.goes_to(reverse("assurance:result-question", args=[assessment.reference, "1.2"]))
    nurse.looks_right("validation-in-question")
    # Then the provider reads the result
    lead = visit(someone("PL", assessment.organisation), width=width)
    lead.goes_to(reverse("assurance:result", args=[assessment.reference]))
    assert lead.page.get_by_text("The policy has expired.").count() == 1
    lead.looks_right("validation-result-provider")
    assert LevelResult.objects.get(self_assessment=assessment, strand="overall").level == "significant"


def test_a_nurse_validates_by_exception_with_the_keyboard_only(visit: Callable[..., Visitor]) -> None:
    # Given a strand that is begun
    assessment = received()
    nurse = visit(nurse_of(assessment, "children"))
    page = nurse.goes_to(reverse("assurance:validation-queue"))
    tab_to(page, "Riverbank Care")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Begin validating").wait_for()
    tab_to(page, "Begin validating")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Agree: met").wait_for()
    # A key does nothing until the focus is in the criterion
    page.keyboard.press("a")
    assert not Rating.objects.filter(basis="evidence_reviewed").exists()
    tab_to(page, "Agree: met")
    page.keyboard.press("a")
    # The next criterion is in view and has the focus, so one key after another is enough
    page.locator("#criterion:focus").wait_for()
    page.get_by_text("1.1 saved").wait_for()
    page.keyboard.press("l")
    assert page.evaluate(FOCUSED).startswith("Lower: Partly met")
    page.keyboard.press("c")
    page.keyboard.type("a half of it is there")
    tab_to(page, "Save and go to the next")
    page.keyboard.press("Enter")
    page.locator("#criterion:focus").wait_for()
    page.get_by_text("saved: Partly met").wait_for()
    page.keyboard.press("a")
    page.get_by_role("heading", name="Everything is decided").wait_for()
    tab_to(page, "Level and sign-off")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign off children").wait_for()
    tab_to(page, "Sign off children")
    page.keyboard.press("Enter")
    page.get_by_text("Children signed off").wait_for()
    assert nurse.complaints == []
    assert StrandReview.objects.get(self_assessment=assessment, strand="children").signed_off_at is not None
    assert Rating.objects.get(basis="evidence_reviewed", outcome="lower").comment == "a half of it is there"


def test_keys_can_be_turned_off(visit: Callable[..., Visitor]) -> None:
    assessment = received()
    nurse_user = nurse_of(assessment, "children")
    assessment.strand_reviews.get(strand="children").begin(by=nurse_user, at=timezone.now())
    nurse = visit(nurse_user)
    page = nurse.goes_to(strand_url(assessment, "children"))
    page.get_by_label("Keys while a criterion has the focus").uncheck()
    page.get_by_role("radio", name="Lower: Not met").focus()
    page.keyboard.press("a")
    page.reload()
    assert page.get_by_label("Keys while a criterion has the focus").is_checked() is False
    assert not Rating.objects.filter(basis="evidence_reviewed").exists()


@pytest.mark.parametrize("width", [1280, 390])
def test_one_criterion_is_judged_across_providers_with_the_keyboard_only(
    visit: Callable[..., Visitor], width: int
) -> None:
    # Given two providers of one round
    first = received(name="Abbey Surgery")
    second = received(name="Bridge Hospital", round=first.round, r1_2="red")
    nurse_user = nurse_of(first)
    with_evidence(second, "1.2", nurse_user)
    nurse = visit(nurse_user, width=width)
    page = nurse.goes_to(reverse("assurance:validation-across"))
    nurse.looks_right("validation-across-choose")
    tab_to(page, "Criterion")
    page.keyboard.type("1.2")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Abbey Surgery").wait_for()
    nurse.looks_right("validation-across")
    # When she agrees with the first and goes on
    tab_to(page, "Agree: met")
    page.keyboard.press("a")
    page.locator(f"#r-{second.reference}:focus").wait_for()
    page.keyboard.press("m")
    page.keyboard.press("c")
    page.keyboard.type("send the audit")
    tab_to(page, "Save and go to the next")
    page.keyboard.press("Enter")
    page.locator("#r-end:focus").wait_for()
    # Then both are judged, as on their own pages
    nurse.looks_right("validation-across-done")
    given = Rating.objects.filter(basis="evidence_reviewed").order_by("id")
    assert [(rating.organisation.name, rating.outcome, rating.comment) for rating in given] == [
        ("Abbey Surgery", "agreed", ""),
        ("Bridge Hospital", "more_evidence", "send the audit"),
    ]


@pytest.mark.parametrize("width", [1280, 390])
def test_accepting_sending_back_and_a_colleague_who_was_faster(visit: Callable[..., Visitor], width: int) -> None:
    assessment = received()
    nurse_user = nurse_of(assessment)
    children = assessment.strand_reviews.get(strand="children")
    children.begin(by=nurse_user, at=timezone.now())
    StrandReview.objects.filter(pk=children.pk).update(sample=[])
    nurse = visit(nurse_user, width=width)
    page = nurse.goes_to(strand_url(assessment, "children"))
    page.get_by_role("button", name="Accept the rest as declared").click()
    nurse.looks_right("validation-accept")
    page.get_by_role("button", name="Accept 1 as declared").click()
    nurse.looks_right("validation-accepted")
    page.get_by_role("button", name="Open the rest again").click()
    # A colleague judges what is on the screen
    judge(children, "1.1", "green", by=nurse_of(assessment, name="Olive Other"), at=timezone.now())
    page.get_by_role("radio", name="Lower: Not met").check()
    page.get_by_role("textbox", name="Comment").fill("Typed for a while.")
    page.get_by_role("button", name="Save and go to the next").click()
    page.get_by_text("Olive Other changed this").wait_for()
    nurse.looks_right("validation-stale")
    assert page.get_by_role("textbox", name="Comment").input_value() == "Typed for a while."
    page = nurse.goes_to(strand_url(assessment, "children", "validation-send-back"))
    nurse.looks_right("validation-send-back")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_numbers_behind_levels(visit: Callable[..., Visitor], width: int) -> None:
    assessment = validated(timezone.now())
    analyst = visit(someone("QA", assessment.commissioner), width=width)
    analyst.goes_to(reverse("assurance:policy-list"))
    analyst.looks_right("validation-policy")
    analyst.goes_to(reverse("assurance:policy-add"))
    analyst.looks_right("validation-policy-add")

"""The dated rules of reviews: set from a day on, a commissioner's own before the shipped; what runs keeps its own."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from design.calendar import add_months
from reviews.models import ClockRule, ImpactRule, Review, ReviewTheme
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory
from tests.factories.reviews import a_review
from tests.reviews.test_pages import at, day, text

pytestmark = pytest.mark.django_db
RULES = "/reviews/rules/"


def decide(review: Review, on: date) -> Any:
    review.record("decided", on=on, by=review.registered_by, at=timezone.now())
    return review.clocks.get(rule__step="complete")


def clock_form(commissioner: Any, on: date, **changes: Any) -> dict[str, Any]:
    said = {"clock": "sar:complete", "words": "Complete the review", "amount": 3, "unit": "months", "anchor": "decided"}
    said |= {"until": "report_complete", "direction": "after", "source": "Our own procedure"}
    return {"commissioner": commissioner.pk, **said, **day(on, "valid_from"), **changes}


def test_a_clock_is_set_from_a_day_and_what_runs_keeps_its_rule(sign_in: Any, commissioner: Any, two: Any) -> None:
    analyst, today = sign_in(someone(Role.QUALITY_ANALYST, commissioner)), timezone.localdate()
    yesterday = today - timedelta(days=1)
    before, elsewhere = a_review(commissioner, *two), a_review(CommissionerFactory())
    running = decide(before, yesterday)
    assert running.due_on == add_months(yesterday, 6)
    shown = analyst.get(f"{RULES}clock/", {"which": "sar:complete"}).content.decode()
    assert ('value="6"' in shown, 'value="sar:complete" selected' in shown) == (True, True)
    answer = analyst.post(f"{RULES}clock/", clock_form(commissioner, today))
    assert (answer.status_code, answer["Location"]) == (302, RULES)
    after = a_review(commissioner, *two)
    assert decide(after, today).due_on == add_months(today, 3)
    assert decide(a_review(commissioner, *two), yesterday).due_on == add_months(yesterday, 6)
    assert decide(elsewhere, today).due_on == add_months(today, 6)
    # Counted from another day, the clock that ran keeps the rule that it was counted by.
    assert decide(before, today).due_on == add_months(today, 6)
    page = text(analyst.get(RULES))
    assert ("3 months after “Decided whether to review”" in page, "Our own procedure" in page) == (True, True)
    again = analyst.post(f"{RULES}clock/", clock_form(commissioner, today, amount=4))
    assert (again.status_code, "Choose a later day" in text(again), 'value="4"' in again.content.decode()) == (
        422, True, True,
    )  # fmt: skip
    later = analyst.post(f"{RULES}clock/", clock_form(commissioner, today + timedelta(days=9), amount=4))
    assert later.status_code == 302
    own = ClockRule.objects.filter(commissioner=commissioner).order_by("valid_from")
    assert [(rule.amount, rule.valid_to) for rule in own] == [(3, today + timedelta(days=9)), (4, None)]


def test_a_local_clock_can_be_added_and_what_is_wrong_is_said(sign_in: Any, commissioner: Any, two: Any) -> None:
    analyst, today = sign_in(someone(Role.QUALITY_ANALYST, commissioner)), timezone.localdate()
    form = clock_form(commissioner, today, clock="sar:new", words="Send it to the Governing Body", amount=10)
    form |= {"unit": "working_days", "direction": "before", "anchor": "publication_planned", "until": "advance_sent"}
    for wrong, words in (
        ({"amount": 0}, "Ensure this value is greater"), ({"until": "publication_planned"}, "Choose something else"),
        ({"unit": "months", "amount": 61}, "Enter at most 60 months"), ({"clock": "sar:nothing"}, "Select a valid"),
        (day(today - timedelta(days=1), "valid_from"), "The day from which it holds must be"),
    ):  # fmt: skip
        refused = analyst.post(f"{RULES}clock/", {**form, **wrong})
        assert (refused.status_code, words in text(refused)) == (422, True), words
    assert analyst.post(f"{RULES}clock/", form).status_code == 302
    rule = ClockRule.objects.get(commissioner=commissioner)
    assert (rule.step, rule.amount, rule.law) == ("send-it-to-the-governing-body", -10, False)
    assert rule in a_review(commissioner, *two).rules(today)
    neighbour = sign_in(someone(Role.QUALITY_ANALYST, CommissionerFactory()))
    assert "Governing Body" not in text(neighbour.get(RULES)) + text(neighbour.get(f"{RULES}clock/"))
    stolen = neighbour.post(f"{RULES}clock/", clock_form(commissioner, today))
    assert stolen.status_code == 422


def test_a_theme_is_added_reworded_and_ended_and_reviews_keep_their_words(
    sign_in: Any, commissioner: Any, two: Any
) -> None:
    analyst, today = sign_in(someone(Role.QUALITY_ANALYST, commissioner)), timezone.localdate()
    shipped = ReviewTheme.objects.get(commissioner=None, code="neglect")
    review = a_review(commissioner, *two, theme_1=shipped)
    whose = {"commissioner": commissioner.pk, **day(today, "valid_from")}
    for form in (
        {"theme": "neglect", "label": "Neglect by carers", "position": 0, "in_use": "on"},
        {"theme": "new", "label": "County lines", "position": 0, "in_use": "on"},
        {"theme": "self-neglect", "label": "Self-neglect", "position": 3},
    ):
        assert analyst.post(f"{RULES}theme/", {**whose, **form}).status_code == 302
    offered = list(ReviewTheme.objects.worded_for(commissioner, today).values_list("label", flat=True))
    assert offered[:2] == ["County lines", "Neglect by carers"]
    assert "Self-neglect" not in offered
    assert "Self-neglect" in ReviewTheme.objects.worded_for(CommissionerFactory(), today).values_list(
        "label", flat=True
    )
    page = text(sign_in(two[0]).get(at(review)))
    assert (shipped.label in page, "Neglect by carers" in page) == (True, False)


def test_looks_at_impact_are_set_and_who_may_not_gets_404(sign_in: Any, commissioner: Any, two: Any) -> None:
    analyst, today = sign_in(someone(Role.QUALITY_ANALYST, commissioner)), timezone.localdate()
    first = ImpactRule.objects.filter(commissioner=None).order_by("months")[0]
    form = {"commissioner": commissioner.pk, "look": first.step, "words": first.words, "months": 4}
    assert analyst.post(f"{RULES}impact/", {**form, **day(today, "valid_from")}).status_code == 302
    held = ImpactRule.objects.in_force(commissioner, today).filter(step=first.step).first()
    assert (held.months, held.commissioner) == (4, commissioner)
    nurse, director = sign_in(two[0]), sign_in(someone(Role.DIRECTOR_OF_NURSING, commissioner))
    assert [one.get(RULES).status_code for one in (nurse, director)] == [200, 200]
    assert [one.get(f"{RULES}{rule}/").status_code for one in (nurse, director) for rule in ("clock", "theme")] == [
        404
    ] * 4  # fmt: skip

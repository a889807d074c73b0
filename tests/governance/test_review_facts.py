"""What an annual report says of reviews: counts as at the cut-off without small numbers, and what is published."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from design.calendar import LONDON
from governance.facts.actions import action_facts
from governance.facts.reviews import review_facts
from governance.figures import figures
from reviews.models import ImpactReview
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.reviews import a_part, a_recommendation, a_review

pytestmark = pytest.mark.django_db
SINCE, CUT_OFF = date(2025, 4, 1), date(2026, 3, 31)
TICK = timedelta(microseconds=1)
AT = datetime(2026, 11, 18, 10, tzinfo=UTC)


@pytest.fixture
def ours() -> Any:
    return CommissionerFactory()


@pytest.fixture
def two(ours: Any) -> list[Any]:
    return [someone("DP", ours), someone("QA", ours)]


def test_small_numbers_are_hidden_before_they_are_frozen_and_nothing_names_a_review(ours: Any, two: Any) -> None:
    for kind, n in (("sar", 6), ("dhr", 2), ("learning", 7)):
        for _ in range(n):
            a_review(ours, *two, kind=kind, referred_on=date(2025, 6, 1), pseudonym="CANARY", local_reference="CANARY")
    read = a_review(
        ours, *two, kind="dhr", referred_on=date(2024, 6, 1), link="https://board.example/k", chair="CANARY"
    )
    read.record("published", on=date(2025, 9, 1), by=two[0], at=AT)
    later = a_review(ours, *two, referred_on=date(2026, 4, 1))
    mistake = a_review(ours, *two, referred_on=date(2025, 6, 1))
    mistake.close(expected=1, by=two[0], at=AT, reason="By mistake", taken_back=True)
    counts, published = review_facts(ours, SINCE, CUT_OFF)
    told = counts.attributes
    assert (told["new"], told["published"], published.attributes["link"]) == (15, 1, "https://board.example/k")
    rows = dict(told["rows"])
    assert rows["Domestic Homicide Review"] == [None, 0, 0, 0]
    assert sum(cells[0] is None for cells in rows.values()) == 2
    assert (told["below"], told["total"]) == ([15, 0, 0, 0], 15)
    said = json.dumps([[fact.label, fact.attributes] for fact in (counts, published)])
    assert {"CANARY" in said, later.reference in said, read.reference in said} == {False}


def test_the_stage_is_the_one_at_the_cut_off(ours: Any, two: Any) -> None:
    for _ in range(5):
        review = a_review(ours, *two, kind="learning", referred_on=date(2025, 6, 1))
        for stage, on in (("decided", CUT_OFF), ("closed", CUT_OFF + timedelta(days=9))):
            if stage == "closed":
                review.move_to("published", expected=review.version, on=on, by=two[0], at=AT)
            else:
                review.move_to(stage, expected=review.version, on=on, by=two[0], at=AT)
    (counts,) = review_facts(ours, SINCE, CUT_OFF)
    assert counts.attributes["rows"] == [["Learning review", [0, 5, 0, 0]]]


def test_actions_of_reviews_are_counted_for_all_and_name_nobody(ours: Any, two: Any) -> None:
    oak = provider_of(ours, name="CANARY Trust")
    asked = a_recommendation(a_review(ours, *two), text="CANARY", at=datetime(2025, 6, 1, tzinfo=UTC))
    for due in (date(2026, 3, 1), date(2026, 6, 1)):
        a_part(asked, oak, text="CANARY", due_on=due, at=datetime(2025, 6, 1, tzinfo=UTC))
    facts = list(action_facts(ours, SINCE, CUT_OFF))
    found = {figure.key: (figure.n, figure.d) for figure in figures(facts)}
    assert (found["reviews.actions.open"], found["reviews.actions.overdue"]) == ((2, 2), (1, 2))
    assert found["actions.open"] == (2, None)
    assert "CANARY" not in json.dumps([[fact.label, fact.attributes] for fact in facts])


def test_impact_reviews_count_from_the_first_moment_of_the_year_to_the_last_of_the_cut_off(ours: Any, two: Any) -> None:
    part = a_part(a_recommendation(a_review(ours, *two, referred_on=SINCE)), provider_of(ours))
    first, last = (datetime(*day, tzinfo=LONDON) for day in ((2025, 4, 1), (2026, 4, 1)))
    for months, at in enumerate((first - TICK, first, last - TICK, last), 1):
        ImpactReview.objects.create(
            part=part, commissioner=ours, organisation=part.organisation, months=months, circle=part.action.circle,
            due_on=SINCE, original_due_on=SINCE, outcome="embedded", what_changed="Audit", by=two[0], settled_at=at,
        )  # fmt: skip
    (counts,) = review_facts(ours, SINCE, CUT_OFF)
    assert counts.attributes["impact"] == {"embedded": 2, "partly": 0, "failed": 0}


def test_an_action_closed_on_the_first_day_of_the_year_is_one_of_the_year(ours: Any, two: Any) -> None:
    asked = a_recommendation(a_review(ours, *two))
    for at in (datetime(2025, 3, 31, 12, tzinfo=LONDON), datetime(2025, 4, 1, 12, tzinfo=LONDON)):
        part = a_part(asked, provider_of(ours), at=datetime(2025, 1, 1, tzinfo=UTC))
        part.action.close("superseded", "Done otherwise", by=two[0], at=at)
    assert len(list(action_facts(ours, SINCE, CUT_OFF))) == 1


def test_without_reviews_nothing_is_said(ours: Any) -> None:
    assert list(review_facts(ours, SINCE, CUT_OFF)) == []

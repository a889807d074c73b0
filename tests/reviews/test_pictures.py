"""The pictures count every review, whoever looks, against the first day; they hold no reference and no words."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.capabilities import Role
from design.calendar import london_date
from reviews.models import Clock, Review
from reviews.pictures import ages, month_ends, over_time, slippage
from tests.factories.accounts import someone
from tests.factories.providers import provider_of
from tests.factories.reviews import AT, a_part, a_recommendation, a_review

pytestmark = pytest.mark.django_db
ON = london_date(AT)


def mine() -> Any:
    return Review.objects.all()


def test_slippage_is_counted_from_the_first_day_whatever_it_was_moved_to(commissioner: Any) -> None:
    still, moved, late, ended = (a_review(commissioner) for _ in range(4))
    for review in (moved, late, ended):
        review.record("decided", on=ON - timedelta(days=10), by=review.registered_by, at=AT)
    moves = {"reason": "Trial", "approved_by": "Chair", "by": moved.registered_by, "at": AT}
    clock = moved.clocks.get()
    clock.extend(clock.due_on + timedelta(days=31), expected=clock.version, **moves)
    # One that runs and is past its day; and one that was met, so that none runs.
    Clock.objects.filter(review=late).update(original_due_on=ON - timedelta(days=91), due_on=ON - timedelta(days=91))
    ended.record("report_complete", on=ON, by=ended.registered_by, at=AT)
    found = {segment.label: segment.n for stack in slippage(mine(), ON) for segment in stack.segments}
    assert found == {
        "No clock runs": 2, "Within the first day": 0, "1 to 30 days beyond": 0, "31 to 90 days beyond": 1,
        "More than 90 days beyond": 1,
    }  # fmt: skip
    assert still.stage == "referred"


def test_actions_age_from_the_date_first_agreed(commissioner: Any) -> None:
    one = a_recommendation(a_review(commissioner))
    part = a_part(one, provider_of(commissioner), due_on=ON - timedelta(days=40))
    said = {"reason": "Agreed", "by": one.recorded_by, "agreed_by": someone(Role.QUALITY_ANALYST, commissioner)}
    part.action.move_date(ON + timedelta(days=400), at=AT, **said)
    a_part(one, provider_of(commissioner), due_on=ON)
    assert [(bucket.label, bucket.n) for bucket in ages(mine(), ON)] == [
        ("Not past the original date", 1), ("1 to 30 days past", 0), ("31 to 90 days past", 1),
        ("More than 90 days past", 0),
    ]  # fmt: skip


def test_each_month_shows_what_was_recorded_then(commissioner: Any) -> None:
    review = a_review(commissioner, referred_on=date(2026, 1, 5))
    for stage, on in (("decided", date(2026, 2, 28)), ("published", date(2026, 4, 1))):
        review.move_to(stage, expected=review.version, on=on, by=review.registered_by, at=AT)
    days = [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert {series.label: series.points for series in over_time(mine(), days)} == {
        "Before the decision": (0, 1, 0, 0, 0), "Being reviewed": (0, 0, 1, 1, 0),
        "Published, plan live": (0, 0, 0, 0, 1), "Closed": (0, 0, 0, 0, 0),
    }  # fmt: skip
    assert month_ends(date(2026, 3, 15), 2) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 15)]


def test_everybody_who_counts_sees_the_same_pictures_and_nothing_else(
    commissioner: Any, two: Any, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    named, other = a_review(commissioner, *two), a_review(commissioner, local_reference="CANARY-REF")
    a_part(a_recommendation(other, text="CANARY"), provider_of(commissioner, name="CANARY Trust"), text="CANARY")
    bodies = []
    for user in (two[0], someone(Role.AUDITOR, commissioner)):
        client = sign_in(user)
        with django_assert_max_num_queries(14):
            page = client.get("/reviews/pictures/").content.decode()
        assert "CANARY" not in page
        assert {review.reference in page for review in (named, other)} == {False}
        bodies.append(page[page.index("Stages and slippage") : page.index("</main>")])
        assert ("You are named on 1 of 2." in page) is (user == two[0])
    assert bodies[0] == bodies[1]
    assert sign_in(someone(Role.PROVIDER_LEAD, provider_of(commissioner))).get("/reviews/pictures/").status_code == 404

"""What reviews tell elsewhere: the profile, the pack and the homes, each within the list of the review."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.reviews import AT, a_part, a_recommendation, a_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Any:
    return CommissionerFactory()


@pytest.fixture
def nurse(ours: Any) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, ours, strands=["adults", "children"])


@pytest.fixture
def oak(ours: Any) -> Any:
    return provider_of(ours, name="Oak Trust")


@pytest.fixture
def mine(ours: Any, nurse: Any, oak: Any) -> Any:
    """A review with two open actions of the provider, one overdue, and one clock that runs."""
    review = a_review(ours, nurse, someone(Role.QUALITY_ANALYST, ours), pseudonym="CANARY-NAME")
    review.record("decided", on=review.referred_on, by=nurse, at=AT)
    asked = a_recommendation(review, text="CANARY-WORDS")
    today = timezone.localdate()
    a_part(asked, oak, text="CANARY-ACTION", due_on=today + timedelta(days=9))
    a_part(asked, oak, text="CANARY-ACTION 2", due_on=today - timedelta(days=9))
    return review


def test_the_profile_counts_the_actions_of_reviews_that_its_reader_is_named_on(
    mine: Any, oak: Any, nurse: Any, ours: Any, sign_in: Any
) -> None:
    where = f"/providers/{oak.reference}/"
    words = "Actions open: 2, of these 1 overdue."
    assert words in sign_in(nurse).get(where).content.decode()
    for role in (Role.DESIGNATED_PROFESSIONAL, Role.QUALITY_ANALYST, Role.DIRECTOR_OF_NURSING):
        page = sign_in(someone(role, ours)).get(where)
        assert (page.status_code, "CANARY" in page.content.decode(), 'id="reviews"' in page.content.decode()) == (
            200, False, False,
        )  # fmt: skip


def test_homes_name_ones_own_reviews_and_the_directors_clocks_and_nothing_more(
    mine: Any, oak: Any, nurse: Any, ours: Any, sign_in: Any
) -> None:
    home = sign_in(nurse).get("/").content.decode()
    assert ("My reviews by next date" in home, mine.reference in home, "CANARY-NAME" in home) == (True, True, False)
    analyst = sign_in(someone(Role.QUALITY_ANALYST, ours)).get("/").content.decode()
    assert ("My reviews" in analyst, mine.reference in analyst) == (False, False)
    director = sign_in(someone(Role.DIRECTOR_OF_NURSING, ours)).get("/").content.decode()
    # The clock ran out six months after January 2026.
    assert ("Clocks of reviews past their day" in director, mine.reference in director) == (True, True)
    assert ("CANARY" in director, "My reviews" in director) == (False, False)
    lead = sign_in(someone(Role.PROVIDER_LEAD, oak)).get("/", follow=True).content.decode()
    assert (mine.reference in lead, "CANARY" in lead) == (False, False)

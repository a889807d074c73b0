"""Recommendations, and what an organisation does about one: whose they are, and what the database refuses."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.capabilities import Can, Role
from accounts.door import Refused, Stale
from accounts.models import Circle
from actions.models import Action
from reviews.models import Position, Recommendation, RecommendationAction, ReviewTheme
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.reviews import AT, a_part, a_recommendation, a_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(commissioner: Any, two: Any) -> Any:
    return a_review(commissioner, *two)


def test_recommendations_are_in_the_order_of_their_numbers(review: Any) -> None:
    for number in ("10", "4.10", "9", "4.9", "4", "R2", "4a"):
        a_recommendation(review, number)
    found = [each.number for each in review.recommendations.in_order()]
    assert found == ["R2", "4", "4a", "4.9", "4.10", "9", "10"]


def test_a_number_is_given_once_and_an_answer_has_its_reason(review: Any, two: Any) -> None:
    one = a_recommendation(review, "1")
    with pytest.raises(Refused, match="has a recommendation 1 already"):
        a_recommendation(review, "1")
    other = a_recommendation(review, "2")
    with pytest.raises(Refused, match="has a recommendation 1 already"):
        other.correct(expected=1, number="1")
    with pytest.raises(Refused, match="Say why"):
        one.give_answer("partly", expected=1, by=two[0], at=AT)
    one.give_answer("not_accepted", expected=1, reason="Done already", by=two[0], at=AT)
    with pytest.raises(Stale):
        one.correct(expected=1, text="Other words")
    themes = list(ReviewTheme.objects.filter(commissioner=None)[:2])
    one.correct(expected=2, text="Other words", themes=themes)
    one.correct(expected=3, themes=themes[1:])
    assert [each.theme for each in one.themes.all()] == themes[1:]
    one.supersede("Said again in 2", expected=4, by=two[0], at=AT)
    with pytest.raises(Refused, match="was superseded"):
        one.correct(expected=5, text="Third")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        other.delete()


def test_who_is_named_reads_it_and_a_provider_reads_its_own_part_only(review: Any, two: Any) -> None:
    mine, other = provider_of(review.commissioner), provider_of(review.commissioner)
    lead, colleague = someone(Role.PROVIDER_LEAD, mine), someone(Role.PROVIDER_LEAD, mine)
    review.circle.add(lead, scope="own", reason="Own part", by=two[0], at=AT)
    one = a_recommendation(review)
    parts = [a_part(one, each) for each in (mine, other)]
    for model, rows in ((Recommendation, {one}), (RecommendationAction, set(parts))):
        assert set(model.objects.permitted(two[0], Can.SEE_REVIEW)) == rows
        for nobody in (lead, colleague, someone(Role.DESIGNATED_PROFESSIONAL, review.commissioner)):
            assert set(model.objects.permitted(nobody, Can.SEE_REVIEW)) == set()
    seen = [set(Action.objects.permitted(each, Can.SEE_ACTIONS)) for each in (lead, colleague, two[0])]
    assert seen == [{parts[0].action}, set(), {part.action for part in parts}]


def test_an_action_of_a_review_is_for_its_people_and_stays_so(review: Any) -> None:
    one, provider = a_recommendation(review), provider_of(review.commissioner)
    part = a_part(one, provider)
    elsewhere = Circle.objects.create(commissioner=review.commissioner, name="Another list", reason="Another")
    for circle in (None, elsewhere):
        with pytest.raises(IntegrityError), transaction.atomic():
            Action.objects.filter(pk=part.action_id).update(circle=circle)
        with pytest.raises(IntegrityError, match="for the people of the review"), transaction.atomic():
            a_part(one, provider, circle=circle)


def _stated_for(whose: Any, one: Any, by: Any) -> None:
    about = {"commissioner": whose, "organisation": provider_of(whose), "recommendation": one}
    Position.objects.create(**about, as_at=AT.date(), by=by, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_rows_of_another_commissioner_are_refused_below(review: Any, two: Any) -> None:
    one, foreign = a_recommendation(review), CommissionerFactory()
    with pytest.raises(IntegrityError, match="whose"), transaction.atomic():
        _stated_for(foreign, one, two[0])

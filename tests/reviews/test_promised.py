"""The list of the actions of all reviews on which somebody is named: what it holds, its filter and its file."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from actions.models import CHOICES, Action
from reviews.models import ReviewRead
from tests.factories.accounts import someone
from tests.factories.providers import provider_of
from tests.factories.reviews import a_part, a_recommendation, a_review

pytestmark = pytest.mark.django_db
LIST = "/reviews/actions/"


def text(response: Any) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.fixture
def parts(commissioner: Any, two: Any) -> list[Any]:
    """Two of a review of mine, late and on track, and one of somebody else's."""
    one = a_recommendation(a_review(commissioner, *two, pseudonym="Adult Larch"), "4.2")
    other = a_recommendation(a_review(commissioner, pseudonym="Adult Rowan"), "1")
    today = timezone.localdate()
    found = []
    for each, name, days in ((one, "Ash House", 40), (one, "Birch Trust", -5), (other, "Cedar Clinic", 3)):
        found.append(a_part(each, provider_of(commissioner, name=name), due_on=today - timedelta(days=days)))
    Action.objects.filter(pk=found[1].action_id).update(state="in_progress", outlook="on_track")
    return found


def test_only_of_my_reviews_and_filtered(sign_in: Any, two: Any, parts: list[Any], commissioner: Any) -> None:
    client = sign_in(two[0])
    late, fine = (part.action for part in parts[:2])
    review = parts[0].recommendation.review
    for asked, rows in (
        ({}, [late, fine]), ({"status": "overdue"}, [late]), ({"status": "on_track"}, [fine]),
        ({"status": "open"}, [late, fine]), ({"status": "verified"}, []), ({"age": "31-90"}, [late]),
        ({"organisation": fine.organisation.reference}, [fine]), ({"review": review.reference}, [late, fine]),
        ({"status": "nonsense"}, [late, fine]),
    ):  # fmt: skip
        assert list(client.get(LIST, asked).context["rows"]) == rows
    page = client.get(LIST)
    assert ("Cedar" in text(page), "Rowan" in text(page), "4.2" in text(page)) == (False, False, True)
    assert [(each["n"], each["d"]) for each in page.context["figures"]] == [(2, 2), (1, 2), (0, 2), (0, 2)]
    assert ReviewRead.objects.filter(review=review, what="Its actions in a list").exists()
    stranger = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, commissioner))
    assert list(stranger.get(LIST).context["rows"]) == []
    assert sign_in(someone(Role.PROVIDER_LEAD, late.organisation)).get(LIST).status_code == 404


def test_every_status_can_be_filtered_and_is_the_one_of_the_row(parts: list[Any]) -> None:
    today = timezone.localdate()
    for code, _ in CHOICES:
        assert {row.status.code for row in Action.objects.with_status(on=today).filter(status_code=code)} <= {code}


def test_taken_away_as_a_file_it_is_noted(sign_in: Any, two: Any, parts: list[Any]) -> None:
    file = sign_in(two[0]).get("/exports/list/review-actions/file.csv")
    found = b"".join(file.streaming_content) if file.streaming else file.content
    assert (b"Ash House" in found, b"4.2" in found, b"Cedar" in found) == (True, True, False)
    review = parts[0].recommendation.review
    assert ReviewRead.objects.filter(review=review, taken_away=True, reader=two[0]).count() == 1


def test_as_many_statements_for_many(
    sign_in: Any, two: Any, parts: list[Any], django_assert_max_num_queries: Any
) -> None:
    client, counts = sign_in(two[0]), []
    for n in (0, 8):
        for _ in range(n):
            a_part(parts[0].recommendation, provider_of(parts[0].commissioner))
        client.get(LIST)
        with django_assert_max_num_queries(12) as asked:
            client.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_hazard_21_a_moved_date_shows_the_first_one_and_how_often(sign_in: Any, two: Any, parts: list[Any]) -> None:
    nurse, analyst = two
    action, asked = parts[1].action, parts[1].recommendation
    first, then = action.due_on, action.due_on + timedelta(days=45)
    action.move_date(then, reason="Holidays", by=nurse, at=timezone.now(), agreed_by=analyst)
    client = sign_in(nurse)
    for url in (LIST, f"/reviews/{asked.review.reference}/recommendations/{asked.reference}/"):
        page = text(client.get(url))
        assert f"{first:%-d %b %Y} {then:%-d %b %Y} 1 time" in page

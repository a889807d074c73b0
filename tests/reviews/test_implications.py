"""Implications for commissioning: in the register at once, reported, decided, changed; for named people only."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from reviews.models import Implication, Recommendation, ReviewRead
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.reviews import a_recommendation, a_review

pytestmark = pytest.mark.django_db
LIST = "/reviews/implications/"
MARKED = {"commissioning_implication": True, "implication": "Health visiting for families in hotels"}


@pytest.fixture
def asked(commissioner: Any, two: Any) -> Recommendation:
    return a_recommendation(a_review(commissioner, *two), **MARKED)


def text(response: Any) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def day(value: date, name: str) -> dict[str, int]:
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def at(asked: Recommendation) -> str:
    return f"/reviews/{asked.review.reference}/recommendations/{asked.reference}/implication/"


def test_a_marked_recommendation_stands_there_at_once_for_its_people_and_as_a_number_for_others(
    sign_in: Any, commissioner: Any, two: Any, asked: Recommendation
) -> None:
    a_recommendation(asked.review, "2")
    hidden = a_recommendation(a_review(commissioner), "7", **MARKED | {"implication": "Canary beds"})
    a_recommendation(a_review(CommissionerFactory()), **MARKED)
    page = text(sign_in(two[0]).get(LIST))
    assert "2 implications not yet reported" in page
    assert ("Health visiting" in page, "Canary" in page, hidden.review.reference in page) == (True, False, False)
    looked = ReviewRead.objects.values_list("review", "reader", "what")
    assert list(looked) == [(asked.review_id, two[0].pk, "Implications for commissioning")]
    for role in (Role.DIRECTOR_OF_NURSING, Role.QUALITY_ANALYST):
        seen = text(sign_in(someone(role, commissioner)).get(LIST))
        assert ("2 implications not yet reported" in seen, "Health" in seen, asked.reference in seen) == (
            True, False, False,
        )  # fmt: skip
    for person in (
        someone(Role.GOVERNING_BODY, commissioner), someone(Role.PROVIDER_LEAD, provider_of(commissioner)),
    ):  # fmt: skip
        assert sign_in(person).get(LIST).status_code == 404
    assert sign_in(someone(Role.DESIGNATED_PROFESSIONAL, commissioner)).get(at(asked)).status_code == 404


def test_it_is_reported_decided_changed_and_closed(sign_in: Any, two: Any, asked: Recommendation) -> None:
    client, today = sign_in(two[0]), timezone.localdate()
    committee = {"committee": "Quality Committee", **day(today - timedelta(days=9), "reported_on")}
    early = day(today - timedelta(days=20), "decided_on")
    for wrong, said in (
        ({**committee, "decision": "Buy it"}, "Enter the day too"),
        ({**committee, "decision": "Buy it", **early}, "This is before it was reported"),
        ({**committee, **day(today, "changed_on")}, "Enter what was changed"),
        ({**committee, "close": "on"}, "Enter what was decided before you close it"),
        ({**committee, **day(today + timedelta(days=1), "reported_on")}, "must be"),
    ):  # fmt: skip
        answer = client.post(at(asked), wrong)
        assert (answer.status_code, said in text(answer), "Quality Committee" in answer.content.decode()) == (
            422, True, True,
        )  # fmt: skip
    assert client.post(at(asked), committee).status_code == 302
    assert "Reported, waits for a decision" in text(client.get(LIST))
    stale = client.post(at(asked), {**committee, "committee": "Other", "version": 9})
    assert (stale.status_code, "changed this first" in text(stale)) == (409, True)
    decided = {**committee, "decision": "Buy it", **day(today, "decided_on"), "version": 1}
    assert client.post(at(asked), decided).status_code == 302
    changed = {"change_made": "Schedule 2 of the contract", **day(today, "changed_on"), "close": "on", "version": 2}
    assert client.post(at(asked), {**decided, **changed}).status_code == 302
    held = Implication.objects.get()
    assert (held.closed_on, held.closed_by, held.change_made) == (today, two[0], "Schedule 2 of the contract")
    again = client.post(at(asked), {**decided, "version": 4})
    assert (again.status_code, "is closed and is not changed" in text(again)) == (409, True)
    page = text(client.get(f"/reviews/{asked.review.reference}/"))
    assert ("Commissioning implications" in page, "Schedule 2 of the contract" in page) == (True, True)
    assert {row.reference for row in client.get(LIST, {"state": "closed"}).context["rows"]} == {asked.reference}
    assert "Nothing fits the filter" in text(client.get(LIST, {"state": "reported"}))


def test_of_two_at_once_the_second_is_told_and_an_unmarked_one_is_refused(
    sign_in: Any, two: Any, asked: Recommendation
) -> None:
    today = timezone.localdate()
    plain = a_recommendation(asked.review, "2")
    form = {"committee": "Board", **day(today, "reported_on")}
    refused = sign_in(two[0]).post(at(plain), form)
    assert (refused.status_code, "Mark the recommendation" in text(refused)) == (409, True)
    assert sign_in(two[0]).post(at(asked), form).status_code == 302
    second = sign_in(two[1]).post(at(asked), form)
    assert (second.status_code, Implication.objects.count()) == (409, 1)


def test_the_register_asks_the_same_at_one_and_at_many_rows_and_goes_out_as_a_file(
    sign_in: Any, two: Any, asked: Recommendation, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(two[1])
    for n in range(2, 20):
        a_recommendation(asked.review, str(n), **MARKED)
    client.get(LIST)
    with django_assert_max_num_queries(12):
        assert len(client.get(LIST).context["rows"]) == 19
    file = client.get("/exports/list/implications/file.csv", {"q": asked.review.reference})
    assert (file.status_code, file.content.decode().count("Health visiting")) == (200, 19)
    assert ReviewRead.objects.filter(taken_away=True, reader=two[1]).count() == 1

"""National inquiries: each provider states its own position on a recommendation, the commissioner sees all of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from chasing.letters import compose
from chasing.models import Letter
from reviews.models import Position
from tests.factories.accounts import someone
from tests.factories.providers import provider_of
from tests.factories.reviews import a_recommendation, a_review

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.fixture
def inquiry(commissioner: Any, two: Any) -> Any:
    found = a_review(commissioner, *two, kind="inquiry", pseudonym="Westbrook Inquiry", strands=["adults", "children"])
    for number in ("1", "2"):
        a_recommendation(found, number, text=f"Recommended in {number}")
    return found


def test_only_who_may_ask_is_shown_the_way_to_it(sign_in: Any, two: Any, inquiry: Any) -> None:
    nurse, analyst = two
    table = f"/reviews/{inquiry.reference}/positions/"
    shown = {each: f"{table}ask/" in sign_in(each).get(table).content.decode() for each in two}
    answers = {each: sign_in(each).get(f"{table}ask/").status_code for each in two}
    assert (shown, answers) == ({nurse: True, analyst: False}, {nurse: 200, analyst: 404})


def test_each_provider_states_its_own_and_the_commissioner_sees_all(sign_in: Any, two: Any, inquiry: Any) -> None:
    ash, birch, empty = (provider_of(inquiry.commissioner, name=name) for name in ("Ash", "Birch", "Empty"))
    lead, other = someone(Role.PROVIDER_LEAD, ash), someone(Role.PROVIDER_LEAD, birch)
    client, table = sign_in(two[0]), f"/reviews/{inquiry.reference}/positions/"
    assert client.post(f"{table}ask/", {"category": ""}).status_code == 422
    asked = client.post(
        f"{table}ask/", {"organisations": [each.reference for each in (ash, birch, empty)]}, follow=True
    )
    assert "Nobody signs in as safeguarding lead at Empty" in text(asked)
    assert (Position.objects.count(), set(Position.objects.values_list("position", flat=True))) == (6, {"not_said"})
    client.post(f"{table}ask/", {"organisations": [ash.reference]})
    assert Position.objects.count() == 6
    letters = {letter.to_user: letter for letter in Letter.objects.filter(kind="positions_asked")}
    assert ([*sorted(letters, key=str)], {each.circle for each in letters.values()}) == (
        sorted([lead, other], key=str), {inquiry.circle},
    )  # fmt: skip
    mail: Any = compose(letters[lead], timezone.now())
    said = f"{mail.subject} {mail.body}"
    assert ("2 recommendations of a national inquiry" in said, "Westbrook" in said) == (True, False)
    today = timezone.localdate()
    one = Position.objects.get(organisation=ash, recommendation__number="1")
    form = {
        "position": "partly", "statement": "Two of three wards", "as_at_day": today.day, "as_at_month": today.month,
        "as_at_year": today.year,
    }  # fmt: skip
    theirs = sign_in(lead)
    seen = text(theirs.get("/inquiries/"))
    assert ("Westbrook Inquiry" in seen, "Recommended in 1" in seen, "Birch" in seen) == (True, True, False)
    assert theirs.post(f"/inquiries/{one.pk}/", {**form, "statement": ""}).status_code == 422
    assert theirs.post(f"/inquiries/{one.pk}/", form).status_code == 302
    stale = theirs.post(f"/inquiries/{one.pk}/", form)
    assert (stale.status_code, "A colleague has stated a position since" in text(stale)) == (409, True)
    newest = Position.objects.filter(organisation=ash, recommendation__number="1").latest("pk")
    ahead = today + timedelta(3)
    late = {"as_at_day": ahead.day, "as_at_month": ahead.month, "as_at_year": ahead.year}
    assert theirs.post(f"/inquiries/{newest.pk}/", {**form, **late}).status_code == 422
    assert "Two of three wards" in text(theirs.get(f"/inquiries/{newest.pk}/"))
    # Somebody else's, a colleague's who is not named, and the table: not there.
    foreign = Position.objects.get(organisation=birch, recommendation__number="1")
    assert [theirs.get(url).status_code for url in (f"/inquiries/{foreign.pk}/", table)] == [404, 404]
    assert "Two of three wards" not in text(sign_in(other).get("/inquiries/"))
    colleague = sign_in(someone(Role.PROVIDER_CONTRIBUTOR, ash))
    assert (colleague.get(f"/inquiries/{one.pk}/").status_code, "Westbrook" in text(colleague.get("/inquiries/"))) == (
        404, False,
    )  # fmt: skip
    page = client.get(table)
    assert "Two of three wards" in text(page)
    assert {words: numbers for words, _, numbers in page.context["table"].counts} == {
        "No position stated": [2, 3], "In place": [0, 0], "Partly in place": [1, 0], "Not in place": [0, 0],
        "Not applicable": [0, 0],
    }  # fmt: skip


def test_positions_are_asked_for_on_inquiries_only(sign_in: Any, two: Any, commissioner: Any) -> None:
    review = a_review(commissioner, *two)
    a_recommendation(review)
    ash = provider_of(commissioner)
    refused = sign_in(two[0]).post(f"/reviews/{review.reference}/positions/ask/", {"organisations": [ash.reference]})
    assert (refused.status_code, "national inquiry only" in text(refused), Position.objects.count()) == (409, True, 0)


def test_the_table_asks_as_much_for_many(
    sign_in: Any, two: Any, inquiry: Any, django_assert_max_num_queries: Any
) -> None:
    client, counts = sign_in(two[0]), []
    for n in (1, 6):
        given = [provider_of(inquiry.commissioner) for _ in range(n)]
        Position.objects.ask(inquiry, given, by=two[0], at=timezone.now())
        client.get(f"/reviews/{inquiry.reference}/positions/")
        with django_assert_max_num_queries(12) as asked:
            client.get(f"/reviews/{inquiry.reference}/positions/")
        counts.append(len(asked))
    assert counts[0] == counts[1]

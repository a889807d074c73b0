"""Learning: written by one, published by another, passed on, and answered where action is needed."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from accounts.door import Refused
from chasing.letters import compose
from chasing.models import Chase, Letter
from chasing.planner import plan
from chasing.steps import next_working_day
from reviews.models import Acknowledgement, Learning, LearningAsk
from tests.factories.accounts import someone
from tests.factories.learning import published, some_learning
from tests.factories.providers import CategoryFactory, CommissionerFactory, provider_of
from tests.factories.reviews import a_review

pytestmark = pytest.mark.django_db
LIST = "/reviews/learning/"


@pytest.fixture
def writer(two: Any) -> Any:
    return two[0]


@pytest.fixture
def director(commissioner: Any) -> Any:
    return someone(Role.DIRECTOR_OF_NURSING, commissioner)


def text(response: Any) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def day(value: date, name: str) -> dict[str, int]:
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def boxes(**more: Any) -> dict[str, Any]:
    return {
        "kind": "lesson", "title": "Ask who else lives there", "happened": "Nobody asked who else was in the home.",
        "matters": "Harm goes unseen.", "to_do": "Ask at each visit\r\n\r\nWrite it down", "categories": ["ACUTE"],
        "strands": ["children"], **more,
    }  # fmt: skip


def said_of(learning: Learning) -> str:
    return str(learning.reach(learning.disseminations.all(), learning.asked_of.all()))


def at(learning: Learning, verb: str = "") -> str:
    return f"{LIST}{learning.reference}/{verb}"


def test_it_is_written_in_general_words_and_kept_with_what_was_typed(
    sign_in: Any, commissioner: Any, two: Any, writer: Any
) -> None:
    CategoryFactory()
    review = a_review(commissioner, *two, pseudonym="Larch", local_reference="SAB/26/4")
    client = sign_in(writer)
    assert "What not to write" in text(client.get(f"{LIST}new/"))
    refused = {
        "happened": ("Larch was not asked.", "Leave out “Larch”"),
        "title": ("What we learnt from SAB/26/4", "Leave out “SAB/26/4”"),
        "matters": ("It was on 3 May 2024 that", "Leave out “3 May 2024”"),
        "questions": ("Would you have asked Adult K?", "Leave out “Adult K”"),
        "to_do": ("One\nTwo\nThree\nFour\nFive\nSix", "Enter 5 lines at most"),
        "links": ("NICE guidance", "with an address that begins with https://"),
    }
    for name, (words, said) in refused.items():
        answer = client.post(f"{LIST}new/", boxes(review=review.reference, **{name: words}))
        assert (answer.status_code, said in text(answer), words.split()[0] in answer.content.decode()) == (
            422,
            True,
            True,
        )
    missing = client.post(f"{LIST}new/", boxes(action_needed="on"))
    assert (missing.status_code, "Enter the day by which providers answer" in text(missing)) == (422, True)
    assert client.post(f"{LIST}new/", boxes(happened="About NHS number 943 476 5919")).status_code == 422
    assert Learning.objects.count() == 0
    answer = client.post(f"{LIST}new/", boxes(review=review.reference, links="NICE: https://nice.org.uk/ng189"))
    made = Learning.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, at(made))
    assert (made.steps, made.reading, made.review, made.state) == (
        ["Ask at each visit", "Write it down"], [("NICE", "https://nice.org.uk/ng189")], review, "draft",
    )  # fmt: skip


def test_another_person_publishes_and_whoever_wrote_last_is_refused(
    sign_in: Any, commissioner: Any, writer: Any, director: Any
) -> None:
    draft = some_learning(commissioner, writer)
    own = sign_in(writer).post(at(draft, "publish/"), {"read": "on", "version": 1})
    assert (own.status_code, "You wrote this last" in text(own)) == (409, True)
    client = sign_in(director)
    assert client.post(at(draft, "publish/"), {"version": 1}).status_code == 422
    stale = client.post(at(draft, "publish/"), {"read": "on", "version": 9})
    assert stale.status_code == 409
    assert client.post(at(draft, "publish/"), {"read": "on", "version": 1}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.published_by, LearningAsk.objects.count(), Letter.objects.count()) == (
        "published", director, 0, 0,
    )  # fmt: skip
    again = client.post(at(draft, "publish/"), {"read": "on", "version": 2})
    assert (again.status_code, "“Published” already" in text(again)) == (409, True)
    changed = sign_in(writer).post(at(draft, "edit/"), {**boxes(), "version": 2})
    assert (changed.status_code, "Withdraw it with a reason" in text(changed)) == (409, True)
    for name in ("title", "happened"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Learning.objects.filter(pk=draft.pk).update(**{name: "Other words"})


def test_before_its_review_is_public_it_is_published_only_when_nothing_lets_the_case_be_known(
    commissioner: Any, two: Any, sign_in: Any
) -> None:
    review = a_review(commissioner, *two)
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner)
    review.circle.add(nurse, scope="whole", reason="Publishes", by=two[0], at=timezone.now())
    draft, now = some_learning(commissioner, two[0], review=review), timezone.now()
    client = sign_in(nurse)
    refused = client.post(at(draft, "publish/"), {"read": "on", "version": 1})
    assert (refused.status_code, "Its review is not published" in text(refused)) == (409, True)
    assert client.post(at(draft, "publish/"), {"read": "on", "untied": "on", "version": 1}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.untied) == ("published", True)
    second = some_learning(commissioner, two[0], review=review)
    review.record("published", on=timezone.localdate(), by=two[0], at=now)
    review.correct(expected=review.version, embargo_until=in_days(3))
    second.refresh_from_db()
    with pytest.raises(Refused, match="under embargo until"):
        second.publish(expected=1, by=nurse, at=now)
    second.publish(expected=1, by=nurse, at=now + timedelta(days=4))
    assert second.untied is False


def test_a_draft_that_names_a_review_and_the_review_itself_are_for_its_people_only(
    sign_in: Any, commissioner: Any, two: Any, director: Any
) -> None:
    review = a_review(commissioner, *two)
    draft = some_learning(commissioner, two[0], review=review, title="Canary of a draft")
    outsider = someone(Role.DESIGNATED_PROFESSIONAL, commissioner)
    for person in (outsider, director):
        client = sign_in(person)
        assert [client.get(at(draft, verb)).status_code for verb in ("", "briefing.pdf", "publish/")] == [404] * 3
        assert "Canary" not in text(client.get(LIST))
    assert review.reference in text(sign_in(two[1]).get(at(draft)))
    review.circle.add(outsider, scope="whole", reason="Publishes", by=two[0], at=timezone.now())
    draft.publish(expected=1, by=outsider, at=timezone.now(), untied=True)
    page = text(sign_in(director).get(at(draft)))
    assert ("Canary of a draft" in page, review.reference in page) == (True, False)


def test_action_needed_asks_each_provider_of_the_category_once_by_letter_and_reminder(
    sign_in: Any, commissioner: Any, writer: Any, director: Any
) -> None:
    asked = [provider_of(commissioner, category=CategoryFactory(), mailbox=f"box{n}@example.org") for n in range(2)]
    provider_of(commissioner, category=CategoryFactory(code="GP", name="GP practice", plural="GP practices"))
    provider_of(CommissionerFactory(), category=CategoryFactory())
    draft = some_learning(commissioner, writer, action_needed=True, answer_by=in_days(20), title="Canary words")
    answer = sign_in(director).post(at(draft, "publish/"), {"read": "on", "version": 1}, follow=True)
    assert "2 providers are asked to answer" in text(answer)
    assert set(LearningAsk.objects.values_list("organisation", flat=True)) == {each.pk for each in asked}
    letters = Letter.objects.filter(kind="learning_to_read")
    assert [(each.to_organisation in asked, list(each.about)) for each in letters] == [(True, ["ask"])] * 2
    message: Any = compose(letters[0], timezone.now())
    assert ("Canary" in message.subject + message.body, letters[0].organisation.name in message.body) == (False, True)
    due = LearningAsk.objects.first()
    assert due is not None
    plan(next_working_day(due.due_on), at=timezone.now())
    assert Chase.objects.filter(kind="learning_ask").exists()


def test_a_provider_answers_once_and_sees_nobody_elses(
    sign_in: Any, commissioner: Any, writer: Any, director: Any
) -> None:
    ours, theirs = (provider_of(commissioner, category=CategoryFactory(), name=name) for name in ("Ours", "Theirs"))
    made = published(commissioner, writer, director, action_needed=True, answer_by=in_days(20))
    lead, other, executive = (
        someone(role, where)
        for role, where in (
            (Role.PROVIDER_LEAD, ours), (Role.PROVIDER_LEAD, theirs), (Role.EXECUTIVE_SIGNATORY, ours),
        )
    )  # fmt: skip
    ask, foreign = (LearningAsk.objects.get(organisation=each) for each in (ours, theirs))
    client = sign_in(lead)
    home = text(client.get("/your-returns/"))
    assert ("Learning for you" in home, "Action needed" in home, made.title in home) == (True, True, True)
    address = f"{LIST}asked/{ask.reference}/"
    assert "We have read this and will" in text(client.get(at(made)))
    assert client.get(f"{LIST}asked/{foreign.reference}/").status_code == 404
    assert client.post(address, {"text": ""}).status_code == 422
    assert sign_in(executive).post(address, {"text": "x"}).status_code == 404
    assert client.post(address, {"text": "Ask at each visit from May"}).status_code == 302
    again = client.post(address, {"text": "Another answer"})
    assert (again.status_code, "answered this already" in text(again)) == (409, True)
    assert [row.text for row in Acknowledgement.objects.all()] == ["Ask at each visit from May"]
    with pytest.raises(DatabaseError), transaction.atomic():
        Acknowledgement.objects.update(text="Something else")
    page = text(sign_in(other).get(at(made)))
    assert ("Ask at each visit from May" in page, "Ours" in page, "acknowledged by" in page) == (False, False, False)
    mine = text(sign_in(writer).get(at(made)))
    assert ("Ask at each visit from May" in mine, "Acknowledged by 1 of 2 asked" in mine) == (True, True)
    assert text(sign_in(someone(Role.GOVERNING_BODY, commissioner)).get(LIST)).count("1 of 2 answered") == 1


def test_what_is_withdrawn_leaves_every_list_and_asks_nobody(
    sign_in: Any, commissioner: Any, writer: Any, director: Any
) -> None:
    ours = provider_of(commissioner, category=CategoryFactory())
    made = published(commissioner, writer, director, website=True, action_needed=True, answer_by=in_days(20))
    lead = someone(Role.PROVIDER_LEAD, ours)
    assert [Client().get(f"/learning/{made.reference}/").status_code, sign_in(lead).get(at(made)).status_code] == [
        200, 200,
    ]  # fmt: skip
    empty = sign_in(director).post(at(made, "withdraw/"), {"version": 2})
    assert (empty.status_code, Learning.objects.get().state) == (422, "published")
    gone = {"reason": "The guidance has changed", "version": 2}
    assert sign_in(director).post(at(made, "withdraw/"), gone).status_code == 302
    assert [Client().get(f"/learning/{made.reference}/").status_code, sign_in(lead).get(at(made)).status_code] == [
        404, 404,
    ]  # fmt: skip
    ask = LearningAsk.objects.get()
    assert (LearningAsk.objects.outstanding().count(), ask.ended) == (0, True)
    late = sign_in(lead).post(f"{LIST}asked/{ask.reference}/", {"text": "Too late"})
    assert (late.status_code, "was withdrawn" in text(late)) == (409, True)
    assert "acknowledged by 0 of 1 asked" in text(sign_in(writer).get(at(made)))


def test_reach_says_to_how_many_it_went(sign_in: Any, commissioner: Any, writer: Any, director: Any) -> None:
    practice = CategoryFactory(code="GP", name="GP practice", plural="GP practices")
    for category in (CategoryFactory(), CategoryFactory(), practice):
        provider_of(commissioner, category=category)
    made = published(commissioner, writer, director)
    client, today = sign_in(writer), timezone.localdate()
    form = {"medium": "event", "attendance": 34, "categories": ["ACUTE", "GP"], **day(today, "on")}
    assert client.post(at(made, "passed-on/"), {**form, "medium": "newsletter"}).status_code == 422
    assert client.post(at(made, "passed-on/"), {**form, **day(in_days(1), "on")}).status_code == 422
    assert client.post(at(made, "passed-on/"), form).status_code == 302
    client.post(at(made, "passed-on/"), {"medium": "newsletter", "categories": ["ACUTE"], **day(today, "on")})
    assert said_of(made) == "Sent to 3 providers in 2 categories; 34 people attended"
    event = made.disseminations.get(medium="event")
    strike, why = at(made, f"passed-on/{event.pk}/strike/"), {"reason": "It did not take place"}
    assert client.post(strike, why).status_code == 302
    assert said_of(made) == "Sent to 2 providers in 1 category"
    assert "It did not take place" in text(client.get(at(made)))
    twice = client.post(strike, why)
    assert (twice.status_code, said_of(some_learning(commissioner, writer))) == (409, "Not passed on yet")
    draft = client.post(at(some_learning(commissioner, writer), "passed-on/"), form)
    assert (draft.status_code, "Publish it first" in text(draft)) == (409, True)


def test_the_list_is_filtered_and_asks_the_same_at_one_and_at_many_rows(
    sign_in: Any, commissioner: Any, writer: Any, director: Any, django_assert_max_num_queries: Any
) -> None:
    published(commissioner, writer, director, title="Ask again")
    some_learning(commissioner, writer, kind="good_practice", title="Well handed over")
    some_learning(CommissionerFactory(), writer, title="Canary of others")
    client = sign_in(writer)
    for asked, titles in (
        ({}, ["Ask again", "Well handed over"]), ({"q": "again"}, ["Ask again"]),
        ({"state": "draft"}, ["Well handed over"]),
        ({"kind": "good_practice"}, ["Well handed over"]),
        ({"answers": "needed"}, []), ({"kind": "no such"}, None),
    ):  # fmt: skip
        rows = sorted(row.title for row in client.get(LIST, asked).context["rows"])
        assert rows == (["Ask again", "Well handed over"] if titles is None else titles)
    for n in range(30):
        some_learning(commissioner, writer, title=f"Draft {n}")
    with django_assert_max_num_queries(12):
        client.get(LIST)


def test_anybody_reads_what_is_on_the_website_and_nothing_else(
    commissioner: Any, two: Any, director: Any, sign_in: Any
) -> None:
    address = reverse("reviews:public-learning")
    assert "Nothing is published yet" in text(Client().get(address))
    review = a_review(commissioner, *two, pseudonym="Larch")
    published(commissioner, two[0], director, website=True, title="Ask who else lives there")
    other = published(
        commissioner, two[0], director, website=True, kind="good_practice", themes=["neglect"], title="Hand over"
    )
    some_learning(commissioner, two[0], title="Canary draft")
    inside = published(commissioner, two[0], director, title="Canary for providers")
    tied = some_learning(commissioner, two[0], review=review, title="Said in general")
    tied.publish(expected=1, by=someone(Role.DIRECTOR_OF_NURSING, commissioner), at=timezone.now(), untied=True)
    tied.pass_on(medium="website", on=timezone.localdate(), categories=["ACUTE"], by=two[0], at=timezone.now())
    page = Client().get(address)
    assert (page.headers["Cache-Control"], bool(page.cookies)) == ("public, max-age=600", False)
    assert [name in text(page) for name in ("Ask who else", "Hand over", "Said in general", "Canary", "Larch")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    item = Client().get(f"/learning/{tied.reference}/")
    assert (item.status_code, review.reference in item.content.decode()) == (200, False)
    assert Client().get(f"/learning/{inside.reference}/").status_code == 404
    assert Client().get(f"/learning/{inside.reference}/briefing.pdf").status_code == 404
    for asked, n in (({"kind": "good_practice"}, 1), ({"theme": "neglect"}, 1), ({"theme": "no such"}, 3)):
        assert len(Client().get(address, asked).context["shown"].rows) == n
    assert other.title in text(Client().get(address, {"theme": "neglect"}))
    assert sign_in(director).get(address).headers["Cache-Control"] == "no-store"

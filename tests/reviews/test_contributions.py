"""Reports asked for in a review: the steps in order, who sees what, and what the organisation is told."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.capabilities import Can, Role
from accounts.door import Refused, Stale
from accounts.models import CircleMember
from chasing import relay
from chasing.models import DueChange, Letter
from chasing.planner import plan
from design.calendar import LONDON, add_working_days, is_working_day
from reviews.models import Asked, Contribution, Review, ReviewRead
from tests.factories.accounts import someone
from tests.factories.providers import provider_of
from tests.factories.reviews import a_review
from tests.mail import mail
from tests.reviews.test_pages import day, text

__all__ = ["mail"]

pytestmark = pytest.mark.django_db
HOME = "/your-returns/"


@pytest.fixture
def review(commissioner: Any, two: Any) -> Review:
    return a_review(commissioner, *two, pseudonym="Adult Larch", local_reference="SAB/26/4")


@pytest.fixture
def place(commissioner: Any) -> Any:
    return provider_of(commissioner, name="Meadow View")


@pytest.fixture
def author(place: Any) -> Any:
    return someone(Role.PROVIDER_LEAD, place)


def ask(review: Review, *whom: Asked, part: str = "imr", days: int = 30) -> list[Contribution]:
    now, by = timezone.now(), review.registered_by
    return Contribution.objects.ask(
        review, part, whom, due_on=timezone.localdate(now) + timedelta(days=days), by=by, at=now
    )


def at(one: Contribution, verb: str = "") -> str:
    return f"/agency-reports/{one.reference}/{verb}"


def posted(one: Contribution, **values: Any) -> dict[str, Any]:
    one.refresh_from_db()
    return {"version": one.version, **day(timezone.localdate()), **values}


def test_several_are_asked_at_once_and_an_author_with_an_account_is_named_for_their_own(
    sign_in: Any, commissioner: Any, two: Any, review: Review, place: Any, author: Any
) -> None:
    other = provider_of(commissioner, name="Hill Trust")
    client, due = sign_in(two[0]), timezone.localdate() + timedelta(days=28)
    form = {
        "part": "imr", "hours": "30", **day(due, "due_on"), "organisation_1": "meadow view", "email_1": author.email,
        "organisation_2": other.reference, "name_2": "Senior nurse",
    }  # fmt: skip
    answer = client.post(f"/reviews/{review.reference}/reports/ask/", form)
    assert (answer.status_code, answer["Location"]) == (302, f"/reviews/{review.reference}/")
    asked = {each.organisation: each for each in Contribution.objects.all()}
    assert [(asked[one].author, asked[one].author_name) for one in (place, other)] == [
        (author, ""), (None, "Senior nurse"),
    ]  # fmt: skip
    assert {each.original_due_on for each in asked.values()} == {due}
    assert [(each.user, each.scope) for each in review.circle.members.exclude(scope="whole")] == [(author, "own")]
    letters = Letter.objects.filter(kind="review_report_asked")
    assert [(each.to_user, each.circle, each.about) for each in letters] == [
        (author, review.circle, {"contribution": asked[place].pk})
    ]
    page = text(client.get(f"/reviews/{review.reference}/"))
    assert "For their own organisation’s part only: " + str(author) in page
    assert ("Meadow View" in page, "Senior nurse" in page) == (True, True)


def test_what_is_wrong_is_said_beside_the_box_and_nothing_is_asked(
    sign_in: Any, commissioner: Any, two: Any, review: Review, place: Any, author: Any
) -> None:
    other = provider_of(commissioner, name="Hill Trust")
    elsewhere = someone(Role.PROVIDER_LEAD, other)
    client, address = sign_in(two[0]), f"/reviews/{review.reference}/reports/ask/"
    due = day(timezone.localdate() + timedelta(days=28), "due_on")
    whole = {"part": "imr", **due, "organisation_1": place.name, "email_1": author.email}
    for wrong, words in (
        ({"email_1": elsewhere.email}, "Nobody of Meadow View has an account with this address"),
        ({"organisation_1": "Nowhere"}, "Choose one from the list"),
        ({"organisation_1": "", "email_1": ""}, "Name at least one organisation"),
        ({"organisation_1": ""}, "Name the organisation that this author works for"),
        ({"name_1": "Somebody"}, "Give an e-mail address or a name, not both"),
        ({"organisation_2": place.reference}, "This organisation stands above already"),
        ({"part": "health_overview"}, "The health overview report is your own designated professional’s"),
        (day(timezone.localdate() - timedelta(days=1), "due_on"), "The day by which it is due must be"),
    ):
        answer = client.post(address, {**whole, **wrong})
        assert (answer.status_code, words in text(answer)) == (422, True), words
    assert Contribution.objects.count() == 0
    assert client.post(address, whole).status_code == 302
    twice = client.post(address, whole)
    assert (twice.status_code, "is asked of this organisation already" in text(twice)) == (409, True)
    assert (Contribution.objects.count(), author.email in twice.content.decode()) == (1, True)
    with pytest.raises(Refused, match="does not work for"):
        ask(review, Asked(place, elsewhere), part="summary")


def test_the_steps_follow_one_another_and_days_late_count_by_both_dates(
    sign_in: Any, two: Any, review: Review, place: Any, author: Any
) -> None:
    (one,) = ask(review, Asked(place, author))
    nurse, provider, today = sign_in(two[0]), sign_in(author), timezone.localdate()
    early = provider.post(at(one, "signature/"), posted(one, name="Ann Head", role="Chief nurse"))
    assert (early.status_code, "quality-assured before it is signed" in text(early)) == (409, True)
    assert 'value="Ann Head"' in early.content.decode()
    assert provider.post(at(one, "draft/"), posted(one)).status_code == 302
    again = provider.post(at(one, "draft/"), posted(one))
    assert (again.status_code, "A draft is in already" in text(again)) == (409, True)
    assert provider.get(at(one, "quality/")).status_code == 404
    challenge = "Say more about supervision"
    silent = nurse.post(at(one, "quality/"), posted(one, outcome="sent_back"))
    assert (silent.status_code, "Enter what has to change" in text(silent)) == (422, True)
    assert nurse.post(at(one, "quality/"), posted(one, outcome="sent_back", words=challenge)).status_code == 302
    assert challenge in text(provider.get(at(one)))
    assert provider.post(at(one, "draft/"), posted(one)).status_code == 302
    assert nurse.post(at(one, "quality/"), posted(one, outcome="accepted")).status_code == 302
    same = {"name": author.name.upper(), "role": "Lead"}
    alone = provider.post(at(one, "signature/"), posted(one, **same))
    assert (alone.status_code, "The author does not sign alone" in text(alone)) == (409, True)
    because = provider.post(at(one, "signature/"), posted(one, **same, same_person_because="Only executive"))
    assert because.status_code == 302
    before = provider.post(at(one, "submitted/"), posted(one, held_in="Case system", **day(today - timedelta(days=1))))
    assert before.status_code == 422
    assert provider.post(at(one, "submitted/"), posted(one, held_in="")).status_code == 422
    assert provider.post(at(one, "submitted/"), posted(one, held_in="Case system")).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.same_person_because, one.settled_at is not None) == ("submitted", "Only executive", True)
    assert [note.kind for note in one.notes.all()] == [
        "asked", "draft", "sent_back", "draft", "accepted", "signed", "submitted",
    ]  # fmt: skip
    over = nurse.post(at(one, "withdraw/"), {"version": one.version, "reason": "Too late"})
    assert over.status_code == 409


def test_a_later_date_keeps_the_first_and_says_who_agreed(sign_in: Any, two: Any, review: Review, place: Any) -> None:
    (one,) = ask(review, Asked(place, None, "Senior nurse"), days=3)
    first, client = one.due_on, sign_in(two[0])
    form = {"reason": "The author is ill", "agreed_by": two[1].reference}
    assert client.post(at(one, "later/"), posted(one, **form, **day(first))).status_code == 409
    assert client.post(at(one, "later/"), posted(one, **form, **day(first + timedelta(days=5)))).status_code == 302
    one.refresh_from_db()
    change = DueChange.objects.get(kind="review_report", thing=one.pk)
    assert (one.original_due_on, one.due_on, change.agreed_by, change.circle) == (
        first, first + timedelta(days=5), two[1], review.circle,
    )  # fmt: skip
    assert one.days_late(first + timedelta(days=9)) == (9, 4)
    assert "moved 1 time" in text(client.get(f"/reviews/{review.reference}/"))
    # Why a date was moved is for the same people as the review.
    outsider = someone(Role.DIRECTOR_OF_NURSING, review.commissioner)
    seen = [set(DueChange.objects.permitted(who, Can.REMOVE_IDENTIFIABLE)) for who in (outsider, two[0])]
    assert seen == [set(), {change}]


def test_a_provider_sees_its_own_report_and_nothing_of_the_review(
    sign_in: Any, commissioner: Any, review: Review, place: Any, author: Any
) -> None:
    other = provider_of(commissioner, name="Hill Trust")
    mine, theirs = ask(review, Asked(place, author), Asked(other, someone(Role.PROVIDER_LEAD, other)))
    client, colleague = sign_in(author), sign_in(someone(Role.PROVIDER_CONTRIBUTOR, place))
    home, page = text(client.get(HOME)), text(client.get(at(mine)))
    assert (f"Report {mine.reference}" in home, "Reports asked of you" in home) == (True, True)
    assert (review.reference in page, "A safeguarding review about an adult" in page) == (True, True)
    for hidden in ("Larch", "SAB/26/4", "Safeguarding Adult Review", "Hill Trust", theirs.reference):
        assert (hidden in home, hidden in page) == (False, False), hidden
    assert [client.get(address).status_code for address in (
        at(theirs), f"/reviews/{review.reference}/", "/reviews/", at(mine, "later/"), at(mine, "withdraw/"),
    )] == [404] * 5  # fmt: skip
    # A colleague who is not named, and an organisation that was not asked, see nothing at all.
    assert (colleague.get(at(mine)).status_code, mine.reference in text(colleague.get(HOME))) == (404, False)
    assert ReviewRead.objects.filter(review=review, reader=author, what="A report asked for").count() == 1
    author.circles.update(ends_on=timezone.localdate())
    assert (client.get(at(mine)).status_code, mine.reference in text(client.get(HOME))) == (404, False)


def test_nobody_quality_assures_their_own_and_the_overview_is_the_commissioners(
    commissioner: Any, two: Any, review: Review, place: Any
) -> None:
    now, today = timezone.now(), timezone.localdate()
    with pytest.raises(Refused, match="commissioner’s own designated professional"):
        ask(review, Asked(place), part="health_overview")
    (one,) = ask(review, Asked(commissioner, two[0]), part="health_overview")
    one.draft_in(today, expected=1, by=two[0], at=now)
    with pytest.raises(Refused, match="another designated professional"):
        one.assure("accepted", today, expected=2, by=two[0], at=now)
    with pytest.raises(Stale):
        one.assure("accepted", today, expected=1, by=two[1], at=now)
    one.assure("accepted", today, expected=2, by=two[1], at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.filter(pk=one.pk).update(assured_by=two[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.filter(pk=one.pk).update(organisation=place)


def test_nobody_of_a_provider_is_put_on_a_list_for_everything(review: Review, author: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        review.circle.add(author, scope="whole", reason="By mistake", by=review.registered_by, at=timezone.now())
    assert CircleMember.objects.filter(user=author).count() == 0


def test_its_author_is_reminded_and_nobody_else_and_not_while_a_draft_waits(
    review: Review, commissioner: Any, place: Any, author: Any
) -> None:
    someone(Role.PROVIDER_LEAD, place), someone(Role.EXECUTIVE_SIGNATORY, place)
    (one,) = ask(review, Asked(place, author), days=30)
    morning = one.due_on
    while not is_working_day(morning):
        morning = add_working_days(morning, 1)
    now = timezone.now()
    plan(add_working_days(one.due_on, -5), at=now)
    reminders = Letter.objects.filter(kind="reminders")
    assert [(each.to_user, each.circle) for each in reminders] == [(author, review.circle)]
    one.draft_in(timezone.localdate(now), expected=1, by=author, at=now)
    plan(add_working_days(morning, 5), at=now)
    assert reminders.count() == 1


def test_the_workload_is_of_the_reviews_that_one_is_named_on(
    sign_in: Any, commissioner: Any, two: Any, review: Review, place: Any, author: Any
) -> None:
    other, hidden = a_review(commissioner, *two), a_review(commissioner)
    late, _ = ask(review, Asked(place, author), days=3) + ask(other, Asked(place, author), days=20)
    ask(hidden, Asked(place, author)), ask(other, Asked(provider_of(commissioner), None, "Senior nurse"), days=60)
    Contribution.objects.filter(pk=late.pk).update(hours=30, due_on=timezone.localdate() - timedelta(days=1))
    client = sign_in(two[0])
    page = client.get("/reviews/workload/")
    lines = [(row["written_by"], row["n"], row["total_hours"], row["n_late"]) for row in page.context["rows"]]
    assert lines == [(author.name, 2, 30, 1), ("Senior nurse", 1, None, 0)]
    assert "of the 2 open reviews that you are named on" in text(page)
    assert [row["n"] for row in client.get("/reviews/workload/", {"late": "on"}).context["rows"]] == [2]
    taken = client.get("/exports/list/report-workload/file.csv")
    assert "Of the 2 reviews that you are named on" in b"".join(taken).decode()
    assert set(ReviewRead.objects.filter(taken_away=True).values_list("review", flat=True)) == {review.pk, other.pk}
    outsider = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, commissioner)).get("/reviews/workload/")
    assert (list(outsider.context["rows"]), "of the 0 open reviews" in text(outsider)) == ([], True)
    assert sign_in(author).get("/reviews/workload/").status_code == 404


def test_another_author_is_named_and_told_and_must_work_there(
    sign_in: Any, commissioner: Any, two: Any, review: Review, place: Any, author: Any
) -> None:
    (one,) = ask(review, Asked(place, None, "Senior nurse"))
    stranger, client = someone(Role.PROVIDER_LEAD, provider_of(commissioner)), sign_in(two[0])
    for wrong, words in (
        ({"email": stranger.email}, "Nobody of Meadow View has an account"), ({}, "Give an e-mail address or a name"),
        ({"email": author.email, "name": "Somebody"}, "not both"),
    ):  # fmt: skip
        answer = client.post(at(one, "author/"), {"version": 1, **wrong})
        assert (answer.status_code, words in text(answer)) == (422, True), words
    given = {"version": 1, "email": author.email, "form_token": "0b8b7f1e-6d9c-4e0a-9a55-2f1f0a8f5e11"}
    first, second = (client.post(at(one, "author/"), given) for _ in range(2))
    assert (first.status_code, second["Location"]) == (302, first["Location"])
    one.refresh_from_db()
    assert (one.author, one.author_name, one.version, one.notes.filter(kind="author").count()) == (author, "", 2, 1)
    assert [each.to_user for each in Letter.objects.filter(kind="review_report_asked")] == [author]
    assert sign_in(author).get(at(one)).status_code == 200


def test_hazard_27_mails_about_reports_say_that_one_is_due_and_nothing_of_the_case(
    review: Review, place: Any, author: Any, mail: Any
) -> None:
    review.correct(expected=1, methodology="CANARY", chair="CANARY")
    (one,) = ask(review, Asked(place, author), days=30)
    one.challenge("CANARY about the quality", by=review.registered_by, at=timezone.now())
    day_of = add_working_days(one.due_on, -5)
    plan(day_of, at=timezone.now())
    relay.deliver(lambda: datetime.combine(day_of, time(9), LONDON))
    assert [message["To"] for message in mail.received] == [author.email] * 2
    for message in mail.received:
        whole = f"{message['Subject']} " + " ".join(
            part.get_content() for part in message.walk() if part.get_content_maintype() == "text"
        )
        assert f"/agency-reports/{one.reference}/" in whole
        for hidden in ("CANARY", "Larch", "SAB/26/4", review.reference, "Safeguarding Adult Review", "Individual"):
            assert hidden not in whole


def test_hazard_20_every_total_says_of_how_many_reviews_it_is(
    sign_in: Any, commissioner: Any, two: Any, review: Review, place: Any
) -> None:
    """Different people, different totals: each says on how many of all reviews the person is named."""
    for each in (a_review(commissioner, *two), a_review(commissioner), review):
        ask(each, Asked(place, None, "Senior nurse"))
    for person, named in ((two[0], 2), (someone(Role.NAMED_GP, commissioner), 0)):
        client = sign_in(person)
        assert f"You are named on {named} of 3." in text(client.get("/reviews/"))
        page = client.get("/reviews/workload/")
        assert f"of the {named} open reviews that you are named on" in text(page)
        assert sum(row["n"] for row in page.context["rows"]) == named


def test_pages_ask_as_much_for_many_reports_as_for_one(
    sign_in: Any, commissioner: Any, two: Any, review: Review, place: Any
) -> None:
    asked = ask(review, Asked(place, None, "Senior nurse"))
    client, counts = sign_in(two[0]), []
    for _ in range(2):
        found = []
        for address in (f"/reviews/{review.reference}/", "/reviews/workload/", at(asked[0])):
            client.get(address)
            with CaptureQueriesContext(connection) as asked_for:
                assert client.get(address).status_code == 200
            found.append(len([each for each in asked_for if "SAVEPOINT" not in each["sql"]]))
        counts.append(found)
        for n in range(6):
            ask(review, Asked(provider_of(commissioner), None, f"Author {n}"))
            asked[0].challenge(f"Point {n}", by=two[0], at=timezone.now())
    assert counts[0] == counts[1]
    assert counts[0][1] <= 12


def test_a_person_of_a_provider_is_offered_their_own_part_of_a_list_only(
    sign_in: Any, commissioner: Any, review: Review, author: Any
) -> None:
    director = sign_in(someone(Role.DIRECTOR_OF_NURSING, commissioner))
    given = {"email": author.email, "scope": "whole", "reason": "Writes the report"}
    refused = director.post(f"/access-lists/{review.circle.reference}/add/", given)
    assert (refused.status_code, "sees only rows about their own organisation" in text(refused)) == (422, True)
    assert director.post(f"/access-lists/{review.circle.reference}/add/", {**given, "scope": "own"}).status_code == 302


def test_the_home_of_who_may_quality_assure_names_drafts_that_wait_for_them(
    sign_in: Any, commissioner: Any, review: Review, two: Any, place: Any
) -> None:
    now, today = timezone.now(), timezone.localdate()
    (one,) = ask(review, Asked(place, None, "Senior nurse"))
    (own,) = ask(review, Asked(commissioner, two[0]), part="health_overview")
    (hidden,) = ask(a_review(commissioner), Asked(place))
    for each in (one, own, hidden):
        each.draft_in(today, expected=1, by=each.asked_by, at=now)
    words = "1 report of reviews to quality-assure"
    assert words in text(sign_in(two[0]).get("/"))
    for nobody in (two[1], someone(Role.DESIGNATED_PROFESSIONAL, commissioner)):
        assert "quality-assure" not in text(sign_in(nobody).get("/"))
    one.assure("accepted", today, expected=2, by=two[0], at=now)
    assert "quality-assure" not in text(sign_in(two[0]).get("/"))

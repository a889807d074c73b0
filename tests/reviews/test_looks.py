"""Who looks at a review, by which place, what the guardian is told of it, and what happens when nobody can look."""

import csv
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.utils import timezone

from accounts.capabilities import Can, Role
from accounts.models import CircleMember, Cover
from actions.models import Action
from chasing.letters import writer_of
from chasing.models import Letter
from design.calendar import LONDON
from reviews.models import Review, ReviewRead
from reviews.tasks import tell_guardians
from tests.factories.accounts import CoverFactory, someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.reviews import AT, a_part, a_recommendation, a_review
from tests.reviews.test_pages import at, day, text

pytestmark = pytest.mark.django_db
LOG = "/reviews/read-log/"


@pytest.fixture
def review(commissioner: Any, two: Any) -> Review:
    return a_review(commissioner, *two, pseudonym="Adult Larch", local_reference="SAB/26/4")


def seen(user: Any, on: date | None = None) -> set[Any]:
    return set(Review.objects.permitted(user, Can.SEE_REVIEW, on=on))


def disable(person: Any) -> None:
    type(person).objects.filter(pk=person.pk).update(is_active=False, disabled_at=timezone.now())


def looked(review: Review, reader: Any, when: datetime, **more: Any) -> ReviewRead:
    return ReviewRead.objects.create(review=review, reader=reader, at=when, what="The review", **more)


def test_whoever_covers_reads_for_the_days_of_the_cover_and_each_look_says_so(
    sign_in: Any, commissioner: Any, two: Any, review: Review
) -> None:
    colleague, today = someone(Role.DESIGNATED_PROFESSIONAL, commissioner), timezone.localdate()
    assert (seen(colleague), sign_in(colleague).get(at(review)).status_code) == (set(), 404)
    cover = Cover.objects.arrange(
        two[0], colleague, first=today, last=today + timedelta(days=6), reason="Leave", by=two[0]
    )
    days = [seen(colleague, today + timedelta(days=n)) for n in (-1, 0, 6, 7)]
    assert days == [set(), {review}, {review}, set()]
    page = text(sign_in(colleague).get(at(review)))
    assert f"{colleague} is covering for {two[0]} until {today + timedelta(days=6):%-d %B %Y}" in page
    assert ("Record what happened" in page, "You were let in for an emergency" in page) == (True, False)
    listed = text(sign_in(two[0]).get(f"/access-lists/{review.circle.reference}/"))
    assert f"{colleague} is covering for {two[0]}" in listed
    assert sign_in(colleague).get(f"/access-lists/{review.circle.reference}/").status_code == 404
    look = ReviewRead.objects.get(reader=colleague)
    assert (look.covering, look.in_emergency) == (two[0], False)
    log = text(sign_in(someone(Role.CALDICOTT_GUARDIAN, commissioner)).get(LOG, {"of": "all"}))
    assert f"covering for {two[0]}" in log
    assert ReviewRead.objects.with_reasons().filter(pk=look.pk, is_unlisted=True).count() == 0
    cover.end(at=timezone.now())
    assert (seen(colleague), sign_in(colleague).get(at(review)).status_code) == (set(), 404)


def test_cover_carries_what_is_done_about_a_review_and_no_other_list(
    sign_in: Any, commissioner: Any, two: Any, review: Review
) -> None:
    nurse, place = someone(Role.DESIGNATED_PROFESSIONAL, commissioner), provider_of(commissioner)
    part = a_part(a_recommendation(review), place)
    other = Action.objects.open_for(
        commissioner, place, "Restricted", due_on=date(2027, 1, 5), origin_kind="agreed", by=two[0], at=AT,
        circle=part.action.circle,
    )  # fmt: skip
    reached = [set(Action.objects.permitted(who, Can.SEE_ACTIONS)) for who in (two[0], nurse)]
    assert reached == [{part.action, other}, set()]
    CoverFactory(absent=two[0], covered_by=nurse, agreed_by=two[0])
    assert set(Action.objects.permitted(nurse, Can.VERIFY_ACTIONS)) == {part.action}
    client = sign_in(nurse)
    assert [client.get(f"/actions/{each.reference}/").status_code for each in (part.action, other)] == [200, 404]


def test_cover_carries_no_place_of_a_provider_and_none_of_somebody_who_left(
    commissioner: Any, two: Any, review: Review
) -> None:
    place, now = provider_of(commissioner), timezone.now()
    lead, colleague = (someone(Role.PROVIDER_LEAD, place) for _ in range(2))
    review.circle.add(lead, scope="own", reason="Writes a report", by=two[0], at=now)
    CoverFactory(absent=lead, covered_by=colleague, agreed_by=lead)
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner)
    CoverFactory(absent=two[1], covered_by=nurse, agreed_by=two[0])
    assert (seen(colleague), seen(lead), seen(nurse)) == (set(), set(), {review})
    two[1].memberships.update(ends_on=timezone.localdate(now))
    assert seen(nurse) == set()


def test_somebody_taken_off_while_reading_gets_404_and_their_look_stands_out(
    sign_in: Any, commissioner: Any, two: Any, review: Review
) -> None:
    third, director = someone(Role.NAMED_GP, commissioner), sign_in(someone(Role.DIRECTOR_OF_NURSING, commissioner))
    place = review.circle.add(third, scope="whole", reason="Takes part", by=two[0], at=timezone.now())
    reading = sign_in(third)
    assert reading.get(at(review, "stage/")).status_code == 200
    assert reading.get(at(review)).status_code == 200
    off = director.post(f"/access-lists/members/{place.pk}/remove/", {"confirm": "on", "sure": "on"})
    assert off.status_code == 302
    assert [reading.get(at(review)).status_code, reading.get(at(review, "stage/")).status_code] == [404, 404]
    stage = {"stage": "scoping", "version": 1, **day(timezone.localdate())}
    assert (reading.post(at(review, "stage/"), stage).status_code, Review.objects.get().stage) == (404, "referred")
    log = sign_in(someone(Role.CALDICOTT_GUARDIAN, commissioner)).get(LOG, {"of": "unlisted"})
    assert {(row.reader, row.review) for row in log.context["rows"]} == {(third, review)}


def test_the_last_but_one_is_not_taken_off_a_list(sign_in: Any, commissioner: Any, two: Any, review: Review) -> None:
    director = sign_in(someone(Role.DIRECTOR_OF_NURSING, commissioner))
    place = CircleMember.objects.get(circle=review.circle, user=two[1])
    refused = director.post(f"/access-lists/members/{place.pk}/remove/", {"confirm": "on", "sure": "on"})
    assert (refused.status_code, "Two people must stay on the list" in text(refused)) == (409, True)
    assert (seen(two[1]), CircleMember.objects.filter(circle=review.circle, ends_on=None).count()) == ({review}, 2)


def test_the_log_is_narrowed_by_month_review_reader_and_reason_and_taken_out(
    sign_in: Any, commissioner: Any, two: Any, review: Review
) -> None:
    guardian, other = someone(Role.CALDICOTT_GUARDIAN, commissioner), a_review(commissioner, *two)
    today = timezone.localdate()
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    # The first and the last minute of London's month, and the minutes beside it.
    begin, end = (datetime(each.year, each.month, 1, tzinfo=LONDON) for each in (last, today))
    minute = timedelta(minutes=1)
    inside = [looked(review, two[0], begin), looked(other, two[1], end - minute, taken_away=True)]
    for moment in (begin - minute, end):
        looked(review, two[0], moment)
    client, month = sign_in(guardian), {"month": f"{last:%Y-%m}", "of": "all"}

    def rows(**asked: str) -> set[Any]:
        return {row.pk for row in client.get(LOG, {**month, **asked}).context["rows"]}

    first, second = (look.pk for look in inside)
    assert rows() == {first, second}
    assert (rows(review=review.reference.lower()), rows(reader=two[1].name)) == ({first}, {second})
    assert (rows(of="taken"), rows(of="emergency"), rows(of="out")) == ({second}, set(), {first, second})
    assert client.get(LOG, {"month": "2026-99", "of": "nonsense"}).status_code == 200
    taken = client.get("/exports/list/review-looks/file.csv", {**month, "of": "taken"})
    lines = list(csv.reader(StringIO(b"".join(taken).decode("utf-8-sig"))))
    assert [line[2] for line in lines[-1:]] == [other.reference]
    assert "Larch" not in str(lines)
    nurse = sign_in(two[0])
    assert nurse.get("/exports/list/review-looks/file.csv").status_code == 404


def test_hazard_27_the_monthly_letter_counts_and_names_nobody_and_is_written_once(
    commissioner: Any, two: Any, review: Review
) -> None:
    guardian = someone(Role.CALDICOTT_GUARDIAN, commissioner)
    someone(Role.CALDICOTT_GUARDIAN, CommissionerFactory())
    looked(review, two[0], AT.replace(hour=12))
    looked(review, two[0], AT.replace(hour=23), taken_away=True)
    looked(review, two[1], AT.replace(month=12, hour=23))
    # 1 December 2026 is a Tuesday, 1 November a Sunday: the first working day is the second.
    assert [tell_guardians(on=on) for on in ("2026-11-01", "2026-12-01", "2026-12-01", "2026-12-02")] == [0, 1, 0, 0]
    letter = Letter.objects.get(kind="review_looks")
    assert (letter.to_user, letter.about) == (guardian, {"year": 2026, "month": 11})
    said: Any = writer_of("review_looks").context(letter, timezone.now())
    assert (said["found"]["all"], dict(said["found"]["reasons"])) == (
        1,
        {"In an emergency": 0, "A file was taken away": 1, "No longer on the list": 0, "Out of hours": 1},
    )
    assert said["link"].endswith("/reviews/read-log/?month=2026-11&of=out")
    for hidden in (review.reference, "Larch", two[0].name, two[1].name):
        assert hidden not in str(said)


@pytest.mark.parametrize("why", ["asleep", "disabled", "away"])
def test_hazard_19_when_nobody_on_a_list_is_here_and_a_clock_runs_out_the_director_is_told_by_reference(
    why: str, sign_in: Any, commissioner: Any, two: Any, review: Review
) -> None:
    director, today = someone(Role.DIRECTOR_OF_NURSING, commissioner), timezone.localdate()
    attended = a_review(commissioner, pseudonym="Adult Rowan")
    for each in (review, attended):
        each.record("decided", on=today - timedelta(days=400), by=each.registered_by, at=timezone.now())
    client = sign_in(director)
    assert "Reviews that nobody attends to" not in text(client.get("/"))
    disable(two[0])
    assert "Reviews that nobody attends to" not in text(client.get("/"))
    if why == "asleep":
        two[1].fall_asleep(at=timezone.now())
    elif why == "disabled":
        disable(two[1])
    else:
        gone = someone(Role.QUALITY_ANALYST, commissioner)
        CoverFactory(absent=two[1], covered_by=gone, agreed_by=two[1])
        assert "Reviews that nobody attends to" not in text(client.get("/"))
        gone.fall_asleep(at=timezone.now())
    home = text(client.get("/"))
    assert ("Reviews that nobody attends to" in home, review.reference in home) == (True, True)
    # The other one is past its day as well, and somebody attends to it.
    here, there = home.split("Clocks of reviews past their day")
    assert (attended.reference in here, review.reference in there) == (False, False)
    assert [words in home for words in ("Larch", "SAB/26/4", "Rowan")] == [False] * 3
    clocks = text(client.get("/reviews/clocks/"))
    assert clocks.count("Nobody on its list is at work") == 1
    elsewhere = text(sign_in(someone(Role.DIRECTOR_OF_NURSING, CommissionerFactory())).get("/"))
    assert review.reference not in elsewhere

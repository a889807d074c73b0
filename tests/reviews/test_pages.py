"""The pages of reviews: the register, one review, what is recorded about it, and who has read it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from accounts.models import CircleMember
from chasing.models import Letter
from reviews.models import EmergencyAccess, Review, ReviewRead
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.reviews import AT, a_review

pytestmark = pytest.mark.django_db
REVIEWS = "/reviews/"


@pytest.fixture
def review(commissioner: Any, two: Any) -> Review:
    return a_review(commissioner, *two, pseudonym="Adult Larch", local_reference="SAB/26/4")


def text(response: Any) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def day(value: date, name: str = "on") -> dict[str, int]:
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def at(review: Review, verb: str = "") -> str:
    return f"{REVIEWS}{review.reference}/{verb}"


def test_the_register_counts_all_and_lists_mine_only(sign_in: Any, commissioner: Any, two: Any, review: Review) -> None:
    other = a_review(commissioner, kind="dhr", pseudonym="Adult Rowan")
    page = text(sign_in(two[0]).get(REVIEWS))
    assert "You are named on 1 of 2." in page
    assert ("Adult Larch" in page, "Adult Rowan" in page, other.reference in page) == (True, False, False)
    manager = text(sign_in(someone(Role.CONTRACT_MANAGER, commissioner)).get(REVIEWS))
    assert ("You are named on 0 of 2." in manager, "Domestic Homicide Review" in manager) == (True, True)
    assert ("Larch" in manager, "Rowan" in manager, review.reference in manager) == (False, False, False)
    for role in (Role.GOVERNING_BODY, Role.COMMITTEE_SECRETARY):
        assert sign_in(someone(role, commissioner)).get(REVIEWS).status_code == 404
    assert sign_in(someone(Role.PROVIDER_LEAD, provider_of(commissioner))).get(REVIEWS).status_code == 404


def test_the_register_is_filtered_by_words_kind_stage_and_state(sign_in: Any, commissioner: Any, two: Any) -> None:
    found = a_review(commissioner, *two, pseudonym="Adult Larch", local_reference="SAB/26/4")
    a_review(commissioner, *two, kind="dhr", pseudonym="Adult Rowan")
    closed = a_review(commissioner, *two, kind="learning", pseudonym="Child Elm")
    closed.close(expected=1, by=two[0], at=AT, reason="Below the threshold")
    client = sign_in(two[1])
    for asked, names in (
        ({"q": "larch"}, {"Adult Larch"}), ({"q": "sab/26"}, {"Adult Larch"}),
        ({"q": found.reference}, {"Adult Larch"}),
        ({"kind": "dhr"}, {"Adult Rowan"}), ({"stage": "closed"}, {"Child Elm"}), ({"state": "closed"}, {"Child Elm"}),
        ({"state": "open"}, {"Adult Larch", "Adult Rowan"}), ({"q": "nobody"}, set()), ({"kind": "no such"}, None),
    ):  # fmt: skip
        rows = {row.pseudonym for row in client.get(REVIEWS, asked).context["rows"]}
        assert rows == ({"Adult Larch", "Adult Rowan", "Child Elm"} if names is None else names)
    assert "Nothing fits the filter" in text(client.get(REVIEWS, {"q": "nobody"}))


def test_where_nobody_else_could_be_named_the_form_says_so_and_keeps_what_was_typed(sign_in: Any) -> None:
    client = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, CommissionerFactory()))
    shown = client.get(f"{REVIEWS}new/")
    assert (shown.status_code, "There is nothing to choose from" in text(shown)) == (200, True)
    form = {
        "kind": "sar",
        "pseudonym": "Adult Hazel",
        "reason": "Oversees it",
        **day(timezone.localdate(), "referred_on"),
    }
    refused = client.post(f"{REVIEWS}new/", form)
    assert (refused.status_code, "Choose at least one other person" in text(refused)) == (422, True)
    assert ('value="Adult Hazel"' in refused.content.decode(), Review.objects.count()) == (True, 0)


def test_a_review_is_registered_for_named_people(sign_in: Any, commissioner: Any, two: Any) -> None:
    nurse, analyst = two
    client, today = sign_in(nurse), timezone.localdate()
    form = {"kind": "sar", "pseudonym": "Adult Hazel", "reason": "Oversees it", **day(today, "referred_on")}
    refused = client.post(f"{REVIEWS}new/", form)
    assert (refused.status_code, "Choose at least one other person" in text(refused)) == (422, True)
    assert 'value="Adult Hazel"' in refused.content.decode()
    old = client.post(f"{REVIEWS}new/", {**form, "kind": "scr", "people": [analyst.reference]})
    assert (old.status_code, "There was no Serious Case Review on that day" in text(old)) == (422, True)
    ahead = client.post(
        f"{REVIEWS}new/", {**form, "people": [analyst.reference], **day(today + timedelta(1), "referred_on")}
    )
    assert ahead.status_code == 422
    both = client.post(f"{REVIEWS}new/", {**form, "people": [analyst.reference], "joint_with": "sar"})
    assert "Choose another kind than the review’s own" in text(both)
    assert Review.objects.count() == 0
    answer = client.post(f"{REVIEWS}new/", {**form, "people": [analyst.reference], "family_involved": "no"})
    made = Review.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, at(made))
    assert (made.pseudonym, made.strands, made.family_involved, made.stage) == (
        "Adult Hazel",
        ["adults"],
        False,
        "referred",
    )
    assert set(made.circle.members.values_list("user", flat=True)) == {nurse.pk, analyst.pk}


def test_an_nhs_number_is_asked_about_before_a_review_is_registered(sign_in: Any, commissioner: Any, two: Any) -> None:
    form = {
        "kind": "sar", "pseudonym": "Adult Hazel", "reason": "About NHS number 943 476 5919",
        "people": [two[1].reference], **day(timezone.localdate(), "referred_on"),
    }  # fmt: skip
    answer = sign_in(two[0]).post(f"{REVIEWS}new/", form)
    assert (answer.status_code, Review.objects.count()) == (422, 0)
    assert "NHS number" in text(answer)


def test_one_page_says_what_runs_what_waits_and_what_happened(sign_in: Any, two: Any, review: Review) -> None:
    client, today = sign_in(two[0]), timezone.localdate()
    page = text(client.get(at(review)))
    assert "Complete the review: needs “Decided whether to review”" in page
    decided = today - timedelta(days=30)
    answer = client.post(at(review, "happened/"), {"event": "decided", "note": "By the chair", **day(decided)})
    assert (answer.status_code, answer["Location"]) == (302, at(review))
    clock = review.clocks.get()
    page = text(client.get(at(review)))
    assert (f"{clock.due_on:%-d %b %Y}" in page, "By the chair" in page, "Complete the review: needs" in page) == (
        True, True, False,
    )  # fmt: skip
    assert ReviewRead.objects.filter(review=review, reader=two[0], in_emergency=False).count() == 2


def test_days_to_come_and_before_the_incident_are_refused(sign_in: Any, two: Any, review: Review) -> None:
    client, today = sign_in(two[0]), timezone.localdate()
    ahead = client.post(at(review, "happened/"), {"event": "decided", **day(today + timedelta(days=1))})
    assert (ahead.status_code, "Enter today or a day that has passed" in text(ahead)) == (422, True)
    planned = client.post(at(review, "happened/"), {"event": "publication_planned", **day(today + timedelta(days=40))})
    assert planned.status_code == 302
    client.post(at(review, "happened/"), {"event": "incident", **day(today - timedelta(days=5))})
    early = client.post(
        at(review, "happened/"), {"event": "notified", **day(today - timedelta(days=6)), "note": "Kept"}
    )
    assert (early.status_code, "This is before the incident" in text(early)) == (409, True)
    assert 'value="Kept"' in early.content.decode()
    assert review.milestones.count() == 2


def test_a_clock_is_paused_runs_on_and_is_given_a_later_day(sign_in: Any, two: Any, review: Review) -> None:
    client, today = sign_in(two[0]), timezone.localdate()
    review.record("decided", on=today - timedelta(days=60), by=two[0], at=timezone.now())
    clock = review.clocks.get()
    first = clock.due_on
    why = {"reason": "Criminal proceedings", "approved_by": "The board’s chair"}

    def move(verb: str, on: date, version: int, **words: str) -> Any:
        return client.post(at(review, f"clocks/{clock.pk}/{verb}/"), {**why, **words, **day(on), "version": version})

    assert move("pause", today - timedelta(days=10), 1, reason="").status_code == 422
    assert move("pause", today - timedelta(days=10), 1).status_code == 302
    assert "Paused since" in text(client.get(at(review)))
    assert "Paused" in text(client.get(REVIEWS)).partition("Next date")[2]
    stale = move("resume", today, 1)
    assert (stale.status_code, "Criminal proceedings" in stale.content.decode()) == (409, True)
    assert move("resume", today, 2).status_code == 302
    early = move("later", first, 3)
    assert (early.status_code, "Choose a day after" in text(early)) == (409, True)
    later = first + timedelta(days=100)
    assert move("later", later, 3).status_code == 302
    clock.refresh_from_db()
    assert (clock.original_due_on, clock.due_on) == (first, later)
    page = text(client.get(at(review)))
    assert ("moved 2 times" in page, "agreed by The board’s chair" in page) == (True, True)
    other = a_review(review.commissioner, *two)
    assert client.get(at(other, f"clocks/{clock.pk}/later/")).status_code == 404


def test_stage_kind_details_and_end(sign_in: Any, two: Any, review: Review) -> None:
    client, today = sign_in(two[0]), timezone.localdate()
    assert client.post(at(review, "stage/"), {"stage": "draft", "version": 1, **day(today)}).status_code == 302
    back = client.post(at(review, "stage/"), {"stage": "scoping", "version": 2, **day(today)})
    assert (back.status_code, "Enter why it goes back" in text(back)) == (422, True)
    stale = client.post(at(review, "stage/"), {"stage": "board", "version": 1, **day(today)})
    assert (stale.status_code, "changed this first" in text(stale)) == (409, True)
    changed = {"kind": "sar_discretionary", "reason": "Criteria not met", "version": 2, **day(today)}
    assert client.post(at(review, "kind/"), changed).status_code == 302
    details = {"pseudonym": "Adult Larch", "steis_number": "26/1", "version": 3}
    wrong = client.post(at(review, "details/"), details)
    assert (wrong.status_code, "for example 2026/12345" in text(wrong)) == (422, True)
    assert client.post(at(review, "details/"), {**details, "steis_number": "2026/123"}).status_code == 302
    assert sign_in(two[1]).get(at(review, "close/")).status_code == 404
    assert client.post(at(review, "close/"), {"reason": "", "version": 4}).status_code == 422
    assert client.post(at(review, "close/"), {"reason": "Learning shared", "version": 4}).status_code == 302
    review.refresh_from_db()
    assert (review.kind, review.stage, review.steis_number, review.closed_by) == (
        "sar_discretionary", "closed", "2026/123", two[0],
    )  # fmt: skip
    page = text(client.get(at(review)))
    assert ("Learning shared" in page, "Record what happened" in page) == (True, False)
    after = client.post(at(review, "happened/"), {"event": "decided", **day(today)})
    assert (after.status_code, "is closed and is not changed any more" in text(after)) == (409, True)


def test_whoever_is_taken_off_the_list_meets_nothing_any_more(sign_in: Any, two: Any, review: Review) -> None:
    nurse, analyst = two
    third = someone(Role.NAMED_GP, review.commissioner)
    now = timezone.now()
    review.circle.add(third, scope="whole", reason="Takes over", by=nurse, at=now)
    client = sign_in(analyst)
    assert client.get(at(review)).status_code == 200
    CircleMember.objects.get(circle=review.circle, user=analyst).end(at=now)
    pages = [client.get(at(review, verb)).status_code for verb in ("", "happened/", "stage/", "details/", "kind/")]
    assert pages == [404] * 5
    assert "Adult Larch" not in text(client.get(REVIEWS))
    assert client.get(REVIEWS, {"q": "larch"}).context["rows"].paginator.count == 0


def test_in_an_emergency_everybody_on_the_list_and_the_guardian_are_told(
    sign_in: Any, commissioner: Any, two: Any, review: Review
) -> None:
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["adults"])
    guardian = someone(Role.CALDICOTT_GUARDIAN, commissioner)
    client = sign_in(nurse)
    assert client.get(at(review)).status_code == 404
    of_children = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["children"]))
    asked = {"reference": review.reference, "reason": "The police ask"}
    assert of_children.post(f"{REVIEWS}emergency/", asked).status_code == 422
    unknown = client.post(f"{REVIEWS}emergency/", {"reference": "NOTHERE", "reason": "The police ask"})
    elsewhere = a_review(CommissionerFactory())
    foreign = client.post(f"{REVIEWS}emergency/", {"reference": elsewhere.reference, "reason": "The police ask"})
    assert [(each.status_code, "No review that you could open" in text(each)) for each in (unknown, foreign)] == [
        (422, True)
    ] * 2
    asked = {"reference": review.reference.lower(), "reason": "Nobody can be reached and the police ask"}
    assert client.post(f"{REVIEWS}emergency/", asked)["Location"] == at(review)
    page = text(client.get(at(review)))
    assert ("You were let in for an emergency" in page, "Record what happened" in page) == (True, False)
    assert client.get(at(review, "happened/")).status_code == 404
    letters = Letter.objects.filter(kind="review_emergency")
    assert set(letters.values_list("to_user", flat=True)) == {two[0].pk, two[1].pk, guardian.pk}
    log = text(sign_in(guardian).get(f"{REVIEWS}read-log/"))
    assert (review.reference in log, "In an emergency" in log, "Adult Larch" in log) == (True, True, False)
    assert EmergencyAccess.objects.count() == 1


def test_the_guardian_reads_what_stands_out_and_every_look(
    sign_in: Any, commissioner: Any, two: Any, review: Review
) -> None:
    guardian = someone(Role.CALDICOTT_GUARDIAN, commissioner)
    noon = AT.replace(hour=12)
    midnight = noon.replace(hour=23)
    saturday = noon.replace(day=21)
    for moment, more in ((noon, {}), (midnight, {}), (saturday, {}), (noon, {"taken_away": True})):
        ReviewRead.objects.create(review=review, reader=two[0], at=moment, what="The review", **more)
    client = sign_in(guardian)
    out, every = (client.get(f"{REVIEWS}read-log/", {"of": of}) for of in ("out", "all"))
    assert (out.context["rows"].paginator.count, every.context["rows"].paginator.count) == (3, 4)
    assert [row.why for row in out.context["rows"]] == [["Out of hours"], ["Out of hours"], ["A file was taken away"]]
    of_another = client.get(f"{REVIEWS}read-log/", {"of": "all", "review": "NOTHERE"})
    assert (of_another.status_code, "Nothing fits the filter" in text(of_another)) == (200, True)
    for person in (*two, someone(Role.CALDICOTT_GUARDIAN, CommissionerFactory())):
        seen = sign_in(person).get(f"{REVIEWS}read-log/", {"of": "all"})
        assert seen.status_code == 404 or seen.context["rows"].paginator.count == 0


def test_the_director_follows_clocks_and_reads_no_content(
    sign_in: Any, commissioner: Any, two: Any, review: Review
) -> None:
    review.record("decided", on=date(2026, 1, 15), by=two[0], at=AT)
    director = sign_in(someone(Role.DIRECTOR_OF_NURSING, commissioner))
    page = text(director.get(f"{REVIEWS}clocks/"))
    assert (review.reference in page, "15 Jul 2026" in page, "Adult Larch" in page) == (True, True, False)
    assert director.get(at(review)).status_code == 404
    assert [sign_in(person).get(f"{REVIEWS}clocks/").status_code for person in two] == [404, 404]


def test_as_many_statements_for_one_review_as_for_many(
    sign_in: Any, commissioner: Any, two: Any, django_assert_max_num_queries: Any
) -> None:
    counts = []
    client, director = sign_in(two[0]), sign_in(someone(Role.DIRECTOR_OF_NURSING, commissioner))
    one = a_review(commissioner, *two)
    for n in (0, 6):
        for _ in range(n):
            review = a_review(commissioner, *two)
            review.record("decided", on=date(2026, 1, 15), by=two[0], at=AT)
        for event, when in (("incident", 1), ("notified", 2 + n), ("decided", 3 + n)) if n else ():
            one.record(event, on=date(2026, 1, when), by=two[0], at=AT)
        # One review is everything that hangs on it; the others are lists.
        for who, page, most in ((client, REVIEWS, 12), (client, at(one), 16), (director, f"{REVIEWS}clocks/", 12)):
            who.get(page)
            with django_assert_max_num_queries(most) as asked:
                assert who.get(page).status_code == 200
            counts.append(len(asked))
    assert counts[:3] == counts[3:]

"""From a recommendation to organisations' actions: who does what, who sees what, and how it stands in words."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Can, Role
from accounts.door import Refused
from accounts.models import CircleMember
from actions.models import STATUSES, Action
from chasing.models import Letter
from design.components import TONES
from reviews.models import ImpactReview, Recommendation, ReviewRead
from reviews.plan import with_overall
from tests.factories.accounts import someone
from tests.factories.actions import proof_for
from tests.factories.providers import provider_of
from tests.factories.reviews import a_part, a_recommendation, a_review

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def review(commissioner: Any, two: Any) -> Any:
    return a_review(commissioner, *two, pseudonym="Adult Larch")


def text(response: Any) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def day(value: date, name: str = "due_on") -> dict[str, int]:
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def at(row: Any, verb: str = "") -> str:
    if isinstance(row, Action):
        return f"/actions/{row.reference}/{verb}"
    if isinstance(row, Recommendation):
        return f"/reviews/{row.review.reference}/recommendations/{row.reference}/{verb}"
    return f"/reviews/{row.reference}/{verb}"


def verified(part: Any, lead: Any, nurse: Any, now: Any) -> Any:
    """Its action with evidence, completed by one and verified by another; back comes the evidence."""
    action, item = part.action, proof_for(part.action)
    action.prove(item, by=lead, at=now)
    action.complete("All trained", by=lead, at=now)
    action.verify("Seen the list", by=nurse, at=now)
    return item


def test_a_recommendation_is_recorded_corrected_and_answered(sign_in: Any, two: Any, review: Any) -> None:
    client = sign_in(two[0])
    form = {"number": "4.2", "text": "Train everybody", "addressed_to": "agency"}
    refused = client.post(at(review, "recommendations/new/"), form)
    assert (refused.status_code, "Enter which agency" in text(refused)) == (422, True)
    made = client.post(at(review, "recommendations/new/"), {**form, "agency_name": "Probation"})
    one = review.recommendations.get()
    assert (made.status_code, made["Location"]) == (302, at(one))
    again = client.post(at(review, "recommendations/new/"), {**form, "addressed_to": "national"})
    assert (again.status_code, "has a recommendation 4.2 already" in text(again)) == (409, True)
    assert 'value="4.2"' in again.content.decode()
    half = client.post(at(one, "words/"), {**form, "agency_name": "Probation", "implication": "More nurses"})
    assert (half.status_code, "Tick this too" in text(half)) == (422, True)
    unreasoned = client.post(at(one, "answer/"), {"answer": "partly", "version": 1})
    assert (unreasoned.status_code, "Enter why it is not accepted" in text(unreasoned)) == (422, True)
    assert client.post(at(one, "answer/"), {"answer": "accepted", "version": 1}).status_code == 302
    page = text(client.get(at(one)))
    assert ("Train everybody" in page, "Probation" in page, "Accepted" in page, "No action yet" in page) == (True,) * 4
    assert ReviewRead.objects.filter(review=review, what="Recommendation 4.2").exists()


def test_one_form_gives_several_organisations_an_action_each(sign_in: Any, two: Any, review: Any) -> None:
    home, ward, nobody = (provider_of(review.commissioner, name=name) for name in ("Orchard", "Ward", "Empty"))
    lead, other = someone(Role.PROVIDER_LEAD, home), someone(Role.PROVIDER_LEAD, ward)
    one, client, due = (
        a_recommendation(review, "4.2", text="Ask about alcohol"),
        sign_in(two[0]),
        TODAY() + timedelta(30),
    )
    choose = text(client.get(at(one, "organisations/")))
    assert ("Orchard" in choose, "(the commissioner itself)" in choose) == (True, True)
    to = "&".join(f"to={each.reference}" for each in (home, ward, nobody, review.commissioner))
    asked = client.get(at(one, f"organisations/?{to}"))
    assert "Nobody of Empty signs in here" in text(asked)
    form = {
        "text": "Add the question to the form", "level": "organisation", "priority": "high", **day(due),
        f"owner_{home.reference}": lead.reference, f"owner_{ward.reference}": other.reference,
        f"owner_{review.commissioner.reference}": two[1].reference,
    }  # fmt: skip
    early = client.post(at(one, f"organisations/?{to}"), {**form, **day(TODAY() - timedelta(1))})
    assert (early.status_code, Action.objects.count()) == (422, 0)
    assert client.post(at(one, f"organisations/?{to}"), form)["Location"] == at(one)
    found = {each.organisation.name: each for each in Action.objects.all()}
    assert len(found) == 4
    assert {(each.due_on, each.circle_id, each.origin_kind) for each in found.values()} == {
        (due, review.circle_id, "review")
    }
    listed = dict(CircleMember.objects.filter(circle=review.circle).values_list("user", "scope"))
    assert listed == {two[0].pk: "whole", two[1].pk: "whole", lead.pk: "own", other.pk: "own"}
    assert set(Letter.objects.filter(kind="action_opened").values_list("to_user", flat=True)) == {
        lead.pk, other.pk, two[1].pk,
    }  # fmt: skip
    # What the one provider sees: its own action, with the recommendation's number and words, and nothing else.
    theirs = sign_in(lead)
    page = text(theirs.get(at(found["Orchard"])))
    assert ("Recommendation 4.2" in page, "Ask about alcohol" in page) == (True, True)
    assert [word in page for word in ("Larch", review.reference, "Ward", str(other))] == [False] * 4
    assert [theirs.get(at(each)).status_code for each in (found["Ward"], found["Empty"], review, one)] == [404] * 4
    lists = theirs.get("/actions/")
    assert [row.organisation for row in lists.context["rows"]] == [home]
    assert ("Ward" in text(lists), lists.context["figures"][0]["n"]) == (False, 1)
    home_page = text(theirs.get("/"))
    assert ("Larch" in home_page, "Ward" in home_page) == (False, False)
    # A colleague who is not on the list meets nothing: not in lists, counts, or by address.
    colleague = sign_in(someone(Role.PROVIDER_LEAD, home))
    assert [colleague.get(at(each)).status_code for each in found.values()] == [404] * 4
    assert colleague.get("/actions/").context["figures"][0]["n"] == 0
    export = colleague.get("/actions/export.xlsx")
    assert b"alcohol" not in export.content
    # The commissioner's own: who owns it reports on it.
    own = sign_in(two[1])
    assert (
        own.post(at(found[review.commissioner.name], "progress/"), {"text": "Begun", "outlook": "on_track"}).status_code
        == 302
    )
    assert own.get(at(found["Orchard"], "progress/")).status_code == 404


def test_a_report_says_whether_it_will_be_done_in_time(sign_in: Any, two: Any, review: Any) -> None:
    home = provider_of(review.commissioner)
    lead = someone(Role.PROVIDER_LEAD, home)
    part = a_part(a_recommendation(review), home, owner=lead)
    review.circle.add(lead, scope="own", reason="Own part", by=two[0], at=timezone.now())
    client = sign_in(lead)
    unsaid = client.post(at(part.action, "progress/"), {"text": "Begun"})
    assert (unsaid.status_code, "Choose whether it is on track" in text(unsaid)) == (422, True)
    assert client.post(at(part.action, "progress/"), {"text": "Begun", "outlook": "at_risk"}).status_code == 302
    assert "At risk" in text(client.get(at(part.action)))


def test_an_owner_cannot_close_it_and_a_new_date_needs_somebody_who_agrees(sign_in: Any, two: Any, review: Any) -> None:
    nurse, analyst = two
    part = a_part(a_recommendation(review), review.commissioner, owner=nurse)
    now, client = timezone.now(), sign_in(nurse)
    part.action.prove(proof_for(part.action), by=nurse, at=now)
    part.action.complete("Done", by=analyst, at=now)
    own = client.post(at(part.action, "verify/"), {"text": "Looks fine to me"})
    assert (own.status_code, "another person has to verify it" in text(own)) == (409, True)
    assert "Looks fine to me" in own.content.decode()
    to = part.action.due_on + timedelta(30)
    for nobody in (None, nurse):
        with pytest.raises(Refused, match="somebody who agrees to it"):
            part.action.move_date(to, reason="Holidays", by=nurse, at=now, agreed_by=nobody)
    alone = client.post(at(part.action, "move-date/"), {"text": "Holidays", **day(to)})
    assert (alone.status_code, "Choose who agrees" in text(alone)) == (422, True)
    himself = client.post(at(part.action, "move-date/"), {"text": "Holidays", **day(to), "agreed_by": nurse.reference})
    assert himself.status_code == 422
    moved = client.post(at(part.action, "move-date/"), {"text": "Holidays", **day(to), "agreed_by": analyst.reference})
    assert moved.status_code == 302
    page = text(client.get(at(part.action)))
    assert (f"Agreed by {analyst}" in page, "moved 1 time" in page) == (True, True)
    part.action.refresh_from_db()
    assert (part.action.state, part.action.moves) == ("complete_awaiting_verification", 1)


def test_implemented_is_not_embedded_until_the_last_impact_review_says_so(sign_in: Any, two: Any, review: Any) -> None:
    nurse, home = two[0], provider_of(review.commissioner)
    lead, now = someone(Role.PROVIDER_LEAD, home), timezone.now()
    part = a_part(a_recommendation(review), home, owner=lead)
    verified(part, lead, nurse, now)
    first, second = ImpactReview.objects.order_by("due_on")
    assert [each.months for each in (first, second)] == [6, 12]
    client = sign_in(nurse)
    page = text(client.get(at(review)))
    assert ("Impact reviews due" in page, "(1 of 1 part verified)" in page) == (True, True)
    form = {"outcome": "embedded", "what_changed": "Audit of 20 records"}
    early = client.post(f"/reviews/impact/{first.pk}/", form)
    assert (early.status_code, "nobody can say before then" in text(early), "20 records" in text(early)) == (
        409, True, True,
    )  # fmt: skip
    ImpactReview.objects.update(due_on=TODAY())  # the months have passed
    assert client.post(f"/reviews/impact/{first.pk}/", form).status_code == 302
    part.action.refresh_from_db()
    assert part.action.state == "implemented"
    assert client.post(f"/reviews/impact/{first.pk}/", form).status_code == 409
    assert client.post(f"/reviews/impact/{second.pk}/", form).status_code == 302
    part.action.refresh_from_db()
    assert part.action.state == "embedded"
    for stranger in (lead, someone(Role.DESIGNATED_PROFESSIONAL, review.commissioner)):
        assert sign_in(stranger).get(f"/reviews/impact/{first.pk}/").status_code == 404


def test_the_home_names_impact_reviews_whose_day_has_come_to_who_may_record_them(
    sign_in: Any, two: Any, review: Any
) -> None:
    nurse, home = two[0], provider_of(review.commissioner, name="Orchard House")
    lead, unnamed = someone(Role.PROVIDER_LEAD, home), someone(Role.DESIGNATED_PROFESSIONAL, review.commissioner)
    part = a_part(a_recommendation(review), home, owner=lead)
    verified(part, lead, nurse, timezone.now())
    first, second = ImpactReview.objects.order_by("months")
    words = "1 impact review due"
    assert words not in text(sign_in(nurse).get("/"))
    ImpactReview.objects.filter(pk=first.pk).update(due_on=TODAY())
    shown = sign_in(nurse).get("/").content.decode()
    assert [f"/reviews/impact/{each.pk}/" in shown for each in (first, second)] == [True, False]
    assert [words in text(sign_in(each).get("/")) for each in (nurse, unnamed, lead)] == [True, False, False]


def test_a_failed_impact_review_opens_the_action_again(sign_in: Any, two: Any, review: Any) -> None:
    nurse, now = two[0], timezone.now()
    home = provider_of(review.commissioner, name="Orchard House")
    lead = someone(Role.PROVIDER_LEAD, home)
    part = a_part(a_recommendation(review), home, owner=lead)
    verified(part, lead, nurse, now)
    first, client = ImpactReview.objects.order_by("due_on")[0], sign_in(nurse)
    form = {"outcome": "failed", "what_changed": "Half of the records"}
    undated = client.post(f"/reviews/impact/{first.pk}/", form)
    assert (undated.status_code, "Enter by when it has to be done again" in text(undated)) == (422, True)
    before = part.action.due_on
    assert client.post(f"/reviews/impact/{first.pk}/", {**form, **day(TODAY() + timedelta(60))}).status_code == 302
    action = Action.objects.get()
    assert (action.state, action.original_due_on, action.moves, action.verified_by, action.settled_at) == (
        "in_progress", before, 1, None, None,
    )  # fmt: skip
    assert ImpactReview.objects.outstanding().count() == 0
    page = text(client.get(at(part.recommendation)))
    assert ("Reopened after an impact review" in page, "(0 of 1 part verified)" in page) == (True, True)
    assert "Half of the records" in text(client.get(at(action)))
    action.complete("Again", by=lead, at=now)
    action.verify("Now it is", by=nurse, at=now)
    assert sorted(ImpactReview.objects.outstanding().values_list("months", flat=True)) == [6, 12]
    assert "Reopened" not in text(client.get(at(part.recommendation)))


def test_the_day_of_an_impact_review_moves_with_somebody_who_agrees(sign_in: Any, two: Any, review: Any) -> None:
    nurse, analyst = two
    home = provider_of(review.commissioner)
    part, lead = a_part(a_recommendation(review), home), someone(Role.PROVIDER_LEAD, home)
    verified(part, lead, nurse, timezone.now())
    look = ImpactReview.objects.order_by("due_on")[0]
    first, client = look.due_on, sign_in(nurse)
    form = {"reason": "The audit comes later", **day(first + timedelta(30))}
    assert client.post(f"/reviews/impact/{look.pk}/day/", {**form, "agreed_by": nurse.reference}).status_code == 422
    assert client.post(f"/reviews/impact/{look.pk}/day/", {**form, "agreed_by": analyst.reference}).status_code == 302
    look.refresh_from_db()
    assert (look.original_due_on, look.due_on, look.moves) == (first, first + timedelta(30), 1)
    assert "moved 1 time" in text(client.get(at(review)))


def test_who_owns_it_does_not_judge_its_impact(sign_in: Any, two: Any, review: Any) -> None:
    nurse, analyst = two
    part = a_part(a_recommendation(review), review.commissioner, owner=nurse)
    other = someone(Role.DESIGNATED_PROFESSIONAL, review.commissioner)
    verified(part, analyst, other, timezone.now())
    look = ImpactReview.objects.all()[0]
    form = {"outcome": "embedded", "what_changed": "Audit of 20 records"}
    own = sign_in(nurse).post(f"/reviews/impact/{look.pk}/", form)
    assert (own.status_code, "another person has to look" in text(own)) == (409, True)


def test_evidence_withdrawn_after_verification_is_said_and_does_not_count(sign_in: Any, two: Any, review: Any) -> None:
    nurse, now = two[0], timezone.now()
    home = provider_of(review.commissioner, name="Orchard House")
    lead = someone(Role.PROVIDER_LEAD, home)
    part = a_part(a_recommendation(review), home, owner=lead)
    item = verified(part, lead, nurse, now)
    [row] = with_overall(Recommendation.objects.all(), on=TODAY())
    assert str(row.overall) == "Verified complete (implemented) (1 of 1 part verified)"
    item.withdraw("Wrong version", by=lead, at=now + timedelta(minutes=1))
    [row] = with_overall(Recommendation.objects.all(), on=TODAY())
    assert str(row.overall) == "Evidence withdrawn since it was verified: Orchard House (0 of 1 part verified)"
    client = sign_in(nurse)
    for page in (at(part.action), at(part.recommendation), at(review), "/actions/"):
        assert "Evidence withdrawn since it was verified" in text(client.get(page))
    look = ImpactReview.objects.all()[0]
    embed = client.post(f"/reviews/impact/{look.pk}/", {"outcome": "embedded", "what_changed": "Audit"})
    assert (embed.status_code, "Look at the action again first" in text(embed)) == (409, True)
    shown = client.post(at(part.action, "look-again/"), {"found": "shown", "text": "Still fine"})
    assert (shown.status_code, "No evidence is left" in text(shown)) == (409, True)
    again = {"found": "again", "text": "Nothing shows it", **day(TODAY() + timedelta(20))}
    assert client.post(at(part.action, "look-again/"), again).status_code == 302
    assert (Action.objects.get().state, ImpactReview.objects.outstanding().count()) == ("in_progress", 0)


def test_on_track_and_complete_never_share_a_look() -> None:
    """Hazard 22: neither the tone nor, with it, the symbol."""
    running = {STATUSES[code].tone for code in ("on_track", "in_progress", "at_risk", "overdue", "not_started")}
    complete = {STATUSES[code].tone for code in ("awaiting", "verified", "embedded")}
    assert (running & complete, len({*running, *complete} - set(TONES))) == (set(), 0)


def test_the_worst_open_part_and_whose_in_one_query(review: Any, django_assert_num_queries: Any) -> None:
    today, names = TODAY(), ("Ash", "Birch", "Cedar")
    one, none = a_recommendation(review, "1"), a_recommendation(review, "2")
    late, risk, fine = (a_part(one, provider_of(review.commissioner, name=name)) for name in names)
    for part, changes in (
        (late, {"due_on": today - timedelta(1)}), (risk, {"state": "in_progress", "outlook": "at_risk"}),
        (fine, {"state": "in_progress", "outlook": "on_track"}),
    ):  # fmt: skip
        Action.objects.filter(pk=part.action_id).update(**{"due_on": today, **changes})
    with django_assert_num_queries(1):
        rows = with_overall(Recommendation.objects.filter(pk__in=[one.pk, none.pk]).in_order(), on=today)
    found = [str(row.overall) for row in rows]
    assert found == ["Overdue: Ash (0 of 3 parts verified)", "No action yet"]
    before = with_overall(Recommendation.objects.filter(pk=one.pk), on=today - timedelta(9))
    assert [str(row.overall) for row in before] == ["At risk: Birch (0 of 3 parts verified)"]
    assert Action.objects.permitted(review.registered_by, Can.SEE_ACTIONS).count() == 3

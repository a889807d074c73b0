"""Closing a review asks its organisations again what its recommendations are about, and says nothing of the review."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from assurance.levels import State
from assurance.models import exceptions
from assurance.models.seen import Seen, record_seen
from framework.models import Retest
from oversight.pack.candidates import Criteria
from reviews.models import RecommendationCriterion
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory, a_return
from tests.factories.providers import provider_of
from tests.factories.reviews import a_part, a_recommendation, a_review
from tests.factories.validation import submitted, validated
from tests.factories.visits import a_visit

pytestmark = pytest.mark.django_db
NURSE = {"strands": ["children", "adults", "looked_after"]}


@pytest.fixture
def closed(commissioner: Any, two: Any) -> Any:
    """A provider with an action, one without, a round, and a review that was closed on criterion 2.2."""
    ours, theirs = (provider_of(commissioner, name=name) for name in ("Ours", "Theirs"))
    round_ = RoundFactory(commissioner=commissioner)
    review = a_review(commissioner, *two, pseudonym="Larch")
    asked = a_recommendation(review, text="Canary recommendation")
    a_part(asked, ours)
    criterion = round_.framework_version.criteria.get(ref="2.2").criterion
    RecommendationCriterion.objects.create(commissioner=commissioner, recommendation=asked, criterion=criterion)
    review.close(expected=1, by=two[0], at=timezone.now() - timedelta(days=2), reason="All is done")
    return ours, theirs, round_, criterion


def test_criteria_are_linked_on_a_page_and_only_organisations_with_an_action_are_asked(
    sign_in: Any, commissioner: Any, two: Any
) -> None:
    ours = provider_of(commissioner)
    provider_of(commissioner)
    version = RoundFactory(commissioner=commissioner).framework_version
    criterion = version.criteria.get(ref="1.1").criterion
    review = a_review(commissioner, *two)
    asked = a_recommendation(review)
    a_part(asked, ours)
    page = f"/reviews/{review.reference}/recommendations/{asked.reference}/"
    client = sign_in(two[0])
    assert client.post(f"{page}criteria/", {"criteria": ["no such"]}).status_code == 422
    assert client.post(f"{page}criteria/", {"criteria": [str(criterion.pk)]}).status_code == 302
    assert "1.1: asked again when the review is closed" in " ".join(
        strip_tags(client.get(page).content.decode()).split()
    )
    assert client.post(f"/reviews/{review.reference}/close/", {"reason": "Done", "version": 1}).status_code == 302
    assert [(row.organisation, row.criterion, row.because) for row in Retest.objects.all()] == [
        (ours, criterion, "learning")
    ]
    assert Retest.objects.ask(commissioner.pk, {(ours.pk, criterion.pk)}, on=timezone.localdate()) == 0


def test_the_next_return_marks_it_for_the_provider_and_lists_it_for_the_validator(
    closed: Any, commissioner: Any, sign_in: Any
) -> None:
    ours, theirs, round_, _ = closed
    seen = {}
    for each in (ours, theirs):
        made = a_return(round_, each)
        page = sign_in(someone(Role.PROVIDER_LEAD, each)).get(f"/returns/{made.reference}/write/standards/2/")
        seen[each.name] = page.content.decode()
    assert [text.count("Asked again: learning from reviews") for text in seen.values()] == [1, 0]
    assert [word in text for text in seen.values() for word in ("Larch", "Canary")] == [False] * 4
    reasons = {}
    for each in (ours, theirs):
        later = RoundFactory(commissioner=commissioner, framework_version=round_.framework_version)
        assessment = submitted(timezone.now(), round=later, organisation=each)
        lines = exceptions.lines(assessment, on=timezone.localdate())
        reasons[assessment.organisation.name] = [
            line.ref for line in lines if "re-test after learning from a review" in line.reasons
        ]
    assert reasons == {"Ours": ["2.2"], "Theirs": []}


def test_it_is_settled_when_it_was_looked_at_in_a_return_sent_later_and_not_before(
    closed: Any, commissioner: Any
) -> None:
    ours, _, round_, _ = closed
    now = timezone.now()
    early = submitted(now - timedelta(days=9), round=round_, organisation=ours)
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, **NURSE)
    validated(now, assessment=early, by=nurse)
    assert Retest.objects.open().count() == 1
    another = RoundFactory(commissioner=commissioner, framework_version=round_.framework_version)
    later = submitted(now, round=another, organisation=ours)
    validated(now, assessment=later, by=nurse)
    row = Retest.objects.get()
    assert (row.settled_on, row.settled_by) == (timezone.localdate(now), "return")


def test_the_next_visit_pack_proposes_it(closed: Any, commissioner: Any) -> None:
    ours, theirs, round_, _ = closed
    nurse, today = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, **NURSE), timezone.localdate()
    found = {}
    for each in (ours, theirs):
        sent = submitted(timezone.now() - timedelta(days=9), round=round_, organisation=each)
        validated(timezone.now(), assessment=sent, by=nurse)
        visit = a_visit(each, commissioner, lead=nurse, planned_on=today)
        criteria = Criteria(visit, nurse, today)
        found[each.name] = {one.criterion.ref: one.why for one in criteria.all}["2.2"]
        assert criteria.proposed
    again = "re-test after learning from a review"
    assert [again in found["Ours"], again in found["Theirs"]] == [True, False]


def test_it_is_settled_when_it_was_seen_on_a_visit_after_it_was_asked_and_not_before(
    closed: Any, commissioner: Any
) -> None:
    ours, _, _, criterion = closed
    nurse, now = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, **NURSE), timezone.now()
    settled = []
    for on in (timezone.localdate(now) - timedelta(days=9), timezone.localdate(now)):
        seen = Seen(criterion, None, State.MET, "The register was shown.", on, "visit ABC")
        record_seen(commissioner, ours, [seen], by=nurse, at=now)
        settled.append(list(Retest.objects.values_list("settled_on", "settled_by")))
    assert settled == [[(None, "")], [(timezone.localdate(now), "visit")]]

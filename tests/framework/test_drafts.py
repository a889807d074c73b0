"""A commissioner's own framework: copied, changed, proposed by one person and published by another."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.door import Stale
from framework import changes, drafts
from framework.models import CriterionVersion, Framework, FrameworkVersion, Wording
from framework.models.versions import NotPublishable
from tests.framework.conftest import Place

pytestmark = pytest.mark.django_db
Draft = Callable[..., FrameworkVersion]
WORDS = {"text": "t", "why": "w", "guidance": "g", "evidence": ["e"], "do_not_send": "d"}


def refs(version: FrameworkVersion) -> list[str]:
    return [row.ref for row in version.criteria.in_order()]


def of(version: FrameworkVersion, ref: str) -> CriterionVersion:
    return version.criteria.select_related("framework_version", "standard").get(ref=ref)


def test_a_copy_holds_everything_and_keeps_the_identity_of_criteria(
    a_draft: Draft, latest: FrameworkVersion, place: Place
) -> None:
    draft = a_draft()
    pairs = [(row.ref, row.criterion_id) for row in latest.criteria.in_order()]
    assert [(row.ref, row.criterion_id) for row in draft.criteria.in_order()] == pairs
    assert set(draft.criteria.values_list("change", flat=True)) == {"unchanged"}
    for tier in ("full", "small", "general_practice", "light"):
        same = changes.difference(latest, draft, tier)
        assert (same.new, same.changed, same.reworded, same.references, same.removed) == ([], [], [], [], [])
    assert (draft.state, draft.follows, draft.framework.commissioner) == ("draft", latest, place.commissioner)
    assert (draft.grading, draft.levels) == (latest.grading, latest.levels)


def test_a_copy_is_a_fixed_number_of_statements(a_draft: Draft) -> None:
    with CaptureQueriesContext(connection) as caught:
        a_draft()
    assert len([one for one in caught if "SAVEPOINT" not in one["sql"]]) <= 14


def test_a_published_version_of_ones_own_gets_a_further_version_in_the_same_framework(
    a_draft: Draft, place: Place, at: datetime
) -> None:
    draft = a_draft()
    draft.propose(by=place.drafter)
    draft.publish(by=place.second, at=at)
    again = drafts.copy(
        draft, commissioner=place.commissioner, name="", label="2028-29 v1", valid_from=date(2028, 4, 1)
    )
    assert again.framework == draft.framework
    assert again.follows == draft


def test_a_draft_is_not_copied(a_draft: Draft, place: Place) -> None:
    draft = a_draft()
    with pytest.raises(drafts.NotEditable, match="Only a published version"):
        drafts.copy(draft, commissioner=place.commissioner, name="x", label="x", valid_from=date(2028, 4, 1))


def test_a_second_person_publishes(a_draft: Draft, place: Place, at: datetime) -> None:
    draft = a_draft()
    draft.propose(by=place.drafter)
    draft.publish(by=place.second, at=at)
    assert (draft.state, draft.proposed_by, draft.published_by) == ("published", place.drafter, place.second)
    assert draft.published_at == at


def test_the_proposer_does_not_publish(a_draft: Draft, place: Place, at: datetime) -> None:
    draft = a_draft()
    draft.propose(by=place.drafter)
    with pytest.raises(NotPublishable, match="A second person"):
        draft.publish(by=place.drafter, at=at)
    with pytest.raises(IntegrityError, match="second_person"):
        FrameworkVersion.objects.filter(pk=draft.pk).update(published_by=place.drafter)


def test_a_draft_is_proposed_before_it_is_published_and_once(a_draft: Draft, place: Place, at: datetime) -> None:
    draft = a_draft()
    with pytest.raises(NotPublishable, match="no longer"):
        draft.publish(by=place.second, at=at)
    draft.propose(by=place.drafter)
    with pytest.raises(NotPublishable, match="no longer"):
        draft.propose(by=place.second)


def test_missing_words_stop_a_proposal_and_are_named(a_draft: Draft, place: Place) -> None:
    draft = a_draft()
    Wording.objects.filter(criterion_version=of(draft, "8.1"), tier__in=["light", "small"]).delete()
    assert draft.gaps() == [
        "8.1 has no words for the Small provider standards",
        "8.1 has no words for the Light standards",
    ]
    with pytest.raises(NotPublishable, match="the Light standards"):
        draft.propose(by=place.drafter)
    draft.refresh_from_db()
    assert (draft.state, draft.proposed_by) == ("draft", None)


def test_an_empty_version_cannot_be_proposed(a_draft: Draft, place: Place) -> None:
    draft = a_draft()
    for standard in draft.standards.all():
        drafts.remove_standard(standard)
    with pytest.raises(NotPublishable, match="Add at least one criterion"):
        draft.propose(by=place.drafter)


def test_a_proposed_version_stands_still_until_it_is_taken_back(a_draft: Draft, place: Place) -> None:
    draft = a_draft()
    draft.propose(by=place.drafter)
    criterion = of(draft, "1.1")
    with pytest.raises(drafts.NotEditable):
        drafts.save_words(criterion, "full", seen=criterion.version, **WORDS)
    with pytest.raises(drafts.NotEditable):
        drafts.discard(draft)
    draft.take_back()
    drafts.save_words(criterion, "full", seen=criterion.version, **WORDS)
    assert criterion.wordings.get(tier="full").text == "t"
    assert (draft.state, draft.proposed_by) == ("draft", None)


@pytest.mark.parametrize("verb", ["discard", "remove_criterion", "move_criterion", "move_standard", "remove_standard"])
def test_nothing_of_a_published_version_is_changed(verb: str, latest: FrameworkVersion) -> None:
    criterion, standard = of(latest, "1.2"), latest.standards.get(number=2)
    calls: dict[str, Callable[[], Any]] = {
        "discard": lambda: drafts.discard(latest),
        "remove_criterion": lambda: drafts.remove_criterion(criterion),
        "move_criterion": lambda: drafts.move_criterion(criterion, up=True),
        "move_standard": lambda: drafts.move_standard(standard, up=True),
        "remove_standard": lambda: drafts.remove_standard(standard),
    }
    with pytest.raises(drafts.NotEditable):
        calls[verb]()
    assert len(refs(latest)) == 98


def test_new_words_make_a_copied_criterion_reworded(a_draft: Draft) -> None:
    criterion = of(a_draft(), "1.1")
    drafts.save_words(criterion, "full", seen=criterion.version, **WORDS)
    criterion.refresh_from_db()
    assert (criterion.change, criterion.version) == ("reworded", 2)


def test_nobody_overwrites_what_was_saved_meanwhile(a_draft: Draft) -> None:
    criterion = of(a_draft(), "1.1")
    drafts.save_words(criterion, "full", seen=1, **WORDS)
    with pytest.raises(Stale):
        drafts.save_words(criterion, "full", seen=1, **{**WORDS, "text": "later"})
    with pytest.raises(Stale):
        drafts.save_criterion(criterion, seen=1, critical=False)
    assert criterion.wordings.get(tier="full").text == "t"


def test_a_new_criterion_comes_last_with_an_identity_of_its_own(a_draft: Draft) -> None:
    draft = a_draft()
    made = drafts.add_criterion(draft.standards.get(number=1), tiers=["full"], strands=["adults"])
    assert made.ref == "1.15"
    assert made.change == "new"
    assert not CriterionVersion.objects.filter(criterion=made.criterion_id).exclude(pk=made.pk).exists()
    assert draft.gaps() == ["1.15 has no words for the Full standards"]


def test_removing_a_criterion_leaves_the_other_references_alone(a_draft: Draft, latest: FrameworkVersion) -> None:
    draft = a_draft()
    drafts.remove_criterion(of(draft, "1.3"))
    assert [ref for ref in refs(draft) if ref.startswith("1.")][:3] == ["1.1", "1.2", "1.4"]
    assert [row.ref for row in changes.difference(latest, draft, "full").removed] == ["1.3"]
    assert drafts.add_criterion(draft.standards.get(number=1), tiers=["full"], strands=["adults"]).ref == "1.15"


def test_a_criterion_changes_places_with_its_neighbour(a_draft: Draft, latest: FrameworkVersion) -> None:
    draft = a_draft()
    moved, other = of(draft, "1.10"), of(draft, "1.9")
    drafts.move_criterion(moved, up=True)
    moved.refresh_from_db()
    other.refresh_from_db()
    assert (moved.ref, other.ref) == ("1.9", "1.10")
    drafts.move_criterion(of(draft, "1.1"), up=True)
    drafts.move_criterion(of(draft, "1.14"), up=False)
    assert refs(draft) == refs(latest)
    found = changes.difference(latest, draft, "full")
    assert [(each.criterion.ref, each.moved_from) for each in found.moved] == [("1.9", "1.10"), ("1.10", "1.9")]


def test_standards_change_places_with_their_criteria(a_draft: Draft, latest: FrameworkVersion) -> None:
    draft = a_draft()
    second = draft.standards.get(number=2)
    drafts.move_standard(second, up=True)
    second.refresh_from_db()
    assert second.number == 1
    assert {row.ref.partition(".")[0] for row in second.criteria.all()} == {"1"}
    assert [row.title for row in draft.standards.order_by("number")][:2] == [
        "Policies and procedures", "Leadership and accountability",
    ]  # fmt: skip
    assert sorted(refs(draft)) != sorted(refs(latest))
    drafts.move_standard(second, up=True)
    assert draft.standards.get(number=1) == second


def test_a_standard_is_added_and_removed_with_its_criteria(a_draft: Draft) -> None:
    draft = a_draft()
    added = drafts.add_standard(draft, title="Digital safety", purpose="Because")
    drafts.add_criterion(added, tiers=["full"], strands=["children"])
    assert refs(draft)[-1] == "13.1"
    drafts.remove_standard(added)
    assert (draft.standards.count(), len(refs(draft))) == (12, 98)


def test_a_discarded_draft_leaves_nothing(a_draft: Draft, latest: FrameworkVersion) -> None:
    draft = a_draft()
    family, words = draft.framework_id, Wording.objects.count()
    drafts.discard(draft)
    assert not Framework.objects.filter(pk=family).exists()
    assert not FrameworkVersion.objects.filter(label="2027-28 v1").exists()
    assert Wording.objects.count() == words - latest.criteria.filter(wordings__isnull=False).count()
    with pytest.raises(drafts.NotEditable, match="discarded"):
        drafts.hold(FrameworkVersion(pk=10**9))

"""Pages of a draft: who may open them, what they say, and what is kept when two people save."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from framework import drafts
from framework.models import CriterionVersion, FrameworkVersion
from tests.framework.conftest import Place, a_place
from tests.framework.test_reading_pages import text

pytestmark = pytest.mark.django_db
Draft = Callable[..., FrameworkVersion]
SignIn = Callable[..., Client]
WORDS = {"text": "New words", "why": "w", "guidance": "g", "evidence": "one\n\ntwo ", "do_not_send": "d"}


def at(name: str, version: FrameworkVersion, *more: Any) -> str:
    return reverse(f"framework:{name}", args=[version.reference, *more])


def test_a_copy_is_made_on_screen(sign_in: SignIn, place: Place, latest: FrameworkVersion) -> None:
    client = sign_in(place.drafter)
    form = {
        "source": latest.reference, "commissioner": place.commissioner.pk, "name": "Our standards",
        "label": "2027-28 v1", "valid_from_day": "1", "valid_from_month": "4", "valid_from_year": "2027",
    }  # fmt: skip
    answer = client.post(reverse("framework:version-copy"), form)
    made = FrameworkVersion.objects.get(framework__name="Our standards")
    assert answer["Location"] == at("draft-detail", made)
    assert (made.criteria.count(), made.framework.commissioner) == (98, place.commissioner)
    assert made.valid_from.isoformat() == "2027-04-01"


def test_a_copy_needs_a_name_and_a_commissioner_of_ones_own(
    sign_in: SignIn, place: Place, latest: FrameworkVersion
) -> None:
    client = sign_in(place.drafter)
    other = a_place().commissioner
    form = {"source": latest.reference, "commissioner": other.pk, "name": "", "label": ""}
    answer = client.post(reverse("framework:version-copy"), form)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"commissioner", "label", "valid_from"}
    again = client.post(reverse("framework:version-copy"), {**form, "commissioner": place.commissioner.pk})
    assert "Enter a name for your framework" in text(again)
    assert not FrameworkVersion.objects.filter(framework__commissioner__in=[other, place.commissioner]).exists()


def test_a_label_is_used_once_in_a_framework(sign_in: SignIn, place: Place, a_draft: Draft, at: Any) -> None:
    draft = a_draft()
    draft.propose(by=place.drafter)
    draft.publish(by=place.second, at=at)
    form = {
        "source": draft.reference, "commissioner": place.commissioner.pk, "label": draft.label,
        "valid_from_day": "1", "valid_from_month": "4", "valid_from_year": "2028",
    }  # fmt: skip
    answer = sign_in(place.drafter).post(reverse("framework:version-copy"), form)
    assert answer.status_code == 422
    assert "already has a version called 2027-28 v1" in text(answer)


@pytest.mark.parametrize("who", ["lead", "stranger"])
def test_a_draft_is_not_there_for_others(who: str, sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft = a_draft()
    client = sign_in(place.lead if who == "lead" else a_place().drafter)
    addresses = [
        at("version-detail", draft), at("version-changes", draft), at("draft-detail", draft),
        at("standard-detail", draft, 1), at("criterion-edit", draft, "1.1"), at("words-edit", draft, "1.1", "full"),
        at("draft-discard", draft),
    ]  # fmt: skip
    assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)
    posts = ["draft-propose", "draft-publish", "draft-take-back", "draft-discard"]
    assert [client.post(at(name, draft)).status_code for name in posts] == [404] * len(posts)
    assert sign_in(place.drafter).get(addresses[2]).status_code == 200


def test_the_shipped_version_has_no_draft_pages(sign_in: SignIn, place: Place, latest: FrameworkVersion) -> None:
    client = sign_in(place.drafter)
    assert client.get(at("draft-detail", latest)).status_code == 404
    assert client.post(at("draft-publish", latest)).status_code == 404
    assert client.post(at("words-edit", latest, "1.1", "full"), WORDS).status_code == 404


def test_two_people_publish_on_screen(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft, proposer, second = a_draft(), sign_in(place.drafter), sign_in(place.second)
    assert "Publish and lock" not in text(second.get(at("draft-detail", draft)))
    assert proposer.post(at("draft-propose", draft)).status_code == 302
    assert "You proposed it" in text(proposer.get(at("draft-detail", draft)))
    refused = proposer.post(at("draft-publish", draft))
    assert refused.status_code == 409
    assert "A second person has to publish this version: you proposed it." in text(refused)
    assert second.post(at("draft-publish", draft)).status_code == 302
    draft.refresh_from_db()
    assert draft.is_published
    assert sign_in(place.lead).get(at("version-detail", draft)).status_code == 200


def test_a_proposal_with_gaps_is_refused_and_says_which(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft = a_draft()
    drafts.add_criterion(draft.standards.get(number=3), tiers=["small"], strands=["adults"])
    client = sign_in(place.drafter)
    assert "3.7 has no words for the Small provider standards" in text(client.get(at("draft-detail", draft)))
    answer = client.post(at("draft-propose", draft))
    assert (answer.status_code, "3.7 has no words" in text(answer)) == (409, True)


def test_words_are_changed_on_screen(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft = a_draft()
    client = sign_in(place.drafter)
    shown = client.get(at("words-edit", draft, "1.3", "general_practice"))
    assert "Page of the locum pack showing lead and deputy" in shown.content.decode()
    answer = client.post(at("words-edit", draft, "1.3", "general_practice"), {**WORDS, "version": 1})
    assert answer.status_code == 302
    row = draft.criteria.get(ref="1.3")
    words = row.wordings.get(tier="general_practice")
    assert (words.text, words.evidence, row.change, row.version) == ("New words", ["one", "two"], "reworded", 2)


def test_empty_words_are_refused_beside_the_box(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft = a_draft()
    answer = sign_in(place.drafter).post(
        at("words-edit", draft, "1.3", "full"), {**WORDS, "do_not_send": " ", "evidence": "x" * 301, "version": 1}
    )
    assert answer.status_code == 422
    assert "Say what must not be sent" in text(answer)
    assert "300 characters or fewer" in text(answer)
    assert "New words" in answer.content.decode()


def test_words_for_somebody_who_is_not_asked_do_not_exist(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    assert sign_in(place.drafter).get(at("words-edit", a_draft(), "1.2", "small")).status_code == 404


def test_who_saves_second_sees_both_and_loses_nothing(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft = a_draft()
    address = at("words-edit", draft, "1.1", "full")
    sign_in(place.second).post(address, {**WORDS, "text": "Theirs", "version": 1})
    client = sign_in(place.drafter)
    answer = client.post(address, {**WORDS, "text": "Mine", "version": 1})
    assert answer.status_code == 409
    rows = answer.context["conflict"]["rows"]
    assert [(row["label"], row["theirs"], row["yours"]) for row in rows if row["label"] == "Criterion"] == [
        ("Criterion", "Theirs", "Mine")
    ]
    assert draft.criteria.get(ref="1.1").wordings.get(tier="full").text == "Theirs"
    kept = {**answer.context["form"].data.dict()}
    assert client.post(address, kept).status_code == 302
    assert draft.criteria.get(ref="1.1").wordings.get(tier="full").text == "Mine"


def test_who_is_asked_is_changed_on_screen_and_stale_is_refused(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft = a_draft()
    client = sign_in(place.drafter)
    address = at("criterion-edit", draft, "1.2")
    form = {
        "tiers": ["full", "small"], "strands": ["children"], "change": "changed", "change_note": "Homes too",
        "critical": "on", "condition": "", "version": 1,
    }  # fmt: skip
    assert client.post(address, form).status_code == 302
    row = draft.criteria.get(ref="1.2")
    assert (row.tiers, row.critical, row.change, row.change_note) == (["full", "small"], True, "changed", "Homes too")
    stale = client.post(address, {**form, "strands": ["adults"]})
    assert stale.status_code == 409
    assert ("Strands", "Children", "Adults") in [tuple(one.values()) for one in stale.context["conflict"]["rows"]]
    nobody = client.post(address, {**form, "tiers": [], "version": 2})
    assert (nobody.status_code, "Choose who is asked" in text(nobody)) == (422, True)


def test_criteria_and_standards_are_added_moved_and_removed(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft = a_draft()
    client = sign_in(place.drafter)
    client.post(at("standard-add", draft), {"title": "Digital safety", "purpose": "Because"})
    added = client.post(at("criterion-add", draft, 13), {"tiers": ["full"], "strands": ["children"]})
    assert added["Location"] == at("criterion-edit", draft, "13.1")
    client.post(at("standard-move", draft, 13, "up"))
    assert draft.criteria.filter(ref="12.1", standard__title="Digital safety").exists()
    client.post(at("criterion-move", draft, "1.2", "up"))
    assert CriterionVersion.objects.get(framework_version=draft, ref="1.1").tiers == ["full"]
    assert "1.1" in text(client.get(at("criterion-remove", draft, "1.1")))
    client.post(at("criterion-remove", draft, "1.1"))
    assert not draft.criteria.filter(ref="1.1").exists()
    client.post(at("standard-edit", draft, 1), {"title": "Who leads", "purpose": "Why", "version": 1})
    assert draft.standards.get(number=1).title == "Who leads"
    assert (
        client.post(at("standard-edit", draft, 1), {"title": "Late", "purpose": "x", "version": 1}).status_code == 409
    )
    client.post(at("standard-remove", draft, 12))
    assert draft.standards.filter(title="Digital safety").count() == 0


def test_a_proposed_draft_refuses_its_edit_pages(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft = a_draft()
    draft.propose(by=place.drafter)
    client = sign_in(place.drafter)
    pages = [at("criterion-edit", draft, "1.1"), at("words-edit", draft, "1.1", "full"), at("standard-edit", draft, 1)]
    assert [client.get(page).status_code for page in pages] == [409] * 3
    assert client.post(at("criterion-move", draft, "1.2", "up")).status_code == 409
    assert client.post(at("draft-discard", draft)).status_code == 409
    assert client.post(at("draft-take-back", draft)).status_code == 302
    assert [client.get(page).status_code for page in pages] == [200] * 3


def test_a_draft_is_discarded_after_one_question(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft = a_draft()
    client = sign_in(place.drafter)
    assert "will be gone" in text(client.get(at("draft-discard", draft)))
    assert client.post(at("draft-discard", draft)).status_code == 302
    assert not FrameworkVersion.objects.filter(pk=draft.pk).exists()


def test_draft_pages_do_not_ask_more_for_more_criteria(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft = a_draft()
    client = sign_in(place.drafter)

    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len([one for one in caught if "SAVEPOINT" not in one["sql"]])

    addresses = [at("draft-detail", draft), at("standard-detail", draft, 1), at("criterion-edit", draft, "1.1")]
    few = [count(address) for address in addresses]
    standard = draft.standards.get(number=1)
    for _ in range(5):
        drafts.add_criterion(standard, tiers=["full"], strands=["adults"])
    assert [count(address) for address in addresses] == few
    assert max(few) <= 12

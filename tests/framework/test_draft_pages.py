"""Pages of a draft: who may open them, what they say, and what is kept when two people save."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from framework import drafts
from framework.models import CriterionVersion, FrameworkVersion, Reference
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


def cited(version: FrameworkVersion, ref: str) -> list[str]:
    rows = version.criteria.get(ref=ref).citations.order_by("position").select_related("cited")
    return [citation.cited.key for citation in rows]


def own_entry(draft: FrameworkVersion, title: str = "Local escalation policy", ref: str = "1.1") -> Reference:
    return drafts.add_reference(draft.criteria.get(ref=ref), title=title, kind="guidance", year="2027")


def test_what_a_criterion_cites_is_chosen_from_the_library(
    sign_in: SignIn, place: Place, a_draft: Draft, latest: FrameworkVersion
) -> None:
    draft, client = a_draft(), sign_in(place.drafter)
    before = cited(draft, "1.1")
    address = at("criterion-references", draft, "1.1")
    assert all(f'value="{key}" checked' in client.get(address).content.decode() for key in before)
    added = ["dols-code-of-practice-2009", "mental-capacity-act-2005", "mental-capacity-act-2005"]
    chosen = {"cites": [*before[1:], *added], "version": "1"}
    looked = client.post(address, {**chosen, "q": "liberty safeguards", "find": "1"})
    assert looked.status_code == 200
    assert [row.key for row in looked.context["form"].found()] == []
    assert 'value="dols-code-of-practice-2009" checked' in looked.content.decode()
    assert cited(draft, "1.1") == before
    assert client.post(address, chosen).url == at("criterion-edit", draft, "1.1")
    now = cited(draft, "1.1")
    assert set(now) == set(chosen["cites"])
    assert [key for key in now if key in before] == before[1:]
    assert now.index("mental-capacity-act-2005") < now.index("dols-code-of-practice-2009") == len(now) - 1
    row = draft.criteria.get(ref="1.1")
    assert (row.change, row.version) == ("unchanged", 2)
    shown = client.get(at("version-changes", draft))
    assert [each.criterion.ref for each in shown.context["difference"].references] == ["1.1"]
    removed = Reference.objects.get(key=before[0]).title
    assert f"{removed}" in text(shown)
    assert cited(latest, "1.1") == before


def test_references_are_not_saved_over_what_somebody_else_saved(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft = a_draft()
    address = at("criterion-references", draft, "1.1")
    sign_in(place.second).post(address, {"cites": ["care-act-2014"], "version": "1"})
    client = sign_in(place.drafter)
    answer = client.post(address, {"cites": ["mental-capacity-act-2005"], "version": "1"})
    assert answer.status_code == 409
    assert [(row["theirs"], row["yours"]) for row in answer.context["conflict"]["rows"]] == [
        ("Care Act 2014", "Mental Capacity Act 2005")
    ]
    assert cited(draft, "1.1") == ["care-act-2014"]
    shown = answer.context["form"].data["version"]
    again = client.post(address, {"cites": ["mental-capacity-act-2005"], "version": shown})
    assert (again.status_code, cited(draft, "1.1")) == (302, ["mental-capacity-act-2005"])


def test_a_reference_that_is_not_there_is_refused_beside_the_boxes(
    sign_in: SignIn, place: Place, a_draft: Draft, latest: FrameworkVersion
) -> None:
    other = a_place()
    copied = drafts.copy(
        latest, commissioner=other.commissioner, name="Theirs", label="v1", valid_from=latest.valid_from
    )
    theirs = own_entry(copied, "Planted by another")
    draft = a_draft()
    address = at("criterion-references", draft, "1.1")
    client, before = sign_in(place.drafter), cited(draft, "1.1")
    answer = client.post(address, {"cites": [theirs.key], "version": "1"})
    assert (answer.status_code, cited(draft, "1.1")) == (422, before)
    assert "Planted by another" not in text(answer)
    assert "Planted by another" in text(
        sign_in(other.drafter).get(reverse("framework:reference-list"), {"q": "planted"})
    )
    assert "Planted by another" not in text(client.get(reverse("framework:reference-list"), {"q": "planted"}))
    for name in ("reference-detail", "reference-edit"):
        assert client.get(reverse(f"framework:{name}", args=[theirs.key])).status_code == 404


def test_the_own_library_grows_from_the_draft(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft, client = a_draft(), sign_in(place.drafter)
    address = at("reference-add", draft, "1.1")
    given = {"title": "Escalation policy of the partnership", "kind": "guidance", "issuer": "The Board", "year": "2027"}
    assert client.post(address, {**given, "title": ""}).status_code == 422
    assert client.post(address, given).url == at("criterion-references", draft, "1.1")
    made = Reference.objects.get(title=given["title"])
    assert (made.commissioner, cited(draft, "1.1")[-1]) == (place.commissioner, made.key)
    twice = client.post(at("reference-add", draft, "1.2"), given)
    assert (twice.status_code, Reference.objects.filter(title=given["title"]).count()) == (422, 1)
    assert f'value="{made.key}" checked' in client.get(at("criterion-references", draft, "1.1")).content.decode()
    shelf = client.post(at("criterion-references", draft, "1.2"), {"q": "escalation partnership", "find": "1"})
    assert [row.key for row in shelf.context["form"].found()] == [made.key]


def test_an_own_entry_is_read_by_those_who_read_a_version_that_cites_it(
    sign_in: SignIn, place: Place, a_draft: Draft, at: Any
) -> None:
    draft = a_draft()
    made = own_entry(draft)
    detail, change = (reverse(f"framework:{name}", args=[made.key]) for name in ("reference-detail", "reference-edit"))
    lead, drafter = sign_in(place.lead), sign_in(place.drafter)
    assert lead.get(detail).status_code == 404
    assert drafter.post(change, {"title": "Better", "kind": "letter", "version": "1"}).status_code == 302
    assert drafter.post(change, {"title": "Stale", "kind": "letter", "version": "1"}).status_code == 409
    draft.propose(by=place.drafter)
    draft.publish(by=place.second, at=at)
    assert lead.get(detail).status_code == 200
    assert sign_in(a_place().lead).get(detail).status_code == 404
    assert "Change this entry" not in text(drafter.get(detail))
    assert drafter.post(change, {"title": "Later", "kind": "letter", "version": "2"}).status_code == 409
    with pytest.raises(IntegrityError, match="cites this entry"), transaction.atomic():
        Reference.objects.filter(pk=made.pk).update(title="Behind our back")
    made.refresh_from_db()
    assert made.title == "Better"


def test_what_a_published_version_cites_stays(sign_in: SignIn, place: Place, a_draft: Draft, at: Any) -> None:
    draft = a_draft()
    before = cited(draft, "1.1")
    draft.propose(by=place.drafter)
    client = sign_in(place.drafter)
    addresses = [reverse(f"framework:{name}", args=[draft.reference, "1.1"])
                 for name in ("criterion-references", "reference-add")]  # fmt: skip
    chosen = {"cites": ["care-act-2014"], "version": "1", "title": "Late", "kind": "law"}
    assert [client.post(address, chosen).status_code for address in addresses] == [409, 409]
    draft.publish(by=place.second, at=at)
    assert [client.post(address, chosen).status_code for address in addresses] == [409, 409]
    row = draft.criteria.get(ref="1.1")
    with pytest.raises(drafts.NotEditable):
        drafts.save_references(row, [], seen=1)
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        row.citations.all().delete()
    assert cited(draft, "1.1") == before


def test_the_pages_of_references_are_not_there_for_others(sign_in: SignIn, place: Place, a_draft: Draft) -> None:
    draft = a_draft()
    for person in (place.lead, a_place().drafter):
        for name in ("criterion-references", "reference-add"):
            assert sign_in(person).get(at(name, draft, "1.1")).status_code == 404
    client = sign_in(place.drafter)
    client.get(at("criterion-references", draft, "1.1"))
    with CaptureQueriesContext(connection) as caught:
        assert client.get(at("criterion-references", draft, "1.1")).status_code == 200
    assert len(caught) <= 12

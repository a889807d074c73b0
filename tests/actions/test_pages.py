"""The register of actions and the page of one: who sees it, what it says, what can be done from it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.capabilities import Role
from actions.models import Action
from chasing.letters import compose
from chasing.models import Letter
from evidence.models import EvidenceItem
from tests.factories.accounts import CircleFactory, CircleMemberFactory, DeclaredInterestFactory, UserFactory, someone
from tests.factories.actions import THEN, an_action, completed, proof_for
from tests.factories.evidence import EvidenceItemFactory, a_file, pdf, png, upload

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
PAGES = (
    "", "progress/", "evidence/add/", "evidence/choose/", "complete/", "verify/", "send-back/", "move-date/", "owner/",
    "close/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def evidence_folder(settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_DIR = tmp_path / "evidence"


@pytest.fixture
def action() -> Action:
    return an_action()


@pytest.fixture
def lead(action: Action) -> Any:
    return someone(Role.PROVIDER_LEAD, action.organisation)


@pytest.fixture
def nurse(action: Action) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, action.commissioner)


def url(action: Action, page: str = "") -> str:
    return f"/actions/{action.reference}/{page}"


def days_from_today(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


# --- Who sees what -----------------------------------------------------------------------------


def test_each_side_opens_what_it_may_do(sign_in: SignIn, action: Action, lead: Any, nurse: Any) -> None:
    """404 where a person may not; the same pages are there for those who may."""
    auditor = someone(Role.AUDITOR, action.commissioner)
    analyst = someone(Role.QUALITY_ANALYST, action.commissioner)
    opened = {
        who: "".join("y" if sign_in(user).get(url(action, page)).status_code == 200 else "-" for page in PAGES)
        for who, user in (("lead", lead), ("nurse", nurse), ("analyst", analyst), ("auditor", auditor))
    }
    assert opened == {"lead": "yyyyy-----", "nurse": "y-yy-yyyyy", "analyst": "y-yy------", "auditor": "y---------"}


def test_others_find_nothing_in_pages_lists_and_counts(sign_in: SignIn, action: Action) -> None:
    Action.objects.filter(pk=action.pk).update(text="CANARY")
    theirs = an_action(text="Their own action")
    for stranger in (
        someone(Role.PROVIDER_LEAD, theirs.organisation),
        someone(Role.DESIGNATED_PROFESSIONAL, theirs.commissioner),
    ):
        client = sign_in(stranger)
        assert [client.get(url(action, page)).status_code for page in PAGES] == [404] * len(PAGES)
        listed = client.get("/actions/")
        assert ("CANARY" in listed.content.decode(), "Their own action" in listed.content.decode()) == (False, True)
        assert listed.context["figures"][0]["n"] == 1


def test_an_action_in_a_circle_exists_for_named_people_only(
    sign_in: SignIn, action: Action, lead: Any, nurse: Any
) -> None:
    circle = CircleFactory(commissioner=action.commissioner)
    hidden = an_action(action.commissioner, action.organisation, text="CANARY", circle=circle)
    CircleMemberFactory(circle=circle, user=nurse, added_by=nurse)
    other = someone(Role.DESIGNATED_PROFESSIONAL, action.commissioner)
    for user, status, count in ((nurse, 200, 2), (other, 404, 1), (lead, 404, 1)):
        client = sign_in(user)
        assert client.get(url(hidden)).status_code == status
        listed = client.get("/actions/")
        assert ("CANARY" in listed.content.decode()) == (status == 200)
        assert listed.context["figures"][0]["n"] == count
    CircleMemberFactory(circle=circle, user=lead, scope="own", added_by=nurse)
    assert sign_in(lead).get(url(hidden)).status_code == 200


def test_a_declared_interest_refuses_verification_but_not_reading(sign_in: SignIn, action: Action, nurse: Any) -> None:
    completed(action)
    DeclaredInterestFactory(user=nurse, organisation=action.organisation, declared_by=nurse)
    client = sign_in(nurse)
    assert (client.get(url(action)).status_code, client.get(url(action, "verify/")).status_code) == (200, 404)


# --- The provider's way ------------------------------------------------------------------------


def test_a_provider_reports_proves_and_completes(sign_in: SignIn, action: Action, lead: Any, nurse: Any) -> None:
    client = sign_in(lead)
    assert client.post(url(action, "progress/"), {"text": "Half are trained."}).status_code == 302
    early = client.post(url(action, "complete/"), {"text": "Done."})
    assert (early.status_code, "Add the evidence" in early.content.decode()) == (409, True)
    sent = {"file": upload("record.pdf", pdf("record")), "title": "Training record"}
    assert client.post(url(action, "evidence/add/"), sent).status_code == 302
    assert client.post(url(action, "complete/"), {"text": "All are trained."}).status_code == 302
    text = sign_in(nurse).get(url(action)).content.decode()
    for words in ("Half are trained.", "All are trained.", "Training record", "record.pdf", "Not checked yet"):
        assert words in text
    assert "Complete, awaiting verification" in text


def test_a_file_that_is_refused_is_said_and_nothing_is_on_the_action(
    sign_in: SignIn, action: Action, lead: Any
) -> None:
    sent = {"file": upload("record.pdf", png()), "title": "Typed title"}
    response = sign_in(lead).post(url(action, "evidence/add/"), sent)
    text = response.content.decode()
    assert (response.status_code, "really a PNG picture" in text, 'value="Typed title"' in text) == (415, True, True)
    assert (action.evidence.count(), EvidenceItem.objects.count()) == (0, 0)


def test_evidence_for_a_closed_action_is_neither_kept_nor_left_on_the_disk(
    sign_in: SignIn, action: Action, lead: Any, settings: Any
) -> None:
    client = sign_in(lead)
    action.close("superseded", "New contract.", by=UserFactory(), at=THEN)
    sent = {"file": upload("record.pdf", pdf("x")), "title": "Record"}
    response = client.post(url(action, "evidence/add/"), sent)
    assert (response.status_code, "action is closed" in response.content.decode()) == (409, True)
    assert EvidenceItem.objects.count() == 0
    assert [path for path in settings.EVIDENCE_DIR.rglob("*") if path.is_file()] == []


def test_evidence_is_chosen_from_the_organisations_own_library(sign_in: SignIn, action: Action, lead: Any) -> None:
    mine = proof_for(action, title="My record")
    proof_for(action, title="Withdrawn record").withdraw("Old", by=lead, at=THEN)
    theirs = EvidenceItemFactory(title="CANARY")
    client = sign_in(lead)
    text = client.get(url(action, "evidence/choose/")).content.decode()
    assert [title in text for title in ("My record", "Withdrawn record", "CANARY")] == [True, False, False]
    assert client.post(url(action, "evidence/choose/"), {"item": theirs.reference}).status_code == 422
    assert client.post(url(action, "evidence/choose/"), {"item": mine.reference}).status_code == 302
    assert [proof.item for proof in action.evidence.all()] == [mine]
    assert "holds nothing for this organisation" in client.get(url(action, "evidence/choose/")).content.decode()


# --- The commissioner's way ----------------------------------------------------------------------


def test_a_nurse_verifies_with_a_comment(sign_in: SignIn, action: Action, nurse: Any) -> None:
    completed(action)
    client = sign_in(nurse)
    assert client.post(url(action, "verify/"), {"text": ""}).status_code == 422
    assert client.post(url(action, "verify/"), {"text": "All 14 are in the record."}).status_code == 302
    action.refresh_from_db()
    assert (action.state, action.verified_by) == ("implemented", nurse)


def test_owner_or_completer_is_told_and_their_words_are_kept(sign_in: SignIn, action: Action, nurse: Any) -> None:
    completed(action, by=nurse)
    client = sign_in(nurse)
    assert "another person has to verify it" in client.get(url(action)).content.decode()
    response = client.post(url(action, "verify/"), {"text": "I am sure."})
    text = response.content.decode()
    assert response.status_code == 409
    assert "another person has to verify it" in text
    assert "I am sure." in text
    action.refresh_from_db()
    assert action.state == "complete_awaiting_verification"


def test_an_old_page_is_told_and_keeps_what_was_typed(sign_in: SignIn, action: Action, nurse: Any) -> None:
    """The page was opened before somebody else moved the date; the second try is made knowing that."""
    client, seen = sign_in(nurse), action.version
    action.move_date(date(2026, 12, 24), reason="Snow", by=nurse, at=THEN)
    sent = {
        "version": seen, "text": "Trainer ill", "due_on_day": "31", "due_on_month": "1", "due_on_year": "2027",
    }  # fmt: skip
    response = client.post(url(action, "move-date/"), sent)
    text = response.content.decode()
    assert response.status_code == 409
    for words in ("has changed since you opened it", "Trainer ill", "24 December 2026", f'value="{action.version}"'):
        assert words in text
    assert client.post(url(action, "move-date/"), sent | {"version": action.version}).status_code == 302
    action.refresh_from_db()
    assert (action.due_on, action.moves) == (date(2027, 1, 31), 2)


@pytest.mark.parametrize(
    ("page", "sent", "words"),
    [
        ("move-date/", {"text": "x", "due_on_day": "31", "due_on_month": "2", "due_on_year": "2027"}, "real date"),
        ("move-date/", {"text": "", "due_on_day": "1", "due_on_month": "2", "due_on_year": "2027"}, "why the date"),
        ("move-date/", {"text": "x", "due_on_day": "30", "due_on_month": "11", "due_on_year": "2026"}, "it has now"),
        ("close/", {"text": "x"}, "Choose why it is closed"),
        ("close/", {"state": "implemented", "text": "x"}, "valid choice"),
        ("owner/", {}, "one of the two"),
        ("owner/", {"owner_name": "A", "owner": "self"}, "one of the two"),
        ("send-back/", {"text": "  "}, "Enter what is missing"),
    ],
)
def test_a_form_that_is_not_right_is_said_at_its_box(
    sign_in: SignIn, action: Action, nurse: Any, lead: Any, page: str, sent: dict[str, str], words: str
) -> None:
    if sent.get("owner"):
        sent = {**sent, "owner": str(lead.pk)}
    response = sign_in(nurse).post(url(action, page), {"form_token": "", **sent})
    assert (response.status_code, words in response.content.decode()) == (422, True)
    assert Action.objects.get(pk=action.pk).version == action.version


def test_date_owner_and_closing_from_the_page(sign_in: SignIn, action: Action, nurse: Any, lead: Any) -> None:
    client = sign_in(nurse)
    date_parts = {"due_on_day": "31", "due_on_month": "1", "due_on_year": "2027"}
    assert client.post(url(action, "move-date/"), {"text": "Trainer ill", **date_parts}).status_code == 302
    assert client.post(url(action, "owner/"), {"owner": lead.pk}).status_code == 302
    text = client.get(url(action)).content.decode()
    for words in ("30 November 2026", "31 January 2027, moved 1 time", "Trainer ill", f"to {lead}"):
        assert words in text
    assert client.post(url(action, "close/"), {"state": "not_accepted", "text": "Agreed."}).status_code == 302
    text = client.get(url(action)).content.decode()
    assert ("Not accepted" in text, "Closed because" in text, "Move the date" in text) == (True, True, False)


def test_a_person_of_another_organisation_is_no_owner(sign_in: SignIn, action: Action, nurse: Any) -> None:
    stranger = someone(Role.PROVIDER_LEAD, an_action().organisation, name="CANARY")
    client = sign_in(nurse)
    assert "CANARY" not in client.get(url(action, "owner/")).content.decode()
    assert client.post(url(action, "owner/"), {"owner": stranger.pk}).status_code == 422


# --- The list ------------------------------------------------------------------------------------


def test_the_list_shows_original_date_moves_and_state_in_words(sign_in: SignIn, action: Action, nurse: Any) -> None:
    action.move_date(date(2027, 1, 31), reason="Snow", by=nurse, at=THEN)
    completed(action)
    text = sign_in(nurse).get("/actions/").content.decode()
    for words in ("30 Nov 2026", "31 Jan 2027", "1 time", "Complete, awaiting verification"):
        assert words in text


def test_figures_count_what_their_links_show_and_complete_means_verified(sign_in: SignIn, nurse: Any) -> None:
    commissioner = nurse.memberships.get().organisation
    for text, days in (("late", -10), ("very late", -100), ("ahead", 30)):
        an_action(commissioner, text=text, due_on=days_from_today(days))
    moved = an_action(commissioner, text="moved", due_on=days_from_today(-40))
    moved.move_date(days_from_today(10), reason="Snow", by=nurse, at=THEN)
    waiting = completed(an_action(commissioner, text="waiting", due_on=days_from_today(5)))
    done = completed(an_action(commissioner, text="done", due_on=days_from_today(5)))
    done.verify("Seen.", by=UserFactory(), at=THEN)
    an_action(commissioner, text="gone").close("superseded", "x", by=nurse, at=THEN)
    client = sign_in(nurse)
    figures = client.get("/actions/").context["figures"]
    texts = {"late", "very late", "ahead", "moved", "waiting", "done", "gone"}

    def shown(query: str) -> set[str]:
        return {row.text for row in client.get(f"/actions/?{query}").context["rows"]} & texts

    assert [(figure["label"], shown(figure["query"])) for figure in figures] == [
        ("Open, all that is not verified", {"late", "very late", "ahead", "moved", "waiting"}),
        ("Overdue", {"late", "very late"}),
        ("Complete, awaiting verification", {"waiting"}),
        ("Implemented (verified)", {"done"}),
        ("Not past the original date", {"ahead", "waiting"}),
        ("1 to 30 days past", {"late"}),
        ("31 to 90 days past", {"moved"}),
        ("More than 90 days past", {"very late"}),
    ]
    for figure in figures:
        assert figure["n"] == client.get(f"/actions/?{figure['query']}").context["rows"].paginator.count
    assert shown("when=moved") == {"moved"}
    assert shown("whose=mine") == set()
    assert waiting.is_open


def test_filters_by_owner_organisation_category_and_origin(sign_in: SignIn, action: Action, lead: Any) -> None:
    Action.objects.filter(pk=action.pk).update(owner=lead, text="mine")
    an_action(action.commissioner, action.organisation, text="agreed", origin_kind="agreed")
    other = an_action(action.commissioner, text="other", at=THEN + timedelta(days=1))
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, action.commissioner)

    def shown(user: Any, query: str) -> set[str]:
        return {row.text for row in sign_in(user).get(f"/actions/?{query}").context["rows"]}

    assert shown(lead, "whose=mine") == {"mine"}
    assert shown(lead, "") == {"mine", "agreed"}
    assert shown(nurse, "origin=agreed") == {"agreed"}
    assert shown(nurse, f"organisation={other.organisation.reference}") == {"other"}
    assert shown(nurse, "category=ACUTE") == {"mine", "agreed", "other"}
    assert shown(nurse, "category=nonsense&state=nonsense&when=nonsense&sort=nonsense") == {"mine", "agreed", "other"}
    assert sign_in(nurse).get("/actions/?sort=-opened").context["rows"][0].text == "other"


def test_list_and_page_ask_the_database_as_often_for_one_as_for_many(
    sign_in: SignIn, action: Action, nurse: Any
) -> None:
    client = sign_in(nurse)
    an_action(action.commissioner)

    def asked(where: str) -> int:
        client.get(where)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(where).status_code == 200
        return len(queries)

    def prove(words: str) -> None:
        version = a_file(pdf(words), commissioner=action.commissioner, organisation=action.organisation)
        action.prove(version.item, by=nurse, at=THEN)

    prove("one")
    before = asked("/actions/"), asked(url(action))
    for number in range(3):
        an_action(action.commissioner, owner=someone(Role.PROVIDER_LEAD, action.organisation))
        prove(f"more {number}")
        action.report(f"Step {number}", by=nurse, at=THEN)
    assert (asked("/actions/"), asked(url(action))) == before
    assert max(before) <= 12


# --- The letter ----------------------------------------------------------------------------------


def test_the_letter_names_actions_by_reference_and_never_says_what_they_are_about(action: Action, lead: Any) -> None:
    an_action(action.commissioner, action.organisation, text="CANARY", at=action.opened_at)
    message = compose(Letter.objects.get(kind="action_opened"), action.opened_at + timedelta(hours=1))
    assert not isinstance(message, str), message
    assert message.to == [lead.email]
    assert action.reference in message.body
    assert "2 new actions" in message.subject
    whole = message.subject + message.body + str(message.alternatives)
    assert ("CANARY" in whole, action.text in whole) == (False, False)

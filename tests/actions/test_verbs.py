"""What can be done to an action: allowed, refused, and two at once."""

import threading
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.capabilities import Role
from accounts.door import Refused
from actions.models import Action, ActionEvidence, IllegalMove, NoEvidence, OwnAction, WrongEvidence
from chasing.models import DueChange, Letter
from tests.factories.accounts import CircleFactory, UserFactory, someone
from tests.factories.actions import THEN, an_action, completed, proof_for
from tests.factories.evidence import EvidenceItemFactory, a_file, pdf

pytestmark = pytest.mark.django_db
AT = datetime.fromisoformat("2026-10-07T10:00:00+00:00")


@pytest.fixture
def action() -> Action:
    return an_action()


@pytest.fixture
def lead(action: Action) -> Any:
    return someone(Role.PROVIDER_LEAD, action.organisation)


@pytest.fixture
def nurse(action: Action) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, action.commissioner)


def said(action: Action) -> list[tuple[str, str]]:
    return list(action.updates.order_by("pk").values_list("kind", "text"))


# --- Opening and its letter ----------------------------------------------------------------


def test_opening_keeps_the_original_date_and_tells_the_organisation_without_case_words(action: Action) -> None:
    assert (action.original_due_on, action.due_on, action.state, action.moves) == (
        date(2026, 11, 30), date(2026, 11, 30), "open", 0,
    )  # fmt: skip
    letter = Letter.objects.get(kind="action_opened")
    assert (letter.to_user, letter.to_organisation, letter.organisation) == (
        None, action.organisation, action.organisation,
    )  # fmt: skip
    assert letter.about == {"commissioner": action.commissioner_id, "organisation": action.organisation_id}


def test_actions_opened_within_the_hour_are_one_letter_to_their_owner(action: Action, lead: Any) -> None:
    whose = (action.commissioner, action.organisation)
    for minute in (0, 59):
        an_action(*whose, owner=lead, at=AT.replace(minute=minute))
    an_action(*whose, owner=lead, at=AT.replace(hour=11))
    letters = Letter.objects.filter(to_user=lead).order_by("not_before")
    assert [letter.not_before.hour for letter in letters] == [11, 12]


def test_an_action_for_named_people_tells_its_owner_only(action: Action, lead: Any) -> None:
    Letter.objects.all().update(state="dropped")
    circle = CircleFactory(commissioner=action.commissioner)
    whose = (action.commissioner, action.organisation)
    an_action(*whose, circle=circle, at=AT)
    assert Letter.objects.filter(state="pending").count() == 0
    an_action(*whose, circle=circle, owner=lead, at=AT)
    assert [letter.to_user for letter in Letter.objects.filter(state="pending")] == [lead]


# --- Progress, evidence, complete ------------------------------------------------------------


def test_a_report_starts_it_and_is_kept(action: Action, lead: Any) -> None:
    action.report("Half are trained.", by=lead, at=AT)
    action.report("All but two.", by=lead, at=AT)
    assert (action.state, said(action)) == (
        "in_progress", [("progress", "Half are trained."), ("progress", "All but two.")],
    )  # fmt: skip


def test_two_colleagues_reporting_from_old_pages_are_both_kept(action: Action, lead: Any) -> None:
    other = Action.objects.get(pk=action.pk)
    action.report("One.", by=lead, at=AT)
    other.report("Two.", by=lead, at=AT)
    assert len(said(action)) == 2


def test_complete_needs_evidence_that_is_not_withdrawn(action: Action, lead: Any) -> None:
    with pytest.raises(NoEvidence, match="Add the evidence"):
        action.complete("Done.", by=lead, at=AT)
    item = proof_for(action)
    action.prove(item, by=lead, at=AT)
    item.withdraw("Wrong file", by=lead, at=AT)
    with pytest.raises(NoEvidence, match="Add the evidence"):
        action.complete("Done.", by=lead, at=AT)
    action.prove(proof_for(action), by=lead, at=AT)
    action.complete("Done.", by=lead, at=AT)
    assert (action.state, action.is_open, action.completed_by) == ("complete_awaiting_verification", True, lead)
    with pytest.raises(IllegalMove, match="Complete, awaiting verification"):
        action.complete("Again.", by=lead, at=AT)


def test_only_the_organisations_own_current_evidence_proves_it_once(action: Action, lead: Any) -> None:
    withdrawn = proof_for(action)
    withdrawn.withdraw("Old", by=lead, at=AT)
    other_organisation = EvidenceItemFactory(commissioner=action.commissioner)
    other_commissioner = EvidenceItemFactory(organisation=action.organisation)
    circled = proof_for(action, circle=CircleFactory(commissioner=action.commissioner))
    for item in (withdrawn, other_organisation, other_commissioner, circled):
        with pytest.raises(WrongEvidence):
            action.prove(item, by=lead, at=AT)
    mine = proof_for(action)
    action.prove(mine, by=lead, at=AT)
    with pytest.raises(WrongEvidence, match="already"):
        action.prove(mine, by=lead, at=AT)
    assert [proof.item for proof in action.evidence.all()] == [mine]


def test_the_database_refuses_another_organisations_evidence(action: Action, lead: Any) -> None:
    row = {"commissioner": action.commissioner, "organisation": action.organisation, "action": action}
    ActionEvidence.objects.create(**row, item=EvidenceItemFactory(), added_by=lead, added_at=AT)
    with pytest.raises(IntegrityError, match="actions_actionevidence_item_id_whose"):
        connection.check_constraints()


# --- Verifying ---------------------------------------------------------------------------------


def test_another_person_verifies_and_only_then_it_is_complete(action: Action, nurse: Any) -> None:
    completed(action)
    assert (Action.objects.complete().count(), Action.objects.open().count()) == (0, 1)
    action.verify("The record shows all 14.", by=nurse, at=AT)
    assert (action.state, action.settled_at, action.verified_by) == ("implemented", AT, nurse)
    assert (Action.objects.complete().count(), Action.objects.open().count()) == (1, 0)
    assert said(action)[-1] == ("verified", "The record shows all 14.")


def test_neither_owner_nor_completer_verifies(action: Action, nurse: Any) -> None:
    completed(action, by=nurse)
    with pytest.raises(OwnAction, match="another person"):
        action.verify("Mine.", by=nurse, at=AT)
    owned = completed(an_action(action.commissioner, action.organisation, owner=nurse))
    with pytest.raises(OwnAction, match="another person"):
        owned.verify("Mine.", by=nurse, at=AT)
    assert {action.state, owned.state} == {"complete_awaiting_verification"}


def test_the_database_refuses_both_as_well(action: Action, nurse: Any) -> None:
    completed(action, by=nurse)
    done = {"state": "implemented", "verified_by": nurse, "verified_at": AT, "settled_at": AT}
    with pytest.raises(IntegrityError, match="action_not_verified_by_completer"), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(**done)
    owned = completed(an_action(action.commissioner, action.organisation, owner=nurse))
    with pytest.raises(IntegrityError, match="action_verified_by_another"), transaction.atomic():
        Action.objects.filter(pk=owned.pk).update(**done)


def test_verifying_needs_a_complete_action_with_evidence_still_there(action: Action, nurse: Any, lead: Any) -> None:
    item = proof_for(action)
    action.prove(item, by=lead, at=AT)
    with pytest.raises(IllegalMove, match="Not started"):
        action.verify("Too early.", by=nurse, at=AT)
    action.complete("Done.", by=lead, at=AT)
    item.withdraw("Wrong file", by=lead, at=AT)
    with pytest.raises(NoEvidence, match="Send it back"):
        action.verify("Gone.", by=nurse, at=AT)


def test_evidence_replaced_after_the_check_counts_as_not_reviewed(action: Action, nurse: Any, lead: Any) -> None:
    version = a_file(pdf("one"), commissioner=action.commissioner, organisation=action.organisation, by=lead)
    completed(action, by=lead, item=version.item)

    def verdict() -> tuple[str, int | None]:
        proof = action.evidence.with_items().get()
        return proof.verdict, proof.checked_version and proof.checked_version.number

    assert verdict() == ("Not checked yet", None)
    action.verify("Seen.", by=nurse, at=AT)
    assert verdict() == ("Checked", 1)
    a_file(pdf("two"), item=version.item, by=lead)
    assert verdict() == ("Version 2 not reviewed: the check was of version 1", 1)
    version.item.withdraw("Old", by=lead, at=AT)
    assert verdict() == ("Withdrawn", 1)


def test_sent_back_is_in_progress_again_and_says_why(action: Action, nurse: Any) -> None:
    completed(action)
    action.send_back("Two names are missing.", by=nurse, at=AT)
    assert (action.state, action.completed_by, said(action)[-1]) == (
        "in_progress", None, ("sent_back", "Two names are missing."),
    )  # fmt: skip
    with pytest.raises(IllegalMove):
        action.send_back("Again.", by=nurse, at=AT)


# --- Date, owner, closing ------------------------------------------------------------------------


def test_moving_the_date_keeps_the_original_and_counts(action: Action, nurse: Any) -> None:
    action.move_date(date(2026, 12, 31), reason="Trainer ill", by=nurse, at=AT)
    action.move_date(date(2027, 1, 31), reason="Snow", by=nurse, at=AT)
    assert (action.original_due_on, action.due_on, action.moves) == (date(2026, 11, 30), date(2027, 1, 31), 2)
    assert [change.reason for change in action.date_changes()] == ["Trainer ill", "Snow"]
    assert action.days_past_original(date(2026, 12, 10)) == 10
    assert not action.is_overdue(date(2026, 12, 10))
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        DueChange.objects.update(reason="Never moved")


def test_a_new_owner_answers_for_it(action: Action, nurse: Any, lead: Any) -> None:
    action.reassign(owner=lead, by=nurse, at=AT)
    action.reassign(owner_name="Ann Example", by=nurse, at=AT)
    assert (action.owner, action.owner_in_words) == (None, "Ann Example")
    assert said(action) == [
        ("new_owner", f"From Nobody named yet to {lead}"), ("new_owner", f"From {lead} to Ann Example"),
    ]  # fmt: skip


def test_closing_without_completion_is_superseded_or_not_accepted_with_a_reason(action: Action, nurse: Any) -> None:
    with pytest.raises(IllegalMove, match="otherwise it is verified"):
        action.close("implemented", "Done, trust me.", by=nurse, at=AT)
    action.close("superseded", "New contract.", by=nurse, at=AT)
    assert (action.settled_at, action.closed_reason, Action.objects.complete().count()) == (AT, "New contract.", 0)


CLOSED: dict[str, Callable[[Action, Any], None]] = {
    "report": lambda action, by: action.report("x", by=by, at=AT),
    "prove": lambda action, by: action.prove(proof_for(action), by=by, at=AT),
    "complete": lambda action, by: action.complete("x", by=by, at=AT),
    "verify": lambda action, by: action.verify("x", by=by, at=AT),
    "send_back": lambda action, by: action.send_back("x", by=by, at=AT),
    "move_date": lambda action, by: action.move_date(date(2027, 1, 1), reason="x", by=by, at=AT),
    "reassign": lambda action, by: action.reassign(owner_name="x", by=by, at=AT),
    "close": lambda action, by: action.close("not_accepted", "x", by=by, at=AT),
}


@pytest.mark.parametrize("verb", CLOSED)
def test_nothing_happens_to_a_closed_action(verb: str, action: Action, nurse: Any) -> None:
    action.prove(proof_for(action), by=nurse, at=THEN)
    action.close("superseded", "New contract.", by=nurse, at=AT)
    before = (action.updates.count(), action.evidence.count(), DueChange.objects.count())
    with pytest.raises(Refused):
        CLOSED[verb](Action.objects.get(pk=action.pk), UserFactory())
    fresh = Action.objects.get(pk=action.pk)
    assert fresh.state == "superseded"
    assert (action.updates.count(), action.evidence.count(), DueChange.objects.count()) == before


# --- Two at once -----------------------------------------------------------------------------------

TWO: dict[str, tuple[Callable[[Action, Any], None], Callable[[Action, Any], None]]] = {
    "verify and verify": (CLOSED["verify"], CLOSED["verify"]),
    "verify and send back": (CLOSED["verify"], CLOSED["send_back"]),
    "verify and close": (CLOSED["verify"], CLOSED["close"]),
    "close and move the date": (CLOSED["close"], CLOSED["move_date"]),
    "two dates": (CLOSED["move_date"], CLOSED["move_date"]),
    "two owners": (CLOSED["reassign"], CLOSED["reassign"]),
}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", TWO)
def test_of_two_at_once_one_wins_and_the_other_is_told(name: str) -> None:
    action = completed(an_action())
    people = [UserFactory(), UserFactory()]
    read = [Action.objects.get(pk=action.pk) for _ in people]
    start, outcome = threading.Barrier(2), []

    def do(which: int) -> None:
        start.wait()
        try:
            TWO[name][which](read[which], people[which])
            outcome.append("done")
        except Refused as problem:
            outcome.append("told" if "changed since" in str(problem) else str(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[which]) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["done", "told"]
    assert Action.objects.get(pk=action.pk).version == action.version + 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_completing_at_once_make_one_note() -> None:
    action = an_action()
    action.prove(proof_for(action), by=UserFactory(), at=THEN)
    read = [Action.objects.get(pk=action.pk) for _ in range(2)]
    people = [UserFactory(), UserFactory()]
    start, outcome = threading.Barrier(2), []

    def do(which: int) -> None:
        start.wait()
        try:
            read[which].complete("Done.", by=people[which], at=AT)
            outcome.append("done")
        except IllegalMove:
            outcome.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[which]) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["done", "told"]
    assert action.updates.filter(kind="complete").count() == 1

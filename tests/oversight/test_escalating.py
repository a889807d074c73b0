"""A person takes or declines a step and walks it to its end, and nobody above the named lead before a call."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from chasing import relay
from chasing.models import Chase, Letter
from chasing.planner import plan
from chasing.steps import next_working_day
from design.calendar import add_working_days
from oversight import escalating, triggers
from oversight.models import Escalation, EscalationPaper
from tests.at_once import both
from tests.factories.accounts import DeclaredInterestFactory, someone
from tests.factories.chasing import a_due_return, a_place, seven_oclock
from tests.factories.escalation import a_proposal
from tests.factories.known import a_contact
from tests.factories.providers import ContactFactory
from tests.mail import mail

__all__ = ["mail"]

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
NOW = timezone.now()
WORKING = next_working_day(TODAY)


def words(response) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def spoken(place, on=TODAY, **fields):
    return a_contact(place.commissioner, place.provider, happened_on=on, by=place.nurse, **fields)


def day(name, when):
    return {f"{name}_day": when.day, f"{name}_month": when.month, f"{name}_year": when.year}


@pytest.fixture
def place():
    return a_place(name="Meadow View")


@pytest.fixture
def step(place):
    return a_proposal(place.commissioner, place.provider, proposed_on=TODAY)


def take(step, by, reason="Two months of silence"):
    escalating.take(step, by=by, reason=reason, on=TODAY, at=NOW)


def test_hazard_17_nobody_spoken_to_is_said_with_the_way_to_log_it_and_what_was_typed_stays(place, step, sign_in):
    """Hazard 17: a human contact before any step above the named lead."""
    client, address = sign_in(place.nurse), f"/escalation/{step.reference}/take/"
    spoken(place, TODAY - timedelta(days=21))
    spoken(place, TODAY, spoke=False, kind="call")
    answer = client.post(address, {"reason": "Silent since spring"})

    assert answer.status_code == 422
    assert "Nobody at Meadow View is logged as spoken to in the last 20 days" in words(answer)
    assert "Silent since spring" in answer.content.decode()
    assert f"/contact-log/new/?organisation={place.provider.reference}" in answer.content.decode()
    step.refresh_from_db()
    assert (step.state, Letter.objects.count(), EscalationPaper.objects.count()) == ("proposed", 0, 0)

    spoken(place, TODAY - timedelta(days=20))
    assert client.post(address, {"reason": "Silent since spring"}).status_code == 302


def test_another_commissioners_call_does_not_count(place, step):
    a_contact(None, place.provider, happened_on=TODAY)
    with pytest.raises(escalating.NobodySpokenTo):
        take(step, place.nurse)


def test_a_step_up_to_the_named_lead_needs_no_call(place):
    first = a_proposal(place.commissioner, place.provider, "conversation", proposed_on=TODAY)
    take(first, place.nurse)
    assert first.state == "taken"


def test_taking_drafts_and_sends_nothing_until_a_person_sends(place, step, sign_in, mail):
    ContactFactory(organisation=place.provider, kind="executive", name="Eve Exec", email="eve@example.nhs.uk")
    spoken(place)
    take(step, place.nurse)
    paper = EscalationPaper.objects.get()
    assert (paper.kind, step.response_due_on, Letter.objects.count()) == ("letter", add_working_days(TODAY, 10), 0)
    assert "The same indicator was red two quarters running" in paper.text

    client, address = sign_in(place.nurse), f"/escalation/{step.reference}/"
    edited = {"text": "In our own words: please ring.", "version": paper.version}
    assert client.post(f"{address}text/", edited).status_code == 302
    stale = client.post(f"{address}text/", {"text": "Second", "version": paper.version})
    assert (stale.status_code, "Second" in stale.content.decode()) == (409, True)
    assert client.post(f"{address}send/", {"submit": "Send"}).status_code == 422
    assert client.post(f"{address}send/", {"read": "on"}).status_code == 302
    assert client.post(f"{address}send/", {"read": "on"}).status_code == 409

    relay.deliver(lambda: seven_oclock(add_working_days(WORKING, 1)))
    assert mail.addresses == ["eve@example.nhs.uk"]
    assert "In our own words: please ring." in mail.received[0].get_body(("plain",)).get_content()
    assert client.post(f"{address}text/", {"text": "Too late", "version": 2}).status_code == 409
    assert EscalationPaper.objects.get().text == "In our own words: please ring."


def test_a_letter_of_a_step_withdrawn_before_it_left_is_not_sent(place, step, mail):
    from oversight import papers

    spoken(place)
    take(step, place.nurse)
    papers.send(step.papers.get(), by=place.nurse, on=TODAY, at=NOW)
    escalating.withdraw(step, reason="Wrong provider", by=place.nurse, on=TODAY, at=NOW)
    relay.deliver(lambda: seven_oclock(add_working_days(WORKING, 1)))
    assert (mail.addresses, Letter.objects.get().state) == ([], "dropped")


def test_with_nobody_to_write_to_the_letter_stays_a_draft(place, step, sign_in):
    place.executive.memberships.update(ends_on=TODAY)
    spoken(place)
    take(step, place.nurse)
    answer = sign_in(place.nurse).post(f"/escalation/{step.reference}/send/", {"read": "on"})
    assert (answer.status_code, "Add one to the contacts" in words(answer)) == (422, True)
    assert EscalationPaper.objects.get().sent_at is None


def test_who_may_not_take_a_step_is_told_who_may(place, step, sign_in):
    spoken(place)
    answer = sign_in(place.analyst).post(f"/escalation/{step.reference}/take/", {"reason": "Late"})
    assert answer.status_code == 422
    assert "This step is for: Designated professional, Director of Nursing" in words(answer)


def test_a_declared_interest_and_other_roles_never_decide(place, step, sign_in):
    interested = someone(Role.DESIGNATED_PROFESSIONAL, place.commissioner)
    DeclaredInterestFactory(user=interested, organisation=place.provider, declared_by=place.nurse)
    auditor = someone(Role.AUDITOR, place.commissioner)
    address = f"/escalation/{step.reference}/take/"
    assert [sign_in(user).get(address).status_code for user in (place.nurse, interested, auditor)] == [200, 404, 404]
    assert sign_in(auditor).get(f"/escalation/{step.reference}/").status_code == 200


def test_a_provider_gets_no_page_of_escalation(place, step, sign_in):
    one = f"/escalation/{step.reference}/"
    pages = [
        "/escalation/", "/surveillance/", "/escalation/report/", "/escalation/report/paper/", "/escalation/route/",
        one, f"{one}take/", f"{one}text/paper/", f"/escalation/providers/{place.provider.reference}/",
        f"/surveillance/{place.provider.reference}/", f"/suspensions/new/{place.provider.reference}/",
    ]  # fmt: skip
    for user in (place.lead, place.executive, place.contributor):
        assert [sign_in(user).get(page).status_code for page in pages] == [404] * len(pages)
    assert sign_in(place.nurse).get(one).status_code == 200


def test_taking_a_higher_step_settles_the_lower_and_the_reminders_about_the_same(place):
    due = a_due_return(place, add_working_days(WORKING, -15))
    plan(WORKING, at=seven_oclock(WORKING))
    triggers.propose(WORKING, at=NOW)
    due_later = WORKING + timedelta(days=14)
    triggers.propose(due_later, at=NOW)
    letter, exception = Escalation.objects.proposed().order_by("step__position")
    spoken(place)
    take(exception, place.nurse, "Still silent")

    letter.refresh_from_db()
    assert (letter.state, letter.reason) == ("declined", "Decided with step 3.")
    assert list(Chase.objects.values_list("outcome", "reason").filter(thing=due.pk)) == [
        ("taken", "Decided with step 3.")
    ]
    assert Letter.objects.count() == 0


def test_a_reminder_step_is_decided_where_it_joined_the_route(place, sign_in):
    due = a_due_return(place, add_working_days(WORKING, -10))
    plan(WORKING, at=seven_oclock(WORKING))
    address = f"/reminders/of/self_assessment/{due.reference}/decide/"
    client = sign_in(place.nurse)
    assert client.get(address).status_code == 200
    triggers.propose(WORKING, at=NOW)
    assert client.get(address)["Location"] == f"/escalation/{Escalation.objects.get().reference}/"


def test_when_everything_has_arrived_it_is_not_taken_but_can_be_declined(place, sign_in):
    due = a_due_return(place, add_working_days(WORKING, -15))
    triggers.propose(WORKING, at=NOW)
    due.withdraw(by=place.nurse, at=NOW, reason="Merged")
    spoken(place)
    step, client = Escalation.objects.get(), sign_in(place.nurse)
    answer = client.post(f"/escalation/{step.reference}/take/", {"reason": "Late"})
    assert (answer.status_code, "None of the reasons stands any more" in words(answer)) == (409, True)
    assert client.post(f"/escalation/{step.reference}/decline/", {"reason": "Arrived"}).status_code == 302


def test_closing_twice_and_an_answer_before_the_step_are_refused(place, step, sign_in):
    spoken(place)
    take(step, place.nurse)
    client, address = sign_in(place.nurse), f"/escalation/{step.reference}/"
    early = client.post(f"{address}answer/", {**day("day", TODAY - timedelta(days=3)), "words": "We have a plan"})
    assert (early.status_code, "We have a plan" in early.content.decode()) == (422, True)
    said = {"outcome": "resolved", "words": "Return received and complete"}
    assert client.post(f"{address}close/", said).status_code == 302
    again = client.post(f"{address}close/", {**said, "words": "Closed by the second"})
    assert (again.status_code, "Closed by the second" in again.content.decode()) == (409, True)
    step.refresh_from_db()
    assert step.outcome_words == "Return received and complete"


def test_a_decision_is_undone_with_a_reason_unless_the_step_was_proposed_again(place, step, sign_in):
    client, address = sign_in(place.nurse), f"/escalation/{step.reference}/"
    client.post(f"{address}decline/", {"reason": "Rang: it comes on Friday"})
    assert client.post(f"{address}undo/", {"reason": ""}).status_code == 422
    assert client.post(f"{address}undo/", {"reason": "It did not come"}).status_code == 302
    step.refresh_from_db()
    assert (step.state, step.decided_by) == ("proposed", None)
    assert list(step.entries.values_list("kind", flat=True)) == ["proposed", "declined", "undone"]

    client.post(f"{address}decline/", {"reason": "It came after all"})
    a_proposal(place.commissioner, place.provider, proposed_on=TODAY)
    assert client.post(f"{address}undo/", {"reason": "Again"}).status_code == 409


def test_a_step_can_be_proposed_by_hand_once(place, sign_in):
    client, address = sign_in(place.analyst), f"/escalation/providers/{place.provider.reference}/propose/"
    said = {"commissioner": place.commissioner.pk, "step": "exception", "reason": "Three calls without an answer"}
    assert client.post(address, {**said, "step": "remedial_notice"}).status_code == 422
    assert client.post(address, said).status_code == 302
    assert client.post(address, said).status_code == 409
    made = Escalation.objects.get()
    assert (made.step.code, made.proposed_by, Escalation.objects.waiting().count()) == ("exception", place.analyst, 1)
    report = client.get("/escalation/report/").context["report"]
    waiting = next(each for each in report.sections if each.title == "Steps that wait for a person")
    assert [line.words for line in waiting.lines] == ["Three calls without an answer"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told():
    place = a_place()
    step = a_proposal(place.commissioner, place.provider, proposed_on=TODAY)
    spoken(place)
    mine, theirs = Escalation.objects.get(pk=step.pk), Escalation.objects.get(pk=step.pk)
    said = both(
        lambda: take(mine, place.nurse) or "taken",
        lambda: escalating.decline(theirs, by=place.nurse, reason="No", on=TODAY, at=NOW) or "declined",
    )
    step.refresh_from_db()
    assert sorted(said) == sorted([step.state, "refused"])


def test_dates_of_the_walk_are_in_its_history(place, step, sign_in):
    spoken(place, with_whom="the named nurse")
    take(step, place.nurse)
    page = words(sign_in(place.nurse).get(f"/escalation/{step.reference}/"))
    assert "with the named nurse" in page
    assert f"Answer due {add_working_days(TODAY, 10):%-d %B %Y}" in page
    assert date.fromisoformat(step.decided_on.isoformat()) == TODAY

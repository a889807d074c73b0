"""How letters leave: claimed once, marked after the server's yes, tried again, given up, dropped."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.capabilities import Role
from chasing import relay
from chasing.letters import Writer, register
from chasing.models import Letter, Notice, SendingHold
from chasing.models.letters import ATTEMPTS, LEASE
from chasing.planner import plan
from design.calendar import add_working_days
from tests.factories.accounts import CircleFactory, CircleMemberFactory, someone
from tests.factories.chasing import a_due_return, a_place, an_action, seven_oclock
from tests.factories.providers import ContactFactory

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 18)
MORNING = seven_oclock(WEDNESDAY)


def deliver(at=MORNING):
    return {name: n for name, n in relay.deliver(lambda: at).items() if n}


@pytest.fixture
def place():
    place = a_place()
    place.due = a_due_return(place, add_working_days(WEDNESDAY, 10))
    plan(WEDNESDAY, at=MORNING)
    return place


def states() -> set:
    return set(Letter.objects.values_list("state", flat=True))


def test_each_recipient_gets_one_letter_and_it_is_marked_sent(place, mail):
    assert deliver() == {"sent": 2}

    assert sorted(mail.addresses) == sorted([place.lead.email, place.contributor.email])
    assert set(Letter.objects.values_list("state", "sent_at", "attempts")) == {("sent", MORNING, 1)}
    assert deliver() == {}
    assert len(mail.received) == 2


def test_a_further_letter_asks_five_things_whoever_else_is_written_to(place, mail):
    """Its lines, what they are about, by which link they go, whether its reader is still there; and it is marked.

    The rest is asked once.
    """

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            deliver()
        return len([each for each in asked if "SAVEPOINT" not in each["sql"]])

    two = statements()
    for name in ("Ann", "Ben", "Cat"):
        someone(Role.PROVIDER_CONTRIBUTOR, place.provider, name=name)
    a_due_return(place, add_working_days(WEDNESDAY, 5))
    plan(WEDNESDAY, at=MORNING)
    five = statements()

    assert len(mail.received) == 7
    assert five - two == 3 * 5


def test_a_letter_left_by_a_killed_relay_goes_again_with_the_same_message_id(place, mail):
    first = relay.claim(MORNING)
    relay._hand_over(
        relay.letters.compose(first[0], MORNING), relay.get_connection()
    )  # sent, and killed before marking

    assert relay.sweep(MORNING + LEASE - timedelta(seconds=1)) == 0
    assert relay.sweep(MORNING + LEASE + timedelta(seconds=1)) == 2
    assert deliver(MORNING + timedelta(minutes=5)) == {"sent": 2}

    again = mail.to(first[0].to_user.email)
    assert [message["Message-ID"] for message in again] == [first[0].message_id] * 2


def test_a_server_that_is_down_costs_nothing_but_time_and_account_mail_goes_first(place, mail, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    Letter.objects.write(
        "factor_changed",
        dedupe_key="later",
        at=MORNING + timedelta(seconds=1),
        to_user=place.lead,
        is_account_mail=True,
    )
    at = MORNING + timedelta(minutes=1)

    down = deliver(at)

    assert down == {"failed": 1, "unreachable": 1, "released": 2}
    failed = Letter.objects.get(state="failed")
    assert (failed.kind, failed.attempts, failed.not_before) == ("factor_changed", 1, at + timedelta(minutes=1))
    assert "could not be reached" in failed.problem

    settings.EMAIL_PORT = port
    assert deliver(at + timedelta(minutes=1)) == {"sent": 3}
    assert mail.received[0]["Subject"] == "Your second step has changed"
    assert states() == {"sent"}


def test_a_letter_that_is_refused_again_and_again_is_given_up_after_eight_attempts(place, mail):
    mail.answer = "451 Try again later"
    at = MORNING
    waits = []
    for _ in range(ATTEMPTS):
        assert deliver(at) == {"failed": 2}
        letter = Letter.objects.first()
        waits.append((letter.not_before - at).total_seconds() / 60)
        at = max(at, letter.not_before) + timedelta(seconds=1)

    assert waits[:-1] == [1, 5, 15, 30, 60, 180, 360]
    assert states() == {"dead"}
    assert Letter.objects.first().problem == "The mail server refused the letter (451)."
    assert Letter.objects.given_up().count() == 2


def test_an_address_that_does_not_exist_is_given_up_at_once_and_can_be_tried_again(place, mail):
    mail.refuse[place.lead.email] = "550 No such person"

    assert deliver() == {"sent": 1, "failed": 1}

    dead = Letter.objects.get(state="dead")
    assert (dead.to_user, dead.problem) == (place.lead, "The mail server refused the address (550).")
    mail.refuse.clear()
    dead.retry(at=MORNING)
    assert deliver() == {"sent": 1}
    assert mail.addresses == [place.contributor.email, place.lead.email]


def test_a_letter_that_cannot_be_written_does_not_stop_the_others(place, mail):
    def broken(letter, at):
        raise RuntimeError("A name in the error must not be kept")

    register(Writer("broken", broken))
    Letter.objects.write("broken", dedupe_key="broken", at=MORNING, to_user=place.lead)

    assert deliver() == {"sent": 2, "failed": 1}
    assert Letter.objects.get(kind="broken").problem == "It could not be written (RuntimeError)."


def test_reminders_wait_on_quiet_days_and_while_sending_is_held_and_account_mail_does_not(place, mail, at):
    saturday = seven_oclock(date(2026, 11, 21))
    Letter.objects.write("factor_changed", dedupe_key="a", at=saturday, to_user=place.lead, is_account_mail=True)
    assert deliver(saturday) == {"sent": 1}

    hold = SendingHold.objects.place(place.commissioner, reason="Wrong dates", by=place.nurse, at=at)
    Letter.objects.write("factor_changed", dedupe_key="b", at=MORNING, to_user=place.lead, is_account_mail=True)
    thursday = seven_oclock(date(2026, 11, 19))
    assert deliver(thursday) == {"sent": 1}
    assert states() == {"sent", "pending"}

    hold.lift(by=place.nurse, at=at)
    assert deliver(thursday) == {"sent": 2}


def test_a_hold_of_one_commissioner_does_not_keep_the_letters_of_another(place, mail, at):
    other = a_place()
    SendingHold.objects.place(other.commissioner, reason="Wrong dates", by=other.nurse, at=at)

    assert deliver() == {"sent": 2}


def why_dropped() -> set:
    return set(Notice.objects.exclude(dropped_because="").values_list("dropped_because", flat=True))


def test_what_is_no_longer_due_is_dropped_with_the_reason(place, mail, at):
    place.due.withdraw(by=place.nurse, at=at, reason="Merged")

    assert deliver() == {"dropped": 2}
    assert mail.received == []
    assert why_dropped() == {"It no longer waits for the provider."}
    # What stays is the letter that tells of the withdrawal.
    kept = Letter.objects.exclude(kind="withdrawn")
    assert (set(kept.values_list("state", flat=True)), kept.count()) == ({"dropped"}, 2)


def test_a_moved_date_or_a_pause_stops_a_letter_that_was_written(place, mail, at):
    place.due.pause(date(2026, 12, 1), by=place.nurse, reason="Ward moving", at=at)
    assert deliver() == {"dropped": 2}
    assert why_dropped() == {"Reminders of it are paused."}


def test_somebody_who_has_left_gets_nothing_and_the_others_do(place, mail):
    place.contributor.memberships.update(ends_on=WEDNESDAY)

    assert deliver() == {"sent": 1, "dropped": 1}
    assert mail.addresses == [place.lead.email]
    assert why_dropped() == {"The person no longer holds that role."}


def test_a_contact_who_has_ended_and_a_mailbox_that_is_gone_get_nothing(mail):
    place = a_place(mailbox="shared@example.nhs.uk")
    contact = ContactFactory(organisation=place.provider, receives_reminders=True)
    a_due_return(place, WEDNESDAY)
    plan(WEDNESDAY, at=MORNING)
    contact.receives_reminders = False
    contact.save()
    place.provider.mailbox = ""
    place.provider.save()

    assert deliver() == {"sent": 2, "dropped": 2}
    assert sorted(mail.addresses) == sorted([place.lead.email, place.contributor.email])


def test_an_action_given_to_somebody_else_is_not_sent_to_the_first_owner(mail):
    place = a_place()
    action = an_action(place, WEDNESDAY, owner=place.contributor)
    plan(WEDNESDAY, at=MORNING)
    type(action).objects.filter(pk=action.pk).update(owner=place.lead)

    assert deliver() == {"dropped": 1}
    assert why_dropped() == {"It has another owner now."}


def test_somebody_taken_off_the_access_list_gets_nothing(mail):
    place = a_place()
    circle = CircleFactory(commissioner=place.commissioner)
    member = CircleMemberFactory(circle=circle, user=place.contributor, added_by=place.nurse)
    an_action(place, WEDNESDAY, owner=place.contributor, circle=circle)
    plan(WEDNESDAY, at=MORNING)
    member.ends_on = WEDNESDAY
    member.save()

    assert deliver() == {"dropped": 1}
    assert why_dropped() == {"The person is no longer on the access list."}


def test_letters_that_waited_go_out_once_with_the_newest_line(mail, at):
    place = a_place()
    a_due_return(place, WEDNESDAY)
    plan(WEDNESDAY, at=MORNING)
    tomorrow = date(2026, 11, 19)
    plan(tomorrow, at=seven_oclock(tomorrow))

    assert deliver(seven_oclock(tomorrow)) == {"sent": 2, "dropped": 2}
    assert why_dropped() == {"A later reminder has been written."}


def test_one_connection_carries_many_letters(mail, settings):
    place = a_place()
    for n in range(30):
        Letter.objects.write(
            "factor_changed", dedupe_key=f"many{n}", at=MORNING, to_user=place.lead, is_account_mail=True
        )

    assert deliver() == {"sent": 30}
    assert len({message["X-Session"] for message in mail.received}) == 1

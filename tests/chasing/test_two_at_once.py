"""Two planners, two relays, two people: what happens when they meet."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from accounts.door import Refused
from chasing import proposals, relay
from chasing.models import Chase, Letter, Notice, SendingHold
from chasing.planner import plan
from design.calendar import add_working_days
from tests.factories.chasing import a_due_return, a_place, an_action, seven_oclock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WEDNESDAY = date(2026, 11, 18)
MORNING = seven_oclock(WEDNESDAY)


def together(*doings: Callable[[], object]) -> list[object]:
    """Each in its own thread and connection, started at the same moment; results, or what was raised."""
    barrier, results = Barrier(len(doings)), [None] * len(doings)

    def one(number: int) -> None:
        try:
            barrier.wait()
            results[number] = doings[number]()
        except Exception as problem:
            results[number] = problem
        finally:
            connection.close()

    threads = [Thread(target=one, args=(number,)) for number in range(len(doings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_planners_decide_each_thing_once():
    place = a_place()
    for n in range(20):
        a_due_return(place, add_working_days(WEDNESDAY, -n))
        an_action(place, add_working_days(WEDNESDAY, n - 5), owner=place.lead)

    results = together(*[lambda: plan(WEDNESDAY, at=MORNING)] * 2)

    decided = Chase.objects.count()
    assert sum(planned.decided for planned in results) == decided > 30
    assert Chase.objects.values("kind", "thing").distinct().count() == decided
    assert Notice.objects.filter(letter__isnull=True).count() == 0
    assert plan(WEDNESDAY, at=MORNING).decided == 0


def test_two_relays_send_each_letter_once(mail):
    place = a_place()
    for n in range(60):
        Letter.objects.write("factor_changed", dedupe_key=str(n), at=MORNING, to_user=place.lead, is_account_mail=True)

    results = together(*[lambda: relay.deliver(lambda: MORNING)["sent"]] * 2)

    assert sum(results) == 60
    assert len({message["Message-ID"] for message in mail.received}) == len(mail.received) == 60
    assert set(Letter.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_of_two_people_who_take_a_proposal_one_wins_and_one_is_told():
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, -10))
    plan(WEDNESDAY, at=MORNING)
    chase = Chase.objects.get()

    def take(user):
        mine = Chase.objects.get(pk=chase.pk)
        return proposals.take(mine, by=user, reason="Rang the ward", on=WEDNESDAY, at=timezone.now())

    results = together(lambda: take(place.nurse), lambda: take(place.analyst))

    assert sorted(type(result).__name__ for result in results) == ["Refused", "int"]
    assert Notice.objects.count() == Letter.objects.count() == 1


def test_of_two_people_who_hold_sending_one_wins_and_one_is_told():
    place = a_place()

    def hold(user):
        return SendingHold.objects.place(place.commissioner, reason="Wrong dates", by=user, at=timezone.now())

    results = together(lambda: hold(place.nurse), lambda: hold(place.analyst))

    assert sum(isinstance(result, Refused) for result in results) == 1
    assert SendingHold.objects.in_place().count() == 1


def test_of_two_people_who_move_a_date_one_wins_and_one_is_told():
    place = a_place()
    due = a_due_return(place, WEDNESDAY)

    def move(days):
        mine = type(due).objects.get(pk=due.pk)
        barrier.wait()
        mine.move_due(add_working_days(WEDNESDAY, days), by=place.nurse, reason="Agreed", at=timezone.now())

    barrier = Barrier(2)
    results = together(lambda: move(5), lambda: move(8))

    assert sum(isinstance(result, Refused) for result in results) == 1
    assert type(due).objects.get(pk=due.pk).due_version == 2

"""How letters leave: claimed once, marked after the server's yes, tried again, given up, dropped."""

from datetime import date

import pytest

from chasing import relay
from chasing.models import Letter
from chasing.planner import plan
from design.calendar import add_working_days
from tests.factories.chasing import a_due_return, a_place, seven_oclock

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 18)
SATURDAY = date(2026, 11, 21)
MORNING = seven_oclock(WEDNESDAY)


def deliver(at=MORNING):
    return dict(relay.deliver(lambda: at))


@pytest.fixture
def place():
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, 10))
    plan(WEDNESDAY, at=MORNING)
    return place


def test_each_recipient_gets_one_letter_and_it_is_marked_sent(place, mail):
    assert deliver() == {"sent": 2}

    assert sorted(mail.addresses) == sorted([place.lead.email, place.contributor.email])
    assert set(Letter.objects.values_list("state", "sent_at", "attempts")) == {("sent", MORNING, 1)}
    assert deliver() == {}
    assert len(mail.received) == 2

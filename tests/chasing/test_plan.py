"""What the daily plan decides: which step, once, to whom."""

from datetime import date

import pytest

from chasing.models import Chase, Letter, Notice
from chasing.planner import plan
from design.calendar import add_working_days
from tests.factories.chasing import a_due_return, a_place, an_action, seven_oclock

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 18)


def run(on: date = WEDNESDAY, **options):
    return plan(on, at=seven_oclock(on), **options)


def test_a_return_ten_working_days_away_reminds_preparers_and_the_lead():
    place = a_place()
    due = a_due_return(place, add_working_days(WEDNESDAY, 10))

    planned = run()

    assert (planned.reminded, planned.proposed, planned.notices, planned.letters) == (1, 0, 2, 2)
    chase = Chase.objects.get()
    assert (chase.kind, chase.thing, chase.outcome, chase.skipped) == ("self_assessment", due.pk, "reminded", [])
    assert chase.rung.offset == -10
    assert set(Notice.objects.values_list("to_user", "why")) == {
        (place.lead.pk, "lead"),
        (place.contributor.pk, "preparer"),
    }
    assert set(Letter.objects.values_list("to_user", "kind", "state")) == {
        (place.lead.pk, "reminders", "pending"),
        (place.contributor.pk, "reminders", "pending"),
    }
    assert Notice.objects.filter(letter__to_user__isnull=True).count() == 0
    assert all(notice.letter.to_user_id == notice.to_user_id for notice in Notice.objects.all())


def test_planning_twice_adds_nothing():
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, 5))
    an_action(place, add_working_days(WEDNESDAY, -5), owner=place.contributor)
    first = run()

    second = run()

    assert (first.decided, second.decided, second.notices, second.letters) == (2, 0, 0, 0)
    assert Chase.objects.count() == 2


def test_the_highest_step_reached_is_taken_and_the_lower_ones_are_noted():
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, -6))

    run()

    chase = Chase.objects.get()
    assert (chase.rung.offset, chase.skipped) == (5, [-10, -5, -1, 0, 1])
    assert list(Notice.objects.values_list("to_user", "why")) == [(place.lead.pk, "lead")]

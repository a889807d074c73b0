"""The plan of many things: set-based, so the number of statements does not depend on how much is due."""

import os
from datetime import date
from time import monotonic

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chasing.bench import plan_speed
from chasing.models import Chase, Letter, Notice
from tests.chasing.many import many_due
from tests.factories.chasing import seven_oclock

WEDNESDAY = date(2026, 11, 18)
# More by the environment: PLAN_THINGS=50000 PLAN_ORGANISATIONS=1200
THINGS = int(os.environ.get("PLAN_THINGS", 2000))
ORGANISATIONS = int(os.environ.get("PLAN_ORGANISATIONS", 50))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_things_are_planned_in_few_statements_and_the_second_run_adds_nothing(capsys):
    many_due(THINGS, ORGANISATIONS, WEDNESDAY)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        speed = plan_speed(WEDNESDAY, at=seven_oclock(WEDNESDAY), clock=monotonic)

    with capsys.disabled():
        print(f"\n{speed} {speed.per_second:.0f} due things a second")
    assert (speed.things, speed.again) == (THINGS, 0)
    assert Chase.objects.count() == THINGS
    assert Notice.objects.filter(letter__isnull=True).count() == 0
    assert Letter.objects.count() == speed.letters
    assert len(asked) < 60
    assert speed.per_second > 200

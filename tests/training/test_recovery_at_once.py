"""Two people of a provider who write a plan for the same line at the same moment."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from tests.at_once import both
from tests.factories.accounts import someone
from tests.factories.figure_records import recorded
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.training import a_line
from training.models import Trajectory, TrajectoryPoint


@pytest.mark.django_db(transaction=True)
def test_of_two_plans_at_once_one_is_told() -> None:
    ours = CommissionerFactory()
    ash, line = provider_of(ours), a_line(ours, "level-3")
    whose = recorded(ours, ash, {date(2026, 9, 30): {line: (1, 2)}})[0]
    lead, words = someone(Role.PROVIDER_LEAD, ash), {"why_below": "w", "what_is_done": "d", "why_not_reached": ""}

    def write() -> str:
        points = [(date(2027, 3, 31), Decimal(90))]
        Trajectory.objects.plan(whose, "level-3", points, expected="", by=lead, at=timezone.now(), **words)
        return "kept"

    assert both(write, write) == ["kept", "refused"]
    assert (Trajectory.objects.count(), TrajectoryPoint.objects.count()) == (1, 1)

"""The clocks after a visit as dated rows, and the reminder of an action plan."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from chasing.models import Chase
from chasing.planner import plan
from design.calendar import add_working_days
from oversight.models import VisitClock
from oversight.models.action_plans import ask_for_plan
from oversight.models.visit_clocks import due_after
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory
from tests.factories.visits import a_visit

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 18)


def test_the_shipped_clocks_hold_for_everybody_without_own_ones():
    commissioner = CommissionerFactory()
    days = {what: due_after(what, WEDNESDAY, commissioner=commissioner.pk) for what in VisitClock.What.values}
    assert {what: (day - WEDNESDAY).days for what, day in days.items()} == {
        "report": 14, "accuracy": 14, "final": 28, "plan": 28, "plan_urgent": 14,
    }  # fmt: skip


def test_another_number_holds_from_its_day_for_that_commissioner_only(sign_in):
    commissioner, today = CommissionerFactory(), timezone.localdate()
    analyst = sign_in(someone(Role.QUALITY_ANALYST, commissioner))
    typed = {"commissioner": commissioner.pk, "what": "accuracy", "working_days": "5"}
    from_day = {f"valid_from_{part}": getattr(today, part) for part in ("day", "month", "year")}
    assert analyst.post("/visits/clocks/", {**typed, **from_day}).status_code == 302
    other = CommissionerFactory()
    assert due_after("accuracy", today, commissioner=commissioner.pk) == add_working_days(today, 5)
    assert due_after("accuracy", today, commissioner=other.pk) == add_working_days(today, 10)
    before = today - timedelta(days=1)
    past = {f"valid_from_{part}": getattr(before, part) for part in ("day", "month", "year")}
    refused = analyst.post("/visits/clocks/", {**typed, **past})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["valid_from"])
    assert VisitClock.objects.filter(commissioner=commissioner).count() == 1


def test_an_action_plan_is_asked_for_again_until_it_is_there(at):
    visit = a_visit(state="final")
    someone(Role.PROVIDER_LEAD, visit.organisation)
    owed = ask_for_plan(visit, due_on=WEDNESDAY)
    plan(WEDNESDAY, at=at)
    assert [chase.thing for chase in Chase.objects.filter(kind="action_plan")] == [owed.pk]
    owed.settle(at=at)
    plan(add_working_days(WEDNESDAY, 5), at=at)
    assert Chase.objects.filter(kind="action_plan").count() == 1

"""The daily job proposes steps: for what, once, for whom, and never what a contract does not have."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.capabilities import Can
from chasing.models import Chase
from chasing.planner import plan
from design.calendar import add_working_days
from oversight import triggers
from oversight.models import Escalation, EscalationGround, EscalationRule, TriggerRule
from oversight.tasks import propose_concerns, propose_steps
from providers.models import Arrangement
from tests.factories.accounts import CircleFactory, CircleMemberFactory
from tests.factories.chasing import a_due_return, a_place, an_action, seven_oclock
from tests.factories.providers import CategoryFactory
from tests.factories.visits import a_finding, a_visit

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 18)
MORNING = seven_oclock(WEDNESDAY)


def proposed():
    rows = Escalation.objects.proposed().order_by("step__position", "pk")
    return [(each.step.code, sorted(ground.words for ground in each.grounds.all())) for each in rows]


def run(on=WEDNESDAY):
    return triggers.propose(on, at=MORNING)


@pytest.mark.parametrize(
    ("late_by", "step"), [(10, None), (11, "letter"), (20, "letter"), (21, "exception"), (200, "exception")]
)
def test_a_return_is_proposed_for_when_it_is_later_than_the_rule_says(late_by, step):
    place = a_place()
    due = a_due_return(place, add_working_days(WEDNESDAY, -late_by))
    assert run() == (1 if step else 0)
    words = f"Self-assessment: {due.round}, due {due.due_on:%-d %B %Y}"
    assert proposed() == ([(step, [words])] if step else [])


def test_run_twice_adds_nothing_and_a_new_date_is_a_new_ground():
    place = a_place()
    due = a_due_return(place, add_working_days(WEDNESDAY, -15))
    assert [run(), run(), propose_steps(on="2026-11-18"), propose_steps(on="2026-11-18")] == [1, 0, 0, 0]

    due.move_due(add_working_days(WEDNESDAY, -12), by=place.nurse, reason="Agreed", at=MORNING)
    assert not Escalation.objects.waiting().exists()
    assert [run(), run()] == [1, 0]
    escalation = Escalation.objects.waiting().get()
    assert sorted(escalation.grounds.values_list("version", flat=True)) == [1, 2]
    assert list(escalation.entries.values_list("kind", flat=True)) == ["proposed", "ground"]


def test_what_is_late_at_one_provider_is_one_proposal():
    place = a_place()
    for n in range(4):
        an_action(place, WEDNESDAY - timedelta(days=31 + n), owner=place.lead)
    an_action(place, WEDNESDAY - timedelta(days=30), owner=place.lead)
    assert run() == 4
    assert [(code, len(words)) for code, words in proposed()] == [("exception", 4)]
    assert "Canary" not in str(proposed())


def test_what_has_arrived_no_longer_waits_for_a_person():
    place = a_place()
    due = a_due_return(place, add_working_days(WEDNESDAY, -15))
    run()
    assert Escalation.objects.waiting().count() == 1
    due.withdraw(by=place.nurse, at=timezone.now(), reason="Merged")
    assert (Escalation.objects.waiting().count(), Escalation.objects.proposed().count()) == (0, 1)


def test_a_reminder_step_that_waits_for_a_person_joins_the_same_proposal():
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, -10))
    plan(WEDNESDAY, at=MORNING)
    assert Chase.objects.proposed().count() == 1
    assert (run(), [code for code, _ in proposed()]) == (1, ["letter"])
    assert run(date(2026, 11, 19)) == 0


def test_a_step_that_a_person_decided_with_the_reminders_is_not_proposed_again():
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, -15))
    plan(WEDNESDAY, at=MORNING)
    Chase.objects.proposed().get().decide("declined", by=place.nurse, at=MORNING, reason="Closing next month")
    assert run() == 0


def test_where_the_contract_has_no_such_step_the_highest_below_it_is_proposed():
    place = a_place(category=CategoryFactory(code="VCS", usual_contract="grant"))
    Arrangement.objects.filter(organisation=place.provider).update(contract_form="grant")
    EscalationRule.objects.filter(code="exception").update(contract_forms=["full"])
    a_due_return(place, add_working_days(WEDNESDAY, -25))
    assert (run(), [code for code, _ in proposed()]) == (1, ["letter"])
    assert EscalationGround.objects.get().step_code == "exception"


def test_nothing_is_proposed_about_a_provider_without_a_contract():
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, -25))
    Arrangement.objects.filter(organisation=place.provider).update(ends_on=WEDNESDAY)
    assert run() == 0


def test_a_commissioners_own_rule_holds_for_it_and_the_shipped_one_for_others():
    ours, others = a_place(), a_place()
    shipped = TriggerRule.objects.get(code="return_late")
    TriggerRule.objects.create(
        commissioner=ours.commissioner, code="return_late", name="Sooner", source="late", about="self_assessment",
        days=2, step="letter", valid_from=date(2026, 1, 1), position=shipped.position,
    )  # fmt: skip
    for place in (ours, others):
        a_due_return(place, add_working_days(WEDNESDAY, -5))
    assert run() == 1
    assert Escalation.objects.get().commissioner == ours.commissioner


def test_a_step_about_what_only_named_people_see_is_theirs_too():
    place = a_place()
    circle = CircleFactory(commissioner=place.commissioner)
    CircleMemberFactory(circle=circle, user=place.nurse, added_by=place.nurse)
    an_action(place, WEDNESDAY - timedelta(days=40), owner=place.lead, circle=circle)
    an_action(place, WEDNESDAY - timedelta(days=41), owner=place.lead)
    assert run() == 2

    def seen(user):
        return Escalation.objects.permitted(user, Can.SEE_SURVEILLANCE, on=WEDNESDAY).waiting().count()

    assert (seen(place.nurse), seen(place.analyst), seen(place.lead)) == (2, 1, 0)


def test_an_immediate_concern_proposes_its_step_within_minutes_once_and_without_its_words():
    place = a_place()
    visit = a_visit(place.provider, place.commissioner, lead=place.nurse, planned_on=timezone.localdate())
    a_finding(visit, "concern", text="Canary thrush")
    type(visit).objects.filter(pk=visit.pk).update(started_on=timezone.localdate())
    assert propose_concerns() == 0
    a_finding(visit, "immediate_concern", text="Canary thrush")
    assert [propose_concerns(), propose_concerns()] == [1, 0]
    ((code, grounds),) = proposed()
    assert (code, len(grounds), "Canary" in str(grounds)) == ("letter", 1, False)
    assert Escalation.objects.waiting().count() == 1


def test_the_job_asks_as_much_about_many_as_about_one():
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, -15))
    with CaptureQueriesContext(
        connection,
    ) as one:
        run()
    for _ in range(5):
        other = a_place()
        an_action(other, WEDNESDAY - timedelta(days=40))
        a_due_return(other, add_working_days(WEDNESDAY, -25))
    with CaptureQueriesContext(connection) as many:
        run()
    # Each commissioner's own steps are looked up once.
    assert len(many) - len(one) <= 6

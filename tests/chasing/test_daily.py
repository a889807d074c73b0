"""The jobs: once a day, caught up when missed, the same when run twice, and honest about a run that broke off."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from celery.schedules import crontab
from django.core.management import CommandError, call_command
from django.utils import timezone

from assurance_portal.celery import app
from assurance_portal.schedule import SCHEDULE
from chasing import daily, planner, tasks
from chasing.daily import reminders_last_ran, run_day
from chasing.models import Chase, JobRun, Letter
from chasing.models.letters import LEASE
from design.calendar import add_working_days, london_date
from tests.factories.chasing import a_due_return, a_place, seven_oclock

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 18)


def test_a_day_is_planned_once_and_says_what_it_did():
    a_due_return(a_place(), WEDNESDAY)

    first = run_day(WEDNESDAY, at=seven_oclock(WEDNESDAY))
    second = run_day(WEDNESDAY, at=seven_oclock(WEDNESDAY))

    assert (first, second) == (2, 0)
    run = JobRun.objects.get()
    assert run.counts == {"reminded": 1, "proposed": 0, "letters": 2}
    assert run.problem == ""


def test_a_plan_that_broke_off_says_so_and_begins_again(monkeypatch):
    a_due_return(a_place(), WEDNESDAY)
    monkeypatch.setattr(planner, "LOCK", "not a number")
    with pytest.raises(Exception, match="lock"):
        run_in_savepoint()
    assert "broke off" in JobRun.objects.get().problem
    assert reminders_last_ran(at=seven_oclock(WEDNESDAY) + timedelta(hours=1)).late is True

    monkeypatch.undo()

    assert run_day(WEDNESDAY, at=seven_oclock(WEDNESDAY)) == 2
    assert JobRun.objects.get().problem == ""


def run_in_savepoint():
    return run_day(WEDNESDAY, at=seven_oclock(WEDNESDAY))


def test_several_missed_days_are_caught_up_by_one_plan_without_a_storm():
    a_due_return(a_place(), WEDNESDAY)
    run_day(add_working_days(WEDNESDAY, -5), at=seven_oclock(WEDNESDAY))

    later = add_working_days(WEDNESDAY, 6)
    assert run_day(later, at=seven_oclock(later)) == 1

    assert list(Chase.objects.order_by("pk").values_list("rung__offset", "skipped")) == [(-5, [-10]), (5, [-1, 0, 1])]


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (datetime(2026, 11, 18, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 18, 7, 10, tzinfo=UTC), False),
        (datetime(2026, 11, 18, 7, 16, tzinfo=UTC), True),
        (datetime(2026, 7, 15, 6, 16, tzinfo=UTC), True),  # 07:16 in London in summer
        (datetime(2026, 7, 15, 5, 59, tzinfo=UTC), False),
    ],
)
def test_hazard_18_a_missed_morning_is_noticed_after_a_quarter_past_seven_in_london(moment, late):
    yesterday = moment.date() - timedelta(days=1)
    JobRun.objects.create(job="plan_chases", on=yesterday, started_at=moment, finished_at=moment)

    assert reminders_last_ran(at=moment).late is late


def test_hazard_18_whoever_watches_from_outside_is_told_that_the_run_is_missing(client):
    def said():
        answer = client.get("/readyz")
        return answer.status_code, answer.json()["parts"]["reminders"], "reminders" in answer.json()["down"]

    now = timezone.now()
    assert said() == (200, "down", True)
    run = JobRun.objects.create(job="plan_chases", on=london_date(now), started_at=now, finished_at=now)
    assert said() == (200, "up", False)
    JobRun.objects.filter(pk=run.pk).update(problem="It broke off.")
    assert said() == (200, "down", True)


def test_a_day_that_is_not_a_working_day_is_a_run_that_wrote_nothing():
    saturday = date(2026, 11, 21)
    run_day(saturday, at=seven_oclock(saturday))

    ran = reminders_last_ran(at=seven_oclock(saturday) + timedelta(hours=3))

    assert (ran.late, ran.was_today, ran.letters, ran.waits_until) == (False, True, 0, "2026-11-23")


def test_every_task_run_twice_does_what_it_did_once(mail):
    place = a_place()
    a_due_return(place, timezone.localdate())
    stuck = Letter.objects.write(
        "factor_changed", dedupe_key="one", at=timezone.now(), to_user=place.lead, is_account_mail=True
    )
    Letter.objects.filter(pk=stuck.pk).update(state="leased", lease_until=timezone.now() - LEASE)

    assert (tasks.sweep_leases(), tasks.sweep_leases()) == (1, 0)
    assert (tasks.relay(), tasks.relay()) == (1, 0)
    tasks.plan_chases(on="2026-11-18")
    before = Chase.objects.count()
    assert tasks.plan_chases(on="2026-11-18") == 0
    tasks.plan_missed()
    assert tasks.plan_missed() == 0
    assert Chase.objects.filter(planned_on=date(2026, 11, 18)).count() == before
    assert len(mail.received) == 1


def test_tasks_take_what_they_do_not_know_and_are_all_scheduled_by_name():
    assert tasks.sweep_leases(unknown=1) == 0
    app.loader.import_default_modules()
    assert {job["task"] for job in SCHEDULE.values()} <= set(app.tasks)
    assert app.conf.beat_schedule == SCHEDULE
    assert SCHEDULE["plan-chases"]["schedule"] == crontab(hour="7", minute="0")
    assert app.conf.timezone == "Europe/London"


def test_seven_in_the_morning_is_seven_in_london_on_both_sides_of_a_clock_change():
    assert seven_oclock(date(2026, 3, 28)).astimezone(UTC).hour == 7
    assert seven_oclock(date(2026, 3, 29)).astimezone(UTC).hour == 6
    assert seven_oclock(date(2026, 10, 24)).astimezone(UTC).hour == 6
    assert seven_oclock(date(2026, 10, 25)).astimezone(UTC).hour == 7
    assert daily.MORNING.hour == 7


def chase(*arguments: str) -> str:
    said = StringIO()
    call_command("chase", *arguments, stdout=said)
    return said.getvalue()


def test_the_command_lists_what_would_go_and_writes_nothing():
    place = a_place(name="Meadow View")
    due = a_due_return(place, WEDNESDAY)
    a_due_return(place, add_working_days(WEDNESDAY, -10))

    said = chase("--on", "2026-11-18", "--dry-run").splitlines()

    words = "Meadow View | due 2026-11-18 | step +0 | Leah Lead"
    assert f"{due.round.name} | {words} <{place.lead.email}> | safeguarding lead" in said
    assert any("Proposed to a person here" in line for line in said)
    assert said[-1] == "3 lines to 3. Nothing was written."
    assert Chase.objects.count() == JobRun.objects.count() == 0


def test_the_command_plans_a_day_and_says_what_it_did():
    a_due_return(a_place(), WEDNESDAY)

    assert chase("--on", "2026-11-18") == "1 reminded, 0 proposed to a person, 2 letters written.\n"
    assert chase("--on", "2026-11-18") == "0 reminded, 0 proposed to a person, 0 letters written.\n"
    assert JobRun.objects.get().counts["letters"] == 2


def test_the_command_says_that_a_weekend_waits_and_refuses_what_is_not_a_date():
    assert "reminders wait until Monday 23 November 2026" in chase("--on", "2026-11-21", "--dry-run")
    with pytest.raises(CommandError, match="not a date"):
        chase("--on", "yesterday")

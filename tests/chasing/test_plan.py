"""What the daily plan decides: which step, once, to whom."""

from datetime import date, timedelta

import pytest

from accounts.capabilities import Role
from chasing.models import Chase, Ladder, Letter, Notice
from chasing.planner import plan, preview
from design.calendar import add_working_days
from tests.factories.accounts import CircleFactory, CircleMemberFactory, someone
from tests.factories.chasing import a_due_return, a_place, an_action, seven_oclock, steps_of
from tests.factories.providers import ContactFactory

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 18)


def run(on: date = WEDNESDAY, **options):
    return plan(on, at=seven_oclock(on), **options)


def decided() -> list[tuple]:
    return list(Chase.objects.order_by("pk").values_list("rung__offset", "outcome"))


def recipients() -> set:
    return set(Notice.objects.values_list("to_user", "why"))


def test_a_return_ten_working_days_away_reminds_preparers_and_the_lead():
    place = a_place()
    due = a_due_return(place, add_working_days(WEDNESDAY, 10))

    planned = run()

    assert (planned.reminded, planned.proposed, planned.notices, planned.letters) == (1, 0, 2, 2)
    chase = Chase.objects.get()
    assert (chase.kind, chase.thing, chase.outcome, chase.skipped) == ("self_assessment", due.pk, "reminded", [])
    assert recipients() == {(place.lead.pk, "lead"), (place.contributor.pk, "preparer")}
    assert set(Letter.objects.values_list("to_user", "kind", "state")) == {
        (place.lead.pk, "reminders", "pending"),
        (place.contributor.pk, "reminders", "pending"),
    }
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
    assert recipients() == {(place.lead.pk, "lead")}


@pytest.mark.parametrize("kind", ["self_assessment", "action"])
def test_each_shipped_step_is_reached_on_its_own_working_day(kind):
    place = a_place()
    make = a_due_return if kind == "self_assessment" else an_action
    due_on = WEDNESDAY
    make(place, due_on)
    days = [add_working_days(due_on, n) for n in range(-12, 25)]

    for day in days:
        run(day)

    found = dict(Chase.objects.values_list("rung__offset", "planned_on"))
    assert found == {offset: add_working_days(due_on, offset) for offset in steps_of(kind)}
    assert [chase.skipped for chase in Chase.objects.all()] == [[]] * len(found)


@pytest.mark.parametrize(
    ("due_on", "offset", "reached"),
    [
        (date(2026, 12, 23), 1, date(2026, 12, 24)),
        (date(2026, 12, 24), 1, date(2026, 12, 29)),  # Christmas, Boxing Day (a Saturday, so Monday), the weekend
        (date(2026, 12, 31), -5, date(2026, 12, 22)),
        (date(2026, 4, 1), 5, date(2026, 4, 10)),  # Good Friday and Easter Monday
        (date(2026, 4, 8), -1, date(2026, 4, 7)),
        (date(2026, 4, 3), 1, date(2026, 4, 7)),  # due on Good Friday: the first morning after it is a day late
        (date(2026, 3, 30), -1, date(2026, 3, 27)),  # the clocks go forward on Sunday
        (date(2026, 10, 26), -1, date(2026, 10, 23)),  # the clocks go back on Sunday
    ],
)
def test_steps_around_holidays_and_clock_changes_fall_on_exact_days(due_on, offset, reached):
    place = a_place()
    a_due_return(place, due_on)

    days = [due_on + timedelta(days=n) for n in range(-20, 12)]
    for day in days:
        run(day)

    assert Chase.objects.get(rung__offset=offset).planned_on == reached


def test_nothing_is_decided_on_a_day_that_is_not_a_working_day():
    place = a_place()
    a_due_return(place, date(2026, 11, 20))

    saturday = run(date(2026, 11, 21))
    christmas = run(date(2026, 12, 25))
    monday = run(date(2026, 11, 23))

    assert (saturday.decided, saturday.waits_until) == (0, date(2026, 11, 23))
    assert (christmas.decided, christmas.waits_until) == (0, date(2026, 12, 29))
    assert (monday.decided, decided()) == (1, [(1, "reminded")])


def test_a_moved_date_keeps_the_original_and_starts_the_steps_again(at):
    place = a_place()
    due = a_due_return(place, add_working_days(WEDNESDAY, -1))
    run()

    due.move_due(add_working_days(WEDNESDAY, 5), by=place.nurse, reason="Agreed by telephone", at=at)
    run()

    assert (due.original_due_on, due.due_version) == (add_working_days(WEDNESDAY, -1), 2)
    assert list(Chase.objects.order_by("pk").values_list("due_version", "rung__offset")) == [(1, 1), (2, -5)]


def test_a_paused_thing_gets_nothing_until_the_pause_passes_and_then_one_reminder(at):
    place = a_place()
    due = a_due_return(place, WEDNESDAY)
    due.pause(date(2026, 11, 30), by=place.nurse, reason="Ward moving", at=at)

    paused = [run(day).decided for day in (WEDNESDAY, date(2026, 11, 27))]
    after = run(date(2026, 11, 30))

    assert (paused, after.reminded) == ([0, 0], 1)
    assert decided() == [(5, "reminded")]


def test_lifting_a_pause_lets_the_next_plan_go_on(at):
    place = a_place()
    due = a_due_return(place, WEDNESDAY)
    due.pause(date(2026, 12, 30), by=place.nurse, reason="Ward moving", at=at)

    due.lift_pause(by=place.nurse, reason="Ward has moved", at=at)

    assert run().reminded == 1


def test_settled_things_leave_by_themselves(at):
    place = a_place()
    due = a_due_return(place, WEDNESDAY)
    due.withdraw(by=place.nurse, at=at, reason="Merged")

    assert run().decided == 0


def test_above_the_named_lead_there_are_only_proposals():
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, -10))
    a_due_return(place, add_working_days(WEDNESDAY, -20))

    planned = run()

    assert (planned.proposed, planned.notices, planned.letters) == (2, 0, 0)
    assert sorted(decided()) == [(10, "proposed"), (20, "proposed")]


def test_an_action_that_awaits_verification_waits_for_the_commissioner():
    place = a_place()
    an_action(place, WEDNESDAY, owner=place.contributor, state="complete_awaiting_verification")
    open_one = an_action(place, WEDNESDAY, owner=place.contributor)

    run()

    assert list(Chase.objects.values_list("thing", flat=True)) == [open_one.pk]


def test_an_action_reminds_its_owner_alone_and_the_lead_when_the_owner_has_left(at):
    place = a_place()
    an_action(place, WEDNESDAY, owner=place.contributor)
    run()
    assert recipients() == {(place.contributor.pk, "owner")}

    place.contributor.memberships.update(ends_on=WEDNESDAY)
    run(add_working_days(WEDNESDAY, 5))

    assert set(Notice.objects.filter(chase__rung__offset=5).values_list("to_user", "why")) == {(place.lead.pk, "lead")}


def test_contacts_for_reminders_and_the_mailbox_are_written_to_and_an_address_only_once():
    place = a_place(mailbox="Safeguarding@example.nhs.uk")
    wanted = ContactFactory(organisation=place.provider, receives_reminders=True)
    ContactFactory(organisation=place.provider, receives_reminders=True, email=place.lead.email.upper())
    ContactFactory(organisation=place.provider, receives_reminders=True, ended_on=date(2026, 1, 1))
    ContactFactory(organisation=place.provider)
    ContactFactory(organisation=place.provider, kind="executive", receives_reminders=True)
    a_due_return(place, WEDNESDAY)

    run()

    assert set(Notice.objects.values_list("to_user", "to_contact", "to_organisation")) == {
        (place.lead.pk, None, None),
        (place.contributor.pk, None, None),
        (None, wanted.pk, None),
        (None, None, place.provider.pk),
    }


def test_one_letter_gathers_everything_for_a_person_and_commissioner():
    place, other = a_place(), a_place()
    for due_on in (WEDNESDAY, add_working_days(WEDNESDAY, 5)):
        a_due_return(place, due_on)
        an_action(place, due_on, owner=place.lead)
    a_due_return(other, WEDNESDAY, organisation=place.provider)

    run()

    letters = Letter.objects.filter(to_user=place.lead)
    assert {letter.commissioner_id: letter.notices.count() for letter in letters} == {
        place.commissioner.pk: 4,
        other.commissioner.pk: 1,
    }


def test_a_circle_admits_only_its_named_people_and_never_a_mailbox():
    place = a_place(mailbox="all@example.nhs.uk")
    ContactFactory(organisation=place.provider, receives_reminders=True)
    named, outsider = place.contributor, someone(Role.PROVIDER_LEAD, place.provider)
    circle = CircleFactory(commissioner=place.commissioner)
    CircleMemberFactory(circle=circle, user=named, added_by=place.nurse)
    CircleMemberFactory(circle=circle, user=outsider, added_by=place.nurse, ends_on=WEDNESDAY)
    an_action(place, WEDNESDAY, owner=named, circle=circle)
    an_action(place, WEDNESDAY, circle=circle)
    open_one = an_action(place, WEDNESDAY, owner=outsider)

    run()

    assert set(Notice.objects.values_list("to_user", "chase__circle")) == {
        (named.pk, circle.pk),
        (outsider.pk, None),
    }
    assert Chase.objects.get(notices__to_user=outsider).thing == open_one.pk
    assert Chase.objects.filter(circle=circle).count() == 2


def test_a_commissioner_with_steps_of_its_own_is_not_on_the_shipped_ones(at):
    place, other = a_place(), a_place()
    Ladder.objects.replace(
        "self_assessment", whose=place.commissioner, steps={-3: "lead"}, starts=WEDNESDAY, by=place.analyst, at=at
    )
    for one in (place, other):
        a_due_return(one, add_working_days(WEDNESDAY, 3))

    run()

    assert dict(Chase.objects.values_list("commissioner", "rung__offset")) == {
        place.commissioner.pk: -3,
        other.commissioner.pk: -5,
    }


def test_new_steps_never_repeat_a_reminder_that_was_sent_on_the_old_ones(at):
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, -5))
    run()
    tomorrow = add_working_days(WEDNESDAY, 1)
    Ladder.objects.replace(
        "self_assessment", whose=place.commissioner, steps={1: "lead", 5: "lead", 8: "lead"}, starts=tomorrow,
        by=place.analyst, at=at,
    )  # fmt: skip

    quiet = run(tomorrow)
    later = run(add_working_days(WEDNESDAY, 3))

    assert (quiet.decided, later.reminded) == (0, 1)
    assert decided() == [(5, "reminded"), (8, "reminded")]


def test_a_quiet_start_notes_the_steps_and_writes_no_letter():
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, -6))

    quiet = run(quietly=True)

    assert (quiet.skipped, quiet.letters, Notice.objects.count()) == (1, 0, 0)
    assert run().decided == 0


def test_the_preview_lists_exactly_what_the_days_then_write():
    place = a_place()
    a_due_return(place, add_working_days(WEDNESDAY, 3))
    an_action(place, add_working_days(WEDNESDAY, 2), owner=place.contributor)
    a_due_return(place, add_working_days(WEDNESDAY, -9))

    lines = [(line.day, line.thing, line.offset, line.to_user) for line in preview(WEDNESDAY, days=13) if line.why]
    for n in range(14):
        run(WEDNESDAY + timedelta(days=n))

    wanted = Notice.objects.values_list("chase__planned_on", "chase__thing", "chase__rung__offset", "to_user")
    assert sorted(lines) == sorted(wanted)
    assert len(lines) == 13


def test_the_preview_writes_nothing_and_names_what_reaches_nobody():
    place = a_place()
    place.lead.memberships.update(ends_on=WEDNESDAY)
    place.contributor.memberships.update(ends_on=WEDNESDAY)
    a_due_return(place, WEDNESDAY)

    lines = preview(WEDNESDAY)

    assert [(line.why, line.to_user, line.proposes) for line in lines] == [(None, None, False)]
    assert Chase.objects.count() == 0

"""While somebody is covered, whoever covers gets their reminders: on those days, and each once."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.capabilities import Role
from accounts.models import Cover, User
from chasing import outlook, recheck
from chasing.history import chases_of, entries
from chasing.letters import compose
from chasing.models import Chase, Letter, Notice
from chasing.planner import plan, preview, write_about
from design.calendar import add_working_days
from tests.factories.accounts import CircleFactory, CircleMemberFactory, MembershipFactory, someone
from tests.factories.chasing import Place, a_due_return, a_place, an_action, seven_oclock
from tests.factories.providers import CommissionerFactory

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, FRIDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 20)


@pytest.fixture
def place() -> Place:
    return a_place()


@pytest.fixture
def deputy(place: Place) -> User:
    return someone(Role.NAMED_GP, place.commissioner, name="Dep Uty")


def covered(absent: User, by: User, first: date = TUESDAY, last: date = TUESDAY) -> Cover:
    return Cover.objects.arrange(absent, by, first=first, last=last, reason="", by=absent)


def nurses_action(place: Place, due_on: date, **fields: Any) -> Any:
    """An action of the commissioner itself, owned by its designated nurse."""
    return an_action(place, due_on, organisation=place.commissioner, owner=place.nurse, **fields)


def run(on: date) -> list[tuple[int | None, str, int | None]]:
    """Who got what on that morning, with whose line it was."""
    before = set(Notice.objects.values_list("pk", flat=True))
    plan(on, at=seven_oclock(on))
    found = Notice.objects.exclude(pk__in=before).order_by("to_user")
    return list(found.values_list("to_user", "why", "instead_of"))


def test_what_the_covered_person_would_get_goes_to_whoever_covers_on_exactly_those_days(place, deputy):
    covered(place.nurse, deputy)
    # Each is on its own day of the step, ten working days before it is due.
    for day in (MONDAY, TUESDAY, date(2026, 11, 18)):
        nurses_action(place, add_working_days(day, 10))

    found = {day.day: run(day) for day in (MONDAY, TUESDAY, date(2026, 11, 18))}

    own = [(place.nurse.pk, "owner", None)]
    assert found == {16: own, 17: [(deputy.pk, "owner", place.nurse.pk)], 18: own}
    assert run(date(2026, 11, 18)) == []


def test_it_is_in_one_letter_that_says_for_whom(place, deputy):
    covered(place.nurse, deputy)
    nurses_action(place, add_working_days(TUESDAY, 10))
    an_action(place, add_working_days(TUESDAY, 10), organisation=place.commissioner, owner=deputy)
    run(TUESDAY)

    letter = Letter.objects.get()
    message = compose(letter, seven_oclock(TUESDAY))

    assert (letter.to_user, letter.notices.count()) == (deputy, 2)
    assert f"You get this because you cover for {place.nurse} and you own this action." in message.body
    assert message.to == [deputy.email]


def test_whoever_gets_it_anyway_gets_it_once_in_their_own_name(place):
    colleague = someone(Role.QUALITY_ANALYST, place.commissioner)
    covered(place.analyst, colleague)
    a_due_return(place, add_working_days(TUESDAY, -20))
    plan(TUESDAY, at=seven_oclock(TUESDAY))
    chase = Chase.objects.get(outcome="proposed")

    assert write_about(chase, on=TUESDAY, at=seven_oclock(TUESDAY)) == 1
    assert list(Notice.objects.values_list("to_user", "why", "instead_of")) == [(colleague.pk, "quality", None)]


def test_the_designated_professional_next_door_covers_and_is_reached(place):
    next_door = CommissionerFactory()
    neighbour = someone(Role.DESIGNATED_PROFESSIONAL, next_door)
    MembershipFactory(user=place.nurse, organisation=next_door, role=Role.DESIGNATED_PROFESSIONAL, strands=["adults"])
    covered(place.nurse, neighbour)
    nurses_action(place, add_working_days(TUESDAY, 10))

    assert run(TUESDAY) == [(neighbour.pk, "owner", place.nurse.pk)]
    assert compose(Letter.objects.get(), seven_oclock(TUESDAY)).to == [neighbour.email]


def test_a_cover_that_does_not_carry_the_role_moves_nothing(place, deputy):
    covered(place.nurse, deputy)
    deputy.memberships.update(organisation=CommissionerFactory())
    nurses_action(place, add_working_days(TUESDAY, 10))

    assert run(TUESDAY) == [(place.nurse.pk, "owner", None)]


def test_what_an_access_list_holds_stays_with_its_people(place, deputy):
    covered(place.nurse, deputy, last=FRIDAY)
    circle = CircleFactory(commissioner=place.commissioner)
    CircleMemberFactory(circle=circle, user=place.nurse, added_by=place.nurse)
    nurses_action(place, add_working_days(TUESDAY, 10), circle=circle)
    stays = run(TUESDAY)

    CircleMemberFactory(circle=circle, user=deputy, added_by=place.nurse)
    nurses_action(place, add_working_days(FRIDAY, 10), circle=circle)

    assert stays == [(place.nurse.pk, "owner", None)]
    assert run(FRIDAY) == [(deputy.pk, "owner", place.nurse.pk)]


def test_a_line_that_is_sent_after_the_cover_is_over_is_struck(place, deputy):
    covered(place.nurse, deputy)
    nurses_action(place, add_working_days(TUESDAY, 10))
    run(TUESDAY)
    notices = Notice.objects.select_related("chase")

    assert recheck.lapsed(notices, TUESDAY) == {}
    assert recheck.lapsed(notices, FRIDAY) == {notices.get().pk: "The cover is over."}


def test_the_preview_and_the_history_say_who_gets_it_and_for_whom(place, deputy):
    covered(place.nurse, deputy)
    for day in (TUESDAY, FRIDAY):
        nurses_action(place, add_working_days(day, 10))

    lines = preview(MONDAY, days=7)
    people = {person.name: [each.why for each in person.lines] for person in outlook.by_person(lines)}
    run(TUESDAY)
    history = [
        told for entry in entries(chases_of(place.nurse, organisation=place.commissioner)) for told in entry.told
    ]

    by_cover = f"owner, by cover for {place.nurse}"
    assert sorted(line.day - MONDAY for line in lines) == [timedelta(1), timedelta(4)]
    assert people == {deputy.name: [by_cover], place.nurse.name: ["owner"]}
    assert [(told.who, told.why) for told in history] == [(deputy.name, by_cover)]

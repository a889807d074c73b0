"""Two people, or one person twice, at the same moment: one is first, and the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from accounts import tokens
from accounts.capabilities import Role
from accounts.models import Membership, SecondStepReset
from accounts.refusals import Refused
from chasing.models import Letter
from tests.factories.accounts import (
    CircleFactory,
    InvitationFactory,
    MembershipFactory,
    UserFactory,
    someone,
    with_sign_in,
)
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def at_once(*verbs: Callable[[], object]) -> list[str]:
    """Start them together; "done" or the refusal's words of each."""
    start = Barrier(len(verbs))

    def run(verb: Callable[[], object]) -> str:
        start.wait()
        try:
            return "done" if verb() is not False else "too late"
        except Refused as problem:
            return str(problem)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return sorted(pool.map(run, verbs))


@pytest.fixture
def commissioner():
    return CommissionerFactory()


def test_two_confirm_the_same_role(commissioner, at):
    admin = someone(Role.SYSTEM_ADMINISTRATOR, commissioner)
    first, second = (someone(Role.DIRECTOR_OF_NURSING, commissioner) for _ in range(2))
    person = UserFactory()
    given = Membership.objects.give(person, role=Role.QUALITY_ANALYST, organisation=commissioner, by=admin, at=at)
    mine, theirs = Membership.objects.get(pk=given.pk), Membership.objects.get(pk=given.pk)
    said = at_once(lambda: mine.confirm(by=first, at=at), lambda: theirs.confirm(by=second, at=at))
    assert said == ["Somebody has answered this already.", "done"]
    assert Letter.objects.filter(kind="access_confirmed").count() == 1


def test_one_confirms_while_another_declines(commissioner, at):
    admin = someone(Role.SYSTEM_ADMINISTRATOR, commissioner)
    first, second = (someone(Role.DIRECTOR_OF_NURSING, commissioner) for _ in range(2))
    given = Membership.objects.give(UserFactory(), role=Role.AUDITOR, organisation=commissioner, by=admin, at=at)
    mine, theirs = Membership.objects.get(pk=given.pk), Membership.objects.get(pk=given.pk)
    said = at_once(lambda: mine.confirm(by=first, at=at), lambda: theirs.decline(by=second, at=at))
    assert said == ["Somebody has answered this already.", "done"]


def test_an_invitation_is_accepted_twice(commissioner):
    admin = someone(Role.SYSTEM_ADMINISTRATOR, commissioner)
    provider = provider_of(commissioner)
    person = UserFactory()
    made = InvitationFactory(organisation=provider, invited_by=admin, email=person.email)
    now = timezone.now()
    said = at_once(lambda: made.accept(person, at=now), lambda: made.accept(person, at=now))
    assert said[1] == "done"
    assert "accepted or withdrawn" in said[0]
    assert Membership.objects.filter(user=person).count() == 1


def test_an_invitation_is_accepted_while_it_is_withdrawn(commissioner):
    admin = someone(Role.SYSTEM_ADMINISTRATOR, commissioner)
    person = UserFactory()
    made = InvitationFactory(organisation=provider_of(commissioner), invited_by=admin, email=person.email)
    now = timezone.now()
    said = at_once(lambda: made.accept(person, at=now), lambda: made.withdraw(by=admin, at=now))
    assert said[1] == "done"
    assert "accepted or withdrawn" in said[0]


def test_the_same_role_is_given_twice(commissioner, at):
    admin, person = someone(Role.SYSTEM_ADMINISTRATOR, commissioner), UserFactory()
    give = {"role": Role.AUDITOR, "organisation": commissioner, "by": admin, "at": at}
    said = at_once(*[lambda: Membership.objects.give(person, **give)] * 2)
    assert said[1] == "done"
    assert "holds this role there already" in said[0]


def test_both_sides_are_given_at_once(commissioner, at):
    """Neither sees the other's row; the exclusion constraint does."""
    admin, person = someone(Role.SYSTEM_ADMINISTRATOR, commissioner), UserFactory()
    provider = provider_of(commissioner)
    said = at_once(
        lambda: Membership.objects.give(person, role=Role.AUDITOR, organisation=commissioner, by=admin, at=at),
        lambda: Membership.objects.give(person, role=Role.PROVIDER_LEAD, organisation=provider, by=admin, at=at),
    )
    assert said == ["One person cannot be on the provider's and the commissioner's side at once.", "done"]
    assert person.memberships.count() == 1


def test_a_reset_link_is_used_twice(commissioner):
    person = someone(Role.AUDITOR, commissioner)
    now = timezone.now()
    token = tokens.make_reset_token(person, at=now)
    link = tokens.read("reset", token, at=now)
    words = ("seven other words of mine", "eight other words of mine")
    said = at_once(*[lambda w=w: person.reset_password(w, link=link, at=now) for w in words])
    assert said == ["done", "too late"]
    person.refresh_from_db()
    assert sum(person.check_password(w) for w in words) == 1


def test_a_wake_link_is_used_twice(commissioner):
    person = someone(Role.AUDITOR, commissioner)
    now = timezone.now()
    person.fall_asleep(at=now)
    link = tokens.read("wake", tokens.make_wake_token(person, at=now), at=now)
    assert at_once(*[lambda: person.wake(link=link, at=now)] * 2) == ["done", "too late"]


def test_the_last_two_of_a_list_are_taken_off_at_once(commissioner, at):
    """Each sees the other still there; together they would leave the list with one."""
    circle = CircleFactory(commissioner=commissioner)
    people = [someone(Role.DIRECTOR_OF_NURSING, commissioner) for _ in range(3)]
    places = [circle.add(each, scope="whole", reason="r", by=people[0], at=at) for each in people]
    said = at_once(lambda: places[0].end(at=at), lambda: places[1].end(at=at))
    assert said == ["Two people must stay on the list. Add somebody first, then take this person off.", "done"]


def test_somebody_is_put_on_a_list_twice(commissioner, at):
    circle = CircleFactory(commissioner=commissioner)
    person = someone(Role.AUDITOR, commissioner)
    said = at_once(*[lambda: circle.add(person, scope="whole", reason="r", by=person, at=at)] * 2)
    assert said == [f"{person} is on this list already.", "done"]


def test_cover_is_arranged_twice(commissioner, at):
    from accounts.models import Cover

    absent, one, other = (someone(Role.AUDITOR, commissioner) for _ in range(3))
    days = {"first": at.date(), "last": at.date(), "reason": "", "by": absent}
    said = at_once(
        lambda: Cover.objects.arrange(absent, one, **days), lambda: Cover.objects.arrange(absent, other, **days)
    )
    assert said == ["There is cover for some of these days already. End that first.", "done"]


def test_an_account_is_ended_twice(commissioner, at):
    admin, other = (someone(Role.SYSTEM_ADMINISTRATOR, commissioner) for _ in range(2))
    person = UserFactory()
    MembershipFactory(user=person, organisation=commissioner, role=Role.AUDITOR)
    assert at_once(lambda: person.disable(by=admin, at=at), lambda: person.disable(by=other, at=at)) == ["done", "done"]
    assert person.memberships.get().ended_by in (admin, other)


def test_two_confirm_the_same_reset_of_a_second_step(commissioner, at):
    first, second, third = (someone(Role.SYSTEM_ADMINISTRATOR, commissioner) for _ in range(3))
    person = someone(Role.GOVERNING_BODY, commissioner)
    with_sign_in(person)
    reset = SecondStepReset.objects.open(person, reason="Lost", by=first, at=at)
    said = at_once(lambda: reset.confirm(by=second, at=at), lambda: reset.confirm(by=third, at=at))
    assert said[0] == "This reset has been answered, or it has run out. Open a new one if it is still needed."
    assert said[1] == "done"
    assert Letter.objects.filter(kind="reset_done").count() == 1


def test_two_open_a_reset_for_the_same_person(commissioner, at):
    first, second = (someone(Role.SYSTEM_ADMINISTRATOR, commissioner) for _ in range(2))
    person = someone(Role.GOVERNING_BODY, commissioner)
    with_sign_in(person)
    said = at_once(
        lambda: SecondStepReset.objects.open(person, reason="Lost", by=first, at=at),
        lambda: SecondStepReset.objects.open(person, reason="Lost", by=second, at=at),
    )
    assert said == ["A reset is open already: a second person confirms it, or somebody cancels it.", "done"]
    assert SecondStepReset.objects.count() == 1

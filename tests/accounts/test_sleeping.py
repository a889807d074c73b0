"""Accounts that nobody uses: commissioner accounts end after 90 days, the others fall asleep after 400."""

from datetime import timedelta

import pytest

from accounts.capabilities import Role
from accounts.models import Membership
from accounts.tasks import put_to_sleep
from tests.factories.accounts import UserFactory, someone
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def commissioner():
    return CommissionerFactory()


def states(*people) -> list[str]:
    for person in people:
        person.refresh_from_db()
    return [person.state for person in people]


def run(at) -> int:
    return put_to_sleep(at=at.isoformat())


def test_who_is_ended_who_sleeps_and_who_stays(commissioner, at):
    provider = provider_of(commissioner)

    def used(role, where, days):
        return someone(role, where, last_seen_at=at - timedelta(days=days))

    staff_old, staff = used(Role.QUALITY_ANALYST, commissioner, 91), used(Role.QUALITY_ANALYST, commissioner, 89)
    lead_old, lead = used(Role.PROVIDER_LEAD, provider, 401), used(Role.PROVIDER_LEAD, provider, 399)
    board_old, board = used(Role.GOVERNING_BODY, commissioner, 401), used(Role.GOVERNING_BODY, commissioner, 300)
    outside = used(Role.SAFEGUARDING_BOARD, commissioner, 401)
    assert run(at) == 4
    assert states(staff_old, staff, lead_old, lead, board_old, board, outside) == [
        "ended", "active", "asleep", "active", "asleep", "active", "asleep",
    ]  # fmt: skip
    assert not Membership.objects.live(on=at.date()).filter(user=staff_old).exists()
    assert Membership.objects.live(on=at.date()).filter(user=lead_old).exists()
    assert run(at) == 0


def test_a_board_member_who_also_works_there_counts_as_staff(commissioner, at):
    person = someone(Role.GOVERNING_BODY, commissioner, last_seen_at=at - timedelta(days=91))
    from tests.factories.accounts import MembershipFactory

    MembershipFactory(user=person, organisation=commissioner, role=Role.AUDITOR)
    run(at)
    assert states(person) == ["ended"]


def test_the_last_administrator_and_the_last_director_stay(commissioner, at):
    long_ago = at - timedelta(days=200)
    first, second = (someone(Role.SYSTEM_ADMINISTRATOR, commissioner, last_seen_at=long_ago) for _ in range(2))
    director = someone(Role.DIRECTOR_OF_NURSING, commissioner, last_seen_at=long_ago)
    run(at)
    assert sorted(states(first, second)) == ["active", "ended"]
    assert states(director) == ["active"]


def test_whoever_never_joined_is_left_alone(commissioner, at):
    waiting = UserFactory(joined_at=None)
    run(at)
    assert states(waiting) == ["waiting"]


def test_sleeping_ends_sessions(client, commissioner, at):
    from tests.accounts.test_signing_in import both_steps
    from tests.factories.accounts import with_sign_in

    lead = someone(Role.PROVIDER_LEAD, provider_of(commissioner))
    both_steps(client, lead, with_sign_in(lead))
    client.post("/sign-in/this-device/", {"action": "no"})
    assert client.get("/account/").status_code == 200
    lead.refresh_from_db()
    assert lead.fall_asleep(at=at) is True
    assert client.get("/account/").status_code == 302
    assert lead.fall_asleep(at=at) is False


def test_what_is_over_is_cleared_away_and_what_is_not_stays(client, commissioner, at):
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from accounts.tasks import clear_away
    from tests.accounts.test_signing_in import both_steps
    from tests.factories.accounts import with_sign_in

    over, here = someone(Role.AUDITOR, commissioner), someone(Role.AUDITOR, commissioner)
    other = client.__class__()
    both_steps(client, over, with_sign_in(over))
    both_steps(other, here, with_sign_in(here))
    Session.objects.filter(session_key=client.session.session_key).update(expire_date=at - timedelta(days=900))
    assert clear_away(at=(timezone.now() - timedelta(hours=1)).isoformat()) == 1
    assert [row.user for row in UserSession.objects.all()] == [here]
    assert other.get("/account/").status_code == 200
    assert clear_away() == 0

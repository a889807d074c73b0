"""Roles: given, confirmed by a second person, changed, ended; and what a leaver loses at once."""

import pytest

from accounts.capabilities import Role
from accounts.models import Membership
from accounts.models.memberships import HeldAlready, WrongSide
from accounts.refusals import Refused
from chasing.models import Letter
from tests.accounts.test_signing_in import both_steps
from tests.factories.accounts import MembershipFactory, UserFactory, someone, with_sign_in
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def commissioner():
    return CommissionerFactory()


@pytest.fixture
def admin(commissioner):
    return someone(Role.SYSTEM_ADMINISTRATOR, commissioner)


@pytest.fixture
def director(commissioner):
    return someone(Role.DIRECTOR_OF_NURSING, commissioner)


@pytest.fixture
def person(commissioner):
    return someone(Role.GOVERNING_BODY, commissioner)


def proposed(person, admin, commissioner, at, role=Role.QUALITY_ANALYST, **more):
    return Membership.objects.give(person, role=role, organisation=commissioner, by=admin, at=at, **more)


def test_a_commissioner_role_starts_when_a_second_person_confirms_it(person, admin, director, commissioner, at):
    given = proposed(person, admin, commissioner, at)
    assert not Membership.objects.live(on=at.date()).filter(pk=given.pk).exists()
    given.confirm(by=director, at=at)
    assert Membership.objects.live(on=at.date()).filter(pk=given.pk).exists()
    assert (given.confirmed_by, given.confirmed_at) == (director, at)
    assert Letter.objects.get(kind="access_confirmed").to_user == person


def test_neither_the_proposer_nor_the_person_confirms(person, admin, commissioner, at):
    given = proposed(person, admin, commissioner, at)
    for somebody in (admin, person):
        with pytest.raises(Refused, match="Another person"):
            given.confirm(by=somebody, at=at)
    given.refresh_from_db()
    assert given.confirmed_at is None


def test_a_declined_role_never_starts_and_cannot_be_confirmed(person, admin, director, commissioner, at):
    given = proposed(person, admin, commissioner, at)
    given.decline(by=director, at=at)
    with pytest.raises(Refused, match="answered this already"):
        given.confirm(by=director, at=at)
    assert not Letter.objects.filter(kind="access_confirmed").exists()


def test_a_provider_role_starts_at_once(admin, commissioner, at):
    given = Membership.objects.give(
        UserFactory(), role=Role.PROVIDER_LEAD, organisation=provider_of(commissioner), by=admin, at=at
    )
    assert Membership.objects.live(on=at.date()).filter(pk=given.pk).exists()


def test_both_sides_in_one_person_and_a_role_twice_are_refused_in_words(person, admin, commissioner, at):
    with pytest.raises(WrongSide):
        proposed(person, admin, provider_of(commissioner), at, role=Role.PROVIDER_LEAD)
    with pytest.raises(HeldAlready):
        proposed(person, admin, commissioner, at, role=Role.GOVERNING_BODY)
    assert person.memberships.count() == 1


def test_giving_on_screen_says_both_refusals_beside_the_box(sign_in, person, admin, commissioner):
    client = sign_in(admin)
    provider = provider_of(commissioner)
    given = {"role": "PL", "organisation": provider.reference, "reason": "Helps out"}
    page = client.post(f"/people/{person.reference}/role/", given)
    assert page.status_code == 422
    assert page.context["form"].errors["role"] == [WrongSide.__doc__]
    given |= {"role": "QA", "organisation": commissioner.reference}
    assert client.post(f"/people/{person.reference}/role/", given).status_code == 302
    assert Membership.objects.awaiting_confirmation().get().user == person


def test_the_director_sees_what_waits_and_confirms_on_screen(sign_in, person, admin, director, commissioner, at):
    given = proposed(person, admin, commissioner, at)
    theirs = proposed(UserFactory(), admin, CommissionerFactory(), at)
    client = sign_in(director)
    assert list(client.get("/people/waiting/").context["waiting"]) == [given]
    assert client.get(f"/people/waiting/{theirs.reference}/").status_code == 404
    assert client.post(f"/people/waiting/{given.reference}/").url == "/people/waiting/"
    given.refresh_from_db()
    assert given.confirmed_by == director
    assert client.post(f"/people/waiting/{given.reference}/").status_code == 409
    assert sign_in(admin).get("/people/waiting/").status_code == 404


def test_declining_on_screen(sign_in, person, admin, director, commissioner, at):
    given = proposed(person, admin, commissioner, at)
    sign_in(director).post(f"/people/waiting/{given.reference}/", {"decline": "1"})
    given.refresh_from_db()
    assert (given.confirmed_at, given.ended_by) == (None, director)


def test_strands_taken_away_go_at_once_and_added_ones_wait(admin, director, commissioner, at):
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["children", "adults"])
    held = nurse.memberships.get()
    assert held.change_strands(["children"], by=admin, at=at) is False
    held.refresh_from_db()
    assert held.strands == ["children"]
    assert held.change_strands(["children", "looked_after"], by=admin, at=at) is True
    held.refresh_from_db()
    assert held.strands == ["children"]
    assert list(Membership.objects.awaiting_confirmation()) == [held]
    with pytest.raises(Refused):
        held.confirm(by=admin, at=at)
    held.confirm(by=director, at=at)
    assert held.strands == ["children", "looked_after"]
    assert held.proposed_strands is None


def test_a_declined_strand_leaves_the_role_as_it_was(admin, director, commissioner, at):
    held = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["adults"]).memberships.get()
    held.change_strands(["adults", "children"], by=admin, at=at)
    held.decline(by=director, at=at)
    assert (held.strands, held.proposed_strands, held.ends_on) == (["adults"], None, None)


def test_ending_a_role_ends_the_sessions_in_the_same_breath(sign_in, client, admin, person, at):
    secret = with_sign_in(person)
    both_steps(client, person, secret)
    assert client.get("/account/").status_code == 200
    held = person.memberships.get()
    assert sign_in(admin).post(f"/people/roles/{held.reference}/end/").status_code == 302
    assert client.get("/account/").status_code == 302
    held.refresh_from_db()
    assert held.ended_by == admin
    assert not Membership.objects.live().filter(user=person).exists()


def test_a_leaver_loses_sessions_roles_and_cover_at_once(sign_in, client, admin, person, commissioner, at):
    both_steps(client, person, with_sign_in(person))
    assert sign_in(admin).post(f"/people/{person.reference}/end/").status_code == 302
    assert client.get("/account/").status_code == 302
    person.refresh_from_db()
    assert (person.state, person.is_active) == ("ended", False)
    assert [held.ended_by for held in person.memberships.all()] == [admin]


def test_ending_an_account_that_fails_ends_no_session(client, admin, person, at, monkeypatch):
    """The sessions end in the transaction of the leaving: when that is undone, so are they."""
    from django.db import transaction

    both_steps(client, person, with_sign_in(person))

    class Broken(Exception):
        pass

    def leave_and_fail() -> None:
        with transaction.atomic():
            person.disable(by=admin, at=at)
            raise Broken

    with pytest.raises(Broken):
        leave_and_fail()
    assert client.get("/account/").status_code == 200


def test_nobody_ends_their_own_role_or_account(sign_in, admin):
    client = sign_in(admin)
    assert client.post(f"/people/roles/{admin.memberships.get().reference}/end/").status_code == 409
    assert client.post(f"/people/{admin.reference}/end/").status_code == 409
    admin.refresh_from_db()
    assert admin.state == "active"


def test_somebody_who_works_for_others_too_is_not_ended_by_one_of_them(sign_in, admin, person):
    MembershipFactory(user=person, organisation=CommissionerFactory(), role=Role.GOVERNING_BODY)
    answer = sign_in(admin).post(f"/people/{person.reference}/end/")
    assert answer.status_code == 409
    assert "also works for others" in answer.content.decode()
    person.refresh_from_db()
    assert person.state == "active"


def test_signing_somebody_out_everywhere(sign_in, client, admin, person):
    both_steps(client, person, with_sign_in(person))
    assert sign_in(admin).post(f"/people/{person.reference}/sign-out/").status_code == 302
    assert client.get("/account/").status_code == 302
    assert person.sign_ins.order_by("-at").first().by == admin


def test_the_first_page_says_in_which_roles_and_where_the_person_is_here(sign_in, commissioner):
    here = CommissionerFactory(name="NHS Here")
    there = CommissionerFactory(name="NHS There")
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, there, strands=["children"])
    MembershipFactory(user=nurse, role=Role.DESIGNATED_PROFESSIONAL, organisation=here, strands=["children"])
    someone(Role.DESIGNATED_PROFESSIONAL, commissioner)
    assert sign_in(nurse).get("/").context["roles"] == ["Designated professional: NHS Here and NHS There"]

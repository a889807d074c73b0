"""Access lists: made and kept by those whom the policy names, never one person's, and seen by their people only."""

import pytest

from accounts.capabilities import Role
from accounts.models import Circle, CircleMember
from accounts.refusals import Refused
from tests.factories.accounts import CircleFactory, CircleMemberFactory, UserFactory, someone
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def commissioner():
    return CommissionerFactory()


@pytest.fixture
def nurse(commissioner):
    return someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["children"])


@pytest.fixture
def director(commissioner):
    return someone(Role.DIRECTOR_OF_NURSING, commissioner)


def listed(circle, user, by, **more):
    return CircleMemberFactory(circle=circle, user=user, added_by=by, **more)


def test_whoever_makes_a_list_is_its_first_member(sign_in, nurse, commissioner):
    given = {"commissioner": commissioner.reference, "name": "List one", "reason": "A review"}
    answer = sign_in(nurse).post("/access-lists/new/", given)
    made = Circle.objects.get()
    assert answer.url == f"/access-lists/{made.reference}/"
    assert [member.user for member in made.members.all()] == [nurse]


def test_a_list_is_not_made_for_another_commissioner(sign_in, nurse):
    given = {"commissioner": CommissionerFactory().reference, "name": "List one", "reason": "A review"}
    assert sign_in(nurse).post("/access-lists/new/", given).status_code == 422
    assert not Circle.objects.exists()


def test_who_sees_which_lists(sign_in, nurse, director, commissioner):
    named, other = CircleFactory(commissioner=commissioner), CircleFactory(commissioner=commissioner)
    foreign = CircleFactory(commissioner=CommissionerFactory())
    listed(named, nurse, nurse)
    guardian = someone(Role.CALDICOTT_GUARDIAN, commissioner)
    for person, seen in ((nurse, {named}), (director, {named, other}), (guardian, {named, other})):
        client = sign_in(person)
        assert set(client.get("/access-lists/").context["circles"]) == seen, person
        for circle in (named, other, foreign):
            expected = 200 if circle in seen else 404
            assert client.get(f"/access-lists/{circle.reference}/").status_code == expected
    for role in (Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR):
        assert sign_in(someone(role, commissioner)).get("/access-lists/").status_code == 404


def test_somebody_who_sees_only_their_own_rows_does_not_keep_the_list(sign_in, nurse, commissioner):
    circle = CircleFactory(commissioner=commissioner)
    listed(circle, nurse, nurse, scope="own")
    assert sign_in(nurse).get(f"/access-lists/{circle.reference}/").status_code == 404


def test_people_of_the_commissioner_and_its_providers_are_added_and_nobody_else(sign_in, nurse, commissioner):
    circle = CircleFactory(commissioner=commissioner)
    listed(circle, nurse, nurse)
    lead = someone(Role.PROVIDER_LEAD, provider_of(commissioner))
    stranger = someone(Role.PROVIDER_LEAD, provider_of(CommissionerFactory()))
    client = sign_in(nurse)
    url = f"/access-lists/{circle.reference}/add/"
    given = {"scope": "own", "reason": "Writes the agency report"}
    assert client.post(url, given | {"email": lead.email}).status_code == 302
    assert client.post(url, given | {"email": stranger.email}).status_code == 422
    assert client.post(url, given | {"email": "nobody@example.nhs.uk"}).status_code == 422
    again = client.post(url, given | {"email": lead.email})
    assert again.context["form"].errors["email"] == [f"{lead} is on this list already."]
    assert set(circle.members.values_list("user", flat=True)) == {nurse.pk, lead.pk}


def test_the_last_two_stay(nurse, director, commissioner, at):
    circle = CircleFactory(commissioner=commissioner)
    first, second = listed(circle, nurse, nurse), listed(circle, director, nurse)
    with pytest.raises(Refused, match="Two people must stay"):
        first.end(at=at)
    third = listed(circle, someone(Role.NAMED_GP, commissioner), nurse)
    third.end(at=at)
    assert set(CircleMember.objects.live(on=at.date())) == {first, second}


def test_one_who_sees_only_their_own_rows_may_always_be_taken_off(sign_in, nurse, director, commissioner):
    circle = CircleFactory(commissioner=commissioner)
    listed(circle, nurse, nurse)
    listed(circle, director, nurse)
    own = listed(circle, UserFactory(), nurse, scope="own")
    url = f"/access-lists/members/{own.pk}/remove/"
    assert sign_in(someone(Role.CALDICOTT_GUARDIAN, commissioner)).post(url).status_code == 404
    assert sign_in(nurse).post(url).status_code == 302
    own.refresh_from_db()
    assert own.ends_on is not None

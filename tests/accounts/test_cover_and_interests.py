"""Cover moves duties for a while; a declared interest takes some away until somebody else says it is over."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts import acting, reach
from accounts.capabilities import Can, Role
from accounts.models import Circle, Cover, DeclaredInterest, Membership
from accounts.refusals import Refused
from providers.models import Organisation
from tests.factories.accounts import (
    CircleFactory,
    CircleMemberFactory,
    CoverFactory,
    DeclaredInterestFactory,
    MembershipFactory,
    someone,
)
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def commissioner():
    return CommissionerFactory()


@pytest.fixture
def nurse(commissioner):
    return someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["children"])


@pytest.fixture
def colleague(commissioner):
    return someone(Role.NAMED_GP, commissioner)


def boxes(name: str, day: date) -> dict[str, str]:
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def days(first: date, last: date) -> dict[str, str]:
    return boxes("starts_on", first) | boxes("last_day", last)


def test_cover_holds_from_the_first_to_the_end_of_the_last_day(nurse, colleague, on):
    Cover.objects.arrange(nurse, colleague, first=on, last=on + timedelta(days=1), reason="", by=nurse)
    held = {
        n: Membership.objects.acting(colleague, on=on + timedelta(days=n)).granting(Can.VALIDATE).exists()
        for n in range(-1, 3)
    }
    assert held == {-1: False, 0: True, 1: True, 2: False}


def test_cover_does_not_move_a_providers_role(commissioner, colleague, on):
    lead = someone(Role.PROVIDER_LEAD, provider_of(commissioner))
    CoverFactory(absent=lead, covered_by=colleague, agreed_by=lead)
    assert not Membership.objects.acting(colleague, on=on).granting(Can.SUBMIT_ASSESSMENT).exists()


def test_cover_is_arranged_and_ended_on_screen(sign_in, nurse, colleague):
    client, today = sign_in(nurse), timezone.localdate()
    given = days(today, today + timedelta(days=3)) | {"covered_by": colleague.reference, "reason": "Leave"}
    assert client.post("/account/cover/add/", given).status_code == 302
    made = Cover.objects.get()
    assert (made.absent, made.covered_by, made.agreed_by) == (nurse, colleague, nurse)
    assert (made.starts_on, made.ends_on) == (today, today + timedelta(days=4))
    assert client.post("/account/cover/add/", given).status_code == 409
    assert client.post(f"/account/cover/{made.reference}/end/").status_code == 302
    assert not Cover.objects.live().exists()


def test_somebody_elses_cover_is_not_mine_to_end(sign_in, nurse, colleague):
    made = CoverFactory(absent=nurse, covered_by=colleague, agreed_by=nurse)
    assert sign_in(colleague).post(f"/account/cover/{made.reference}/end/").status_code == 404
    assert Cover.objects.live().get() == made


def test_strangers_and_dates_out_of_order_are_refused_beside_the_box(sign_in, nurse, colleague):
    stranger = someone(Role.NAMED_GP, CommissionerFactory())
    today = timezone.localdate()
    client = sign_in(nurse)
    page = client.post("/account/cover/add/", days(today, today) | {"covered_by": stranger.reference})
    assert page.status_code == 422
    assert page.context["form"].errors["covered_by"] == ["Choose who covers"]
    wrong = days(today + timedelta(days=5), today + timedelta(days=2)) | {"covered_by": colleague.reference}
    page = client.post("/account/cover/add/", wrong)
    assert page.context["form"].errors["last_day"] == ["The last day must not be before the first day"]
    assert not Cover.objects.exists()


def test_cover_that_has_not_begun_can_be_called_off(nurse, colleague, on, at):
    later = on + timedelta(days=9)
    made = Cover.objects.arrange(nurse, colleague, first=later, last=later, reason="", by=nurse)
    made.end(at=at)
    assert not Cover.objects.live(on=later).exists()
    assert Cover.objects.arrange(nurse, colleague, first=later, last=later, reason="", by=nurse)


def test_an_administrator_arranges_cover_for_somebody_who_cannot(sign_in, nurse, colleague, commissioner):
    admin = someone(Role.SYSTEM_ADMINISTRATOR, commissioner)
    today = timezone.localdate()
    given = days(today, today) | {"covered_by": colleague.reference}
    assert sign_in(admin).post(f"/people/{nurse.reference}/cover/", given).status_code == 302
    made = Cover.objects.get()
    assert (made.absent, made.agreed_by) == (nurse, admin)
    assert sign_in(admin).post(f"/people/cover/{made.reference}/end/").status_code == 302


def test_a_declared_interest_holds_at_once_and_ends_by_somebody_else(sign_in, nurse, commissioner):
    provider = provider_of(commissioner)
    client = sign_in(nurse)
    given = {"organisation": provider.reference, "nature": "Sister works there"} | boxes("starts_on", date(2020, 1, 1))
    assert client.post("/account/interests/add/", given).status_code == 302
    made = DeclaredInterest.objects.live().get()
    assert (made.user, made.organisation, made.declared_by) == (nurse, provider, nurse)
    with pytest.raises(Refused):
        made.end(by=nurse, at=timezone.now())
    admin = someone(Role.SYSTEM_ADMINISTRATOR, commissioner)
    assert sign_in(admin).post(f"/people/interests/{made.reference}/end/").status_code == 302
    assert not DeclaredInterest.objects.live().exists()


def test_an_interest_of_another_tenant_is_not_there(sign_in, nurse, commissioner):
    neighbour = CommissionerFactory()
    made = DeclaredInterestFactory(user=nurse, organisation=provider_of(neighbour), declared_by=nurse)
    admin = someone(Role.SYSTEM_ADMINISTRATOR, commissioner)
    client = sign_in(admin)
    assert client.get(f"/people/interests/{made.reference}/end/").status_code == 404
    assert "Partner works there" not in client.get(f"/people/{nurse.reference}/").content.decode()


def test_an_unknown_organisation_cannot_be_named(sign_in, nurse):
    foreign = provider_of(CommissionerFactory())
    given = {"organisation": foreign.reference, "nature": "x"} | boxes("starts_on", date(2020, 1, 1))
    assert sign_in(nurse).post("/account/interests/add/", given).status_code == 422
    assert not DeclaredInterest.objects.exists()


def test_cover_does_not_open_somebodys_lists(nurse, colleague, commissioner, on):
    circle = CircleFactory(commissioner=commissioner)
    CircleMemberFactory(circle=circle, user=nurse, added_by=nurse)
    CoverFactory(absent=nurse, covered_by=colleague, agreed_by=nurse)
    assert list(Circle.objects.permitted(nurse, Can.SEE_CIRCLES, on=on)) == [circle]
    assert list(Circle.objects.permitted(colleague, Can.SEE_CIRCLES, on=on)) == []


@pytest.fixture
def next_door(commissioner):
    """A second commissioner: one person is a designated professional of both."""
    other = CommissionerFactory(name="Next door")
    shared = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["adults"], name="Shared")
    MembershipFactory(user=shared, role=Role.DESIGNATED_PROFESSIONAL, organisation=other, strands=["adults"])
    return other


def seen(person, can: Can, on: date) -> set[str]:
    return set(Organisation.objects.permitted(person, can, on=on).values_list("name", flat=True))


def test_a_designated_professional_next_door_covers_and_sees_no_more_than_the_absent(
    nurse, commissioner, next_door, on
):
    neighbour = someone(Role.DESIGNATED_PROFESSIONAL, next_door, strands=["children"], name="Neighbour")
    elsewhere = CommissionerFactory(name="Elsewhere")
    ours, theirs = provider_of(commissioner, name="Ours"), provider_of(next_door, name="Theirs")
    provider_of(elsewhere, name="Planted")
    hidden = CircleFactory(commissioner=commissioner, name="Planted list")
    CircleMemberFactory(circle=hidden, user=nurse, added_by=nurse)
    before = seen(neighbour, Can.SEE_PROVIDERS, on)
    assert before == {"Next door", theirs.name}
    Cover.objects.arrange(nurse, neighbour, first=on, last=on, reason="", by=nurse)
    assert seen(neighbour, Can.SEE_PROVIDERS, on) == before | {commissioner.name, ours.name}
    assert seen(neighbour, Can.SEE_PROVIDERS, on + timedelta(days=1)) == before
    assert list(Circle.objects.permitted(neighbour, Can.SEE_CIRCLES, on=on)) == []
    held = Membership.objects.acting(neighbour, on=on).filter(organisation=commissioner)
    assert [(row.user, row.strands) for row in held] == [(nurse, ["children"])]


def test_cover_next_door_carries_the_duties_of_the_team_only(nurse, commissioner, next_door, on):
    neighbour = someone(Role.DESIGNATED_PROFESSIONAL, next_door, strands=["children"])
    MembershipFactory(user=nurse, role=Role.SYSTEM_ADMINISTRATOR, organisation=commissioner)
    CoverFactory(absent=nurse, covered_by=neighbour, agreed_by=nurse)
    acting = Membership.objects.acting(neighbour, on=on)
    assert acting.filter(organisation=commissioner).granting(Can.VALIDATE).exists()
    assert not acting.granting(Can.MANAGE_PEOPLE).exists()


def test_who_may_cover_across_commissioners(nurse, colleague, commissioner, next_door, on):
    neighbour = someone(Role.DESIGNATED_PROFESSIONAL, next_door, strands=["children"])
    analyst = someone(Role.QUALITY_ANALYST, next_door)
    stranger = someone(Role.DESIGNATED_PROFESSIONAL, CommissionerFactory(), strands=["children"])
    manager = someone(Role.CONTRACT_MANAGER, commissioner)
    able = set(reach.colleagues(nurse, on=on))
    assert {colleague, neighbour} <= able
    assert able & {analyst, stranger, nurse} == set()
    assert neighbour not in set(reach.colleagues(manager, on=on))
    for somebody in (analyst, stranger):
        with pytest.raises(Refused, match="shares the team"):
            Cover.objects.arrange(nurse, somebody, first=on, last=on, reason="", by=nurse)
    assert not Cover.objects.exists()


def test_cover_does_not_carry_a_colleague_over_to_the_commissioner_next_door(nurse, colleague, next_door, on):
    MembershipFactory(user=nurse, role=Role.DESIGNATED_PROFESSIONAL, organisation=next_door, strands=["children"])
    provider_of(next_door, name="Planted")
    CoverFactory(absent=nurse, covered_by=colleague, agreed_by=nurse)
    assert Membership.objects.acting(colleague, on=on).granting(Can.VALIDATE).exists()
    assert "Planted" in seen(nurse, Can.SEE_PROVIDERS, on)
    assert "Planted" not in seen(colleague, Can.SEE_PROVIDERS, on)


def test_cover_ends_with_the_own_role_of_whoever_covers(nurse, colleague, on, at):
    CoverFactory(absent=nurse, covered_by=colleague, agreed_by=nurse)
    assert Membership.objects.acting(colleague, on=on).granting(Can.VALIDATE).exists()
    colleague.memberships.all().end(by=None, at=at)
    assert not Membership.objects.acting(colleague, on=on).exists()


def test_cover_is_visible_as_acting_for(sign_in, nurse, colleague, next_door):
    neighbour = someone(Role.DESIGNATED_PROFESSIONAL, next_door, strands=["children"])
    CoverFactory(absent=nurse, covered_by=colleague, agreed_by=nurse)
    CoverFactory(absent=nurse, covered_by=neighbour, agreed_by=nurse)
    page = sign_in(colleague).get("/account/").content.decode()
    assert f"Acting for {nurse.name}, by cover" in page
    assert f"While covering for {nurse.name}" in page
    page = sign_in(neighbour).get("/account/").content.decode()
    assert f"Acting for all 2 organisations, covering for {nurse.name}" in page
    assert "covering for" not in sign_in(nurse).get("/account/").content.decode()


def test_the_form_offers_the_neighbour_with_where_they_work(sign_in, nurse, next_door):
    someone(Role.DESIGNATED_PROFESSIONAL, next_door, strands=["children"], name="Neighbour")
    assert "Neighbour, Next door" in sign_in(nurse).get("/account/cover/add/").content.decode()


def test_what_a_request_knows_of_a_person_shortens_its_questions_and_widens_none(rf, nurse, colleague, commissioner):
    provider_of(commissioner)
    gone = someone(Role.QUALITY_ANALYST, commissioner)
    asked = {Can.SEE_PROVIDERS, Can.VALIDATE, Can.EDIT_SERVICES, Can.FILL_ASSESSMENT}

    def reach(person) -> dict[Can, list[Organisation]]:
        return {can: list(Organisation.objects.permitted(person, can).order_by("pk")) for can in asked}

    CoverFactory(absent=nurse, covered_by=colleague, agreed_by=nurse)
    for person in (nurse, colleague, gone):
        before = reach(person)
        request = rf.get("/")
        request.user = person
        acting.memberships(request)
        assert (person.acts.covers, reach(person)) == (person == colleague, before)
    question = str(Organisation.objects.permitted(gone, Can.SEE_PROVIDERS).query)
    assert ("accounts_cover" in question, "accounts_membership" in question) == (False, False)
    gone.memberships.all().end(by=None, at=timezone.now())
    request = rf.get("/")
    request.user = gone
    acting.memberships(request)
    assert set(map(tuple, reach(gone).values())) == {()}

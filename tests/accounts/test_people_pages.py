"""The list of people and a person's page: found, filtered, never across tenants, and the same queries for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.capabilities import GRANTS, Can, Role
from tests.factories.accounts import (
    CircleFactory,
    CircleMemberFactory,
    CoverFactory,
    MembershipFactory,
    UserFactory,
    someone,
)
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def commissioner():
    return CommissionerFactory()


@pytest.fixture
def provider(commissioner):
    return provider_of(commissioner)


@pytest.fixture
def admin(commissioner):
    return someone(Role.SYSTEM_ADMINISTRATOR, commissioner, name="Ada Admin")


def names(client, query: str = "") -> list[str]:
    return [person.name for person in client.get(f"/people/{query}").context["people"]]


def test_who_sees_whom(sign_in, admin, commissioner, provider):
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["adults"], name="Nell Nurse")
    lead = someone(Role.PROVIDER_LEAD, provider, name="Pia Lead")
    helper = someone(Role.PROVIDER_CONTRIBUTOR, provider, name="Hal Helper")
    neighbour = someone(Role.PROVIDER_LEAD, provider_of(commissioner), name="Ned Neighbour")
    stranger = someone(Role.PROVIDER_LEAD, provider_of(CommissionerFactory()), name="Sid Stranger")
    assert names(sign_in(admin)) == ["Ada Admin", "Hal Helper", "Ned Neighbour", "Nell Nurse", "Pia Lead"]
    assert names(sign_in(lead)) == ["Hal Helper", "Pia Lead"]
    assert sign_in(nurse).get("/people/").status_code == 404
    for person, status in ((helper, 200), (neighbour, 404), (nurse, 404), (stranger, 404), (admin, 404)):
        assert sign_in(lead).get(f"/people/{person.reference}/").status_code == status, person
    assert sign_in(admin).get(f"/people/{stranger.reference}/").status_code == 404


def test_every_verb_on_somebody_elses_person_is_not_there(sign_in, admin, commissioner):
    foreign = someone(Role.DESIGNATED_PROFESSIONAL, CommissionerFactory(), strands=["adults"])
    held = foreign.memberships.get()
    client = sign_in(admin)
    for url in (
        f"/people/{foreign.reference}/role/", f"/people/{foreign.reference}/cover/",
        f"/people/{foreign.reference}/interest/", f"/people/{foreign.reference}/end/",
        f"/people/{foreign.reference}/sign-out/", f"/people/roles/{held.reference}/end/",
        f"/people/roles/{held.reference}/strands/", "/people/ZZZZZZZZZZ/",
    ):  # fmt: skip
        assert client.post(url).status_code == 404, url
    foreign.refresh_from_db()
    assert foreign.state == "active"


def test_a_person_of_two_commissioners_shows_each_only_its_own(sign_in, admin, commissioner):
    shared = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["children"], name="Dana Shared")
    other = CommissionerFactory(name="Canary Commissioner")
    MembershipFactory(user=shared, organisation=other, role=Role.DESIGNATED_PROFESSIONAL, strands=["adults"])
    page = sign_in(admin).get(f"/people/{shared.reference}/").content.decode()
    assert commissioner.name in page
    assert "Canary Commissioner" not in page
    assert "Canary Commissioner" not in sign_in(admin).get("/people/").content.decode()


def test_search_and_filters(sign_in, admin, commissioner, provider, at):
    someone(Role.PROVIDER_LEAD, provider, name="Pia Lead", email="pia@trust.example")
    asleep = someone(Role.PROVIDER_CONTRIBUTOR, provider, name="Bo Bear")
    asleep.fall_asleep(at=at)
    waiting = UserFactory(name="Wim Waiting", joined_at=None)
    MembershipFactory(user=waiting, organisation=commissioner, role=Role.AUDITOR)
    client = sign_in(admin)
    assert names(client, "?q=pia") == ["Pia Lead"]
    assert names(client, "?q=trust.example lead") == ["Pia Lead"]
    assert names(client, "?role=PC") == ["Bo Bear"]
    assert names(client, "?side=provider") == ["Bo Bear", "Pia Lead"]
    assert names(client, "?state=asleep") == ["Bo Bear"]
    assert names(client, "?state=waiting") == ["Wim Waiting"]
    assert names(client, "?side=provider&state=active") == ["Pia Lead"]
    assert names(client, "?q=nobody") == []
    assert "Nobody found" in client.get("/people/?q=nobody").content.decode()


def test_same_queries_for_one_and_for_many(sign_in, admin, commissioner, provider):
    client = sign_in(admin)
    client.get("/people/")

    def queries(url: str) -> int:
        with CaptureQueriesContext(connection, ) as seen:  # fmt: skip
            assert client.get(url).status_code == 200
        return len([one for one in seen if "SAVEPOINT" not in one["sql"]])

    few = queries("/people/")
    for _ in range(30):
        someone(Role.PROVIDER_CONTRIBUTOR, provider)
    assert queries("/people/") == few
    assert few <= 12
    page = client.get("/people/?page=2").context["people"]
    assert (page.number, page.paginator.count) == (2, 31)


def test_the_page_says_what_and_why_for_every_role(sign_in, admin, commissioner, provider):
    for role in Role:
        where = provider if role.side == "provider" else commissioner
        person = someone(role, where, strands=["adults"] if role == Role.DESIGNATED_PROFESSIONAL else [])
        reasons = sign_in(admin).get(f"/people/{person.reference}/").context["reasons"]
        assert len(reasons) == 1
        assert reasons[0].heading.startswith(role.label)
        assert [may.what for may in reasons[0].allowed] == [can.label for can in Can if can in GRANTS[role]], role


def test_the_page_explains_cover_strands_and_conditions(sign_in, admin, commissioner):
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["children", "adults"], name="Nell Nurse")
    doctor = someone(Role.NAMED_GP, commissioner, name="Gil Doctor")
    CoverFactory(absent=nurse, covered_by=doctor, agreed_by=nurse)
    page = sign_in(admin).get(f"/people/{doctor.reference}/")
    headings = [reason.heading for reason in page.context["reasons"]]
    assert headings == [
        f"Named GP or deputy designated professional at {commissioner.name}",
        f"Designated professional (children and adults) at {commissioner.name}",
    ]
    text = page.content.decode()
    assert "While covering for Nell Nurse until 1 January 2099." in text
    assert "Validate self-assessments, for children and adults; never where they have declared an interest" in text


def test_lists_are_shown_to_those_who_may_see_them_only(sign_in, admin, commissioner):
    doctor = someone(Role.NAMED_GP, commissioner)
    circle = CircleFactory(commissioner=commissioner, name="Canary list")
    CircleMemberFactory(circle=circle, user=doctor, added_by=admin)
    url = f"/people/{doctor.reference}/"
    assert "Canary list" in sign_in(someone(Role.DIRECTOR_OF_NURSING, commissioner)).get(url).content.decode()
    for role in (Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR):
        page = sign_in(someone(role, commissioner)).get(url)
        assert page.status_code == 200
        assert "Canary list" not in page.content.decode()


def test_what_each_role_may_do_is_the_table(sign_in, admin):
    page = sign_in(admin).get("/people/roles/?side=provider")
    assert [role.value for role in page.context["roles"]] == ["PL", "PC", "PE"]
    cells = dict(page.context["rows"])
    assert cells[Can.SUBMIT_ASSESSMENT] == ["own organisation only", "", "own organisation only"]


def test_an_auditor_reads_and_changes_nothing(sign_in, commissioner, admin):
    auditor = someone(Role.AUDITOR, commissioner)
    client = sign_in(auditor)
    page = client.get(f"/people/{admin.reference}/").content.decode()
    assert "Give a role" not in page
    assert "End this account" not in page
    assert client.post(f"/people/{admin.reference}/end/").status_code == 404

"""One's own account: sessions, whom one acts for, and what one may do."""

import pytest
from django.test import Client, RequestFactory

from accounts import acting
from accounts.capabilities import Role
from accounts.sessions import browser_in_words
from tests.accounts.test_signing_in import both_steps
from tests.factories.accounts import MembershipFactory, code, someone, with_sign_in
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared():
    """A designated nurse of two neighbouring commissioners."""
    first, second = CommissionerFactory(name="North"), CommissionerFactory(name="South")
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, first, strands=["adults"])
    MembershipFactory(user=nurse, organisation=second, role=Role.DESIGNATED_PROFESSIONAL, strands=["adults"])
    return nurse, first, second


def acting_ids(client: Client, user) -> list[int]:
    request = RequestFactory().get("/")
    request.user, request.session = user, client.session
    return acting.acting_for(request)


def test_acting_for_all_of_mine_until_i_choose_one(sign_in, shared):
    nurse, north, south = shared
    client = sign_in(nurse)
    assert acting_ids(client, nurse) == [north.pk, south.pk]
    assert "Acting for all 2 organisations" in client.get("/account/").content.decode()
    assert client.post("/account/acting-for/", {"organisation": south.reference}).url == "/"
    assert acting_ids(client, nurse) == [south.pk]
    assert "Acting for South" in client.get("/account/").content.decode()
    client.post("/account/acting-for/", {"organisation": ""})
    assert acting_ids(client, nurse) == [north.pk, south.pk]


def test_nobody_acts_for_somebody_elses_organisation(sign_in, shared):
    nurse, north, south = shared
    client = sign_in(nurse)
    client.post("/account/acting-for/", {"organisation": CommissionerFactory().reference})
    assert acting_ids(client, nurse) == [north.pk, south.pk]


def test_a_choice_ends_with_the_role(sign_in, shared, at):
    nurse, north, south = shared
    client = sign_in(nurse)
    client.post("/account/acting-for/", {"organisation": south.reference})
    nurse.memberships.filter(organisation=south).end(by=None, at=at)
    assert acting_ids(client, nurse) == [north.pk]


def test_somebody_with_one_organisation_sees_no_switch(sign_in):
    lead = someone(Role.PROVIDER_LEAD, provider_of(CommissionerFactory()))
    assert "Acting for" not in sign_in(lead).get("/account/").content.decode()


def test_signing_out_of_the_other_sessions_and_of_all(shared):
    nurse, *_ = shared
    secret = with_sign_in(nurse)
    here, there = Client(), Client()
    both_steps(here, nurse, secret)
    both_steps(there, nurse, secret, later=1)
    assert len(here.get("/account/").context["sessions"]) == 2
    assert here.post("/account/sessions/end/").url == "/account/"
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert here.post("/account/sessions/end/", {"all": "1"}).url == "/sign-in/"
    assert here.get("/account/").status_code == 302


def test_ending_one_session_and_never_somebody_elses(shared):
    nurse, *_ = shared
    other = someone(Role.AUDITOR, CommissionerFactory())
    here, there, theirs = Client(), Client(), Client()
    secret = with_sign_in(nurse)
    both_steps(here, nurse, secret)
    both_steps(there, nurse, secret, later=1)
    both_steps(theirs, other, with_sign_in(other))
    from allauth.usersessions.models import UserSession

    foreign = UserSession.objects.get(user=other)
    assert here.post(f"/account/sessions/{foreign.pk}/end/").status_code == 404
    assert theirs.get("/account/").status_code == 200
    mine = UserSession.objects.get(user=nurse, session_key=there.session.session_key)
    assert here.post(f"/account/sessions/{mine.pk}/end/").status_code == 302
    assert there.get("/account/").status_code == 302


def test_the_second_step_is_confirmed_again_before_it_is_changed(sign_in, shared):
    nurse, *_ = shared
    secret = with_sign_in(nurse)
    client = sign_in(nurse, fresh=False)
    asked = client.get("/account/second-step/codes/new/")
    assert asked.url == "/account/confirm/?next=%2Faccount%2Fsecond-step%2Fcodes%2Fnew%2F"
    done = client.post(asked.url, {"code": code(secret), "next": "/account/second-step/codes/new/"})
    assert done.url == "/account/second-step/codes/new/"
    assert client.get(done.url).status_code == 200


def test_somebody_without_a_password_is_shown_the_way_to_one(sign_in):
    person = someone(Role.GOVERNING_BODY, CommissionerFactory())
    person.set_unusable_password()
    person.save()
    assert sign_in(person).get("/account/password/").headers["Location"] == "/forgotten-password/"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("curl/8.0", "Another browser"),
    ],
)
def test_a_session_is_named_by_its_browser(said, words):
    assert browser_in_words(said) == words

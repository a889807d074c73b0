"""Sessions end by themselves: idle 20 or 30 minutes, and after ten hours whatever one does."""

import time

import pytest

from accounts.capabilities import Role
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db
MINUTE = 60


def move_back(client, **clocks: int) -> None:
    session = client.session
    now = int(time.time())
    for name, seconds in clocks.items():
        session[name] = now - seconds
    session.save()


@pytest.fixture
def nurse():
    return someone(Role.DIRECTOR_OF_NURSING, CommissionerFactory())


@pytest.mark.parametrize(
    ("side", "minutes", "in_"),
    [("commissioner", 19, True),
     ("commissioner", 21, False), ("provider", 29, True), ("provider", 31, False), ("", 21, False)],
)  # fmt: skip
def test_idle_limit_of_each_side(sign_in, nurse, side, minutes, in_):
    client = sign_in(nurse)
    client.get("/account/")
    session = client.session
    session["side"] = side
    session.save()
    move_back(client, seen=minutes * MINUTE, began=minutes * MINUTE)
    assert (client.get("/account/").status_code == 200) is in_


def test_ten_hours_end_a_busy_session(sign_in, nurse):
    client = sign_in(nurse)
    move_back(client, seen=10, began=10 * 60 * MINUTE + 5)
    answer = client.get("/account/")
    assert answer.url == "/sign-in/?next=/account/"
    assert "You were signed out because the time was up" in client.get(answer.url).content.decode()


def test_every_page_moves_the_idle_clock(sign_in, nurse):
    client = sign_in(nurse)
    move_back(client, seen=15 * MINUTE, began=15 * MINUTE)
    client.get("/account/")
    assert time.time() - client.session["seen"] < 5


def test_extending_answers_how_long_and_whether_it_is_the_end(sign_in, nurse):
    client = sign_in(nurse)
    move_back(client, seen=18 * MINUTE, began=18 * MINUTE)
    assert client.post("/account/extend/").json() == {"seconds": 20 * MINUTE, "final": False}
    assert time.time() - client.session["seen"] < 5
    move_back(client, seen=MINUTE, began=10 * 60 * MINUTE - 5 * MINUTE)
    last = client.post("/account/extend/").json()
    assert last["final"] is True
    assert 5 * MINUTE - 2 <= last["seconds"] <= 5 * MINUTE


def test_extending_after_the_end_does_not_bring_the_session_back(sign_in, nurse):
    client = sign_in(nurse)
    move_back(client, seen=21 * MINUTE, began=21 * MINUTE)
    assert client.post("/account/extend/").status_code == 302
    assert client.get("/account/extend/").status_code == 302


def test_pages_carry_both_clocks_for_the_warning(sign_in, nurse):
    page = sign_in(nurse).get("/account/").content.decode()
    assert 'data-session-seconds="1200"' in page
    assert 'data-extend-url="/account/extend/"' in page
    assert 'data-session-ends-in="36000"' in page or 'data-session-ends-in="35999"' in page


def test_provider_session_says_half_an_hour(client):
    from tests.accounts.test_signing_in import both_steps
    from tests.factories.accounts import with_sign_in

    lead = someone(Role.PROVIDER_LEAD, provider_of(CommissionerFactory()))
    both_steps(client, lead, with_sign_in(lead))
    client.post("/sign-in/this-device/", {"action": "no"})
    assert 'data-session-seconds="1800"' in client.get("/account/").content.decode()

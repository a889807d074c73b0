"""Wrong tries are counted in PostgreSQL: by account, by address, and apart on a known device."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.capabilities import Role
from tests.accounts.test_signing_in import both_steps, first_step
from tests.factories.accounts import code, someone, with_sign_in
from tests.factories.providers import CommissionerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse():
    return someone(Role.DIRECTOR_OF_NURSING, CommissionerFactory())


def test_five_wrong_passwords_stop_the_account_for_a_while_known_or_not(nurse):
    with_sign_in(nurse)
    for email in (nurse.email, "nobody@example.nhs.uk"):
        client = Client(REMOTE_ADDR="10.0.0.1")
        answers = [first_step(client, email, "wrong").status_code for _ in range(6)]
        assert answers == [422] * 5 + [429], email
    last = first_step(Client(REMOTE_ADDR="10.0.0.2"), nurse.email)
    assert last.status_code == 429  # the right password neither
    assert "Wait 15 minutes" in last.content.decode()


def test_signing_in_rightly_is_not_counted(nurse):
    with_sign_in(nurse)
    assert [first_step(Client(), nurse.email).status_code for _ in range(7)] == [302] * 7


def test_a_stranger_cannot_lock_somebody_out_of_their_own_device(nurse):
    secret = with_sign_in(nurse)
    own = Client()
    both_steps(own, nurse, secret)
    own.post("/sign-out/")
    for _ in range(6):
        stranger = first_step(Client(REMOTE_ADDR="10.9.9.9"), nurse.email, "wrong")
    assert stranger.status_code == 429
    assert first_step(own, nurse.email).url == "/sign-in/second-step/"


def test_thirty_wrong_tries_from_one_address_stop_it():
    answers = [
        first_step(Client(REMOTE_ADDR="10.0.0.3"), f"nobody{n}@example.nhs.uk", "x").status_code for n in range(31)
    ]
    assert answers == [422] * 30 + [429]


def test_five_wrong_codes_stop_the_second_step(client, nurse):
    secret = with_sign_in(nurse)
    first_step(client, nurse.email)
    answers = [
        client.post("/sign-in/second-step/", {"code": code(secret, later=1000 + n)}).status_code for n in range(6)
    ]
    assert answers == [422] * 5 + [429]
    assert client.post("/sign-in/second-step/", {"code": code(secret)}).status_code == 429


def test_counters_are_rows(client):
    first_step(client, "nobody@example.nhs.uk", "wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM throttle_counter")
        assert cursor.fetchone()[0] > 0
    cache.clear()


def test_asking_for_a_new_password_three_times_an_hour(client, nurse):
    nurse_answers = [client.post("/forgotten-password/", {"email": nurse.email}).status_code for _ in range(4)]
    others = [client.post("/forgotten-password/", {"email": "no@example.nhs.uk"}).status_code for _ in range(4)]
    assert nurse_answers == others == [302, 302, 302, 429]

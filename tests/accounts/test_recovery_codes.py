"""Recovery codes: shown once, downloaded once, counted, used once, and readable by nobody in the database."""

import json
from collections.abc import Callable
from time import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client

from accounts.capabilities import Role
from accounts.models import User
from tests.accounts.test_signing_in import first_step
from tests.factories.accounts import someone, with_sign_in
from tests.factories.providers import CommissionerFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
CODES = "/account/second-step/codes/"


@pytest.fixture
def nurse() -> User:
    person = someone(Role.DESIGNATED_PROFESSIONAL, CommissionerFactory(), strands=["children"])
    with_sign_in(person)
    RecoveryCodes.activate(person)
    return person


def kept(person: User) -> Authenticator:
    return Authenticator.objects.get(user_id=person.pk, type=Authenticator.Type.RECOVERY_CODES)


def test_they_are_shown_once_and_then_counted(sign_in: SignIn, nurse: User) -> None:
    client, codes = sign_in(nurse), kept(nurse).wrap().get_unused_codes()
    first, second = (client.get(CODES).content.decode() for _ in range(2))
    assert all(code in first for code in codes)
    assert not any(code in second for code in codes)
    assert "10 of 10 codes left" in second
    assert not any(code in client.get("/account/second-step/").content.decode() for code in codes)


def test_without_codes_the_page_leads_to_where_they_are_made(sign_in: SignIn, nurse: User) -> None:
    kept(nurse).delete()
    client = sign_in(nurse)
    answer = client.get(CODES)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/second-step/")
    assert "You have no recovery codes yet" in client.get("/account/second-step/").content.decode()


def test_the_page_is_downloaded_once_and_not_by_another_session(sign_in: SignIn, nurse: User) -> None:
    client, elsewhere = sign_in(nurse), sign_in(nurse)
    codes = kept(nurse).wrap().get_unused_codes()
    assert client.get(CODES + "download/").url == "/account/second-step/"
    client.get(CODES)
    assert elsewhere.get(CODES + "download/").url == "/account/second-step/"
    file = client.get(CODES + "download/")
    assert file["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert file["Content-Type"] == "text/plain; charset=utf-8"
    assert [line for line in file.content.decode().splitlines() if line.isdigit()] == codes
    assert file["Cache-Control"] == "no-store"
    assert client.get(CODES + "download/").url == "/account/second-step/"


def test_the_page_grows_old(sign_in: SignIn, nurse: User) -> None:
    client = sign_in(nurse)
    client.get(CODES)
    session = client.session
    session["codes_shown"] = int(time()) - 301
    session.save()
    assert client.get(CODES + "download/").url == "/account/second-step/"


def test_each_works_once_and_the_count_goes_down(client: Client, sign_in: SignIn, nurse: User) -> None:
    code = kept(nurse).wrap().get_unused_codes()[0]
    first_step(client, nurse.email)
    assert client.post("/sign-in/second-step/", {"code": code}).status_code == 302
    again = Client()
    first_step(again, nurse.email)
    assert again.post("/sign-in/second-step/", {"code": code}).status_code == 422
    assert "9 of your recovery codes are unused" in sign_in(nurse).get("/account/second-step/").content.decode()


def test_the_database_holds_neither_codes_nor_their_seed(nurse: User) -> None:
    row = kept(nurse)
    held = json.dumps(row.data)
    assert set(row.data) == {"seed", "used_mask"}
    assert not any(code in held for code in row.wrap().get_unused_codes())
    assert row.data["seed"].startswith("gAAAA")  # Fernet

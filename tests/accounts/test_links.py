"""Links of account mail: a new password and waking up. Once, for a time, and the same answer to everybody."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.capabilities import Role
from accounts.models import AccountToken, SignInEvent
from chasing.models import Letter
from tests.accounts.test_signing_in import both_steps, first_step
from tests.factories.accounts import PASSWORD, UserFactory, someone, with_sign_in
from tests.factories.providers import CommissionerFactory

pytestmark = pytest.mark.django_db
NEW = "seven other words of mine"


@pytest.fixture
def nurse():
    return someone(Role.DIRECTOR_OF_NURSING, CommissionerFactory())


def without_token(page) -> str:
    return re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]+"', "", page.content.decode())


def test_known_unknown_ended_and_never_joined_get_the_same_answer(nurse, at):
    ended = UserFactory()
    ended.disable(by=nurse, at=at)
    waiting = UserFactory(joined_at=None)
    pages = []
    for email in (nurse.email, "nobody@example.nhs.uk", ended.email, waiting.email):
        client = Client()
        answer = client.post("/forgotten-password/", {"email": email})
        assert (answer.status_code, answer.url) == (302, "/forgotten-password/sent/")
        pages.append(without_token(client.get(answer.url)))
    assert len(set(pages)) == 1
    assert [letter.to_user for letter in Letter.objects.filter(kind="password_reset")] == [nurse]


def test_something_that_is_no_address_is_said_beside_the_box(client):
    answer = client.post("/forgotten-password/", {"email": "nurse"})
    assert answer.status_code == 422
    assert "Enter an e-mail address, like" in answer.content.decode()


def test_a_new_password_ends_sessions_keeps_the_second_step_and_tells_the_owner(client, nurse):
    secret = with_sign_in(nurse)
    elsewhere = Client()
    both_steps(elsewhere, nurse, secret)
    token = tokens.make_reset_token(nurse)
    assert client.get(f"/forgotten-password/{token}/").status_code == 200
    done = client.post(f"/forgotten-password/{token}/", {"password": NEW})
    assert done.url == "/sign-in/"
    assert elsewhere.get("/account/").status_code == 302
    assert first_step(client, nurse.email, PASSWORD).status_code == 422
    assert first_step(client, nurse.email, NEW).url == "/sign-in/second-step/"
    assert Letter.objects.get(kind="factor_changed").to_user == nurse
    assert nurse.sign_ins.filter(kind=SignInEvent.Kind.PASSWORD_CHANGED).count() == 1


def test_only_a_hash_of_the_link_is_kept(nurse):
    token = tokens.make_reset_token(nurse)
    kept = AccountToken.objects.get()
    assert token not in (kept.token_hash, str(kept.__dict__))
    assert kept.token_hash == tokens.hashed(token)


def test_used_expired_and_guessed_links_look_the_same(client, nurse):
    used = tokens.make_reset_token(nurse)
    client.post(f"/forgotten-password/{used}/", {"password": NEW})
    old = tokens.make_reset_token(nurse, at=timezone.now() - timedelta(hours=3))
    pages = [Client().get(f"/forgotten-password/{token}/") for token in (used, old, "guessed")]
    assert [page.status_code for page in pages] == [410, 410, 410]
    assert len({without_token(page) for page in pages}) == 1


def test_one_used_link_voids_the_others(client, nurse):
    first, second = tokens.make_reset_token(nurse), tokens.make_reset_token(nurse)
    client.post(f"/forgotten-password/{first}/", {"password": NEW})
    assert client.post(f"/forgotten-password/{second}/", {"password": NEW}).status_code == 410


def test_a_reset_link_does_not_wake_anybody(client, nurse):
    token = tokens.make_reset_token(nurse)
    assert client.post(f"/wake-up/{token}/").status_code == 410


def test_a_weak_new_password_is_refused_and_the_link_stays(client, nurse):
    token = tokens.make_reset_token(nurse)
    assert client.post(f"/forgotten-password/{token}/", {"password": "short"}).status_code == 422
    assert client.post(f"/forgotten-password/{token}/", {"password": NEW}).status_code == 302


def test_somebody_asleep_is_sent_a_link_and_wakes_by_it_with_both_steps(client, nurse, at):
    secret = with_sign_in(nurse)
    nurse.fall_asleep(at=at)
    assert first_step(client, nurse.email).url == "/asleep/"
    assert "_auth_user_id" not in client.session
    assert [letter.to_user for letter in Letter.objects.filter(kind="wake_up")] == [nurse]
    token = tokens.make_wake_token(nurse)
    assert client.get(f"/wake-up/{token}/").status_code == 200  # a mail scanner's look does nothing
    nurse.refresh_from_db()
    assert nurse.state == "asleep"
    assert client.post(f"/wake-up/{token}/").url == "/sign-in/"
    assert both_steps(client, nurse, secret).url == "/"
    assert nurse.sign_ins.filter(kind=SignInEvent.Kind.WOKEN).count() == 1
    assert client.post(f"/wake-up/{token}/").status_code == 410


def test_asking_again_to_wake_up_within_the_hour_sends_one_letter(client, nurse, at):
    with_sign_in(nurse)
    nurse.fall_asleep(at=at)
    for _ in range(3):
        first_step(client, nurse.email)
    assert Letter.objects.filter(kind="wake_up").count() == 1

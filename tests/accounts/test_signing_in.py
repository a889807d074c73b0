"""Signing in through the real pages: two steps, nothing said to strangers, codes that work once."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.capabilities import Role
from accounts.models import SignInEvent
from chasing.models import Letter
from tests.factories.accounts import PASSWORD, UserFactory, code, someone, with_sign_in
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db
WRONG = "The e-mail address and password do not match an account that can sign in."


def first_step(client: Client, email: str, password: str = PASSWORD):
    return client.post("/sign-in/", {"login": email, "password": password})


def both_steps(client: Client, user, secret: str, *, later: int = 0):
    first_step(client, user.email)
    return client.post("/sign-in/second-step/", {"code": code(secret, later=later)})


@pytest.fixture
def nurse():
    return someone(Role.DIRECTOR_OF_NURSING, CommissionerFactory())


@pytest.fixture
def lead():
    return someone(Role.PROVIDER_LEAD, provider_of(CommissionerFactory()))


def test_password_and_code_sign_in_and_start_the_commissioner_clock(client, nurse):
    secret = with_sign_in(nurse)
    assert first_step(client, nurse.email).url == "/sign-in/second-step/"
    assert "_auth_user_id" not in client.session
    answer = client.post("/sign-in/second-step/", {"code": code(secret)})
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.session["side"] == "commissioner"
    assert client.get("/account/").status_code == 200
    assert list(nurse.sign_ins.values_list("kind", flat=True)) == [SignInEvent.Kind.SIGNED_IN]


def test_next_page_survives_both_steps(client, nurse):
    secret = with_sign_in(nurse)
    client.post("/sign-in/?next=/people/", {"login": nurse.email, "password": PASSWORD, "next": "/people/"})
    assert client.post("/sign-in/second-step/", {"code": code(secret)}).url == "/people/"


def test_next_page_elsewhere_is_not_followed(client, nurse):
    secret = with_sign_in(nurse)
    client.post("/sign-in/", {"login": nurse.email, "password": PASSWORD, "next": "https://evil.example/"})
    assert client.post("/sign-in/second-step/", {"code": code(secret)}).url == "/"


def test_unknown_ended_and_mistaken_get_the_same_answer(client, nurse, at):
    with_sign_in(nurse)
    ended = UserFactory()
    with_sign_in(ended)
    ended.disable(by=nurse, at=at)
    pages = [
        first_step(Client(), "nobody@example.nhs.uk"),
        first_step(Client(), nurse.email, "wrong"),
        first_step(Client(), ended.email),
    ]
    assert [page.status_code for page in pages] == [422, 422, 422]
    assert all(WRONG in page.content.decode() for page in pages)
    assert all(page.context["form"].errors == pages[0].context["form"].errors for page in pages)


def test_refusals_are_kept(client, nurse):
    with_sign_in(nurse)
    first_step(client, nurse.email, "wrong")
    first_step(client, "nobody@example.nhs.uk")
    refused = SignInEvent.objects.filter(kind=SignInEvent.Kind.REFUSED).order_by("pk")
    assert [event.user for event in refused] == [nurse, None]


def test_capitals_in_the_address_do_not_matter(client, nurse):
    with_sign_in(nurse)
    assert first_step(client, nurse.email.upper()).url == "/sign-in/second-step/"


def test_wrong_code_is_refused_and_the_right_one_works_after_it(client, nurse):
    secret = with_sign_in(nurse)
    first_step(client, nurse.email)
    wrong = client.post("/sign-in/second-step/", {"code": code(secret, later=1000)})
    assert wrong.status_code == 422
    assert wrong.content.decode().count("That code is not right") == 2  # in the summary and beside the box
    assert client.post("/sign-in/second-step/", {"code": code(secret)}).status_code == 302


def test_a_code_works_once_for_as_long_as_it_could_be_typed(nurse):
    secret = with_sign_in(nurse)
    early = code(secret, later=1)
    first, second = Client(), Client()
    first_step(first, nurse.email)
    first_step(second, nurse.email)
    assert first.post("/sign-in/second-step/", {"code": early}).status_code == 302
    from django.core.cache import cache

    cache.delete(f"allauth.mfa.totp.used?user={nurse.pk}&code={early}")  # allauth's own memory is 30 seconds
    assert second.post("/sign-in/second-step/", {"code": early}).status_code == 422


def test_whoever_has_no_second_step_is_sent_to_set_one_up(client, nurse):
    with_sign_in(nurse, app=False)
    first_step(client, nurse.email)
    for url in ("/", "/people/", "/account/"):
        assert client.get(url).url == "/account/second-step/", url
    assert client.get("/account/second-step/").status_code == 200


def test_setting_up_an_app_shows_the_codes_once_and_writes_to_the_owner(
    client, nurse, django_capture_on_commit_callbacks
):
    with_sign_in(nurse, app=False)
    first_step(client, nurse.email)
    page = client.get("/account/second-step/app/")
    secret = page.context["form"].secret
    assert "<svg" in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/account/second-step/app/", {"code": code(secret)})
    assert done.url == "/account/second-step/codes/"
    shown = client.get(done.url)
    codes = shown.context["unused_codes"]
    assert len(codes) == 10
    assert codes[0] in shown.content.decode()
    again = client.get(done.url).content.decode()
    assert not any(one in again for one in codes)
    assert Authenticator.objects.get(user=nurse, type="totp").data["secret"] != secret
    assert Letter.objects.get(kind="factor_changed").to_user == nurse
    assert client.get("/people/").status_code == 200


def test_recovery_code_works_once(nurse):
    with_sign_in(nurse)
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    spare = RecoveryCodes.activate(nurse).get_unused_codes()[3]
    answers = []
    for client in (Client(), Client()):
        first_step(client, nurse.email)
        answers.append(client.post("/sign-in/second-step/", {"code": spare}).status_code)
    assert answers == [302, 422]


def test_only_provider_accounts_may_remember_a_device(nurse, lead):
    theirs, ours = with_sign_in(lead), with_sign_in(nurse)
    provider, commissioner = Client(), Client()
    assert both_steps(provider, lead, theirs).url == "/sign-in/this-device/"
    assert both_steps(commissioner, nurse, ours).url == "/"
    assert provider.post("/sign-in/this-device/", {"action": "trust"}).url == "/"
    provider.post("/sign-out/")
    assert first_step(provider, lead.email).url == "/"  # no second step asked on this device
    assert first_step(Client(), lead.email).url == "/sign-in/second-step/"


def test_a_remembered_device_is_asked_again_once_the_person_joins_the_commissioner(lead, at):
    secret = with_sign_in(lead)
    client = Client()
    both_steps(client, lead, secret)
    client.post("/sign-in/this-device/", {"action": "trust"})
    client.post("/sign-out/")
    lead.memberships.all().end(by=None, at=at)
    someone_else = CommissionerFactory()
    from tests.factories.accounts import MembershipFactory

    MembershipFactory(user=lead, organisation=someone_else, role=Role.QUALITY_ANALYST, starts_on=at.date())
    assert first_step(client, lead.email).url == "/sign-in/second-step/"


def test_signing_out_clears_the_browser(client, nurse):
    secret = with_sign_in(nurse)
    both_steps(client, nurse, secret)
    answer = client.post("/sign-out/")
    assert nurse.sign_ins.order_by("pk").last().kind == SignInEvent.Kind.SIGNED_OUT
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/account/").url == "/sign-in/?next=/account/"


def test_nobody_signs_up(client):
    for path in ("/signup/", "/accounts/signup/", "/sign-up/", "/account/signup/", "/accounts/"):
        assert client.get(path).status_code == 404, path


def test_the_only_second_step_cannot_be_removed(sign_in, nurse):
    with_sign_in(nurse)
    client = sign_in(nurse)
    answer = client.post("/account/second-step/app/remove/")
    assert answer.url == "/account/second-step/"
    assert Authenticator.objects.filter(user=nurse, type="totp").count() == 1


def test_changing_the_password_asks_for_the_old_one_and_signs_out(sign_in, nurse):
    with_sign_in(nurse)
    client = sign_in(nurse)
    new = "seven other words of mine"
    wrong = client.post("/account/password/", {"oldpassword": "x", "password1": new, "password2": new})
    assert wrong.status_code == 422
    done = client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert done.url == "/sign-in/"
    nurse.refresh_from_db()
    assert nurse.check_password(new)
    assert client.get("/account/").status_code == 302
    assert Letter.objects.filter(kind="factor_changed", to_user=nurse).count() == 1


def test_weak_passwords_are_refused(sign_in, nurse):
    with_sign_in(nurse)
    client = sign_in(nurse)
    for weak in ("short", "safeguarding1", "1q2w3e4r5t6y"):
        answer = client.post("/account/password/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
        assert answer.status_code == 422, weak
        assert answer.context["form"].errors["password1"], weak


def test_a_fresh_right_asks_for_the_second_step_and_goes_on_with_what_was_typed(sign_in):
    admin = someone(Role.SYSTEM_ADMINISTRATOR, commissioner := CommissionerFactory())
    secret = with_sign_in(admin)
    client = sign_in(admin, fresh=False)
    typed = {
        "name": "New Person", "email": "new@example.nhs.uk", "role": "QA", "organisation": commissioner.reference,
        "reason": "Joins",
    }  # fmt: skip
    asked = client.post("/people/invitations/new/", typed)
    assert asked.url.startswith("/account/confirm/?next=")
    done = client.post(asked.url, {"code": code(secret), "next": "/people/invitations/new/"})
    assert done.status_code == 302
    assert [row.email for row in commissioner.invitations.all()] == ["new@example.nhs.uk"]
    assert client.get("/people/invitations/new/").status_code == 200

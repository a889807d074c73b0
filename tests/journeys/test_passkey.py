"""Passkeys in a real browser with a virtual device: added, used as the second step, and used alone."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from accounts.capabilities import Role
from accounts.models import User
from tests.factories.accounts import PASSWORD, someone, with_sign_in
from tests.factories.providers import CommissionerFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def nurse(settings: Any) -> User:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    nurse = someone(Role.DIRECTOR_OF_NURSING, CommissionerFactory())
    with_sign_in(nurse, app=False)
    return nurse


def with_a_fingerprint_reader(page: Page) -> Page:
    """One that always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def test_a_passkey_is_added_used_as_second_step_and_used_alone(browser: Browser, portal: str, nurse: User) -> None:
    here = portal.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to a number
    context = browser.new_context()
    page = with_a_fingerprint_reader(context.new_page())
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

    def heading(name: str) -> None:
        page.get_by_role("heading", name=name, level=1).wait_for()

    def password() -> None:
        page.get_by_label("E-mail address").fill(nurse.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()

    def sign_out() -> None:
        page.goto(f"{here}/sign-out/")
        page.locator("main").get_by_role("button", name="Sign out").click()
        heading("Sign in")

    page.goto(f"{here}/sign-in/")
    password()
    heading("Set up your second step")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name of this passkey").fill("Work laptop")
    page.get_by_role("button", name="Add a passkey").click()
    heading("Recovery codes")
    sign_out()

    password()
    heading("Second step")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{here}/")
    sign_out()

    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{here}/")
    page.goto(f"{here}/people/waiting/")
    heading("Roles that wait for you")  # a right that wants the second step fresh: the passkey was it
    context.close()

    assert complaints == []
    assert nurse.authenticator_set.get(type="webauthn").wrap().name == "Work laptop"
    kinds = list(nurse.sign_ins.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["signed_in", "factor_added", "signed_out", "signed_in", "signed_out", "signed_in"]

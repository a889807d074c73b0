"""bootstrap, code, and the page of demonstration accounts."""

import io
import json
import re
import time

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from accounts.capabilities import Role
from accounts.models import Membership, User
from assurance_portal.checks import demonstration_only_where_embedded, no_demonstration_accounts_elsewhere
from chasing.models import Letter
from tests.accounts.test_signing_in import both_steps
from tests.factories.accounts import PASSWORD, UserFactory, code, someone, with_sign_in
from tests.factories.providers import CommissionerFactory

pytestmark = pytest.mark.django_db
FIRST = {
    "commissioner": "North Vale CCG", "commissioner_code": "09x", "admin": "Sam@example.nhs.uk", "admin_name": "Sam",
    "executive": "dee@example.nhs.uk", "executive_name": "Dee",
}  # fmt: skip


def begin(**changes: str) -> str:
    said = io.StringIO()
    call_command("bootstrap", stdout=said, **(FIRST | changes))
    return said.getvalue()


def test_the_first_two_confirm_each_other_and_join_by_the_printed_links(client):
    said = begin()
    links = re.findall(r"http://testserver(/invitation/\S+)", said)
    assert len(links) == 2
    held = {row.role: row for row in Membership.objects.live().select_related("user", "confirmed_by")}
    assert {role: row.confirmed_by.name for role, row in held.items()} == {"SA": "Dee", "DN": "Sam"}
    assert not Letter.objects.exists()
    assert client.post(links[0], {"name": "Sam Admin", "password": PASSWORD}).status_code == 302
    admin = User.objects.get(email="sam@example.nhs.uk")
    assert admin.state == "active"
    assert [row.role for row in Membership.objects.live().filter(user=admin)] == ["SA"]
    assert client.get("/people/").url == "/account/second-step/"
    assert client.post(links[0], {"name": "Again", "password": PASSWORD}).status_code == 410


def test_bootstrap_refuses_where_anybody_exists_and_twice_the_same_person():
    with pytest.raises(CommandError, match="different people"):
        begin(executive="SAM@example.nhs.uk")
    UserFactory()
    with pytest.raises(CommandError, match="There are people already"):
        begin()


def test_bootstrap_says_which_word_is_wrong_and_leaves_nothing():
    with pytest.raises(CommandError, match="valid email"):
        begin(executive="no address")
    assert not User.objects.exists()


@pytest.fixture
def demonstration(settings, tmp_path):
    settings.PORTAL_DEMONSTRATION = settings.PORTAL_EMBEDDED = True
    settings.DATA_DIR = tmp_path
    person = someone(Role.DIRECTOR_OF_NURSING, CommissionerFactory(), email="dee@demo.example")
    secret = with_sign_in(person)
    row = {"role": "Director of Nursing", "email": person.email, "password": PASSWORD, "organisation": "North Vale"}
    (tmp_path / "demonstration-accounts.json").write_text(json.dumps([row]))
    return person, secret


def test_the_page_shows_everything_that_signing_in_takes(client, demonstration):
    person, _ = demonstration
    page = client.get(reverse("demonstration-accounts"))
    shown = page.context["accounts"][0]
    assert (shown.role, shown.email, shown.password) == ("Director of Nursing", person.email, PASSWORD)
    assert 0 < shown.seconds <= 30
    client.post("/sign-in/", {"login": shown.email, "password": shown.password})
    assert client.post("/sign-in/second-step/", {"code": shown.code}).url == "/"
    assert "Demonstration accounts" in client.__class__().get("/sign-in/").content.decode()


def test_code_prints_the_code(demonstration):
    person, secret = demonstration
    said = io.StringIO()
    if time.time() % 30 > 28:
        time.sleep(3)
    call_command("code", person.email.upper(), stdout=said)
    assert said.getvalue().startswith(code(secret))
    assert re.search(r"\(\d+ seconds left\)", said.getvalue())
    with pytest.raises(CommandError, match="no account"):
        call_command("code", "nobody@demo.example")


@pytest.mark.parametrize(("shown", "embedded"), [(False, True), (True, False), (False, False)])
def test_neither_exists_anywhere_else(client, demonstration, settings, shown, embedded):
    person, _ = demonstration
    settings.PORTAL_DEMONSTRATION, settings.PORTAL_EMBEDDED = shown, embedded
    assert client.get(reverse("demonstration-accounts")).status_code == 404
    with pytest.raises(CommandError, match="embedded demonstration only"):
        call_command("code", person.email)
    problems = demonstration_only_where_embedded(None) + no_demonstration_accounts_elsewhere(None)
    assert "portal.E002" in {problem.id for problem in problems}
    assert ("portal.E001" in {problem.id for problem in problems}) is shown


def test_demonstration_accounts_sign_in_with_both_steps_as_everybody(client, demonstration):
    person, secret = demonstration
    assert client.post("/sign-in/", {"login": person.email, "password": PASSWORD}).url == "/sign-in/second-step/"
    assert client.get("/account/").status_code == 302
    assert both_steps(client, person, secret).url == "/"

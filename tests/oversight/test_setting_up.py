"""A new place: nothing is sent before somebody says go, the list of what is left to do, and a start without a storm."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Membership
from chasing.models import Chase, Letter, SendingHold
from chasing.models.sending import FIRST
from chasing.planner import plan
from oversight.models import SettingUp
from providers.models import Contact, Organisation
from tests.factories.accounts import someone
from tests.factories.actions import an_action
from tests.factories.assurance import RoundFactory
from tests.factories.framework import published
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Organisation:
    call_command(
        "bootstrap", commissioner="NHS Here", commissioner_code="09x", admin="sam@example.nhs.uk", admin_name="Sam",
        executive="dee@example.nhs.uk", executive_name="Dee", verbosity=0,
    )  # fmt: skip
    return Organisation.objects.get(name="NHS Here")


@pytest.fixture
def client(ours: Organisation, sign_in: Any) -> Client:
    return sign_in(someone(Role.QUALITY_ANALYST, ours))


def steps(client: Client) -> dict[str, bool]:
    shown = client.get("/").context["panels"]
    found = next((each["panel"] for each in shown if "setting_up" in each["template"]), {"places": []})
    return {step.words: step.done for _, held in found["places"] for step in held}


def test_a_new_place_is_held(ours: Organisation) -> None:
    assert SendingHold.objects.in_place().get(commissioner=ours).reason == FIRST


def test_the_list_follows_what_is_done_and_goes_away_by_itself(client: Client, ours: Organisation) -> None:
    assert steps(client) == {
        "Invite the people of the team": True,
        "Bring in organisations and contacts": False,
        "Verify contacts": False,
        "Bring in grades of past years": False,
        "Bring in open actions": False,
        "Bring in figures of past quarters": False,
        "Choose the standards and make a round": False,
        "Start sending": False,
    }
    oak = provider_of(ours)
    contact = Contact.objects.create(organisation=oak, kind="safeguarding_lead", name="Ann", email="a@example.org")
    RoundFactory(commissioner=ours, framework_version=published())
    assert steps(client)["Verify contacts"] is False
    contact.verify(by=Membership.objects.filter(organisation=ours)[0].user, on=date(2026, 1, 1), expected=1)
    client.post(f"/reminders/sending/{ours.reference}/go/", {"what": "today"})
    assert steps(client) == {}


def test_somebody_may_hide_it_and_only_their_own(client: Client, ours: Organisation) -> None:
    theirs = SettingUp.objects.begin(CommissionerFactory(), at=timezone.now())
    client.post("/setting-up/hide/", {"commissioner": theirs.commissioner.reference})
    theirs.refresh_from_db()
    assert (theirs.hidden_at, bool(steps(client))) == (None, True)
    client.post("/setting-up/hide/", {"commissioner": ours.reference})
    assert steps(client) == {}


def test_another_place_has_no_list(sign_in: Any, ours: Organisation) -> None:
    assert steps(sign_in(someone(Role.QUALITY_ANALYST, CommissionerFactory()))) == {}


def test_the_number_that_would_leave_is_said_by_kind_before_somebody_says_go(client: Client, ours: Any) -> None:
    an_action(ours, at=timezone.now() - timedelta(days=2))
    page = client.get(f"/reminders/sending/{ours.reference}/go/")
    assert [(each.words, each.letters) for each in page.context["by_kind"]] == [("An action was opened", 1)]
    assert page.context["form"].initial["what"] == "today"


def test_a_start_from_today_writes_about_nothing_that_was_due_before(client: Client, ours: Organisation) -> None:
    oak = provider_of(ours, mailbox="oak@example.org")
    now, today = timezone.now(), timezone.localdate()
    other = an_action(None, None, due_on=today - timedelta(days=40), at=now - timedelta(days=100))
    an_action(ours, oak, due_on=today - timedelta(days=40), at=now - timedelta(days=100))
    client.post(f"/reminders/sending/{ours.reference}/go/", {"what": "today"})
    assert not SendingHold.objects.in_place().filter(commissioner=ours).exists()
    mine = Letter.objects.filter(commissioner=ours, is_account_mail=False)
    assert set(mine.values_list("state", flat=True)) == {"dropped"}
    assert not Chase.objects.filter(commissioner=other.commissioner).exists()
    plan(today, at=now)
    assert not mine.filter(state="pending").exists()

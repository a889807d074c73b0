"""Open actions from a workbook: kept with their origin, without a letter, undone while nothing depends on them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.capabilities import Role
from actions.models import Action
from chasing.models import Letter
from providers.models import Organisation
from tests.factories.accounts import someone
from tests.factories.actions import an_action
from tests.factories.providers import CommissionerFactory, provider_of
from tests.oversight.files import accept, send, workbook

pytestmark = pytest.mark.django_db
WHERE = "/bring-in/actions/"
HEAD = ["Provider", "Action", "Due date", "Owner", "Standard", "Status"]
TRAIN = ["Oak Surgery", "Train every starter", "1 June 2026", "Ann Alder", "4.2", "ongoing"]


@pytest.fixture
def ours() -> Organisation:
    return CommissionerFactory(name="NHS Here")


@pytest.fixture
def oak(ours: Organisation) -> Organisation:
    return provider_of(ours, name="Oak Surgery", code="E82001")


@pytest.fixture
def client(ours: Organisation, oak: Organisation, sign_in: Any) -> Client:
    return sign_in(someone(Role.DESIGNATED_PROFESSIONAL, ours, strands=["adults"]))


def test_they_are_actions_with_their_own_origin_and_nobody_is_told(client: Client, oak: Organisation) -> None:
    accept(client, send(client, WHERE, workbook(HEAD, TRAIN)))
    action = Action.objects.get()
    assert (action.organisation, action.origin_kind, action.state) == (oak, "records", "in_progress")
    assert (action.due_on, action.original_due_on) == (date(2026, 6, 1), date(2026, 6, 1))
    assert (action.owner, action.owner_name) == (None, "Ann Alder")
    assert action.text == "Train every starter\n\nFrom: 4.2"
    assert Letter.objects.count() == 0


def test_an_owner_with_an_account_gets_the_action(client: Client, oak: Organisation) -> None:
    ann = someone(Role.PROVIDER_LEAD, oak, name="Ann Alder")
    accept(client, send(client, WHERE, workbook(HEAD, TRAIN)))
    assert (Action.objects.get().owner, Action.objects.get().owner_name) == (ann, "")


@pytest.mark.parametrize(
    ("row", "ref"),
    [
        (["Nobody", "Do it", "1 June 2026"], "A2"),
        (["Oak Surgery", "", "1 June 2026"], "B2"),
        (["Oak Surgery", "Do it", ""], "C2"),
        (["Oak Surgery", "Do it", "soon"], "C2"),
        (["Oak Surgery", "Do it", "1 June 2026", "", "", "Completed"], "F2"),
        (["Oak Surgery", "=NOW()", "1 June 2026"], "B2"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_cell(client: Client, row: list[Any], ref: str) -> None:
    page = send(client, WHERE, workbook(HEAD, row))
    assert [each.ref for line in page.context["outcomes"] for each in line.line.problems] == [ref]


def test_the_same_action_is_kept_once(client: Client) -> None:
    content = workbook(HEAD, TRAIN, TRAIN)
    accept(client, send(client, WHERE, content), leave="on")
    page = send(client, WHERE, content)
    assert [each.state for each in page.context["outcomes"]] == ["unchanged", "unchanged"]
    assert Action.objects.count() == 1


def test_undone_there_is_none(client: Client) -> None:
    done = accept(client, send(client, WHERE, workbook(HEAD, TRAIN)))
    client.post(f"{done.redirect_chain[-1][0]}undo/", {"x": 1})
    assert Action.objects.count() == 0


def test_an_action_that_somebody_worked_on_stays(client: Client, oak: Organisation) -> None:
    done = accept(client, send(client, WHERE, workbook(HEAD, TRAIN)))
    lead = someone(Role.PROVIDER_LEAD, oak)
    Action.objects.get().report("Half of them", by=lead, at=datetime(2026, 7, 1, tzinfo=UTC))
    refused = client.post(f"{done.redirect_chain[-1][0]}undo/", {"x": 1})
    assert (refused.status_code, "was changed since" in refused.content.decode()) == (409, True)
    assert Action.objects.count() == 1


def test_raw_sql_cannot_remove_an_action_that_no_import_made(ours: Organisation, oak: Organisation) -> None:
    an_action(ours, oak)
    with pytest.raises(IntegrityError, match="only when the import"), transaction.atomic():
        Action.objects.all().delete()


def test_the_empty_workbook_is_read_back(client: Client) -> None:
    content = client.get(f"{WHERE}workbook/").content
    assert "no row below the headings" in send(client, WHERE, content).content.decode()

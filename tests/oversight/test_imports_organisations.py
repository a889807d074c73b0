"""Organisations and contacts from a workbook: read, compared, accepted once, undone while nothing depends on them."""

from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.capabilities import Role
from assurance_portal.world_work import PDF
from chasing.models import Letter
from oversight.bringing import organisations, process, templates
from oversight.models import Import, Trace
from providers.models import Arrangement, Category, Contact, Organisation, Site
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory, a_return
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.workbooks import by_libreoffice, soffice
from tests.oversight.files import accept, send, workbook

pytestmark = pytest.mark.django_db
WHERE = "/bring-in/organisations/"
HEAD = ["Name", "Category", "ODS code", "Postcode", "Safeguarding lead", "Lead’s e-mail", "Sites (with ; between)"]
OAK = ["Oak Surgery", "General practice", "E82001", "BN1 1AA", "Ann Alder", "ann@oak.example.org", "Main; Branch"]
ELM = ["Elm View Nursing", "ACUTE", None, "BN2 2BB", None, None, None]


@pytest.fixture
def ours() -> Organisation:
    return CommissionerFactory(name="NHS Here")


@pytest.fixture
def analyst(ours: Organisation) -> Any:
    return someone(Role.QUALITY_ANALYST, ours)


@pytest.fixture
def client(analyst: Any, sign_in: Any) -> Client:
    return sign_in(analyst)


def states(page: Any) -> dict[str, str]:
    return {each.title: each.state for each in page.context["outcomes"]}


def problems(page: Any) -> list[tuple[str, str]]:
    return [(each.ref, each.why) for line in page.context["outcomes"] for each in line.line.problems]


def everything() -> list[list[Any]]:
    """The register as it stands, without the counts of saves."""
    found = []
    for model in (Organisation, Arrangement, Site, Contact):
        names = [f.attname for f in model._meta.concrete_fields if f.name not in ("version",)]
        found.append(sorted(model.objects.values_list(*names), key=str))
    return found


def test_nothing_is_saved_before_it_is_accepted(client: Client, ours: Organisation) -> None:
    page = send(client, WHERE, workbook(HEAD, OAK, ELM))
    assert states(page) == {"Oak Surgery": "new", "Elm View Nursing": "new"}
    assert Organisation.objects.filter(kind="provider").count() == 0
    assert Import.objects.get().state == "read"


def test_accepted_rows_are_on_the_register_with_contract_sites_and_lead(client: Client, ours: Organisation) -> None:
    done = accept(client, send(client, WHERE, workbook(HEAD, OAK, ELM)))
    assert done.status_code == 200
    oak = Organisation.objects.get(name="Oak Surgery")
    contract = Arrangement.objects.get(organisation=oak)
    assert (oak.code, oak.category.code, oak.registered_by) == ("E82001", "GP", ours)
    assert (contract.commissioner, contract.part, contract.contract_form) == (ours, "lead", "gms")
    assert sorted(oak.sites.values_list("name", flat=True)) == ["Branch", "Main"]
    lead = Contact.objects.get(organisation=oak)
    assert (lead.kind, lead.name, lead.email) == ("safeguarding_lead", "Ann Alder", "ann@oak.example.org")
    assert (lead.receives_reminders, lead.verified_on) == (True, None)
    assert Letter.objects.count() == 0
    assert Trace.objects.filter(made=True).count() == 2 + 2 + 2 + 1
    assert Import.objects.get().counts["new"] == 2


def test_the_same_file_again_changes_nothing(client: Client) -> None:
    content = workbook(HEAD, OAK, ELM)
    accept(client, send(client, WHERE, content))
    page = send(client, WHERE, content)
    assert states(page) == {"Oak Surgery": "unchanged", "Elm View Nursing": "unchanged"}


def test_the_same_form_twice_is_one_import(client: Client) -> None:
    page = send(client, WHERE, workbook(HEAD, OAK))
    where, form = page.redirect_chain[-1][0], page.context["form"]
    data = {"seen": form.fields["seen"].initial, "form_token": str(form.fields["form_token"].initial())}
    assert [client.post(where, data).status_code for _ in range(2)] == [302, 302]
    assert Organisation.objects.filter(name="Oak Surgery").count() == 1


def test_of_two_who_accept_the_same_file_the_second_is_told(client: Client, ours: Organisation, sign_in: Any) -> None:
    page = send(client, WHERE, workbook(HEAD, OAK))
    accept(client, page)
    other = sign_in(someone(Role.SYSTEM_ADMINISTRATOR, ours))
    late = other.post(page.redirect_chain[-1][0], {"seen": page.context["form"].fields["seen"].initial})
    assert late.status_code == 409
    assert "Accepted" in late.content.decode()
    assert Organisation.objects.filter(name="Oak Surgery").count() == 1


def test_what_changed_since_it_was_shown_is_shown_again(client: Client, ours: Organisation) -> None:
    page = send(client, WHERE, workbook(HEAD, OAK))
    provider_of(ours, name="Oak Surgery", code="E82001")
    late = accept(client, page)
    assert late.status_code == 409
    assert Organisation.objects.filter(code="E82001").count() == 1
    assert Import.objects.get().state == "read"


# --- doubles ---


def test_a_likely_double_is_asked_about_and_never_doubled(client: Client, ours: Organisation) -> None:
    held = provider_of(ours, name="The Oak Surgery Ltd", postcode="BN1 1AA")
    page = send(client, WHERE, workbook(HEAD, OAK))
    assert states(page) == {"Oak Surgery": "asked"}
    assert "The same as The Oak Surgery Ltd" in page.content.decode()
    assert accept(client, page).status_code == 422  # not answered
    accept(client, page, same_0=held.reference)
    held.refresh_from_db()
    assert (Organisation.objects.filter(kind="provider").count(), held.code) == (1, "E82001")


def test_the_person_may_say_that_it_is_really_new(client: Client, ours: Organisation) -> None:
    provider_of(ours, name="The Oak Surgery Ltd")
    accept(client, send(client, WHERE, workbook(HEAD, OAK)), same_0="new")
    assert Organisation.objects.filter(kind="provider").count() == 2


def test_a_code_that_another_name_holds_is_never_new(client: Client, ours: Organisation) -> None:
    held = provider_of(ours, name="Willow Hospital", code="E82001")
    page = send(client, WHERE, workbook(HEAD, OAK))
    offered = [code for code, _ in page.context["form"].fields["same_0"].choices]
    assert offered == [held.reference, "leave"]
    assert accept(client, page, same_0="new").status_code == 422
    done = accept(client, page, same_0="leave")
    assert done.context["brought_in"].counts["left"] == 1
    held.refresh_from_db()
    assert held.name == "Willow Hospital"


def test_a_code_of_another_commissioners_is_refused_without_its_name(client: Client) -> None:
    provider_of(CommissionerFactory(), name="Secret Clinic", code="E82001")
    page = send(client, WHERE, workbook(HEAD, OAK))
    assert [ref for ref, _ in problems(page)] == ["C2"]
    assert "Secret Clinic" not in page.content.decode()


def test_two_rows_of_one_organisation_are_one(client: Client) -> None:
    page = send(client, WHERE, workbook(HEAD, OAK, [*OAK[:1], "General practice", "e82001 "]))
    assert [ref for ref, _ in problems(page)] == ["C3"]


# --- problems beside the cell ---


@pytest.mark.parametrize(
    ("row", "ref"),
    [
        (["", "ACUTE"], "A2"),
        (["Oak", "Castle"], "B2"),
        (["Oak", "ACUTE", "X!"], "C2"),
        (["Oak", "ACUTE", "=TODAY()"], "C2"),
        (["Oak", "ACUTE", None, None, "Ann", "not an address"], "F2"),
        (["Oak", "ACUTE", None, None, "Ann", None], "F2"),
        (["Oak", "ACUTE", None, None, None, "a@example.org"], "E2"),
        (["x" * 201, "ACUTE"], "A2"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_cell(client: Client, row: list[Any], ref: str) -> None:
    page = send(client, WHERE, workbook(HEAD, row))
    assert [each for each, _ in problems(page)] == [ref]
    assert page.context["form"].sound == 0


def test_good_rows_are_taken_only_when_somebody_says_to_leave_the_others(client: Client) -> None:
    page = send(client, WHERE, workbook(HEAD, OAK, ["Elm", "Castle"]))
    assert accept(client, page).status_code == 422
    assert Organisation.objects.filter(kind="provider").count() == 0
    accept(client, page, leave="on")
    assert list(Organisation.objects.filter(kind="provider").values_list("name", flat=True)) == ["Oak Surgery"]


def test_moved_columns_titles_above_and_text_dates_are_understood(client: Client) -> None:
    rows = [["Our providers, May"], [], ["Contract since", "Category", "Shoe size", "Provider"],
            ["1st April 2024", "acute or general hospital trust ", 43, "  Elm   General "]]  # fmt: skip
    page = send(client, WHERE, workbook(*rows))
    assert states(page) == {"Elm General": "new"}
    assert "Shoe size (column C)" in page.content.decode()
    accept(client, page)
    assert str(Arrangement.objects.get().starts_on) == "2024-04-01"


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 422, "empty"),
        (PDF, 415, "Excel workbook"),
        (b"PK\x03\x04 broken", 422, "ends too early"),
        (workbook(["Colour", "Shoe size"]), 422, "headings"),
        (workbook(["Name", "Town"], ["Oak", "Hove"]), 422, "Category"),
        (workbook(HEAD), 422, "no row"),
        (workbook([*HEAD, "Name"], OAK), 422, "twice"),
    ],
)
def test_a_file_that_is_not_it_is_refused_at_its_box(client: Client, content: bytes, status: int, words: str) -> None:
    page = send(client, WHERE, content)
    assert page.status_code == status
    assert words in " ".join(page.context["form"].errors["file"])
    assert Import.objects.count() == 0


def test_a_million_rows_are_refused_and_none_is_kept(client: Client) -> None:
    rows = b"Name,Category\n" + b"Oak,ACUTE\n" * 1_048_576
    page = send(client, WHERE, rows, name="ours.csv")
    assert page.status_code == 422
    assert "more rows" in " ".join(page.context["form"].errors["file"])


def test_another_commissioners_workbook_is_refused(client: Client, analyst: Any, on: Any, at: Any) -> None:
    theirs = CommissionerFactory()
    content = templates.empty(process.About("organisations", theirs, analyst, on), at=at)
    page = send(client, WHERE, content)
    assert page.status_code == 422
    assert "another commissioner" in page.content.decode()


def test_the_empty_workbook_is_read_back(client: Client) -> None:
    content = client.get(f"{WHERE}workbook/").content
    page = send(client, WHERE, content)
    assert "no row below the headings" in page.content.decode()


@pytest.mark.slow
@pytest.mark.skipif(soffice() is None, reason="LibreOffice is not installed")
def test_a_file_that_libreoffice_wrote_is_read(client: Client, tmp_path: Path) -> None:
    page = send(client, WHERE, by_libreoffice(tmp_path, workbook(HEAD, OAK, ELM)))
    assert states(page) == {"Oak Surgery": "new", "Elm View Nursing": "new"}


# --- undoing ---


def test_undone_everything_reads_as_before(client: Client, ours: Organisation) -> None:
    held = provider_of(ours, name="Oak Surgery", category=Category.objects.get(code="GP"))
    Contact.objects.create(organisation=held, kind="safeguarding_lead", name="Ann Alder", email="old@example.org")
    before = everything()
    done = accept(client, send(client, WHERE, workbook(HEAD, OAK, ELM)))
    assert everything() != before
    undone = client.post(f"{done.redirect_chain[-1][0]}undo/", follow=True)
    assert undone.context["brought_in"].state == "undone"
    assert everything() == before
    assert (Trace.objects.count(), Import.objects.get().lines) == (0, [])


def test_undoing_stops_where_something_depends_and_says_what(client: Client, ours: Organisation) -> None:
    done = accept(client, send(client, WHERE, workbook(HEAD, OAK, ELM)))
    oak = Organisation.objects.get(name="Oak Surgery")
    a_return(RoundFactory(commissioner=ours), oak)
    refused = client.post(f"{done.redirect_chain[-1][0]}undo/")
    assert refused.status_code == 409
    assert "of Oak Surgery" in refused.content.decode()
    assert Organisation.objects.filter(kind="provider").count() == 2
    assert Import.objects.get().state == "accepted"


def test_undoing_never_loses_what_somebody_changed_since(client: Client, ours: Organisation) -> None:
    done = accept(client, send(client, WHERE, workbook(HEAD, OAK)))
    lead = Contact.objects.get()
    lead.change(expected=1, telephone="01632 960001")
    refused = client.post(f"{done.redirect_chain[-1][0]}undo/")
    assert refused.status_code == 409
    assert "Ann Alder was changed since" in refused.content.decode()


def test_raw_sql_cannot_remove_what_no_import_made(ours: Organisation) -> None:
    held = provider_of(ours)
    with pytest.raises(IntegrityError, match="only when the import"), transaction.atomic():
        Arrangement.objects.filter(organisation=held).delete()


# --- who ---


@pytest.mark.parametrize("role", [Role.DESIGNATED_PROFESSIONAL, Role.DIRECTOR_OF_NURSING, Role.AUDITOR])
def test_others_do_not_find_it(sign_in: Any, ours: Organisation, client: Client, role: Role) -> None:
    page = send(client, WHERE, workbook(HEAD, OAK))
    other = sign_in(someone(role, ours))
    assert [other.get(each).status_code for each in (WHERE, page.redirect_chain[-1][0])] == [404, 404]


def test_another_commissioners_import_is_not_there(sign_in: Any, client: Client) -> None:
    page = send(client, WHERE, workbook(HEAD, OAK))
    other = sign_in(someone(Role.QUALITY_ANALYST, CommissionerFactory()))
    assert other.get(page.redirect_chain[-1][0]).status_code == 404
    assert "ours.xlsx" not in other.get(WHERE).content.decode()


def test_the_comparison_asks_no_more_for_many_rows(client: Client) -> None:
    def queries(n: int) -> int:
        rows = [[f"Place {number} {'abcdefghij'[number % 10] * 9}", "ACUTE"] for number in range(n)]
        where = send(client, WHERE, workbook(HEAD, *rows)).redirect_chain[-1][0]
        with CaptureQueriesContext(connection) as found:
            client.get(where)
        return len([each for each in found if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "SET"))])

    few, many = queries(2), queries(60)
    assert few == many <= 12


def test_columns_are_written_and_read_by_the_same_words() -> None:
    keys = [column.key for column in organisations.COLUMNS]
    assert len(keys) == len(set(keys))


# --- two at once ---


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_accepts_and_the_other_is_told(
    client: Client, ours: Organisation, sign_in: Any
) -> None:
    first, second = (send(client, WHERE, workbook(HEAD, OAK)) for _ in range(2))
    other = sign_in(someone(Role.SYSTEM_ADMINISTRATOR, ours))
    barrier, answers = Barrier(2), []

    def accepts(who: Client, page: Any) -> None:
        barrier.wait()
        seen = page.context["form"].fields["seen"].initial
        answers.append(who.post(page.redirect_chain[-1][0], {"seen": seen}).status_code)
        connection.close()

    together = [Thread(target=accepts, args=pair) for pair in ((client, first), (other, second))]
    for each in together:
        each.start()
    for each in together:
        each.join()
    assert sorted(answers) == [302, 409]
    assert Organisation.objects.filter(name="Oak Surgery").count() == 1

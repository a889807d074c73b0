"""The lists of names, people and contacts: words and no formulas in a file, only whom one looks after, never frozen."""

from typing import Any

import pytest

from accounts.capabilities import Role
from exports.models import Export
from tests.exports.conftest import CANARY, Place, of_csv, of_xlsx, rows_of
from tests.factories.accounts import MembershipFactory, someone
from tests.factories.providers import CommissionerFactory, ContactFactory

pytestmark = pytest.mark.django_db
PEOPLE, CONTACTS = "/exports/list/people/file", "/exports/list/contacts/file"
FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def director(place: Place) -> Any:
    return someone(Role.DIRECTOR_OF_NURSING, place.ours, name="Dee Rector")


def test_people_are_taken_out_as_their_page_shows_them(place: Place, director: Any, sign_in: Any) -> None:
    someone(Role.PROVIDER_LEAD, place.providers[0], name="Lea Der", email="lea@alpha.example")
    client = sign_in(director)
    for query in ({}, {"q": "lea"}, {"side": "commissioner"}, {"role": "QA"}):
        page = rows_of(client.get("/people/", query))
        _, (heads, *rows) = of_xlsx(client.get(f"{PEOPLE}.xlsx", query))
        _, lines = of_csv(client.get(f"{PEOPLE}.csv", query))
        assert 0 < len(page) == len(rows) == len(lines)
        for text, row in zip(page, rows, strict=True):
            for part in (row[0], row[1], *row[2].split("; "), row[3]):
                assert part in text
        assert heads == ["Name", "E-mail address", "Roles", "State", "Last signed in"]
    assert "Lea Der" not in str(lines)
    assert Export.objects.filter(listing="people").count() == 8


@pytest.mark.parametrize(("where", "column"), [(PEOPLE, "Name"), (CONTACTS, "Name")])
def test_a_formula_in_a_name_stays_words(where: str, column: str, place: Place, director: Any, sign_in: Any) -> None:
    someone(Role.QUALITY_ANALYST, place.ours, name=FORMULA)
    ContactFactory(organisation=place.providers[0], name=FORMULA, job_title="+1", telephone="-1", email="a@b.example")
    client = sign_in(director)
    _, (heads, *rows) = of_xlsx(client.get(f"{where}.xlsx"))
    assert FORMULA in [row[heads.index(column)] for row in rows]
    _, lines = of_csv(client.get(f"{where}.csv"))
    assert f"'{FORMULA}" in [line[column] for line in lines]
    begun = {cell[:1] for line in lines for cell in line.values()}
    assert not begun & set("=+-@")


def test_who_may_look_and_not_export_finds_no_file_of_people(place: Place, director: Any, sign_in: Any) -> None:
    """Export and access are held together by the director and by a provider's lead alone."""
    assert PEOPLE in sign_in(director).get("/people/").content.decode()
    for role in (Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR):
        client = sign_in(someone(role, place.ours))
        page = client.get("/people/")
        assert page.status_code == 200
        assert "/exports/" not in page.content.decode()
        assert client.get(f"{PEOPLE}.csv").status_code == 404
    assert sign_in(place.analyst).get(f"{PEOPLE}.csv").status_code == 404


def test_a_provider_lead_takes_out_its_own_people_and_contacts(place: Place, sign_in: Any) -> None:
    alpha, beta = place.providers[:2]
    lead = someone(Role.PROVIDER_LEAD, alpha, name="Lea Der")
    someone(Role.PROVIDER_LEAD, beta, name="Not Yours")
    client = sign_in(lead)
    people = of_csv(client.get(f"{PEOPLE}.csv"))[1]
    assert "Lea Der" in [line["Name"] for line in people]
    assert {role.rpartition(", ")[2] for line in people for role in line["Roles"].split("; ")} == {str(alpha)}
    assert {line["Organisation"] for line in of_csv(client.get(f"{CONTACTS}.csv"))[1]} == {str(alpha)}
    assert len(rows_of(client.get("/contacts/"))) == 1


def test_rights_of_two_places_are_not_added_up(place: Place, sign_in: Any) -> None:
    """An auditor here who is a director next door takes out next door's people alone."""
    elsewhere = CommissionerFactory()
    person = someone(Role.AUDITOR, place.ours, name="Au Ditor")
    MembershipFactory(user=person, role=Role.DIRECTOR_OF_NURSING, organisation=elsewhere)
    client = sign_in(person)
    assert str(place.analyst.name) in client.get("/people/").content.decode()
    lines = of_csv(client.get(f"{PEOPLE}.csv"))[1]
    assert [line["Name"] for line in lines] == ["Au Ditor"]
    assert str(place.ours) not in lines[0]["Roles"]


def test_names_are_not_frozen(place: Place, director: Any, sign_in: Any) -> None:
    client = sign_in(director)
    for name, page in (("people", "/people/"), ("contacts", "/contacts/")):
        assert client.get(f"/exports/list/{name}/freeze/").status_code == 404
        assert client.post(f"/exports/list/{name}/freeze/", {"why": ""}).status_code == 404
        assert "Freeze" not in client.get(page).content.decode()
    assert "Freeze" in client.get("/organisations/").content.decode()


def test_contacts_can_be_searched_and_ended_ones_are_left_out(place: Place, sign_in: Any, on: Any) -> None:
    alpha = place.providers[0]
    ContactFactory(organisation=alpha, name="Gone Before", ended_on=on)
    ContactFactory(organisation=alpha, name="Fresh", verified_on=on, verified_by=place.analyst)
    client = sign_in(place.analyst)
    text = " ".join(rows_of(client.get("/contacts/")))
    assert "Gone Before" not in text
    assert "Fresh" in text
    assert CANARY not in text
    assert len(rows_of(client.get("/contacts/", {"q": "fresh alpha"}))) == 1
    assert "Fresh" not in " ".join(rows_of(client.get("/contacts/", {"checked": "never"})))
    assert "No contact found" in client.get("/contacts/", {"q": "nobody"}).content.decode()

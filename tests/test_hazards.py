"""What could mislead, and the guard against it, on every page at once (hazard 29).

Hazards 26 and 30 are promises of every page too: test_pages.py looks for them wherever it looks. The others have
their tests beside what they are about.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.capabilities import GRANTS, Can, Role
from accounts.models import Membership, User
from assurance_portal.world import World
from design import pdf
from tests.worlds import Address, routes, undone

MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)
FORM = re.compile(r"<form\b[^>]*\bmethod=.post", re.IGNORECASE)
TOLD = re.compile(r"You are writing for <strong>")
# An account is one person's, whomever they work for.
NOBODYS = {"accounts.User", "accounts.Cover", "accounts.SecondStepReset"}
# Whose each organisation's entry in the register is, by its contracts and boards.
WORKING_WITH = {"A": "A", "B": "B", "P1": "A", "P2": "A", "P3": "B", "shared": "AB", "board": "AB", "": "AB"}
# Between them they hold everything that a commissioner's side may write.
WRITING = (Role.DESIGNATED_PROFESSIONAL, Role.SYSTEM_ADMINISTRATOR, Role.DIRECTOR_OF_NURSING)

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """No paper is set: it holds no form."""
    monkeypatch.setattr(pdf, "render", lambda html, **_: b"%PDF-")


def works_for_the_neighbour_too(made: World, role: Role) -> User:
    """The person of A who holds the role, and from now on at B as well."""
    person: User = made.person(role, "A")
    here = Membership.objects.get(user=person)
    Membership.objects.create(
        user=person, role=role, organisation=made.organisations["B"], strands=here.strands, starts_on=here.starts_on,
        confirmed_at=made.at,
    )  # fmt: skip
    return person


def whose(address: Address) -> str:
    """The short names of the commissioners for which something is written there."""
    thing = address.thing
    return WORKING_WITH[thing.commissioner or thing.organisation] if thing else "AB"


def forms_of(found: list[Address], client: Client) -> Iterator[tuple[Address, str]]:
    """The form as it is for something of the neighbour and of both; where neither has it, of the first."""
    forms = 0
    for key in ("B", "AB", "A"):
        if key == "A" and forms:
            return
        for address in (each for each in found if whose(each) == key):
            with undone(client):
                response = client.get(address.url)
                is_page = response.status_code == 200 and response.headers["Content-Type"].startswith("text/html")
                main = MAIN.search(response.content.decode()) if is_page else None
            if main is not None and FORM.search(main[0]):
                forms += 1
                yield address, main[0]
            if main is not None:
                break


def test_hazard_29_every_form_says_for_which_commissioner_to_a_person_of_two(
    measured: World, every: dict[str, list[Address]], sign_in: Any
) -> None:
    names = {key: measured.organisations[key].name for key in "AB"}
    clients = {role: sign_in(works_for_the_neighbour_too(measured, role)) for role in WRITING}
    unsaid, forms, told = [], set(), 0
    for route in routes():
        role = next((each for each in WRITING if Can(route.capability) in GRANTS[each]), None)
        if role is None or "GET" not in route.methods:
            continue
        for address, words in forms_of(every[route.name], clients[role]):
            if address.thing and address.thing.kind in NOBODYS:
                continue
            forms.add(route.name)
            told += bool(TOLD.search(words))
            unsaid += [(route.name, address.url, key) for key in whose(address) if names[key] not in words]
    assert unsaid == []
    assert (len(forms) >= 60, told >= 60) == (True, True)


def test_hazard_29_nobody_of_one_commissioner_is_told_what_is_plain(measured: World, sign_in: Any) -> None:
    page = sign_in(measured.person("DP", "A")).get(f"/organisations/{measured.organisations['P1'].reference}/services/")
    assert (page.status_code, TOLD.search(page.content.decode())) == (200, None)

"""What could mislead, and the guard against it, on every page at once (hazards 26, 29 and 30).

The other hazards have their tests beside what they are about; these are promises of every page.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.capabilities import GRANTS, Can, Role
from accounts.models import Membership, User
from assurance_portal.world import World
from tests.worlds import Address, Apart, Principal, addresses, routes, undone

LONG_TEXT = re.compile(r"<textarea\b")
WORRIED = "Worried about someone now?"
BANNER = "Demonstration data"
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
both_sides = pytest.mark.parametrize("who", [Principal("DP", "A"), Principal("PL", "P1")], ids=lambda who: who.name)


@pytest.fixture
def pages(
    who: Principal, every: dict[str, list[Address]], world_apart: Apart, sign_in: Any
) -> Iterator[tuple[str, str]]:
    """Every page that the person opens, the first of each route: its name and its words."""
    client = sign_in(world_apart.users[who])

    def opened() -> Iterator[tuple[str, str]]:
        for route in routes():
            can = Can(route.capability)
            if "GET" not in route.methods or (can != Can.OWN_ACCOUNT and not who.grant(can)):
                continue
            for address in every[route.name]:
                with undone(client):
                    response = client.get(address.url)
                    is_page = response.headers.get("Content-Type", "").startswith("text/html")
                    found = response.content.decode() if response.status_code == 200 and is_page else ""
                if found:
                    yield route.name, found
                    break

    return opened()


@both_sides
def test_hazards_26_and_30_every_page_that_takes_words_says_where_a_live_concern_goes_and_a_demonstration_says_so(
    who: Principal, pages: Iterator[tuple[str, str]], settings: Any, world_apart: Apart, sign_in: Any
) -> None:
    assert BANNER not in sign_in(world_apart.users[who]).get("/account/").content.decode()
    settings.PORTAL_DEMONSTRATION = True
    found = dict(pages)
    takes_words = [name for name, words in found.items() if LONG_TEXT.search(words)]
    assert [name for name in takes_words if WORRIED not in found[name]] == []
    assert [name for name, words in found.items() if BANNER not in words] == []
    assert (len(takes_words) >= 5, len(found) >= 30) == (True, True)


def works_for_the_neighbour_too(made: World, role: Role) -> User:
    """The person of A who holds the role, and from now on at B as well."""
    person: User = made.person(role, "A")
    here = Membership.objects.get(user=person)
    Membership.objects.create(
        user=person, role=role, organisation=made.organisations["B"], strands=here.strands, starts_on=here.starts_on,
        confirmed_at=made.at,
    )  # fmt: skip
    return person


def one_for_each(found: list[Address]) -> Iterator[Address]:
    """Of a route's addresses, one for each commissioner and organisation, and at most a few that lead to nobody."""
    yield from {(each.thing and (each.thing.commissioner, each.thing.organisation)): each for each in found}.values()


def whose(address: Address) -> str:
    """The short names of the commissioners for which something is written there."""
    thing = address.thing
    return WORKING_WITH[thing.commissioner or thing.organisation] if thing else "AB"


def test_hazard_29_every_form_says_for_which_commissioner_to_a_person_of_two(measured: World, sign_in: Any) -> None:
    names = {key: measured.organisations[key].name for key in "AB"}
    clients = {role: sign_in(works_for_the_neighbour_too(measured, role)) for role in WRITING}
    unsaid, forms, told = [], set(), 0
    for route in routes():
        role = next((each for each in WRITING if Can(route.capability) in GRANTS[each]), None)
        if role is None or "GET" not in route.methods:
            continue
        for address in one_for_each(addresses(route, measured)):
            with undone(clients[role]):
                response = clients[role].get(address.url)
                is_page = response.status_code == 200 and response.headers["Content-Type"].startswith("text/html")
                found = MAIN.search(response.content.decode()) if is_page else None
            if found is None or not FORM.search(found[0]) or (address.thing and address.thing.kind in NOBODYS):
                continue
            forms.add(route.name)
            told += bool(TOLD.search(found[0]))
            unsaid += [(route.name, address.url, key) for key in whose(address) if names[key] not in found[0]]
    assert unsaid == []
    assert (len(forms) >= 60, told >= 60) == (True, True)


def test_hazard_29_nobody_of_one_commissioner_is_told_what_is_plain(measured: World, sign_in: Any) -> None:
    page = sign_in(measured.person("DP", "A")).get(f"/organisations/{measured.organisations['P1'].reference}/services/")
    assert (page.status_code, TOLD.search(page.content.decode())) == (200, None)

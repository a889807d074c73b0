"""Everybody at every door: each role and place, each route, each object of the measuring world, GET and POST.

The expectation comes from ``GRANTS`` and the objects' facts (``tests/policy.py``); the portal is only asked for its
answer. The same pass reads every byte that came back for words of objects that the person may not see.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.capabilities import INTEREST, OPEN, Can
from assurance_portal.world import World
from tests.factories.accounts import with_sign_in
from tests.policy import expected, reads
from tests.worlds import (
    CANARY,
    PRINCIPALS,
    Address,
    Principal,
    addresses,
    kind_of,
    measured,
    routes,
    small_world,
    undone,
    user_of,
)

__all__ = ["measured", "small_world"]

# A box for words on a page that lists things.
SEARCH = re.compile(r'<input(?=[^>]*type="(?:search|text)")[^>]*\bname="(\w+)"')

pytestmark = pytest.mark.slow


def answered(response: Any) -> str:
    """The response in the words of ``expected``."""
    if response.status_code in (404, 405):
        return {404: "not there", 405: "method"}[response.status_code]
    if response.status_code in (403, 500):
        return str(response.status_code)
    where = response.headers.get("Location", "")
    if where.startswith(reverse("account_login") + "?"):
        return "sign in"
    return "confirm" if where.startswith(reverse("mfa_reauthenticate")) else "allowed"


def asked(who: Principal, made: World) -> Iterator[tuple[str, Address]]:
    """Every method and address of the portal.

    Where the role holds nothing, and for a method that the route does not answer, one object tells as much as all.
    The two special people differ from others of their role only in what they may judge.
    """
    special = len(who.strands) == 1 or who.interests
    for route in routes():
        can = Can(route.capability)
        if special and can not in INTEREST:
            continue
        found = addresses(route, made)
        if kind_of(route) and can not in OPEN and who.grant(can) is None:
            ours = [each for each in found if each.thing and each.thing.commissioner == who.place]
            theirs = [each for each in found if each.thing and each.thing.organisation == who.place]
            found = (theirs or ours or found)[:1]
        for n, address in enumerate(found):
            yield from ((method, address) for method in ("GET", "POST") if not n or method in route.methods)


class Caller:
    """Somebody at the door, with a list of what they may not read."""

    def __init__(self, who: Principal, made: World, client: Client) -> None:
        self.who, self.client = who, client
        self.secret = {
            word: f"{thing.kind} {thing.label or thing.organisation} of {thing.commissioner}"
            for thing in made.things
            if not reads(who, thing)
            for held in thing.canaries
            for word in CANARY.findall(held)
        }

    def call(self, method: str, url: str, **data: Any) -> tuple[str, set[str]]:
        """What came back, in the words of ``expected``, and whose words were in it that should not be."""
        with undone(self.client):
            try:
                response = getattr(self.client, method.lower())(url, data)
            except Exception as problem:  # every mistake is one line of the list, and none ends it
                return f"500 {problem!r}", set()
            content = b"".join(response) if response.streaming else response.content
            found = CANARY.findall(content.decode(errors="replace"))
        return answered(response), {self.secret[word] for word in found if word in self.secret}


@pytest.fixture
def caller(who: Principal, measured: World, sign_in: Any) -> Caller:
    """The person, signed in with everything that signing in needs, the second step not used lately."""
    if not who.role:
        return Caller(who, measured, Client())
    user = user_of(who, measured)
    with_sign_in(user)
    RecoveryCodes.activate(user)
    return Caller(who, measured, sign_in(user, fresh=False))


everybody = pytest.mark.parametrize("who", PRINCIPALS, ids=lambda who: who.name)


# Who holds something that asks for a second step used just now.
FRESH = (("SA", "A"), ("DP", "A"), ("DN", "A"), ("PL", "P1"))


@everybody
def test_everybody_gets_what_the_table_says_and_reads_nothing_else(
    who: Principal, caller: Caller, measured: World
) -> None:
    wrong, cells = [], Counter[str]()
    for method, address in asked(who, measured):
        want = expected(who, method, address, fresh=False)
        got, leaked = caller.call(method, address.url)
        cells[want] += 1
        thing = address.thing
        name = f"{method} {address.route.name}" + (f" {thing.label or thing.organisation}" if thing else "")
        if got != want:
            wrong.append(f"{name}: {got}, not {want}")
        wrong += [f"{name}: holds words of {each}" for each in sorted(leaked)]
    assert wrong == [], f"{len(wrong)} of {sum(cells.values())} cells"


@pytest.mark.parametrize(
    "who", [each for each in PRINCIPALS if each.name in ("SA-A", "DP-A", "DN-A", "PL-P1")], ids=str
)
def test_a_second_step_used_just_now_opens_what_asked_for_it(
    who: Principal, caller: Caller, measured: World, sign_in: Any
) -> None:
    caller.client = sign_in(measured.person(who.role, who.place))
    wrong, opened = [], 0
    for method, address in asked(who, measured):
        grant = who.grant(Can(address.route.capability))
        if grant is None or not grant.fresh:
            continue
        want = expected(who, method, address, fresh=True)
        got, _ = caller.call(method, address.url)
        opened += got == "allowed"
        if got != want:
            wrong.append(f"{method} {address.url}: {got}, not {want}")
    assert wrong == []
    assert opened > 0


@pytest.mark.parametrize("who", [Principal("DP", "A"), Principal("PL", "P1")], ids=lambda who: who.name)
def test_no_door_answers_other_methods(who: Principal, caller: Caller, measured: World) -> None:
    firsts = [addresses(route, measured)[0] for route in routes()]
    answers = {
        f"{method} {address.url}": caller.call(method, address.url)[0]
        for address in firsts
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS")
    }
    assert set(answers.values()) == {"method", "not there"}


@pytest.mark.parametrize("who", [each for each in PRINCIPALS if each.role], ids=lambda who: who.name)
def test_searching_for_every_planted_word_finds_only_ones_own(who: Principal, caller: Caller, measured: World) -> None:
    leaked, searched = [], 0
    for route in routes():
        if "GET" not in route.methods or "<" in route.path or who.grant(Can(route.capability)) is None:
            continue
        with undone(caller.client):
            shown = caller.client.get(reverse(route.name)).content.decode()
        for name in SEARCH.findall(shown):
            searched += 1
            _, words = caller.call("GET", reverse(route.name), **{name: "canary"})
            leaked += [f"{route.name}?{name}= finds words of {each}" for each in sorted(words)]
    assert leaked == []
    assert searched > 0 or who.role not in ("DP", "QA", "DN", "PL")


def test_there_are_enough_cells(measured: World) -> None:
    assert sum(1 for who in PRINCIPALS for _ in asked(who, measured)) >= 5_000


def test_every_route_names_its_capability() -> None:
    def views(resolver: Any) -> Iterator[Any]:
        for entry in resolver.url_patterns:
            yield from views(entry) if hasattr(entry, "url_patterns") else [entry]

    assert [str(entry) for entry in views(get_resolver()) if not hasattr(entry.callback, "door")] == []


# Capabilities that no address asks for, and why the table holds them all the same.
RESERVED = {
    Can.SEE_JOBS: "A page of the jobs comes with their alarms; so far the home pages say when reminders last ran.",
    Can.EXPORT: "Lists are shown and searched so far; workbooks of them come with the import and export of returns.",
}


def test_every_capability_is_asked_for_somewhere_or_reserved_with_a_reason() -> None:
    used = {Can(route.capability) for route in routes()}
    assert set(Can) - used == set(RESERVED)
    assert all(RESERVED.values())

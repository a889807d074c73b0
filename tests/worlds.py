"""The measuring world for generated tests: made once a module, every address filled in, everybody signed in.

``small_world`` keeps one transaction open for the whole module, so that a thousand requests need one world; each
request that may change something is undone by its own savepoint (``undone``).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import GRANTS, Can, Grant, Role
from accounts.models import DeclaredInterest, Membership, User
from assurance_portal import world
from assurance_portal.routes import Route, every_route
from tests.factories.accounts import LONG_AGO

NOWHERE = "NOTTHERE22"
CANARY = re.compile(r"canary[a-z0-9]+")
# What the address names where the door itself does not say it.
FINDS = {
    "assurance:result": "assurance.SelfAssessment",
    "assurance:result-file": "assurance.SelfAssessment",
    "assurance:result-criterion": "assurance.SelfAssessment",
    "chasing:sending-hold": "providers.Organisation",
    "chasing:sending-go": "providers.Organisation",
    "chasing:step-edit": "providers.Organisation",
    "chasing:thing-reminders": "chasing.Due",
    "chasing:thing-pause": "chasing.Due",
    "chasing:thing-lift": "chasing.Due",
    "chasing:thing-decide": "chasing.Due",
}
PEOPLE = ("PL P1", "PL P3", "PC shared", "DP A", "QA B", "SB A", "waiting")
DUE = {"actions.Action": "action", "assurance.SelfAssessment": "self_assessment"}


@dataclass(frozen=True)
class Principal:
    """Somebody who asks: their role, where they hold it, and for which strands."""

    role: str
    place: str
    strands: tuple[str, ...] = ("children", "adults", "looked_after")
    interests: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """For the list of tests."""
        more = f" {'+'.join(self.strands)}" if len(self.strands) == 1 else ""
        return f"{self.role}-{self.place}{more}{' interested' if self.interests else ''}" if self.role else "anonymous"

    def grant(self, can: Can) -> Grant | None:
        """The cell of the table."""
        return GRANTS[Role(self.role)].get(can) if self.role else None


COMMISSIONER_ROLES = ("SA", "DP", "NG", "QA", "DN", "GB", "SB", "AU", "CM", "CG", "CS", "NE")
NOBODY = Principal("", "")
PRINCIPALS = (
    NOBODY,
    *(Principal(role, "A") for role in COMMISSIONER_ROLES),
    *(Principal(role, "B") for role in ("DP", "CM")),
    *(Principal(role, "P1") for role in ("PL", "PC", "PE")),
    *(Principal(role, place) for role, place in (("PL", "P2"), ("PL", "P3"), ("PL", "shared"))),
    Principal("DP", "A", strands=("adults",)),
    Principal("DP", "A", interests=("P2",)),
)


@pytest.fixture(scope="module")
def small_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[world.World]:
    """One world for the module; nothing of it is left afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.make(at=timezone.now(), sign_ins=False)
        transaction.set_rollback(True)
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def measured(small_world: world.World) -> Iterator[world.World]:
    """The module's world for one test: what the test adds to it is gone afterwards."""
    with transaction.atomic():
        yield small_world
        transaction.set_rollback(True)


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Whatever a request did is as if it had not happened, in the database and in the browser."""
    cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies


def user_of(principal: Principal, made: world.World) -> User:
    """The person of the world, or for a special one somebody made for it."""
    if len(principal.strands) == 3 and not principal.interests:
        return made.person(principal.role, principal.place)
    user = User.objects.create_user(f"{len(made.people)}{principal.name}@example.org".replace(" ", ""), name="Special")
    here = {"organisation": made.organisations[principal.place], "starts_on": LONG_AGO, "confirmed_at": made.at}
    Membership.objects.create(user=user, role=principal.role, strands=list(principal.strands), **here)
    for place in principal.interests:
        about = {"organisation": made.organisations[place], "nature": "Partner", "declared_by": made.person("DN", "A")}
        DeclaredInterest.objects.create(user=user, starts_on=LONG_AGO, **about)
    return user


@dataclass(frozen=True)
class Address:
    """One address of a route, with the object that it names; ``mixed`` names a part of somebody else's object."""

    route: Route
    url: str
    thing: world.Thing | None = None
    nowhere: bool = False
    mixed: bool = False
    words: tuple[tuple[str, Any], ...] = ()


def kind_of(route: Route) -> str:
    """The model that the address names, or nothing."""
    return FINDS.get(route.name, route.of)


def things_of(kind: str, made: world.World) -> list[world.Thing]:
    """The world's objects of the kind, one of each that differs in what the table looks at.

    Where an object has no states, P2 tells nothing that P1 does not; of people and their roles a choice is enough.
    """
    found = [each for each in made.things if each.kind in (DUE if kind == "chasing.Due" else (kind,))]
    if kind in ("accounts.User", "accounts.Membership"):
        return [each for each in found if each.label in PEOPLE]
    differing: dict[tuple[Any, ...], world.Thing] = {}
    for each in found:
        state = getattr(each.object, "state", "")
        where = (each.kind, each.commissioner, "" if kind == "chasing.Due" else each.organisation)
        differing.setdefault((*where, each.draft, each.circle, state), each)
    stateless = kind != "assurance.SelfAssessment"
    return [each for each in differing.values() if not (stateless and each.organisation == "P2")]


def addresses(route: Route, made: world.World) -> list[Address]:
    """Everything that can be asked of the route: each object of the world, one that is not there, a mixture."""
    names = re.findall(r"<\w+:(\w+)>", route.path)
    kind = kind_of(route)
    if not kind:
        return [_address(route, values) for values in _without_an_object(route, names)]
    things = things_of(kind, made)
    assert things, f"The measuring world has no {kind} for {route.path}"
    found = [_address(route, _values(names, thing), thing) for thing in things]
    first = {**_values(names, things[0]), "reference": NOWHERE, "pk": 999_999_999}
    found.append(_address(route, {name: first[name] for name in names}, nowhere=True))
    if {"answer", "use"} & set(names):
        others = {each.commissioner + each.organisation: each for each in things}
        for mine, theirs in zip(things, [*list(others.values())[1:], things[0]], strict=False):
            mixture = {**_values(names, theirs), "reference": mine.reference}
            found.append(_address(route, mixture, mine, mixed=mine.reference != theirs.reference))
    return found


def _address(route: Route, values: dict[str, Any], thing: world.Thing | None = None, **more: Any) -> Address:
    if "reference" not in re.findall(r"<\w+:(\w+)>", route.path):
        values = {name: value for name, value in values.items() if name != "reference"}
    return Address(route, reverse(route.name, kwargs=values), thing, words=tuple(values.items()), **more)


def _without_an_object(route: Route, names: list[str]) -> list[dict[str, Any]]:
    if not names:
        return [{}]
    if route.name == "framework:reference-detail":
        from framework.models import Reference

        return [{"key": Reference.objects.values_list("key", flat=True)[0]}]
    known = {"token": "nobody-was-given-this", "key": "20200101T000000-nothing", "pk": 999_999_999}
    if names == ["kind"]:
        return [{"kind": kind} for kind in ("file", "link", "seen")]
    return [{name: known[name] for name in names}]


def _values(names: list[str], thing: world.Thing) -> dict[str, Any]:
    """What the address says about one object: its reference, and the first of each of its parts."""
    said = {
        "reference": thing.reference, "pk": thing.id, "number": 1, "ref": "1.1", "strand": "children", "tier": "full",
        "way": "down", "section": "statement", "key": "returns.asked", "kind": DUE.get(thing.kind, "action"),
    }  # fmt: skip
    if {"answer", "use"} & set(names):
        answer = thing.object.answers.in_order()[0]
        use = answer.evidence.first()
        said |= {"answer": answer.pk, "use": use.pk if use else 0}
    return {name: said[name] for name in names}


def routes() -> list[Route]:
    """Every route of the portal, in the order in which Django tries them."""
    return list(every_route())


__all__ = ["Address", "Principal", "addresses", "measured", "routes", "small_world", "undone"]

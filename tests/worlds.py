"""The measuring world for generated tests: made once for each worker, every address filled in, everybody signed in.

The world is committed to a database of its own. A test that takes ``measured`` looks at that database inside one
transaction, and each request is undone by a savepoint (``undone``): ten thousand requests need one world.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.cookies import SimpleCookie
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import GRANTS, INTEREST, OPEN, UNASKED, Can, Grant, Role
from accounts.models import DeclaredInterest, Membership, User
from assurance_portal import world, world_figures
from assurance_portal.routes import Route, every_route
from exports.listings import listings
from tests import databases
from tests.factories.accounts import LONG_AGO, with_sign_in

NOWHERE = "NOTTHERE22"
# What the address names where the door itself does not say it.
FINDS = {
    "assurance:result": "assurance.SelfAssessment",
    "assurance:result-file": "assurance.SelfAssessment",
    "assurance:result-paper": "assurance.SelfAssessment",
    "assurance:result-criterion": "assurance.SelfAssessment",
    "chasing:sending-hold": "providers.Organisation",
    "chasing:sending-go": "providers.Organisation",
    "chasing:step-edit": "providers.Organisation",
    "chasing:thing-reminders": "chasing.Due",
    "chasing:thing-pause": "chasing.Due",
    "chasing:thing-lift": "chasing.Due",
    "chasing:thing-decide": "chasing.Due",
    # Any text of any row: asked of one kind here, and of every kind in tests/privacy.
    "privacy:removal-add": "actions.Action",
    "reviews:public-item": "reviews.Learning",
    "reviews:public-briefing": "reviews.Learning",
}
PEOPLE = ("PL P1", "PL P3", "PC shared", "DP A", "QA B", "SB A", "waiting")
DUE = {"actions.Action": "action", "assurance.SelfAssessment": "self_assessment"}
# Every object for everybody, instead of one of each kind where another person's grant has seen them all.
WHOLE = bool(os.environ.get("PORTAL_EVERY_CELL"))


@dataclass(frozen=True)
class Principal:
    """Somebody who asks: their role, where they hold it, and for which strands. Without a place nobody signed in."""

    role: str
    place: str
    strands: tuple[str, ...] = ("children", "adults", "looked_after")
    interests: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """For the list of tests."""
        if not self.role:
            return "without a role" if self.place else "anonymous"
        more = f" {'+'.join(self.strands)}" if len(self.strands) == 1 else ""
        return f"{self.role}-{self.place}{more}{' interested' if self.interests else ''}"

    @property
    def special(self) -> bool:
        """Differs from others of the role in what may be judged, and in nothing else."""
        return len(self.strands) == 1 or bool(self.interests)

    def grant(self, can: Can) -> Grant | None:
        """The cell of the table."""
        return GRANTS[Role(self.role)].get(can) if self.role else None


COMMISSIONER_ROLES = ("SA", "DP", "NG", "QA", "DN", "GB", "SB", "AU", "CM", "CG", "CS", "NE")
NOBODY, NO_ROLE = Principal("", ""), Principal("", "nowhere")
PRINCIPALS = (
    NOBODY,
    NO_ROLE,
    *(Principal(role, "A") for role in COMMISSIONER_ROLES),
    *(Principal(role, "B") for role in ("DP", "QA", "CM")),
    *(Principal(role, "P1") for role in ("PL", "PC", "PE")),
    *(Principal(role, "shared") for role in ("PL", "PC")),
    *(Principal("PL", place) for place in ("P2", "P3")),
    Principal("DP", "A", strands=("adults",)),
    Principal("DP", "A", interests=("P2",)),
)


@dataclass
class Apart:
    """A world in a database of its own, with everybody of ``PRINCIPALS`` in it."""

    database: str
    made: world.World
    users: dict[Principal, User]
    addresses: dict[str, list["Address"]] = field(default_factory=dict)


@pytest.fixture(scope="session")
def world_apart(django_db_setup: None, django_db_blocker: Any) -> Iterator[Apart]:
    """One world for the worker; its database goes away with it."""
    name = f"{connection.settings_dict['NAME']}_world"
    with django_db_blocker.unblock():
        databases.clone(name)
        with databases.looking_at(name), transaction.atomic():
            made = world.make(at=timezone.now(), sign_ins=False)
            users = {who: _person(who, made) for who in PRINCIPALS if who.place}
            for user in users.values():
                with_sign_in(user)
                RecoveryCodes.activate(user)
    yield Apart(name, made, users)
    with django_db_blocker.unblock():
        databases.drop(name)


@pytest.fixture
def measured(world_apart: Apart, django_db_blocker: Any) -> Iterator[world.World]:
    """The world for one test: what the test adds to it is gone afterwards."""
    with django_db_blocker.unblock(), databases.looking_at(world_apart.database), transaction.atomic():
        yield world_apart.made
        transaction.set_rollback(True)


@pytest.fixture
def every(measured: world.World, world_apart: Apart) -> dict[str, list["Address"]]:
    """All addresses of the world, by route; worked out once."""
    if not world_apart.addresses:
        world_apart.addresses.update({route.name: addresses(route, measured) for route in routes()})
    return world_apart.addresses


def _person(who: Principal, made: world.World) -> User:
    """The person of the world, or for a special one somebody made for it."""
    if who.role and not who.special:
        return made.person(who.role, who.place)
    user = User.objects.create_user(f"{who.name}@example.org".replace(" ", "."), name="Special", joined_at=made.at)
    if who.role:
        here = {"organisation": made.organisations[who.place], "starts_on": LONG_AGO, "confirmed_at": made.at}
        Membership.objects.create(user=user, role=who.role, strands=list(who.strands), **here)
    for place in who.interests:
        about = {"organisation": made.organisations[place], "nature": "Partner", "declared_by": made.person("DN", "A")}
        DeclaredInterest.objects.create(user=user, starts_on=LONG_AGO, **about)
    return user


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Whatever a request did is as if it had not happened, in the database and in the browser."""
    cookies = SimpleCookie(client.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies


# --- what can be asked ---


@dataclass(frozen=True)
class Address:
    """One address of a route, with the object that it names; ``mixed`` names a part of somebody else's object."""

    route: Route
    url: str
    thing: world.Thing | None = None
    mixed: bool = False
    words: tuple[tuple[str, Any], ...] = ()


@cache
def routes() -> tuple[Route, ...]:
    """Every route of the portal, in the order in which Django tries them."""
    return tuple(every_route())


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
        where += (each.label,) if kind == "actions.Action" else ()
        # Of what is for named people only it tells who they are.
        differing.setdefault((*where, each.draft, each.circle and each.label, state), each)
    stateless = kind not in ("assurance.SelfAssessment", "training.FigureReturn", "training.FigureQuery")
    return [each for each in differing.values() if not (stateless and each.organisation == "P2")]


def addresses(route: Route, made: world.World) -> list[Address]:
    """Everything that can be asked of the route: each object of the world, one that is not there, a mixture."""
    names = re.findall(r"<\w+:(\w+)>", route.path)
    kind = kind_of(route)
    if not kind:
        return [_address(route, values) for values in _without_an_object(route, names)]
    things = things_of(kind, made)
    if not things:
        pytest.fail(
            f"The measuring world holds no {kind}, which {route.name} ({route.path}) names. Make one in "
            "assurance_portal/world_*.py with a canary in each text, and remember it with world.keep()."
        )
    found = [_address(route, _values(route, names, thing), thing) for thing in things]
    absent = {"reference": NOWHERE, "pk": 999_999_999, "thing": 999_999_999} | (
        {"key": NOWHERE} if kind == "framework.Reference" else {}
    )
    first = {**_values(route, names, things[0]), **absent}
    found.append(_address(route, {name: first[name] for name in names}))
    if {"answer", "use", "ask", "upload"} & set(names):
        others = {each.commissioner + each.organisation: each for each in things}
        for mine, theirs in zip(things, [*list(others.values())[1:], things[0]], strict=False):
            mixture = {**_values(route, names, theirs), "reference": mine.reference}
            found.append(_address(route, mixture, mine, mixed=mine.reference != theirs.reference))
    return found


def _address(route: Route, values: dict[str, Any], thing: world.Thing | None = None, *, mixed: bool = False) -> Address:
    if "reference" not in re.findall(r"<\w+:(\w+)>", route.path):
        values = {name: value for name, value in values.items() if name != "reference"}
    return Address(route, reverse(route.name, kwargs=values), thing, mixed, tuple(values.items()))


def _without_an_object(route: Route, names: list[str]) -> list[dict[str, Any]]:
    if not names:
        return [{}]
    if "listing" in names:
        more = {"ending": "xlsx"} if "ending" in names else {}
        return [{"listing": each.name, **more} for each in listings()]
    nothing = dict.fromkeys(("pk", "answer", "use"), 999_999_999)
    known = {
        "token": "nobody-was-given-this",
        "key": "20200101T000000-nothing",
        "number": 1,
        **nothing,
        "code": "nhs_number",
    }
    known |= {"reference": NOWHERE, "asked": NOWHERE}
    known |= {"post_kind": "mca_lead", "slug": "nobody", "signpost": "childline", "line": "world-line"}
    if names == ["kind"]:
        return [{"kind": kind} for kind in ("file", "link", "seen")]
    return [{name: _known(route, name, known) for name in names}]


def _values(route: Route, names: list[str], thing: world.Thing) -> dict[str, Any]:
    """What the address says about one object: its reference, and the first of each of its parts."""
    said = {
        "reference": thing.reference, "pk": thing.id, "number": 1, "ref": "1.1", "strand": "children", "tier": "full",
        "way": "down", "section": "statement", "key": "returns.asked", "kind": DUE.get(thing.kind, "action"),
        "ending": "xlsx", "code": "actions.action", "thing": thing.id,
        "line": "world-line",
    }  # fmt: skip
    if {"answer", "use"} & set(names):
        answer = thing.object.answers.in_order()[0]
        use = answer.evidence.first()
        said |= {"answer": answer.pk, "use": use.pk if use else 0}
    if thing.kind == "framework.Reference":
        said["key"] = thing.object.key
    if thing.kind == "training.FigureReturn":
        said["code"] = world_figures.CODE
    if "ask" in names:
        ask = thing.object.colleague_asks.first()
        said["ask"] = ask.reference if ask else NOWHERE
    if "clock" in names:
        said["clock"] = thing.object.clocks.first().pk
    if "recommendation" in names:
        asked_for = thing.object.recommendations.first()
        said |= {"recommendation": asked_for.reference, "part": asked_for.parts.first().pk}
    if "passed" in names:
        said["passed"] = thing.object.disseminations.first().pk
    if "upload" in names:
        kept = thing.object.workbooks.first()
        said["upload"] = kept.reference if kept else NOWHERE
    return {name: _known(route, name, said) for name in names}


def _known(route: Route, name: str, said: dict[str, Any]) -> Any:
    if name not in said:
        pytest.fail(
            f"{route.name} ({route.path}) has a part <{name}> that the permission tests cannot fill in. Give the view "
            "of=Model at its door; where it looks the object up itself say which in FINDS, and for another part of an "
            "address what it holds in _values or _without_an_object (all in tests/worlds.py)."
        )
    return said[name]


# --- who is asked what ---

# The first of each side is asked about everything; the next door about all that is theirs.
FIRST = (Principal("DP", "A"), Principal("PL", "P1"))
SEES_OPEN = (NOBODY, NO_ROLE, *FIRST)
# What is kept here stands to its people as what A and P1 keep stands to theirs; only what is shared differs.
MIRRORED = ("B", "P2", "P3")
# Where it matters which strands somebody holds.
OF_STRANDS = (Can.VALIDATE, Can.SIGN_OFF, Can.REOPEN)


def asked(who: Principal, every: dict[str, list[Address]]) -> Iterator[tuple[str, Address]]:
    """What tells something, for one person: addresses and methods.

    Without the capability the door refuses before it asks what for, so one address for each capability and kind of
    object tells as much as all, and the verb more than the page; only the first of each side is asked about every
    route. The first of each side is asked about everybody's objects. The first person of a place with a grant of its
    kind is asked about every object of theirs by one route for each capability and kind, as the door asks the same for
    all, and by the others about one; another with the same grant reads the page of one of theirs and one of others'.
    Those at a mirrored place read the page of one of theirs by every route, and what is shared; what the door refuses
    them it refused the first by the same route, so they knock once for each capability and kind.
    """
    refused, granted = set(), set()
    for route in routes():
        can = Can(route.capability)
        if (who.special and can not in INTEREST) or (can in UNASKED and who not in SEES_OPEN):
            continue
        found, same = every[route.name], (can, kind_of(route), bool(route.of))
        if can in OPEN or who.grant(can):
            # A view that looks its object up itself may do as it likes.
            anew = same not in granted or not route.of
            granted.add(same)
            yield from _with_methods(who, route, found if WHOLE else _chosen(who, can, found, anew=anew))
        elif WHOLE or who in FIRST or same not in refused:
            refused.add(same)
            yield _verb(route), next((each for each in found if _near(who, each)), found[0])


def _with_methods(who: Principal, route: Route, found: list[Address]) -> Iterator[tuple[str, Address]]:
    for n, address in enumerate(found):
        # The door looks the object up before it looks at the method; a view that looks itself may do as it likes.
        one = address.thing and not _near(who, address) and not _shared(address) and route.of and not address.mixed
        can = Can(route.capability)
        if one or (who not in SEES_OPEN and can in OPEN):
            methods: tuple[str, ...] = (_verb(route),)
        elif WHOLE or can in OPEN or who in FIRST or who.special or (_is_first(who, can) and not _mirrored(who, route)):
            methods = route.methods
        else:
            methods = ("GET",) if "GET" in route.methods else ("POST",)
        yield from ((method, address) for method in ("GET", "POST") if method in methods)
        if not n and who in FIRST and len(route.methods) == 1:
            yield ("POST" if "GET" in route.methods else "GET"), address


def _verb(route: Route) -> str:
    return "POST" if "POST" in route.methods else "GET"


def _chosen(who: Principal, can: Can, found: list[Address], *, anew: bool) -> list[Address]:
    """Of the addresses of one route; ``anew`` is the first with its capability and kind of object."""
    near = [each for each in found if _near(who, each)]
    far = [each for each in found if not _near(who, each)]
    if who in FIRST:
        return found
    if who.special:
        theirs = [each for each in near if each.thing and each.thing.organisation in who.interests]
        return near if can in OF_STRANDS else [*theirs, *[each for each in near if each not in theirs][:1]]
    shared = [each for each in far if _shared(each)]
    if not _is_first(who, can):
        return [*near[:1], *shared[:1], *far[:1]]
    if who.place in MIRRORED:
        return [*near[:1], *shared, *(far[:1] if anew else ())]
    return [*(near if anew else near[:1]), *shared, *far[:1]]


def _mirrored(who: Principal, route: Route) -> bool:
    """Would this one's writing there tell what that of the first of their side has told?"""
    return who.place in MIRRORED and bool(route.of)


def _near(who: Principal, address: Address) -> bool:
    """Is it of the person's own commissioner or organisation?"""
    thing = address.thing
    return thing is not None and who.place in (thing.commissioner, thing.organisation)


def _shared(address: Address) -> bool:
    """May somebody else's be read by more than its own two sides? Standards and rounds, and what associates share."""
    thing = address.thing
    return thing is not None and thing.organisation in ("", "shared", "board", thing.commissioner)


@cache
def _is_first(who: Principal, can: Can) -> bool:
    """Is nobody before them of the same place and with the same reach?"""
    grant = who.grant(can)
    same = (each for each in PRINCIPALS if each.place == who.place and each.grant(can) == grant)
    return next(same) == who

"""A small whole world for measuring from outside: two commissioners, four providers, everybody and one of everything.

Every text field of every object holds a canary word of its own, so that a reader who meets one where it does not
belong has found a leak. The permission tests are built on it, and ``seed_world`` prints it. It grows with the
portal: a new kind of object gets its lines in ``world_access`` (people), ``world_returns`` (standards, rounds,
returns), ``world_work`` (evidence, actions, reminders, reports), ``world_known`` (contacts, incidents, intelligence)
``world_escalation``, ``world_exports`` or ``world_figures``, and is remembered with ``world.keep``.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import models, transaction

from accounts.capabilities import Role, Side
from accounts.models import Circle, CircleMember, Membership, User
from assurance_portal import (
    world_access,
    world_escalation,
    world_exports,
    world_figures,
    world_known,
    world_learning,
    world_posts,
    world_privacy,
    world_programme,
    world_returns,
    world_reviews,
    world_visits,
    world_work,
)
from design.calendar import london_date
from providers.models import Arrangement, Category, Contact, Organisation, Partnership, Site

LONG_AGO = date(2020, 4, 1)
PROVIDERS = ("P1", "P2", "P3", "shared")
PASSWORD_WORDS = ("lantern", "marmalade", "quarry", "thimble", "walnut", "pebble", "anchor", "velvet")


@dataclass
class Person:
    """One sign-in of the world."""

    role: str
    side: str
    organisation: str
    email: str
    password: str
    totp_secret: str
    user: Any = field(repr=False)


@dataclass
class Thing:
    """One object of the world: whose it is, where it is, and the canaries planted in it."""

    kind: str
    label: str
    id: int
    reference: str
    commissioner: str
    organisation: str
    draft: bool
    circle: bool
    canaries: list[str]
    object: Any = field(repr=False)
    # An address that opens it without signing in, for a link that was sent.
    opens: str = ""


class World:
    """The makers share this: who exists, what was planted, and the moment at which everything happened."""

    def __init__(self, *, at: datetime, sign_ins: bool = True) -> None:
        self.at, self.on = at, london_date(at)
        self.sign_ins = sign_ins
        self.people: list[Person] = []
        self.things: list[Thing] = []
        self.organisations: dict[str, Organisation] = {}
        self.circles: dict[str, Circle] = {}
        self.rounds: list[Any] = []
        self.long_ago = LONG_AGO

    def canary(self, kind: str, name: str) -> str:
        """A word that stands nowhere else."""
        return f"canary{kind}{name}{secrets.token_hex(4)}".replace("_", "").lower()

    def keep(
        self, thing: Any, *, label: str = "", draft: bool = False, about: Organisation | None = None,
        whose: Organisation | None = None,
    ) -> Any:  # fmt: skip
        """Remember an object with the canaries that it holds."""
        whose = whose or getattr(thing, "commissioner", None)
        about = about or getattr(thing, "organisation", None)
        held = [value for value in _texts(thing) if "canary" in value]
        self.things.append(
            Thing(
                thing._meta.label,
                label,
                thing.pk,
                getattr(thing, "reference", ""),
                self.key_of(whose),
                self.key_of(about),
                draft,
                getattr(thing, "circle_id", None) is not None and not isinstance(thing, CircleMember),
                held,
                thing,
            )
        )
        return thing

    def key_of(self, organisation: Organisation | None) -> str:
        """The short name of an organisation of the world."""
        return next((key for key, each in self.organisations.items() if each == organisation), "")

    def thing_of(self, kept: models.Model) -> Thing:
        """What is remembered about an object."""
        return next(each for each in self.things if each.kind == kept._meta.label and each.id == kept.pk)

    def person(self, role: str, key: str) -> Any:
        """The user with this role at this organisation."""
        return next(each.user for each in self.people if each.role == role and each.organisation == key)

    def as_dict(self, urls: Any) -> dict[str, Any]:
        """For JSON; ``urls(thing)`` names the addresses of an object."""
        return {
            "organisations": {key: each.reference for key, each in self.organisations.items()},
            "people": [_without(asdict_shallow(each), "user") for each in self.people],
            "objects": [{**_without(asdict_shallow(each), "object"), "urls": urls(each)} for each in self.things],
        }


def asdict_shallow(thing: Any) -> dict[str, Any]:
    """A dataclass as a dictionary, its values as they are."""
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


def _without(found: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key != name}


def _texts(thing: models.Model) -> Iterable[str]:
    """Every text that a row holds, in JSON and lists as well."""
    for column in thing._meta.concrete_fields:
        value = getattr(thing, column.attname)
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | dict):
            yield str(value)


@transaction.atomic
def make(*, at: datetime, sign_ins: bool = True) -> World:
    """Make the world on an empty database. Without ``sign_ins`` nobody gets a password or a second factor."""
    world = World(at=at, sign_ins=sign_ins)
    _organisations(world)
    _people(world)
    world_access.make(world)
    world_returns.make(world)
    world_work.make(world)
    world_programme.make(world)
    world_known.make(world)
    world_posts.make(world)
    world_visits.make(world)
    world_exports.make(world)
    world_escalation.make(world)
    world_privacy.make(world)
    world_reviews.make(world)
    world_learning.make(world)
    world_figures.make(world)
    for thing in world.things:
        thing.object.refresh_from_db()
    return world


def _organisations(world: World) -> None:
    acute = Category.objects.get(code="ACUTE")
    for key, kind in {"A": "commissioner", "B": "commissioner", "board": "board"}.items():
        world.organisations[key] = Organisation.objects.create(
            kind=kind, name=world.canary("organisation", key), address=world.canary("organisation", "address")
        )
    for key in PROVIDERS:
        world.organisations[key] = Organisation.objects.create(
            category=acute,
            name=world.canary("organisation", key),
            address=world.canary("organisation", "address"),
            mailbox=f"{world.canary('organisation', 'mailbox')}@example.org",
        )
    a, b = world.organisations["A"], world.organisations["B"]
    for whose, about, part in (
        (a, "P1", "lead"),
        (a, "P2", "lead"),
        (b, "P3", "lead"),
        (a, "shared", "lead"),
        (b, "shared", "associate"),
    ):
        world.keep(
            Arrangement.objects.create(
                commissioner=whose, organisation=world.organisations[about], part=part, contract_form="full",
                contract_number=world.canary("arrangement", "number"), starts_on=LONG_AGO,
            )
        )  # fmt: skip
    for commissioner in (a, b):
        world.keep(
            Partnership.objects.create(board=world.organisations["board"], commissioner=commissioner, kind="children")
        )
    for key, organisation in world.organisations.items():
        world.keep(organisation, label=key, about=organisation)
        if key in PROVIDERS:
            _desks(world, organisation)


def _desks(world: World, organisation: Organisation) -> None:
    world.keep(Site.objects.create(organisation=organisation, name=world.canary("site", "name")))
    world.keep(
        Contact.objects.create(
            organisation=organisation,
            kind="safeguarding_lead",
            name=world.canary("contact", "name"),
            job_title=world.canary("contact", "title"),
            email=f"{world.canary('contact', 'email')}@example.org",
            telephone="01632 960001",
            receives_reminders=True,
        )
    )


def _people(world: World) -> None:
    """One person per role and place: each role of the commissioner's side at A and B, each provider role everywhere."""
    for role in Role:
        places = PROVIDERS if role.side == Side.PROVIDER else ("A", "B")
        for place in places:
            world.people.append(_person(world, role, place))


def _person(world: World, role: Role, place: str) -> Person:
    password = "-".join(secrets.choice(PASSWORD_WORDS) for _ in range(3)) + str(secrets.randbelow(90) + 10)
    email = f"{role.name.lower()}.{place.lower()}@example.org"
    user = User.objects.create_user(
        email,
        password if world.sign_ins else None,
        name=world.canary("user", "name"),
        job_title=world.canary("user", "title"),
        joined_at=world.at,
    )
    strands = ["children", "adults", "looked_after"] if role == Role.DESIGNATED_PROFESSIONAL else []
    membership = Membership.objects.create(
        user=user, role=role, organisation=world.organisations[place], strands=strands, starts_on=LONG_AGO,
        confirmed_at=world.at, reason=world.canary("membership", "reason"),
    )  # fmt: skip
    world.keep(user, label=f"{role.value} {place}", about=world.organisations[place])
    world.keep(membership, label=f"{role.value} {place}")
    secret = ""
    if world.sign_ins:
        secret = generate_totp_secret()
        TOTP.activate(user, secret)
    return Person(role.value, role.side.value, place, email, password if world.sign_ins else "", secret, user)


__all__ = ["Person", "Thing", "World", "make"]

"""Who there is: commissioners, boards, providers, their sites, contracts, contacts and service profiles."""

import random
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from providers.models import (
    Arrangement,
    Category,
    Contact,
    Organisation,
    Partnership,
    ServiceAnswer,
    ServiceQuestion,
    Site,
)

DATA = Path(__file__).parent / "data"
BEGAN = date(2013, 4, 1)
MANAGER = "registered_manager"
LEADS = {"GP": "practice_manager", "CHN": MANAGER, "CHR": MANAGER, "DOM": MANAGER}


@dataclass(frozen=True)
class Place:
    """One provider of the locality and how it behaves: quality now (0 to 1) and its drift in a year."""

    key: str
    name: str
    category: str
    lead: str
    also: str
    quality: float
    drift: float
    services: tuple[str, ...]
    sites: tuple[str, ...] = ()


@dataclass
class Locality:
    """Everything made so far, by key."""

    commissioners: dict[str, Organisation]
    providers: dict[str, Organisation]
    places: list[Place]

    def place_of(self, organisation: int) -> Place:
        """How the provider with this id behaves."""
        return self._by_id[organisation]

    def __post_init__(self) -> None:
        self._by_id = {self.providers[place.key].pk: place for place in self.places}


def read(name: str) -> dict[str, Any]:
    """One of the data files."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def places(wanted: int) -> list[Place]:
    """So many providers: the named ones, then as many made-up ones as it takes."""
    data = read("places")
    found = [
        Place(
            row["key"], row["name"], row["category"], row["lead"], row.get("also", ""), row["quality"], row["drift"],
            tuple(row["services"]), tuple(row.get("sites", ())),
        )
        for row in data["provider"]
    ]  # fmt: skip
    for lead, rows in data["practices"].items():
        found += [
            Place(name, name, "GP", lead, "", quality, drift, ("children_seen",)) for name, quality, drift in rows
        ]
    return (found + list(_more(data["more"], wanted - len(found))))[:wanted]


def _more(data: dict[str, Any], wanted: int) -> list[Place]:
    """Further providers, each with a name of its own."""
    chance = random.Random("more places")  # noqa: S311
    found = []
    for n in range(max(wanted, 0)):
        kinds, names = data["kinds"], data["places"]
        category, noun = kinds[n % len(kinds)]
        name = f"{names[(n // len(kinds)) % len(names)]} {noun}"
        round_ = n // (len(kinds) * len(names))
        name = f"{name} {round_ + 1}" if round_ else name
        services = ("children_seen",) if category == "GP" else ("adults_only",)
        quality, drift = chance.uniform(0.4, 0.9), chance.uniform(-0.03, 0.05)
        found.append(Place(name, name, category, ("westmarch", "ardenvale")[n % 2], "", quality, drift, services))
    return found


def load(wanted: int, *, on: date, tier: str = "") -> Locality:
    """Write the register. A dozen statements, whatever the number of providers.

    ``tier`` makes everybody alike for measuring: every contract asks it, and every service is there.
    """
    data, chosen = read("places"), places(wanted)
    commissioners = {
        row["key"]: Organisation.objects.create(kind="commissioner", name=row["name"], code=row["code"])
        for row in data["commissioner"]
    }
    _boards(data, commissioners, on=on)
    made = _providers(chosen)
    locality = Locality(commissioners, dict(zip([each.key for each in chosen], made, strict=True)), chosen)
    Arrangement.objects.bulk_create(_contracts(locality, tier))
    Site.objects.bulk_create(
        Site(organisation=locality.providers[place.key], name=name) for place in chosen for name in place.sites
    )
    Contact.objects.bulk_create(_contacts(locality, on=on))
    ServiceAnswer.objects.bulk_create(_services(locality, on=on, everything=bool(tier)))
    return locality


def _boards(data: dict[str, Any], commissioners: dict[str, Organisation], *, on: date) -> None:
    for row in data["board"]:
        board = Organisation.objects.create(kind="board", name=row["name"])
        for kind in row["kinds"]:
            for key in row["commissioners"]:
                Partnership.objects.create(board=board, commissioner=commissioners[key], kind=kind)
    for row in data["authority"]:
        authority = Organisation.objects.create(kind="local_authority", name=row["name"])
        for key in row["commissioners"]:
            Partnership.objects.create(board=authority, commissioner=commissioners[key], kind="local_authority")
        for audience in ("children", "adults"):
            name, day, late = row[audience]
            Contact.objects.create(
                organisation=authority, kind=f"front_door_{audience}", name=name, telephone=day,
                out_of_hours_telephone=late, verified_on=on,
            )  # fmt: skip


def _providers(chosen: list[Place]) -> list[Organisation]:
    categories = {each.code: each for each in Category.objects.all()}
    return Organisation.objects.bulk_create(
        Organisation(
            category=categories[place.category],
            name=place.name,
            code=f"Y{n:05d}" if place.category == "GP" else "",
            mailbox=f"safeguarding{n}@provider.example",
            telephone=f"01632 96{n % 10000:04d}",
            postcode=f"ZZ{n % 8 + 1} {n % 9 + 1}AA",
            opened_on=BEGAN,
        )
        for n, place in enumerate(chosen, 1)
    )


def _contracts(locality: Locality, tier: str) -> list[Arrangement]:
    rows = []
    for place in locality.places:
        organisation = locality.providers[place.key]
        form = organisation.category.usual_contract if organisation.category else "full"
        form = form if form in ("full", "shorter", "gms", "grant", "joint", "spot") else "shorter"
        for key, part in ((place.lead, "lead"), (place.also, "associate")):
            if key:
                rows.append(
                    Arrangement(
                        commissioner=locality.commissioners[key], organisation=organisation, part=part,
                        contract_form=form, starts_on=BEGAN, tier=tier,
                    )
                )  # fmt: skip
    return rows


def _contacts(locality: Locality, *, on: date) -> list[Contact]:
    names = read("people")["contacts"]
    chance = random.Random("contacts")  # noqa: S311
    rows = []
    for n, place in enumerate(locality.places):
        kinds = dict.fromkeys(["safeguarding_lead", LEADS.get(place.category, "executive"), "executive"])
        for kind in kinds:
            name = f"{chance.choice(names['first'])} {chance.choice(names['last'])}"
            verified = None if chance.random() < 0.1 else date.fromordinal(on.toordinal() - chance.randrange(20, 700))
            rows.append(
                Contact(
                    organisation=locality.providers[place.key], kind=kind, name=name,
                    email=f"{kind.replace('_', '.')}{n}@provider.example", telephone=f"01632 97{n % 10000:04d}",
                    receives_reminders=kind == "safeguarding_lead", verified_on=verified,
                )
            )  # fmt: skip
    return rows


def _services(locality: Locality, *, on: date, everything: bool) -> list[ServiceAnswer]:
    """Yes and no as the data say; one provider in eight has not filled its profile in."""
    questions = list(ServiceQuestion.objects.all())
    return [
        ServiceAnswer(
            organisation=locality.providers[place.key], question=question, stated_on=on,
            holds=everything or question.key in place.services,
        )
        for n, place in enumerate(locality.places)
        if n % 8 != 7
        for question in questions
    ]  # fmt: skip

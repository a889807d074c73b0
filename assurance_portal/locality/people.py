"""The accounts of the demonstration: one for each role, signed in before, with a second step of their own."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.capabilities import Role
from accounts.models import Membership, User
from assurance_portal.demonstration_accounts import accounts_file
from assurance_portal.locality.places import BEGAN, Locality, read
from providers.models import Contact

DESKS = {Role.PROVIDER_LEAD: ("safeguarding_lead",), Role.EXECUTIVE_SIGNATORY: ("executive",)}
MANAGERS = {"Registered manager": "registered_manager", "Practice manager": "practice_manager"}


@dataclass
class People:
    """The accounts by key; the safeguarding lead and the name of the executive of each provider by its id."""

    accounts: dict[str, User]
    leads: dict[int, User]
    executives: dict[int, str]

    def __getitem__(self, key: str) -> User:
        return self.accounts[key]

    def get(self, key: str) -> User | None:
        """The account with this key, if its place is part of the locality."""
        return self.accounts.get(key)


def load(locality: Locality, *, at: datetime) -> People:
    """Make the people and write the list that the demonstration page shows."""
    data = read("people")
    people: dict[str, User] = {}
    for row in data["person"]:
        places = [_place(locality, key) for key in row["at"]]
        if None in places:
            continue
        people[row["key"]] = user = User.objects.create_user(
            row["email"], data["password"], name=row["name"], job_title=row["title"], joined_at=at, last_login=at
        )
        TOTP.activate(user, generate_totp_secret())
        Membership.objects.bulk_create(_membership(user, row, place, at=at) for place in places)
    _list(data, people, locality)
    _desks(locality, people)
    _at_their_desks(data, people, locality)
    return People(people, _leads(locality, data, people, at=at), _executives(locality))


def _executives(locality: Locality) -> dict[int, str]:
    """Who signs: the executive of a trust, the partner responsible in a practice."""
    found = Contact.objects.filter(kind="executive", organisation__in=locality.providers.values())
    return dict(found.values_list("organisation", "name"))


def _leads(locality: Locality, data: dict[str, Any], people: dict[str, User], *, at: datetime) -> dict[int, User]:
    """Every provider has a safeguarding lead with an account; most of them exist in its history only."""
    found = {
        _place(locality, row["at"][0]).pk: people[row["key"]]
        for row in data["person"]
        if row["role"] == Role.PROVIDER_LEAD and row["key"] in people
    }
    rows = Contact.objects.filter(kind="safeguarding_lead", organisation__in=locality.providers.values())
    contacts = [each for each in rows if each.organisation_id not in found]
    made = User.objects.bulk_create(
        User(email=each.email, name=each.name, job_title="Safeguarding lead", password="!", joined_at=at)  # noqa: S106
        for each in contacts
    )
    Membership.objects.bulk_create(
        Membership(
            user=user, organisation_id=each.organisation_id, role=Role.PROVIDER_LEAD, side=Role.PROVIDER_LEAD.side,
            starts_on=BEGAN, confirmed_at=at, reason="Demonstration",
        )
        for user, each in zip(made, contacts, strict=True)
    )  # fmt: skip
    return found | {each.organisation_id: user for user, each in zip(made, contacts, strict=True)}


def _desks(locality: Locality, people: dict[str, User]) -> None:
    """The commissioners' designated professionals, whom providers see as their contact."""
    Contact.objects.bulk_create(
        Contact(
            organisation=commissioner, kind="designated", name=people[key].name, job_title=people[key].job_title,
            email=people[key].email, telephone=f"01632 96020{n}",
        )
        for commissioner in locality.commissioners.values()
        for n, key in enumerate(("nurse", "adults"))
    )  # fmt: skip


def _at_their_desks(data: dict[str, Any], people: dict[str, User], locality: Locality) -> None:
    """Whoever has an account is the contact of their provider too: the lead, the manager, the executive."""
    for row in data["person"]:
        if row["role"] in DESKS and row["key"] in people:
            person, place = people[row["key"]], _place(locality, row["at"][0])
            kinds = [*DESKS[row["role"]], *((MANAGERS[row["title"]],) if row["title"] in MANAGERS else ())]
            Contact.objects.filter(organisation=place, kind__in=kinds).update(
                name=person.name, job_title=person.job_title, email=person.email
            )


def _place(locality: Locality, key: str) -> Any:
    return locality.commissioners.get(key) or locality.providers.get(key)


def _membership(user: User, row: dict[str, Any], place: Any, *, at: datetime) -> Membership:
    role = Role(row["role"])
    return Membership(
        user=user, organisation=place, role=role, side=role.side, strands=row.get("strands", []), starts_on=BEGAN,
        confirmed_at=at, reason="Demonstration",
    )  # fmt: skip


def _list(data: dict[str, Any], people: dict[str, User], locality: Locality) -> None:
    rows = [
        {
            "role": f"{Role(row['role']).label}: {row['name']}",
            "email": row["email"],
            "password": data["password"],
            "organisation": ", ".join(_place(locality, key).name for key in row["at"]),
        }
        for row in data["person"]
        if row["key"] in people
    ]
    path = accounts_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    path.chmod(0o600)

"""The accounts of the demonstration: one for each role, signed in before, with a second step of their own."""

import json
from datetime import datetime
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.capabilities import Role
from accounts.models import Membership, User
from assurance_portal.demonstration_accounts import accounts_file
from assurance_portal.locality.places import BEGAN, Locality, read


def load(locality: Locality, *, at: datetime) -> dict[str, User]:
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
    return people


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

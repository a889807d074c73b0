"""The list of people with an account, as its page shows it and as it is taken out. It is never frozen: it is names."""

from typing import Any

from django.http import HttpRequest

from accounts.capabilities import Can
from accounts.people_list import people_shown
from design.calendar import london_date
from exports.listings import Listing, Reach, Shown, register
from exports.table import Column, Kind

STATES = {"ended": "Ended", "waiting": "Has not joined yet", "asleep": "Asleep", "active": "Active"}


def _roles(person: Any) -> str:
    words = [
        f"{role.get_role_display()}, {role.organisation}{'' if role.confirmed_at else ' (waits for confirmation)'}"
        for role in person.held
    ]
    return "; ".join(words) or "None"


COLUMNS = (
    Column("Name", lambda person: person.name, width=32, personal=True),
    Column("E-mail address", lambda person: person.email, width=36, personal=True),
    Column("Roles", _roles, width=60),
    Column("State", lambda person: STATES[person.state], width=20),
    Column(
        "Last signed in", lambda person: london_date(person.last_seen_at) if person.last_seen_at else "Never",
        Kind.DATE, 16,
    ),
)  # fmt: skip


def _people(request: HttpRequest, reach: Reach) -> Shown:
    search, people = people_shown(request.GET, reach.user, on=reach.on, also=reach.can)
    return Shown(COLUMNS, people, search)


def register_listings() -> None:
    """Called once at start."""
    register(Listing("people", "People", Can.SEE_ACCESS, "accounts:person-list", _people, freezes=False))

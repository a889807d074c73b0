"""What the measuring world knows of its providers beside their returns: contacts logged, canaries in all."""

from datetime import timedelta
from typing import TYPE_CHECKING

from oversight.models import ContactEntry, Term

if TYPE_CHECKING:
    from assurance_portal.world import World

HELD = {"A": ("P1", "P2", "shared"), "B": ("P3",)}


def make(world: "World") -> None:
    """One of each about every provider, for its lead commissioner."""
    for key, places in HELD.items():
        world.keep(
            Term.objects.create(
                commissioner=world.organisations[key], kept_in=Term.List.THEME, code="own", valid_from=world.long_ago,
                label=world.canary("term", "label"),
            )
        )  # fmt: skip
        for place in places:
            _contact(world, key, place)


def _contact(world: "World", key: str, place: str) -> None:
    nurse = world.person("DP", key)
    texts = ("with_whom", "forum", "papers", "points", "challenge")
    world.keep(
        ContactEntry.objects.create(
            commissioner=world.organisations[key], organisation=world.organisations[place], kind="committee",
            happened_on=world.on - timedelta(days=9), by=nurse, logged_by=nurse, logged_at=world.at,
            **{name: world.canary("contactentry", name) for name in texts},
        )
    )  # fmt: skip

"""What the measuring world knows of its providers beside their returns: contacts, incidents, indicators, intelligence.

Canaries in all of it. Of items and concerns there is a restricted one beside each plain one.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from accounts.models import Circle
from oversight.models import (
    Concern,
    ConcernMatrix,
    ContactEntry,
    Indicator,
    IntelligenceItem,
    SeriousIncident,
    Term,
    Weighing,
)

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
        circle = _circle(world, key)
        for place in places:
            _contact(world, key, place)
            _incident(world, key, place)
            _indicator(world, key, place)
            _heard(world, key, place, None)
            _heard(world, key, place, circle)


def _whose(world: "World", key: str, place: str) -> dict:
    return {"commissioner": world.organisations[key], "organisation": world.organisations[place]}


def _word(kept_in: str) -> Term:
    return Term.objects.filter(kept_in=kept_in, commissioner=None).order_by("position")[0]


def _circle(world: "World", key: str) -> Circle:
    """The designated professional, and a second name whose roles read none of it."""
    nurse = world.person("DP", key)
    circle = Circle.objects.create(commissioner=world.organisations[key], name="Named people", reason="Restricted")
    for person in (nurse, world.person("SA", key)):
        circle.members.create(user=person, starts_on=world.long_ago, added_by=nurse, reason="Named")
    return circle


def _contact(world: "World", key: str, place: str) -> None:
    nurse = world.person("DP", key)
    texts = ("with_whom", "forum", "papers", "points", "challenge")
    world.keep(
        ContactEntry.objects.create(
            kind="committee", happened_on=world.on - timedelta(days=9), by=nurse, logged_by=nurse, logged_at=world.at,
            **_whose(world, key, place), **{name: world.canary("contactentry", name) for name in texts},
        )
    )  # fmt: skip


def _incident(world: "World", key: str, place: str) -> None:
    """Corrected once, so that the reason stands on its page; its number is figures, as they are."""
    lead = world.person("PL", place)
    day = world.on - timedelta(days=5)
    world.keep(
        SeriousIncident.objects.create(
            number=f"{day.year}/12345", happened_on=day, reported_on=day, category=_word("incident_category"),
            strand="children", told_by=lead, told_at=world.at, corrected_by=lead, corrected_at=world.at,
            corrected_because=world.canary("incident", "reason"), **_whose(world, key, place),
        )
    )  # fmt: skip


def _indicator(world: "World", key: str, place: str) -> None:
    world.keep(
        Indicator.objects.create(
            kind=_word("indicator"), n=3, d=40, on=world.on - timedelta(days=30), entered_at=world.at,
            source=world.canary("indicator", "source"), entered_by=world.person("QA", key), **_whose(world, key, place),
        )
    )  # fmt: skip


def _heard(world: "World", key: str, place: str, circle: Circle | None) -> None:
    """A concern drawn from one item and weighed once; with a circle both are for its people only."""
    nurse, theme = world.person("DP", key), _word("theme")
    concern = Concern.objects.create(
        circle=circle, title=world.canary("concern", "title"), theme=theme, review_on=world.on + timedelta(days=30),
        opened_by=nurse, opened_at=world.at, **_whose(world, key, place),
    )  # fmt: skip
    world.keep(concern)
    reasons = world.canary("weighing", "reasons")
    cell = ConcernMatrix.objects.filter(commissioner=None)[0]
    Weighing.objects.create(
        concern=concern, vulnerability=_scale("vulnerability", cell.vulnerability), reasons=reasons, on=world.on,
        likelihood=_scale("likelihood", cell.likelihood), level=_scale("concern_level", cell.level), by=nurse,
        at=world.at, review_on=concern.review_on, **_whose(world, key, place),
    )  # fmt: skip
    world.things[-1].canaries.append(reasons)
    texts = ("source_detail", "summary", "action_taken")
    world.keep(
        IntelligenceItem.objects.create(
            circle=circle, sensitivity="restricted" if circle else "normal", received_on=world.on - timedelta(days=3),
            source=_word("source"), theme=theme, reliability=_word("reliability"), concern=concern, recorded_by=nurse,
            recorded_at=world.at, **_whose(world, key, place),
            **{name: world.canary("intelligence", name) for name in texts},
        )
    )  # fmt: skip


def _scale(kept_in: str, code: str) -> Term:
    return Term.objects.get(kept_in=kept_in, code=code, commissioner=None)

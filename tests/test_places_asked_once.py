"""A request reads the person's roles once, and its questions name the places (decision 0001). What they then answer is
what they answer without: for people of either side, with one strand, with an interest, by cover and as an associate.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.capabilities import Can
from accounts.models import Cover, Membership, User
from assurance_portal.world import World
from tests.worlds import Apart, Principal, routes

WHO = (
    Principal("DP", "A"),
    Principal("QA", "B"),
    Principal("PL", "shared"),
    Principal("DP", "A", strands=("adults",)),
    Principal("DP", "A", interests=("P2",)),
)

pytestmark = pytest.mark.slow


def questions() -> Iterator[tuple[Any, Can]]:
    """Every kind of object with every capability that a door asks of it."""
    asked = {(route.of, route.capability) for route in routes() if route.of}
    for label, can in sorted(asked):
        yield apps.get_model(label), Can(can)


def answers(user: User) -> dict[tuple[str, str], set[int]]:
    found = {}
    for model, can in questions():
        found[model._meta.label, can.value] = set(
            model._default_manager.permitted(user, can).values_list("pk", flat=True)
        )
    return found


def both_ways(person: User) -> tuple[dict[tuple[str, str], set[int]], dict[tuple[str, str], set[int]]]:
    """Asked as in a task, and as in a request."""
    plain, noted = User.objects.get(pk=person.pk), User.objects.get(pk=person.pk)
    Membership.objects.noted(noted)
    assert (plain.acts, noted.acts is not None) == (None, True)
    return answers(plain), answers(noted)


@pytest.mark.parametrize("who", WHO, ids=lambda who: who.name)
def test_the_answers_are_the_same(who: Principal, measured: World, world_apart: Apart) -> None:
    plain, noted = both_ways(world_apart.users[who])
    assert noted == plain
    assert any(plain.values())


def test_the_answers_are_the_same_by_cover(measured: World, world_apart: Apart) -> None:
    covering, absent = world_apart.users[Principal("NG", "A")], world_apart.users[Principal("DP", "A")]
    alone, _ = both_ways(covering)
    today = timezone.localdate()
    week = {"first": today, "last": today + timedelta(days=7), "reason": "Leave"}
    Cover.objects.arrange(absent, covering, by=world_apart.users[Principal("DN", "A")], **week)
    plain, noted = both_ways(covering)
    assert noted == plain
    assert plain != alone

"""Finds an address of every page that somebody may open: the routes, filled in with what the register holds.

Nothing here knows a page: for each route every role is tried with a few things of each state until the page answers.
A route that nobody could open is left out, and its name is said on the error stream.
"""

import itertools
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models

from accounts.capabilities import OPEN, Can
from accounts.models import Membership, User
from assurance_portal.bench.growing import DISTANCE
from assurance_portal.routes import Route, every_route
from chasing.kinds import due_kinds

PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
# What stands in an address beside the reference; tried in turn.
GIVEN: dict[str, tuple[str, ...]] = {
    "number": ("1",),
    "ref": ("1.1",),
    "strand": ("children", "adults"),
    "tier": ("full",),
    "kind": ("file", "link"),
    "section": ("introduction", "summary"),
}
TRIES = 80
NOT_PAGES = (Can.PUBLIC.value, Can.SIGN_IN.value, Can.BY_LINK.value)
Status = Callable[[int, str], int]
Ask = Callable[[Callable[[], Any]], Any]


@dataclass(frozen=True)
class Found:
    """A route with an address that answers, and who may open it."""

    route: str
    who: int
    path: str


def every_page(status: Status, ask: Ask) -> Iterator[Found]:
    """One address for every route that shows a page; the rest is named on the error stream."""
    people, things, missing = ask(_people), ask(_things), []
    for route in every_route():
        if "GET" not in route.methods or route.capability in NOT_PAGES:
            continue
        tries = itertools.islice(_tries(route, people, things, ask), TRIES)
        found = next((Found(route.name, who, path) for who, path in tries if status(who, path) == 200), None)
        if found:
            yield found
        else:
            missing.append(route.name)
    sys.stderr.write(f"Not opened by anybody here: {', '.join(missing)}\n")


def _people() -> list[int]:
    """One person of each role, with every organisation of a role that differs in kind."""
    rows = Membership.objects.filter(user__lt=DISTANCE, ends_on=None, confirmed_at__isnull=False)
    found: dict[str, int] = {}
    for role, user in rows.order_by("user").values_list("role", "user"):
        found.setdefault(role, user)
    return sorted(set(found.values()))


def _things() -> dict[str, list[str]]:
    """References of a few things of each model, one of each state where it has states."""
    found = {}
    for model in apps.get_models():
        if not hasattr(model, "pgh_tracked_model") and any(f.name == "reference" for f in model._meta.fields):
            found[model._meta.label] = _references(model._default_manager.filter(pk__lt=DISTANCE))
    return found


def _references(rows: models.QuerySet[Any]) -> list[str]:
    names = {each.name: each.attname for each in rows.model._meta.fields}
    if "reference" not in names:  # addressed in another way; such a page is named as not opened
        return []
    by = next((names[name] for name in ("state", "kind") if name in names), None)
    if by is None:
        return list(rows.order_by("-pk").values_list("reference", flat=True)[:3])
    return list(rows.order_by(by, "-pk").distinct(by).values_list("reference", flat=True))


def _tries(route: Route, people: list[int], things: dict[str, list[str]], ask: Ask) -> Iterator[tuple[int, str]]:
    names = [match["name"] for match in PART.finditer(route.path)]
    for who in people:
        mine = ask(partial(_allowed, route, who, things))
        for given in itertools.product(*(_given(name, route, mine) for name in names)):
            values = iter(given)
            yield who, PART.sub(lambda _: next(values), route.path)  # noqa: B023


def _given(name: str, route: Route, references: list[str]) -> Iterable[str]:
    if name == "reference":
        return references
    if name == "kind" and route.name.startswith("chasing:"):
        return [kind.code for kind in due_kinds()]
    return GIVEN.get(name, ())


def _allowed(route: Route, who: int, things: dict[str, list[str]]) -> list[str]:
    """References that this person may use here, by what the route is about; anything when it does not say."""
    if "reference" not in route.path:
        return []
    if not route.of:
        kinds = ("assurance.SelfAssessment", "providers.Organisation", "chasing.Ladder", "actions.Action")
        return [each for kind in kinds for each in things.get(kind, [])[:6]]
    if Can(route.capability) in OPEN:
        return things.get(route.of, [])
    manager: Any = apps.get_model(route.of)._default_manager
    allowed = manager.permitted(User.objects.get(pk=who), Can(route.capability))
    return _references(allowed.filter(pk__lt=DISTANCE))

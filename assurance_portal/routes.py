"""The list of every route with what it declares: for the routes command and the permission tests."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.capabilities import GRANTS, OPEN, Can
from accounts.door import Door


@dataclass(frozen=True)
class Route:
    """One address: its pattern, name, methods, capability, and by which scopes roles hold it."""

    path: str
    name: str
    methods: tuple[str, ...]
    capability: str
    scope: str
    of: str

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def every_route() -> Iterator[Route]:
    """All routes in the order in which Django tries them."""
    yield from _walk(get_resolver(), "/", "")


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, path, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield _route(entry, path, namespace)


def _route(entry: URLPattern, path: str, namespace: str) -> Route:
    door: Door = entry.callback.door  # type: ignore[attr-defined]
    name = f"{namespace}{entry.name}" if entry.name else ""
    of = door.of._meta.label if door.of else ""
    return Route(path, name, door.methods, door.can.value, _scope(door.can), of)


def _scope(can: Can) -> str:
    """ "open", or the scope letter of each role that holds it, as "DP:s QA:a"."""
    if can in OPEN:
        return "open"
    return " ".join(f"{role.value}:{grants[can].scope.value}" for role, grants in GRANTS.items() if can in grants)

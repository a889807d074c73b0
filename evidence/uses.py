"""Where evidence is used: each app above registers its link rows, so that the library can count and list them.

    register(Uses("action", "action", "actions", rows=…, lines=…))

``rows(user)`` gives the link rows that the person may see (they have an ``item`` column); ``lines(rows)`` turns the
rows of one item into what the item's page shows. Registered by the app's AppConfig when Django is ready.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Use:
    """One line on the item's page: what uses it, where that is, and what was found."""

    words: str
    url: str
    verdict: str = ""
    tone: str = "quiet"


@dataclass(frozen=True)
class Uses:
    """One way of using evidence."""

    code: str
    singular: str
    plural: str
    rows: Callable[["User"], QuerySet[Any]]
    lines: Callable[[QuerySet[Any]], Iterable[Use]]


_registered: dict[str, Uses] = {}


def register(uses: Uses) -> None:
    """Called once at start by the app that owns the link rows."""
    _registered[uses.code] = uses


def all_uses() -> list[Uses]:
    """Every way of using evidence, in the order of their codes."""
    return [_registered[code] for code in sorted(_registered)]

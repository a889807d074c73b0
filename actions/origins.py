"""Where actions arise, in words, and what an app above wants to know or to say of those that arose with it.

An app above that opens actions says its word here when Django is ready. It may say what stands above such an action on
its pages, and be told when one was verified or given another owner; and that a new date needs somebody who agrees.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Above:
    """What an action is for, in words for whoever sees the action; ``url`` only for who may open it."""

    label: str
    words: str
    url: str = ""
    link: str = ""


def _nothing(action: Any, by: Any, at: datetime) -> None:
    """Nobody has asked to be told."""


@dataclass(frozen=True)
class Origin:
    """One place where actions arise."""

    words: str
    # (action, reader, at) when its page is shown: the lines above it.
    above: Callable[[Any, Any, datetime], list[Above]] = lambda action, reader, at: []
    # (action, by, at) when it was verified, opened again, or has another owner.
    verified: Callable[[Any, Any, datetime], None] = _nothing
    reopened: Callable[[Any, Any, datetime], None] = _nothing
    owned: Callable[[Any, Any, datetime], None] = _nothing
    # A new date needs a second person who agrees to it.
    agreed: bool = False
    # For named people: whoever covers for one of them reaches it for those days.
    covered: bool = False
    # Each report on its progress says whether it will be done in time.
    outlook: bool = False


_origins: dict[str, Origin] = {
    "validation": Origin("Validation of a return"),
    "agreed": Origin("Agreed with the provider"),
}


def register_origin(code: str, words: str, **more: Any) -> None:
    """Name a code of ``Action.origin_kind``, and what its app wants to know and say."""
    _origins[code] = Origin(words, **more)


def origins() -> list[tuple[str, str]]:
    """Codes and words, in the order of the words."""
    return sorted(((code, origin.words) for code, origin in _origins.items()), key=lambda pair: pair[1])


def covered_origins() -> list[str]:
    """The codes of those whose lists are covered while somebody on them is away."""
    return [code for code, origin in _origins.items() if origin.covered]


def origin_of(code: str) -> Origin:
    """What is known of a code; its own letters, readable, when nobody has named it."""
    return _origins.get(code) or Origin(code.replace("_", " ").capitalize())


def origin_in_words(code: str) -> str:
    """The words for a code."""
    return origin_of(code).words

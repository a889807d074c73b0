"""When somebody of ours last spoke with somebody of theirs: the app that keeps the contact log says so here.

Reminders are below the log, so they ask through this: ``register`` one ``Log`` when the app is ready.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Spoken:
    """One contact: the day, its kind in words, who of ours with whom, and its page."""

    on: date
    kind: str
    by: str
    with_whom: str
    url: str


@dataclass(frozen=True)
class Told:
    """What a page of reminders says of it: the last contact with the provider, calls about the thing, where to log."""

    last: Spoken | None
    calls: list[Spoken]
    log_url: str


@dataclass(frozen=True)
class Log:
    """What the log answers.

    ``told`` of one thing to one reader; ``last_days`` of some organisations, by id; ``logged`` writes down the
    conversation that a person names when they take a step that needs one.
    """

    told: Callable[["User", Any, str, date], Told]
    last_days: Callable[["User", Collection[int]], Mapping[int, date]]
    logged: Callable[..., None]


_log: list[Log] = []


def register(log: Log) -> None:
    """Called once at start; a later one takes its place."""
    _log[:] = [log]


def told(user: "User", thing: Any, kind: str, *, on: date) -> Told | None:
    """What is known of conversations about a thing and with its provider; None while nobody keeps a log."""
    return _log[0].told(user, thing, kind, on) if _log else None


def last_days(user: "User", organisations: Collection[int]) -> Mapping[int, date]:
    """The day of the last conversation with each of these organisations, as far as the person may know."""
    return _log[0].last_days(user, organisations) if _log and organisations else {}


def logged(thing: Any, kind: str, *, by: "User", words: str, at: datetime) -> None:
    """Write down that somebody was spoken to about a thing."""
    for log in _log:
        log.logged(thing, kind, by=by, words=words, at=at)

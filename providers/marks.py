"""What is said beside the names of organisations on the register, by apps above it.

An app registers a function: the reader, the organisations of the page, the day; it answers with the words of a tag for
each organisation that has one, in one query.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User

Mark = Callable[["User", Sequence[int], date], Mapping[int, str]]
_marks: list[Mark] = []


def register_mark(mark: Mark) -> None:
    """Called once at start."""
    _marks.append(mark)


def marks_of(user: "User", organisations: Sequence[int], *, on: date) -> dict[int, list[str]]:
    """By organisation, everything that is said beside it."""
    found: dict[int, list[str]] = {}
    for mark in _marks if organisations else ():
        for organisation, words in mark(user, organisations, on).items():
            found.setdefault(organisation, []).append(words)
    return found

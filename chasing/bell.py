"""The bell on the letter box: rung when a letter is written, so that the relay need not wait for its round.

Models know nothing of tasks, so the app registers who hears the bell. Nothing depends on it: the relay comes
round every few seconds anyway, and a broken bell is logged and forgotten.
"""

from collections.abc import Callable

from django.db import transaction

_hearers: list[Callable[[], object]] = []


def register(hearer: Callable[[], object]) -> None:
    """Called once at start."""
    _hearers[:] = [hearer]


def ring() -> None:
    """Tell the relay, once the letter is really in the box."""
    for hearer in _hearers:
        transaction.on_commit(hearer, robust=True)

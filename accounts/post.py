"""Where account mail is handed in. Chasing, which is above, registers the letter box at start.

Accounts know nobody above them; they hand in a kind, a person and ids, and the relay writes the letter.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accounts.models import Invitation, User

LetterBox = Callable[..., Any]
_box: list[LetterBox] = []


def register(box: LetterBox) -> None:
    """Called once at start by the app that sends."""
    _box[:] = [box]


def hand_in(
    kind: str,
    *,
    dedupe_key: str,
    at: datetime,
    user: "User | None" = None,
    invitation: "Invitation | None" = None,
    about: dict[str, int] | None = None,
) -> None:
    """Hand in one account letter, to a person or to an invited address; once per ``dedupe_key``.

    ``about`` holds ids of what the letter speaks of.
    """
    _box[0](kind, dedupe_key=dedupe_key, at=at, user=user, invitation=invitation, about=about)

"""Sessions of a person: they live in PostgreSQL and can be ended at once."""

from typing import TYPE_CHECKING

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

if TYPE_CHECKING:
    from accounts.models import User


def end_sessions(user: "User", *, keep: str | None = None) -> int:
    """Sign the person out everywhere, except in the session named by ``keep``; returns how many ended."""
    held = UserSession.objects.filter(user=user)
    if keep:
        held = held.exclude(session_key=keep)
    keys = list(held.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    held.delete()
    return len(keys)

"""Sessions of a person: they live in PostgreSQL, have two clocks, and can be ended at once.

``seen`` moves with every page; ``began`` never does. To change a limit, change a number here.
"""

from datetime import datetime
from time import time
from typing import TYPE_CHECKING, Any

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from accounts.capabilities import Side

if TYPE_CHECKING:
    from accounts.models import User

IDLE = {Side.COMMISSIONER.value: 20 * 60, Side.PROVIDER.value: 30 * 60}
SHORTEST_IDLE = 20 * 60
ABSOLUTE = 10 * 60 * 60
FRESH_SECONDS = 300
# The first mark found says it: most browsers also name those that they are like.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
            ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
           ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def begin(request: HttpRequest, user: "User", *, at: datetime) -> None:
    """Start both clocks, note the side, and keep that the person signed in."""
    from accounts.models import Membership, SignInEvent

    request.session["began"] = request.session["seen"] = int(at.timestamp())
    request.session.pop("timed_out", None)
    request.session["side"] = Membership.objects.side_of(user, on=at.date())
    user._meta.model._base_manager.filter(pk=user.pk).update(last_seen_at=at)
    SignInEvent.objects.create(user=user, kind=SignInEvent.Kind.SIGNED_IN, by=user, at=at)


def idle_limit(request: HttpRequest) -> int:
    """Seconds without a page after which the session ends."""
    return IDLE.get(request.session.get("side", ""), SHORTEST_IDLE)


def is_over(request: HttpRequest, *, at: datetime) -> bool:
    """Has the idle limit or the ten hours passed?"""
    now = int(at.timestamp())
    began = request.session.setdefault("began", now)
    return now - request.session.get("seen", now) > idle_limit(request) or now - began > ABSOLUTE


def still_here(request: HttpRequest, *, at: datetime, every: int = 30) -> None:
    """Move the idle clock; not at every page, so that reading does not write."""
    now = int(at.timestamp())
    if "seen" not in request.session or now - request.session["seen"] >= every:
        request.session["seen"] = now


def clocks(request: HttpRequest, *, at: datetime) -> dict[str, int]:
    """What the warning needs: how long the session may idle, and when it ends whatever one does."""
    ends = request.session.get("began", int(at.timestamp())) + ABSOLUTE
    return {"session_seconds": idle_limit(request), "session_ends_in": max(ends - int(at.timestamp()), 0)}


def proved_lately(request: HttpRequest, has_second_step: bool) -> bool:
    """Was the strongest proof that the person has given within the last five minutes?

    Somebody who has no second step yet has just signed in to make one: they get the idle limit instead.
    """
    wanted, within = ("mfa", FRESH_SECONDS) if has_second_step else ("", SHORTEST_IDLE)
    since = time() - within
    return any(
        record.get("at", 0) >= since and wanted in record["method"]
        for record in get_authentication_records(request, request.user)  # type: ignore[arg-type]
    )


def live_sessions(user: "User") -> list[UserSession]:
    """The person's sessions that could still be used, latest first; each with ``browser``, what it runs in."""
    rows: Any = UserSession.objects.filter(user=user, session_key__in=Session.objects.values("session_key"))
    found = list(rows.order_by("-last_seen_at"))
    for each in found:
        each.browser = browser_in_words(each.user_agent)
    return found


def browser_in_words(user_agent: str) -> str:
    """ "Chrome on Windows": enough to know one's own devices again."""
    browser = next((words for mark, words in BROWSERS if mark in user_agent), "Another browser")
    system = next((words for mark, words in SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


def clear_away(*, at: datetime) -> int:
    """Remove sessions whose time is over and what was kept about them; returns how many."""
    ended, _ = Session.objects.filter(expire_date__lt=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return ended


def end_sessions(user: "User", *, keep: str | None = None) -> int:
    """Sign the person out everywhere, except in the session named by ``keep``; returns how many ended."""
    held = UserSession.objects.filter(user=user)
    if keep:
        held = held.exclude(session_key=keep)
    keys = list(held.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    held.delete()
    return len(keys)

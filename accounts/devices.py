"""Devices on which somebody has signed in before.

A known device is no proof of anything: it only has a count of wrong tries of its own, so that a stranger who
guesses at somebody's password cannot lock them out (trust.md section 5).
"""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE = "device"
SALT = "accounts.devices"
YEAR = 365 * 24 * 60 * 60
PEOPLE = 8  # a shared computer


def is_known(request: HttpRequest, email: str) -> bool:
    """Has this person signed in here within a year?"""
    return _mark(email) in _marks(request)


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Leave the mark of this person; it names nobody."""
    marks = [_mark(email), *(mark for mark in _marks(request) if mark != _mark(email))][:PEOPLE]
    response.set_cookie(
        COOKIE,
        signing.dumps(marks, salt=SALT),
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _mark(email: str) -> str:
    return salted_hmac(SALT, email.lower(), algorithm="sha256").hexdigest()[:24]


def _marks(request: HttpRequest) -> list[str]:
    try:
        found: list[str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return []
    return found

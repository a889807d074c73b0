"""Counting tries at a door that needs no account, looks as well as posts, in the store that sign-in uses."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse


def too_many(request: HttpRequest, action: str, *, key: str | None = None) -> HttpResponse | None:
    """Count one try; the page with status 429 when there were too many (``ACCOUNT_RATE_LIMITS`` says how many)."""
    counted = ratelimit.consume(request, app="allauth.account", action=action, key=key, limit_get=True)
    return None if counted else ratelimit.respond_429(request)

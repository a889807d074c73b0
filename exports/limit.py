"""How much one person may take out: twenty an hour (trust.md 5), counted in PostgreSQL like every other limit."""

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SO_OFTEN = "You have taken out {limit} lists within an hour. That is the limit: nothing more leaves for a while."


def too_many(request: HttpRequest) -> HttpResponse | None:
    """Counts this one; the page that says to wait when the person has taken out too much."""
    # A file is asked for by GET, which the library counts only when it is told to.
    if ratelimit.consume(request, app="allauth.account", action="export", user=request.user, limit_get=True):
        return None
    limit = settings.ACCOUNT_RATE_LIMITS["export"].split("/")[0]
    said = {"reason": SO_OFTEN.format(limit=limit), "wait": "an hour"}
    return render(request, "errors/429.html", said, status=429)

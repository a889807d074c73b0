"""The secret of a link to figures: made when its letter is sent, looked up when somebody follows it.

The secret stands in the letter alone; the database has its hash. Following it gives the browser a signed cookie that
reaches the pages of that one link and nothing else, so the secret is out of the address before the first page. The
cookie names the hash: a link that is taken back or sent again ends it.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.tokens import hashed
from chasing.letters import absolute
from training.models import FigureLink

COOKIE = "figures-link"
SALT = "training.links"
# A sitting: renewed by every page and every save, and begun again from the letter.
SECONDS = 4 * 60 * 60


def make_address(link: FigureLink, *, at: datetime) -> str:
    """The address for the letter, with a new secret; one that was sent before stops working."""
    token = secrets.token_urlsafe(32)
    FigureLink.objects.filter(pk=link.pk).update(token_hash=hashed(token), sent_at=at)
    return absolute("training:link-open", token)


def find(token: str, *, at: datetime) -> FigureLink | None:
    """The link with this secret, if it opens anything now."""
    found: FigureLink | None = FigureLink.objects.live(at=at).filter(token_hash=hashed(token)).first()
    return found


def held(request: HttpRequest, reference: str, *, at: datetime) -> FigureLink | None:
    """The link of this page, if the browser has followed it and it opens anything now. One query."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    if not isinstance(said, dict) or said.get("link") != reference:
        return None
    live = FigureLink.objects.live(at=at).filter(reference=reference, token_hash=said.get("hash"))
    found: FigureLink | None = live.select_related(
        "figure_return__period", "figure_return__commissioner", "figure_return__organisation", "bearer"
    ).first()
    return found


def hand_over(response: HttpResponse, link: FigureLink) -> None:
    """Give the browser, or renew, the cookie of this link's pages."""
    response.set_cookie(
        COOKIE,
        signing.dumps({"link": link.reference, "hash": link.token_hash}, salt=SALT),
        max_age=SECONDS,
        path=reverse("training:link-start", args=[link.reference]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

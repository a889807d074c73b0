"""The secret of a link to a return: made when its letter is sent, looked up when somebody follows it.

The secret stands in the letter alone; the database has its hash. Following it gives the browser a signed cookie that
reaches the pages of that one link and nothing else, so the secret is out of the address before the first page. The
cookie names the hash: a link that is taken back or sent again ends it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.capabilities import Can
from accounts.models import User
from accounts.tokens import hashed
from assurance.models import ReturnLink, SelfAssessment
from chasing.letters import absolute

COOKIE = "link"
SALT = "assurance.links"
# A sitting: renewed by every page and every save, and begun again from the letter.
SECONDS = 4 * 60 * 60


@dataclass(frozen=True)
class Sent:
    """One link as those who keep it see it."""

    link: ReturnLink
    words: str
    is_live: bool
    may_go_again: bool


def sent_for(assessment: SelfAssessment, user: User, *, at: datetime) -> list[Sent]:
    """The links of a return that the person may take back, the latest first. One query."""
    seen = ReturnLink.objects.permitted(user, Can.TAKE_LINKS_BACK).filter(self_assessment=assessment)
    open_ = assessment.is_editable and not assessment.entering
    found: list[Sent] = []
    for link in seen.select_related("standard", "made_by", "revoked_by"):
        again = open_ and link.standard_id is None and (link.revoked_at is None or not found)
        found.append(Sent(link, link.state(at=at), link.is_live(at=at), again))
    return found


def make_address(link: ReturnLink, *, at: datetime) -> str:
    """The address for the letter, with a new secret; one that was sent before stops working."""
    token = secrets.token_urlsafe(32)
    ReturnLink.objects.filter(pk=link.pk).update(token_hash=hashed(token), sent_at=at)
    return absolute("assurance:link-open", token)


def find(token: str, *, at: datetime) -> ReturnLink | None:
    """The link with this secret, if it opens anything now."""
    return ReturnLink.objects.live(at=at).filter(token_hash=hashed(token)).first()


def held(request: HttpRequest, reference: str, *, at: datetime) -> ReturnLink | None:
    """The link of this page, if the browser has followed it and it opens anything now. One query."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    if not isinstance(said, dict) or said.get("link") != reference:
        return None
    live = ReturnLink.objects.live(at=at).filter(reference=reference, token_hash=said.get("hash"))
    found: ReturnLink | None = live.select_related(
        "self_assessment__round__framework_version", "commissioner", "organisation", "standard", "bearer"
    ).first()
    return found


def hand_over(response: HttpResponse, link: ReturnLink) -> None:
    """Give the browser, or renew, the cookie of this link's pages."""
    response.set_cookie(
        COOKIE,
        signing.dumps({"link": link.reference, "hash": link.token_hash}, salt=SALT),
        max_age=SECONDS,
        path=reverse("assurance:link-start", args=[link.reference]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

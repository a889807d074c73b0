"""The secret of a link to a return: made when its letter is sent, looked up when somebody follows it.

The secret stands in the letter alone; the database has its hash. Following it gives the browser a signed cookie that
reaches the pages of that one link and nothing else, so the secret is out of the address before the first page. The
cookie names the hash: a link that is taken back or sent again ends it.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.tokens import hashed
from chasing.letters import absolute
from chasing.models.signed_links import SignedLink

# A sitting: renewed by every page and every save, and begun again from the letter.
SECONDS = 4 * 60 * 60
L = TypeVar("L", bound=SignedLink)


@dataclass(frozen=True)
class Secrets(Generic[L]):
    """How the links of one kind are followed: their model, their cookie, and the app of their pages.

    ``beside`` is read with a link that is held, for its pages.
    """

    model: type[L]
    cookie: str
    app: str
    beside: tuple[str, ...]

    @property
    def salt(self) -> str:
        """What the cookie is signed with, beside the key."""
        return f"{self.app}.links"

    @property
    def links(self) -> Any:
        """Every link of the kind."""
        return self.model._default_manager

    def url(self, name: str, link: L, **more: Any) -> str:
        """The address of one of the link's pages."""
        return reverse(f"{self.app}:link-{name}", kwargs={"reference": link.reference, **more})

    def make_address(self, link: L, *, at: datetime) -> str:
        """The address for the letter, with a new secret; one that was sent before stops working."""
        token = secrets.token_urlsafe(32)
        self.links.filter(pk=link.pk).update(token_hash=hashed(token), sent_at=at)
        return absolute(f"{self.app}:link-open", token)

    def find(self, token: str, *, at: datetime) -> L | None:
        """The link with this secret, if it opens anything now."""
        found: L | None = self.links.live(at=at).filter(token_hash=hashed(token)).first()
        return found

    def held(self, request: HttpRequest, reference: str, *, at: datetime) -> L | None:
        """The link of this page, if the browser has followed it and it opens anything now. One query."""
        try:
            said = signing.loads(request.COOKIES.get(self.cookie, ""), salt=self.salt, max_age=SECONDS)
        except signing.BadSignature:
            return None
        if not isinstance(said, dict) or said.get("link") != reference:
            return None
        live = self.links.live(at=at).filter(reference=reference, token_hash=said.get("hash"))
        found: L | None = live.select_related("bearer", *self.beside).first()
        return found

    def hand_over(self, response: HttpResponse, link: L) -> None:
        """Give the browser, or renew, the cookie of this link's pages."""
        response.set_cookie(
            self.cookie,
            signing.dumps({"link": link.reference, "hash": link.token_hash}, salt=self.salt),
            max_age=SECONDS,
            path=self.url("start", link),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


@dataclass(frozen=True)
class Sent(Generic[L]):
    """One link as those who keep it see it."""

    link: L
    words: str
    is_live: bool
    may_go_again: bool


def as_sent(links: Iterable[L], owed: Any, *, may_go: bool, at: datetime) -> list[Sent[L]]:
    """The links of one return, ``owed``, the latest first; ``may_go`` when one could be sent now.

    Sent again is the one that stands, or the last one; a colleague's is sent by whoever asked the colleague.
    """
    found: list[Sent[L]] = []
    for link in links:
        setattr(link, link.owed_field, owed)
        again = may_go and link.is_whole and (link.revoked_at is None or not found)
        found.append(Sent(link, link.state(at=at), link.is_live(at=at), again))
    return found

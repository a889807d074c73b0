"""Pages behind a signed link: no account, the same verbs as the signed-in pages.

The address with the secret only hands over a cookie and leads on, so the secret stands in no page, no referrer and no
log. Whoever comes without a link that opens something now is told what everybody is told of an address that does not
exist.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import pghistory
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import Refused, door, once
from accounts.throttle import too_many
from accounts.tokens import hashed
from chasing.links import Secrets
from chasing.models.signed_links import writable
from privacy.middleware import by_holder

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Behind:
    """The door of the pages behind one kind of link. ``closed`` says of a return that it can no longer be changed."""

    secrets: Secrets[Any]
    closed: str

    def opening(self) -> View:
        """The view that follows a link: the browser gets the cookie of its pages.

        It may be followed again and again; nothing is used up.
        """

        @door(Can.BY_LINK, methods=("GET",))
        def link_open(request: HttpRequest, token: str) -> HttpResponse:
            if throttled := too_many(request, "return_link", key=hashed(token)):
                return throttled
            link = self.secrets.find(token, at=timezone.now())
            if link is None:
                return not_there(request)
            response = redirect(self.secrets.url("start", link))
            self.secrets.hand_over(response, link)
            response["Referrer-Policy"] = "no-referrer"
            return response

        return link_open

    def __call__(
        self, view: View, *, whole: bool = False, writes: bool = True, methods: tuple[str, ...] = ("GET", "POST")
    ) -> View:
        """The view for whoever holds the link, which it is handed; ``whole`` is not for the holder of a part.

        Where something is written and the return can no longer be, a look leads to the first page and a save is
        refused.
        """

        @wraps(view)
        def held(request: HttpRequest, reference: str, **more: Any) -> HttpResponse:
            at = timezone.now()
            link = self.secrets.held(request, reference, at=at)
            if link is None or (whole and not link.is_whole):
                return not_there(request)
            if writes and request.method != "POST" and not writable(link.owed):
                return redirect(self.secrets.url("start", link))
            by_holder(link.bearer, link)
            if request.method != "POST":
                response = view(request, link, **more)
            elif throttled := too_many(request, "return_link_save", key=link.reference):
                return throttled
            else:
                with pghistory.context(user=link.bearer_id):
                    response = once(request, link.bearer, lambda: self._written(request, view, link, **more))
                if response.status_code < 400:
                    link.used(at=at)
            self.secrets.hand_over(response, link)
            return response

        return door(Can.BY_LINK, methods=methods)(held)

    def _written(self, request: HttpRequest, view: View, link: Any, **more: Any) -> HttpResponse:
        if not writable(link.owed):
            raise Refused(self.closed.format(state=link.owed.get_state_display()))
        return view(request, link, **more)


def not_there(request: HttpRequest) -> HttpResponse:
    """Guessed, expired, taken back, of another return: nothing is said. Too many of them are throttled."""
    if throttled := too_many(request, "return_link_wrong"):
        return throttled
    raise Http404

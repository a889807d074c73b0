"""Somebody signed in who asks the portal in this very process: the WSGI call with all its middleware, no network."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from time import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import User

FAR_AHEAD = 7200  # so that a second step "just used" stays so for the whole measurement


@cache
def application() -> Any:
    """The portal as a web worker holds it; taken in late, because a web worker has loaded nothing of a bench."""
    from assurance_portal.wsgi import application

    return application


@dataclass
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass
class Visitor:
    """A browser's worth of a signed-in person."""

    user: User
    cookies: str

    @classmethod
    def signed_in(cls, user: User) -> "Visitor":
        """Begin a session as signing in does, the second step just used."""
        session = SessionStore()
        now = time()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session["second_factor"] = True
        # The idle clock is moved once in half a minute, by whichever page comes then; here, by none.
        session["began"], session["seen"] = int(now), int(now) + FAR_AHEAD
        session["account_authentication_methods"] = [
            {"method": "password", "at": now + FAR_AHEAD, "email": user.email},
            {"method": "mfa", "at": now + FAR_AHEAD, "type": "totp", "id": 1},
        ]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return cls(user, f"{settings.SESSION_COOKIE_NAME}={session.session_key}")

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, b"")

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form, with the token that the portal's own cookie gave."""
        token = "b" * 32
        cookies, self.cookies = self.cookies, f"{self.cookies}; {settings.CSRF_COOKIE_NAME}={token}"
        try:
            return self._ask("POST", path, urlencode({**fields, "csrfmiddlewaretoken": token}).encode())
        finally:
            self.cookies = cookies

    def _ask(self, method: str, path: str, content: bytes) -> Answer:
        said: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], problem: Any = None) -> None:
            said.update(status=int(status[:3]), headers=dict(headers))

        parts = application()(self._environ(method, path, content), start)
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return Answer(said["status"], body, said["headers"])

    def _environ(self, method: str, path: str, content: bytes) -> dict[str, Any]:
        address = urlsplit(path)
        host = settings.ALLOWED_HOSTS[0]
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": address.path,
            "QUERY_STRING": address.query,
            "SERVER_NAME": host,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": host,
            "HTTP_COOKIE": self.cookies,
            "HTTP_REFERER": f"https://{host}/",
            "HTTP_X_FORWARDED_PROTO": "https",
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if content else "",
            "CONTENT_LENGTH": str(len(content)),
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(content),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }

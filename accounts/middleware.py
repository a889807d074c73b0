"""Headers, time-outs and the history context: what happens around every request."""

from collections.abc import Callable

import pghistory
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import sessions

Handler = Callable[[HttpRequest], HttpResponse]

FEATURES = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "usb", "xr-spatial-tracking",
)  # fmt: skip


class SecurityHeadersMiddleware:
    """Headers that Django has no setting for."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.permissions = ", ".join(f"{feature}=()" for feature in FEATURES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then say what browsers may not do with it; signed-in pages are never stored."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.permissions)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class TimeOutMiddleware:
    """Ends a session after its idle limit (20 minutes commissioner, 30 provider) or after ten hours."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out when a limit has passed; otherwise note that the person is still here."""
        if request.user.is_authenticated:
            now = timezone.now()
            if sessions.is_over(request, at=now):
                logout(request)
                request.session["timed_out"] = True
            else:
                sessions.still_here(request, at=now)
        return self.get_response(request)


class HistoryMiddleware:
    """Puts the person's id into the history context of every change. No names, no addresses of pages with data."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Reading needs no context; every other method carries who and where."""
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        with pghistory.context(user=request.user.pk, path=request.path[:200]):
            return self.get_response(request)

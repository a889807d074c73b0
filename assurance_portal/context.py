"""What every page knows: the banner, the person's navigation, whom they act for, the time-out."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts import acting, sessions
from assurance_portal.for_whom import for_whom, takes_an_answer
from assurance_portal.navigation import front_door, navigation


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context for templates/base.html."""
    signed_in = hasattr(request, "user") and request.user.is_authenticated
    return {
        "demonstration": settings.PORTAL_DEMONSTRATION,
        "development": getattr(settings, "PORTAL_DEVELOPMENT", False),
        "version": settings.PORTAL_VERSION,
        "nav_items": navigation(request) if signed_in else [],
        "front_door": partial(front_door, request) if signed_in else [],
        "takes_an_answer": takes_an_answer(request),
        "for_whom": partial(for_whom, request) if signed_in else "",
        "acting_for": acting.banner(request) if signed_in else None,
        **(sessions.clocks(request, at=timezone.now()) if signed_in else {}),
    }

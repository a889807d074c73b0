"""Letters about reviews: somebody was let in for an emergency. No mail says what a review is about (hazard 27)."""

from datetime import datetime

from chasing.letters import Context, Writer, absolute, register
from chasing.models import Letter
from reviews.models import EmergencyAccess


def _emergency(letter: Letter, at: datetime) -> Context | None:
    given = EmergencyAccess.objects.select_related("user", "review").filter(pk=letter.about.get("emergency")).first()
    if given is None:
        return None
    return {"given": given, "link": absolute("reviews:review-list")}


def register_writers() -> None:
    """Called when the app is ready."""
    register(Writer("review_emergency", _emergency))

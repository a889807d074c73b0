"""The reasons around reminders from which something identifiable can be removed."""

from typing import Any

from django.urls import reverse

from accounts.capabilities import Can
from privacy.texts import Text, register


def _reminders(row: Any) -> str:
    return reverse("chasing:reminder-list")


def register_texts() -> None:
    """Called when the app is ready."""
    register(
        Text(
            "chasing.change", "Why a due date was moved", "chasing.DueChange", {"reason": "Why"}, _reminders,
            Can.SEE_REMINDERS, theirs=False,
        ),
        Text(
            "chasing.chase", "What was decided about a reminder", "chasing.Chase", {"reason": "Why"}, _reminders,
            Can.SEE_REMINDERS, theirs=False,
        ),
        Text(
            "chasing.hold", "Why reminders are held", "chasing.SendingHold", {"reason": "Why"}, _reminders,
            Can.SEE_REMINDERS, theirs=False,
        ),
    )  # fmt: skip

"""The texts of actions from which something identifiable can be removed."""

from typing import Any

from django.urls import reverse

from accounts.capabilities import Can
from privacy.texts import Text, register


def _page(row: Any) -> str:
    return reverse("actions:action-detail", args=[getattr(row, "action", row).reference])


def register_texts() -> None:
    """Called when the app is ready."""
    register(
        Text(
            "actions.action", "Action", "actions.Action",
            {
                "text": "What will be done", "evidence_required": "What will prove it",
                "closed_reason": "Why it is closed", "owner_name": "Who does it",
            },
            _page, Can.SEE_ACTIONS, listing="actions",
        ),
        Text(
            "actions.update", "Report on an action", "actions.ActionUpdate", {"text": "What was said"}, _page,
            Can.SEE_ACTIONS, listing="actions",
        ),
    )  # fmt: skip

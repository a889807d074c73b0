"""Actions as a due thing: whom a reminder of an action speaks to, and which actions wait for the provider."""

from django.db.models import Q

from chasing.kinds import Kind, register

# An action that is complete and awaits verification waits for the commissioner, so its owner is left alone.
ACTION = Kind(
    code="action",
    model="actions.Action",
    name="Action",
    plural="Actions",
    title="reference",
    title_prefix="Action ",
    words="text",
    route="actions:action-detail",
    audiences=("owner", "lead", "executive", "quality"),
    waiting=Q(state__in=("open", "in_progress")),
    owner="owner",
)


def register_kinds() -> None:
    """Called when the app is ready."""
    register(ACTION)

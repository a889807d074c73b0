"""The texts of the apps beneath this one, which cannot register them themselves."""

from django.urls import reverse

from accounts.capabilities import Can
from privacy.texts import Keeper, Text, register, register_keepers


def register_beneath() -> None:
    """Called when the app is ready."""
    register(
        Text(
            "providers.capacity", "What a commissioner says of its posts", "providers.CapacityStatement",
            {"words": "The words"}, lambda row: reverse("providers:organisation-list"), Can.SEE_PROVIDERS, theirs=False,
        ),
    )  # fmt: skip
    register_keepers(Keeper("exports.FrozenView", ("rows", "said", "notes", "title", "why")))

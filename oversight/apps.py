"""The app's registration with Django."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The provider profile; later visits, intelligence and escalation."""

    name = "oversight"

    def ready(self) -> None:
        """Say where actions that were brought in arose."""
        from actions.origins import register_origin
        from oversight.bringing.actions import ORIGIN, ORIGIN_IN_WORDS

        register_origin(ORIGIN, ORIGIN_IN_WORDS)

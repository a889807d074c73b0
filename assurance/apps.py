"""The app's registration with Django."""

from django.apps import AppConfig


class AssuranceConfig(AppConfig):
    """Rounds, self-assessments, validation, levels and the overview."""

    name = "assurance"

    def ready(self) -> None:
        """Say what of ours is chased."""
        from assurance.kinds import register_kinds

        register_kinds()

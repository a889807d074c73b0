"""The app's registration with Django."""

from django.apps import AppConfig


class AssuranceConfig(AppConfig):
    """Rounds, self-assessments, validation, levels and the overview."""

    name = "assurance"

    def ready(self) -> None:
        """Say what of ours is chased, and who writes our letters."""
        from assurance.kinds import register_kinds
        from assurance.letters import register_writers

        register_kinds()
        register_writers()

"""The app's registration with Django."""

from django.apps import AppConfig


class AssuranceConfig(AppConfig):
    """Rounds, self-assessments, validation, levels and the overview."""

    name = "assurance"

    def ready(self) -> None:
        """Say what of ours is chased, who writes our letters, and what becomes of returns when a provider ends."""
        from assurance.kinds import register_kinds
        from assurance.letters import register_writers
        from assurance.listings import register_listings
        from assurance.successions import register as register_successions
        from assurance.texts import register_texts
        from assurance.uses import register_uses

        register_kinds()
        register_writers()
        register_successions()
        register_uses()
        register_listings()
        register_texts()

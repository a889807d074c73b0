"""The app's registration with Django."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Evidence items, their versions, uploads and permitted downloads."""

    name = "evidence"

    def ready(self) -> None:
        """Say who writes our letters."""
        from evidence.letters import register_writers

        register_writers()

"""The app's registration with Django."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Evidence items, their versions, uploads and permitted downloads."""

    name = "evidence"

    def ready(self) -> None:
        """Say who writes our letters, and which of our lists can be taken out."""
        from evidence.letters import register_writers
        from evidence.listings import register_listings
        from evidence.texts import register_texts

        register_writers()
        register_listings()
        register_texts()

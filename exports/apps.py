"""The app's registration with Django."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Lists as files, and frozen as they were shown."""

    name = "exports"

    def ready(self) -> None:
        """The list of people lives below; it is let out from here."""
        from exports.people import register_listings

        register_listings()

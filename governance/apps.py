"""The app's registration with Django."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """What the board sees: the annual report."""

    name = "governance"

    def ready(self) -> None:
        """Say from which texts of ours something identifiable can be removed."""
        from governance.texts import register_texts

        register_texts()

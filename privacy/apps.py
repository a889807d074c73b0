"""The app's registration with Django."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Warns before something identifiable is saved, counts, and removes what slipped in."""

    name = "privacy"

    def ready(self) -> None:
        """Every form of the portal asks us before it lets a text through."""
        from design import text_checks
        from privacy import guarding
        from privacy.beneath import register_beneath

        text_checks.register(guarding.look_at)
        register_beneath()

"""The app's registration with Django."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Training compliance and key indicators: what is measured, returns of figures, and what they come to."""

    name = "training"

    def ready(self) -> None:
        """The lists that can be taken out."""
        from training.listings import register_listings

        register_listings()

"""The app's registration with Django."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    """Organisations, sites, contracts, partnerships and contacts."""

    name = "providers"

    def ready(self) -> None:
        """Say which of our lists can be taken out."""
        from providers.listings import register_listings
        from providers.post_list import register_posts

        register_listings()
        register_posts()

"""The app's registration with Django."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    """Organisations, sites, contracts, partnerships and contacts."""

    name = "providers"

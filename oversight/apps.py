"""The app's registration with Django."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The provider profile; later visits, intelligence and escalation."""

    name = "oversight"

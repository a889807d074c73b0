"""The app's registration with Django."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """What the board sees: the annual report."""

    name = "governance"

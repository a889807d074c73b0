"""The app's registration with Django."""

from django.apps import AppConfig


class AssuranceConfig(AppConfig):
    """Rounds, self-assessments, validation, levels and the overview."""

    name = "assurance"

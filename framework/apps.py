"""The app's registration with Django."""

from django.apps import AppConfig


class FrameworkConfig(AppConfig):
    """Frameworks, versions, standards, criteria, grading schemes and the reference library."""

    name = "framework"

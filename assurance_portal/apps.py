"""Loads the Celery application with Django, so that every task finds its broker."""

from django.apps import AppConfig


class AssurancePortalConfig(AppConfig):
    """The composition root as an app, for its commands, templates and checks."""

    name = "assurance_portal"
    verbose_name = "Safeguarding assurance portal"

    def ready(self) -> None:
        """Bind tasks to our Celery application and register the system checks."""
        from assurance_portal import celery, checks  # noqa: F401

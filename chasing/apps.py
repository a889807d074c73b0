"""The app's registration with Django."""

from django.apps import AppConfig


class ChasingConfig(AppConfig):
    """What is due, what we said about it, to whom and by which step."""

    name = "chasing"

"""The app's registration with Django."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Lists as files, and frozen as they were shown."""

    name = "exports"

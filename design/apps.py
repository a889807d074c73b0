"""Registers the design app so that its template tags are found."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """The app without models: templates, tags and drawing."""

    name = "design"
    verbose_name = "Design"

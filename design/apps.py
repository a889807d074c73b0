"""Registers the design app so that its template tags are found."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "design"
    verbose_name = "Design"

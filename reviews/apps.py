"""The app's registration with Django."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Serious Case Reviews, Safeguarding Adult Reviews, Domestic Homicide Reviews and their kin."""

    name = "reviews"

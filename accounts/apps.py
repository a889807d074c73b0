"""The app's registration with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, memberships, circles, capabilities, history and sign-in."""

    name = "accounts"

"""The app's registration with Django."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Things somebody promised to do, wherever they arose: one table, one verification rule."""

    name = "actions"

    def ready(self) -> None:
        """Say what of ours is chased."""
        from actions.kinds import register_kinds

        register_kinds()

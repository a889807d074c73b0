"""The app's registration with Django."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Things somebody promised to do, wherever they arose: one table, one verification rule."""

    name = "actions"

    def ready(self) -> None:
        """Say what of ours is chased, who writes our letters, and where evidence is used."""
        from actions.kinds import register_kinds
        from actions.letters import register_writers
        from actions.listings import register_listings
        from actions.texts import register_texts
        from actions.uses import register_uses

        register_kinds()
        register_writers()
        register_uses()
        register_listings()
        register_texts()

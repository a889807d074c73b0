"""The app's registration with Django."""

from django.apps import AppConfig


class ChasingConfig(AppConfig):
    """What is due, what we said about it, to whom and by which step."""

    name = "chasing"

    def ready(self) -> None:
        """Open the letter box for accounts, say who writes our letters, and hang up the bell."""
        from accounts import post
        from chasing import account_mail, bell, reminder_letters, removal_letters, tasks
        from chasing.listings import register_listings
        from chasing.texts import register_texts

        post.register(account_mail.box)
        account_mail.register_writers()
        reminder_letters.register_writers()
        removal_letters.register_writers()
        bell.register(tasks.nudge)
        register_listings()
        register_texts()

"""The app's registration with Django."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Serious Case Reviews, Safeguarding Adult Reviews, Domestic Homicide Reviews and their kin."""

    name = "reviews"

    def ready(self) -> None:
        """What is chased, who writes letters, from which texts something can be removed, and the lists as files."""
        from reviews import learning_ready
        from reviews.chased import register_kinds
        from reviews.letters import register_writers
        from reviews.listings import register_listings
        from reviews.plan import register_plan
        from reviews.texts import register_texts

        learning_ready.register()
        register_kinds()
        register_listings()
        register_writers()
        register_plan()
        register_texts()

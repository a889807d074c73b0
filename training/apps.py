"""The app's registration with Django."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Training compliance and key indicators: what is measured, returns of figures, and what they come to."""

    name = "training"

    def ready(self) -> None:
        """What is chased, who writes our letters, the lists as files, and from which texts something can be removed."""
        from training.kinds import register_kinds
        from training.letters import register_writers
        from training.listings import register_listings
        from training.listings_line import register_line
        from training.listings_work import register_work
        from training.overview_lists import register_overview_lists
        from training.plan_letters import register_plan_writer
        from training.query_letters import register_query_writers
        from training.texts import register_texts

        register_kinds()
        register_line()
        register_listings()
        register_overview_lists()
        register_work()
        register_writers()
        register_query_writers()
        register_plan_writer()
        register_texts()

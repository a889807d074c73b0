"""The app's registration with Django."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The provider profile; later visits, intelligence and escalation."""

    name = "oversight"

    def ready(self) -> None:
        """Say where actions that were brought in arose, what the contact log knows, and which lists are taken out."""
        from actions.origins import register_origin
        from oversight.bringing.actions import ORIGIN, ORIGIN_IN_WORDS
        from oversight.known.ready import register_known
        from oversight.mobilising.listing import register_services
        from oversight.mobilising.marks import mobilising
        from oversight.placement_list import register_placements
        from oversight.programme.listing import register_programme
        from oversight.texts import register_texts
        from providers.marks import register_mark

        register_programme()
        register_services()
        register_mark(mobilising)
        register_placements()
        register_origin(ORIGIN, ORIGIN_IN_WORDS)
        register_known()
        self._visits()
        register_texts()
        self._escalation()

    def _visits(self) -> None:
        """What of visits is chased, and who writes their letters."""
        from actions.origins import register_origin
        from oversight.kinds import register_kinds
        from oversight.models.visit_after import ORIGIN, ORIGIN_IN_WORDS
        from oversight.visiting import visit_list
        from oversight.visiting.letters import register_writers

        register_origin(ORIGIN, ORIGIN_IN_WORDS)
        register_kinds()
        register_writers()
        visit_list.register_listing()

    def _escalation(self) -> None:
        """What proposes steps, who writes their letters, and where files are used."""
        from oversight import escalated

        escalated.register()

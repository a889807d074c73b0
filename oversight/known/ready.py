"""What the portal is told of these records once at start: what the log knows, which lists leave, who writes letters."""

from oversight.known import contact_list, incident_list, intelligence_list, letters, spoken


def register_known() -> None:
    """Called by the app when Django is ready."""
    spoken.register()
    contact_list.register_listing()
    incident_list.register_listings()
    intelligence_list.register_listing()
    letters.register_writers()

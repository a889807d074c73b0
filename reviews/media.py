"""How learning is passed on, and to whom: entries of one table each. To add a medium or a group, a line here."""

from types import MappingProxyType

KINDS = MappingProxyType({"lesson": "Lesson", "good_practice": "Good practice"})
STATES = MappingProxyType({"draft": "Draft", "published": "Published", "withdrawn": "Withdrawn"})
TONES = MappingProxyType({"draft": "waiting", "published": "good", "withdrawn": "quiet"})
MEDIA = MappingProxyType(
    {
        "briefing": "7-minute briefing",
        "newsletter": "Newsletter",
        "event": "Event",
        "training": "Training change",
        "website": "Website",
    }
)
STAFF_GROUPS = MappingProxyType(
    {
        "all": "All staff",
        "clinical": "Nurses, doctors and allied health professionals",
        "care": "Care and support workers",
        "leads": "Safeguarding leads and named professionals",
        "managers": "Managers",
        "board": "Executive and board",
        "reception": "Reception and administration",
    }
)

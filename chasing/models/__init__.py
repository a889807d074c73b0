"""Everything due, and what was said about it to whom."""

from chasing.models.chases import Chase, Notice
from chasing.models.due import Due, DueChange, DueQuerySet
from chasing.models.ladders import Audience, Ladder, Rung
from chasing.models.letters import Letter
from chasing.models.sending import JobRun, SendingHold

__all__ = [
    "Audience",
    "Chase",
    "Due",
    "DueChange",
    "DueQuerySet",
    "JobRun",
    "Ladder",
    "Letter",
    "Notice",
    "Rung",
    "SendingHold",
]

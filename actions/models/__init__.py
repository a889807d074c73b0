"""Actions: one table, one verification rule, wherever they arose."""

from actions.models.actions import Action, IllegalMove, NoEvidence, OwnAction, WrongEvidence
from actions.models.questions import AGES, ActionQuerySet
from actions.models.status import CHOICES, STATUSES, Status
from actions.models.updates import ActionEvidence, ActionUpdate

__all__ = [
    "AGES",
    "CHOICES",
    "STATUSES",
    "Action",
    "ActionEvidence",
    "ActionQuerySet",
    "ActionUpdate",
    "IllegalMove",
    "NoEvidence",
    "OwnAction",
    "Status",
    "WrongEvidence",
]

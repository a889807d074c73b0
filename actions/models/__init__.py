"""Actions: one table, one verification rule, wherever they arose."""

from actions.models.actions import Action, ActionEvidence, ActionUpdate

__all__ = ["Action", "ActionEvidence", "ActionUpdate"]

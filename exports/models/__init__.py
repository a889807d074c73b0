"""What was taken out, and what was frozen."""

from exports.models.frozen import FrozenView
from exports.models.taken import Export

__all__ = ["Export", "FrozenView"]

"""The rules of the guard, what it warned of, what was said about that, and what was removed."""

from privacy.models.removals import Place, Removal
from privacy.models.rules import GuardRule, Kind
from privacy.models.warnings import Override, Warned

__all__ = ["GuardRule", "Kind", "Override", "Place", "Removal", "Warned"]

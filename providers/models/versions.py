"""Records that two people may edit at once: the second save is refused instead of overwriting the first.

A form carries the ``version`` it was shown; ``change`` saves only while that is still the version.
"""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import F

from accounts.door import Stale


class Versioned(models.Model):
    """Abstract: counts its saves."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Not asked beforehand: the database judges when the save is tried, so that two at once are judged alike."""

    def change(self, *, expected: int, **values: Any) -> None:
        """Save these values and count up, or raise ``Stale`` when somebody else saved first."""
        unchanged = type(self)._default_manager.filter(pk=self.pk, version=expected)
        if not unchanged.update(version=F("version") + 1, **values):
            raise Stale("Somebody else, or you in another tab, changed this first. Nothing of yours was saved over it.")
        self.refresh_from_db()

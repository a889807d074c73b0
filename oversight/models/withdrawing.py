"""Records that are corrected and withdrawn within their history, never silently: who, when and why.

Subclass ``Correctable`` and put ``correctable_constraints(name)`` into the Meta.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from accounts.door import Refused
from providers.models.versions import Versioned

if TYPE_CHECKING:
    from accounts.models import User


class Correctable(Versioned):
    """Abstract: the last correction with its reason, and the withdrawal with its own. The history keeps every one."""

    corrected_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(null=True, blank=True)
    corrected_because = models.CharField(max_length=300, blank=True)
    withdrawn_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def is_withdrawn(self) -> bool:
        """Taken back by a person; it stays readable and counts no more."""
        return self.withdrawn_at is not None

    def correct(self, values: Mapping[str, Any], *, expected: int, by: "User", at: datetime, reason: str) -> None:
        """Save other values with the reason; what stood before stays in the history."""
        self._refuse_withdrawn()
        self.change(expected=expected, corrected_by=by, corrected_at=at, corrected_because=reason, **values)

    def withdraw(self, *, expected: int, by: "User", at: datetime, reason: str) -> None:
        """Take it back with a reason: it leaves every count, and the page says who took it back."""
        self._refuse_withdrawn()
        self.change(expected=expected, withdrawn_by=by, withdrawn_at=at, withdrawn_because=reason)

    def _refuse_withdrawn(self) -> None:
        if self.is_withdrawn:
            raise Refused("This was withdrawn already. Nothing more can be changed in it; make a new one.")


def correctable_constraints(name: str) -> list[models.BaseConstraint]:
    """Corrected and withdrawn by somebody, at a moment, with a reason."""
    told = Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False) & ~Q(withdrawn_because="")
    right = Q(corrected_by__isnull=False, corrected_at__isnull=False) & ~Q(corrected_because="")
    nobody = Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True, withdrawn_because="")
    never = Q(corrected_by__isnull=True, corrected_at__isnull=True, corrected_because="")
    return [
        models.CheckConstraint(condition=told | nobody, name=f"{name}_withdrawn_by_somebody"),
        models.CheckConstraint(condition=right | never, name=f"{name}_corrected_by_somebody"),
    ]

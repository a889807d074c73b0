"""Words of a list that a commissioner may put in its own way: dated rows, coded and in order.

A commissioner's own row stands in place of the shipped one of the same code from its day, and ``in_use=False`` leaves a
shipped one out. What was written keeps the row that it was written with.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models

from providers.models.policy import Dated, DatedPolicyQuerySet

if TYPE_CHECKING:
    from providers.models.organisations import Organisation


class WordQuerySet(DatedPolicyQuerySet):
    """Words."""

    def worded_for(self, commissioner: "Organisation | int | None", on: date) -> Any:
        """What may be chosen on the day, in order; own words stand in place of shipped ones. One query."""
        own = self.filter(commissioner__isnull=False).in_force(commissioner, on).values("code")
        rows = self.in_force(commissioner, on).exclude(commissioner__isnull=True, code__in=own)
        return rows.filter(in_use=True).order_by("position", "label")


class Word(Dated):
    """Abstract: one word of one list."""

    code = models.SlugField(max_length=40)
    label = models.CharField("words", max_length=120)
    position = models.PositiveSmallIntegerField("place in the list", default=0)
    in_use = models.BooleanField("may be chosen", default=True)

    objects = WordQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

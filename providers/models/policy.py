"""Dated policy: what a commissioner may change, kept with the dates between which it holds.

A row without a commissioner is the shipped default. Old rows stay. Subclass ``Dated``, name the fields
that make two rows rivals in ``rivals``, and add ``dated_constraints`` to the Meta.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from providers.models.organisations import Organisation


class DateRange(Func):
    """A half-open date range; an empty end is for ever."""

    function = "daterange"
    output_field = DateRangeField()


class DatedPolicyQuerySet(models.QuerySet[Any]):
    """The one look-up of dated policy."""

    def in_force(self, commissioner: "Organisation | int | None", on: date) -> Any:
        """The rows that hold on the day: the commissioner's own where it has one, else the default.

        Ordered own-first, so ``.first()`` is the rule; for several rules at once use ``one_each``.
        """
        pk = commissioner if isinstance(commissioner, int | None) else commissioner.pk
        return (
            self.filter(Q(commissioner=pk) | Q(commissioner__isnull=True), valid_from__lte=on)
            .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
            .order_by(F("commissioner").asc(nulls_last=True))
        )

    def one_each(self, commissioner: "Organisation | int | None", on: date, *, by: str) -> dict[str, Any]:
        """For each value of the field ``by``, the row in force: own first, else the default."""
        found: dict[str, Any] = {}
        for row in self.in_force(commissioner, on):
            found.setdefault(getattr(row, by), row)
        return found


class Dated(models.Model):
    """Abstract: whose rule, and from when to when (the last day is not included)."""

    commissioner = models.ForeignKey(
        "providers.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = DatedPolicyQuerySet.as_manager()

    class Meta:
        abstract = True


def dated_constraints(name: str, *rivals: str) -> list[models.BaseConstraint]:
    """The constraints of a dated rule: ends after it starts, and no two rivals on one day."""
    whose = Coalesce(F("commissioner"), Value(0))
    return [
        models.CheckConstraint(
            condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name=f"{name}_ends_after_start"
        ),
        ExclusionConstraint(
            name=f"{name}_one_at_a_time",
            expressions=[
                (whose, RangeOperators.EQUAL),
                *((rival, RangeOperators.EQUAL) for rival in rivals),
                (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
            ],
        ),
    ]

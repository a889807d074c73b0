"""Dated policy: what a commissioner may change, kept with the dates between which it holds.

A row without a commissioner is the shipped default. Old rows stay. Subclass ``Dated``, name the fields
that make two rows rivals in ``rivals``, and add ``dated_constraints`` to the Meta.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models, transaction
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


class Overtaken(ValueError):
    """A later row is set already, so one from an earlier day would not hold as long as it says."""


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

    def holds(self, on: date) -> bool:
        """Is it one of the rows that hold on the day? Own rows come before the shipped ones."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@transaction.atomic
def let_hold(row: Dated, *rivals: str, overtaken: str = "Something is set from {day} already") -> None:
    """Let a dated row hold from its day; the commissioner's own row before it ends that day and is kept.

    ``rivals`` are the fields that make two rows rivals. Raises Overtaken, in the words given, for an earlier day than
    one that is set.
    """
    same = {name: getattr(row, name) for name in rivals}
    own: Any = type(row)._default_manager.select_for_update().filter(commissioner=row.commissioner_id, **same)
    if later := own.filter(valid_from__gte=row.valid_from).order_by("valid_from").first():
        raise Overtaken(f"{overtaken.format(day=f'{later.valid_from:%-d %B %Y}')}. Choose a later day")
    own.filter(valid_to__isnull=True).update(valid_to=row.valid_from)
    row.save()


def add_missing(model: type[Dated], rows: list[dict[str, Any]], *rivals: str) -> None:
    """Add the shipped rows whose day and rivals are not there yet. One query, and one insert where some are missing."""
    keys = ("valid_from", *rivals)
    there = set(model._default_manager.filter(commissioner=None).values_list(*keys))
    new = [model(**row) for row in rows if tuple(row[key] for key in keys) not in there]
    if new:
        model._default_manager.bulk_create(new)


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

"""Counts that come with another question, so that a page asks once: beside it, or with the rows that it shows."""

from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce


def counted(rows: QuerySet[Any, Any]) -> Coalesce:
    """How many rows there are, as an annotation of another question; 0 where there are none."""
    everybody = rows.order_by().annotate(all=Value(1)).values("all")
    return Coalesce(Subquery(everybody.annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField())


def first_of(rows: QuerySet[Any, Any], shown: int) -> tuple[list[Any], int]:
    """The first rows, and how many there are in all. One query."""
    found = list(rows.annotate(in_all=Window(Count("pk")))[:shown])
    return found, found[0].in_all if found else 0

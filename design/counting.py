"""Counts that come with another question, so that a page asks once: beside it, or with the rows that it shows."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, IntegerField, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce

MOST_PAGES = 100_000


def counted(rows: QuerySet[Any, Any]) -> Coalesce:
    """How many rows there are, as an annotation of another question; 0 where there are none."""
    everybody = rows.order_by().annotate(all=Value(1)).values("all")
    return Coalesce(Subquery(everybody.annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField())


def first_of(rows: QuerySet[Any, Any], shown: int) -> tuple[list[Any], int]:
    """The first rows, and how many there are in all. One query."""
    return slice_of(rows, 0, shown)


def slice_of(rows: QuerySet[Any, Any], after: int, shown: int) -> tuple[list[Any], int]:
    """So many rows after the first ones, and how many there are in all; 0 of 0 past the end. One query."""
    found = list(rows.annotate(in_all=Window(Count("pk")))[after : after + shown])
    return found, found[0].in_all if found else 0


def page_of(rows: QuerySet[Any, Any], number: str | None, per_page: int, *, known: int | None = None) -> Page[Any]:
    """The page that was asked for, its rows in a list. One query where the count is known or the page exists."""
    pages = Paginator(rows, per_page)
    if known is None and (wanted := number or "1").isdecimal() and 0 < int(wanted) <= MOST_PAGES:
        found, in_all = slice_of(rows, (int(wanted) - 1) * per_page, per_page)
        if found or wanted == "1":
            pages.count = in_all  # type: ignore[misc]
            return Page(found, int(wanted), pages)
    elif known is not None:
        pages.count = known  # type: ignore[misc]
    page = pages.get_page(number)
    page.object_list = list(page.object_list)
    return page

"""Figures returns and questions about figures as due things: whom a reminder speaks to. Titles hold no figure."""

from typing import Any

from django.db.models import Case, CharField, DateField, DurationField, F, Func, Value, When
from django.db.models.functions import Concat

from chasing.kinds import Kind, Things, register


def _written(day: Any, form: str) -> Func:
    return Func(day, Value(form), function="to_char", output_field=CharField())


def _back(months: int) -> Any:
    """The end of the period, so many months earlier: the quarters of a financial year are those of a year before it."""
    interval = Func(Value(f"{months} months"), template="(%(expressions)s)::interval", output_field=DurationField())
    return Func(F("period__ends_on") - interval, template="(%(expressions)s)::date", output_field=DateField())


# "Q1 2017-18", or "April 2017": what ``Period.label`` says, in the words of the database.
QUARTER = Concat(_written(_back(3), '"Q"Q YYYY-'), _written(_back(-9), "YY"), output_field=CharField())
LABEL = Case(
    When(period__timing="month", then=_written(F("period__ends_on"), "FMMonth YYYY")),
    default=QUARTER,
    output_field=CharField(),
)


class FiguresKind(Kind):
    """Named by its period."""

    def titled(self, things: Things) -> Things:
        """The rows with ``title`` and ``kind`` beside them."""
        words = Concat(Value(self.title_prefix), LABEL, output_field=CharField())
        return things.annotate(title=words, kind=Value(self.code, output_field=CharField()))


RETURN = FiguresKind(
    code="figure_return",
    model="training.FigureReturn",
    name="Figures return",
    plural="Figures returns",
    title="period",
    title_prefix="Figures for ",
    route="training:return-detail",
    audiences=("preparers", "lead", "executive", "quality"),
)
QUERY = Kind(
    code="figure_query",
    model="training.FigureQuery",
    name="Question about figures",
    plural="Questions about figures",
    title="reference",
    title_prefix="Question about figures ",
    route="training:query-detail",
    audiences=("preparers", "lead", "quality"),
)


def register_kinds() -> None:
    """Called when the app is ready."""
    register(RETURN)
    register(QUERY)

"""Figures on the provider's home: what it owes, what it was asked, and which recovery plans are asked of it."""

from typing import Any

from django import template
from django.db.models import CharField, Count, DateTimeField, F, Value

from accounts.capabilities import Can
from chasing.recipients import asked_to_sign
from training.models import Figure, FigureQuery, FigureReturn, Period
from training.models.recipients import PLEASE_SIGN
from training.unplanned import unplanned

register = template.Library()
MOST = 40
NO_WORDS = Value("", output_field=CharField())
NEVER = Value(None, output_field=DateTimeField())
MINUTES_A_LINE = 2
COLUMNS = ("what", "reference", "due", "first", "whose", "organisation", "timing", "ends_on", "line", "code", "lines",
           "state", "asked_to_sign")  # fmt: skip


@register.simple_tag(takes_context=True)
def figures_here(context: dict[str, Any]) -> dict[str, Any]:
    """Returns owed with about how many minutes they take, questions to answer, plans to write. One statement."""
    user, on = context["request"].user, context["on"]
    cans = (Can.FILL_FIGURES, Can.SUBMIT_FIGURES)
    owed = _either(FigureReturn, user, cans, on).filter(entering=False, state__in=FigureReturn.EDITABLE)
    # Whoever only signs cannot answer, and is not told to.
    asked = FigureQuery.objects.permitted(user, Can.FILL_FIGURES, on=on).select_related(None)
    asked = asked.filter(state=FigureQuery.State.ASKED)
    plans = unplanned(Figure.objects.permitted(user, Can.FILL_FIGURES, on=on), None, on=on)
    rows = _told(
        owed, "return", due="due_on", first="original_due_on", reference="reference", period="period", line=NO_WORDS,
        code=NO_WORDS, lines=Count("lines"), state="state",
        asked_to_sign=asked_to_sign(PLEASE_SIGN, FigureReturn, user),
    )  # fmt: skip
    rows = rows.union(
        _told(
            asked, "query", due="due_on", first="original_due_on", reference="reference",
            period="figure_return__period", line="asked__line__name", code="asked__code", lines=Value(0), state="state",
            asked_to_sign=NEVER,
        ),
        _told(
            plans, "plan", due="period__ends_on", first="period__ends_on", reference="figure_return__reference",
            period="period", line="asked__line__name", code="code", lines=Value(0), state=NO_WORDS,
            asked_to_sign=NEVER,
        ),
        all=True,
    )  # fmt: skip
    found = [dict(zip(COLUMNS, row, strict=True)) for row in rows.order_by("told_due", "told_reference")[:MOST]]
    for each in found:
        each["period"] = Period(timing=each["timing"], ends_on=each["ends_on"]).label
        each["minutes"] = max(5, round(each["lines"] * MINUTES_A_LINE / 5) * 5)
        each["late"] = each["due"] < on
    of_each = {what: [each for each in found if each["what"] == what] for what in ("return", "query", "plan")}
    return {"returns": of_each["return"], "queries": of_each["query"], "plans": of_each["plan"], "owed": bool(found)}


def _either(model: Any, user: Any, cans: tuple[Can, ...], on: Any) -> Any:
    """What somebody may do one of these with: some fill in, some only sign."""
    first, second = (model.objects.permitted(user, can, on=on) for can in cans)
    return (first | second).select_related(None)


def _told(rows: Any, what: str, *, period: str, **columns: Any) -> Any:
    """The rows in ``COLUMNS``."""
    told = {
        "what": Value(what, output_field=CharField()), "whose": F("commissioner__name"),
        "organisation": F("organisation__name"), "timing": F(f"{period}__timing"), "ends_on": F(f"{period}__ends_on"),
        **{name: F(each) if isinstance(each, str) else each for name, each in columns.items()},
    }  # fmt: skip
    named = {f"told_{name}": told[name] for name in COLUMNS}
    return rows.order_by().annotate(**named).values_list(*named)

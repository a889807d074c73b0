"""Recovery plans and questions about figures as files: the rows of their pages, in the same order."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from accounts.capabilities import Can
from exports.listings import Listing, Reach, Shown, register
from exports.table import Column, Kind
from training.asking import queries_shown
from training.below import filled
from training.models import Figure, FigureQuery
from training.plans import plans_shown

PLANS = (
    Column("Line", lambda row: row.line.name, width=40),
    Column("Provider", lambda row: row.name, width=34),
    Column("Period", lambda row: row.figure.period.label, width=14),
    Column("Counted", lambda row: row.last.n, Kind.NUMBER, 10),
    Column("Of", lambda row: row.last.d, Kind.NUMBER, 10),
    Column("Value", lambda row: row.said, Kind.PERCENT, 10),
    Column("Threshold", lambda row: row.threshold_said, width=10),
    Column("Figures below running", lambda row: row.run, Kind.NUMBER, 12),
    Column("To get there", lambda row: row.need.words if row.need else "", width=50),
    Column("Plan", lambda row: row.plan_state[1], width=20),
    Column("Planned by then", lambda row: row.planned_said, width=12),
    Column("Stands out", lambda row: "; ".join(f"{each.label}: {each.words}" for each in row.alerts), width=50),
)
QUERIES = (
    Column("Question", lambda row: row.question, width=60),
    Column("Provider", lambda row: row.organisation.name, width=34),
    Column("Line", lambda row: row.asked.line.name, width=40),
    Column("Period", lambda row: row.figure_return.period.label, width=14),
    Column("Asked", lambda row: row.asked_at.date(), Kind.DATE, 14),
    Column("Asked by", lambda row: str(row.asked_by), width=26, personal=True),
    Column("Due", lambda row: row.due_on, Kind.DATE, 14),
    Column("State", lambda row: row.get_state_display(), width=24),
)


def _plans(request: HttpRequest, reach: Reach) -> Shown:
    figures = Figure.objects.permitted(reach.user, Can.READ_FIGURES, on=reach.on)
    allowed = figures.filter(pk__in=reach.rows(Figure.objects.all()).values("pk"))
    form, found = plans_shown(reach.user, request.GET, on=reach.on, figures=allowed)
    rows: Sequence[Any] = found
    return Shown(PLANS, rows, form, complete=filled)


def _queries(request: HttpRequest, reach: Reach) -> Shown:
    mine = FigureQuery.objects.permitted(reach.user, Can.READ_FIGURES, on=reach.on)
    allowed = mine.filter(pk__in=reach.rows(FigureQuery.objects.all()).values("pk"))
    form, found = queries_shown(reach.user, request.GET, on=reach.on, rows=allowed)
    return Shown(QUERIES, found, form)


def register_work() -> None:
    """Called when the app is ready."""
    register(
        Listing("recovery-plans", "Recovery plans", Can.READ_FIGURES, "training:recovery-list", _plans),
        Listing(
            "figure-queries",
            "Questions about figures",
            Can.READ_FIGURES,
            "training:query-list",
            _queries,
            freezes=False,
        ),
    )

"""The list of figures returns, as its page shows it and as it is taken out."""

from datetime import date
from typing import Any

from django.http import HttpRequest

from accounts.capabilities import Can
from design.calendar import london_date
from exports.listings import Listing, Reach, Shown
from exports.table import Cell, Column, Kind
from training.forms.returns import ReturnFilter
from training.models import FigureReturn
from training.returns import periods_of

NOTHING = "No return received"


def returns_shown(request: HttpRequest, allowed: Any, *, on: date) -> tuple[ReturnFilter, Any]:
    """The filter of the list, and its rows in their order."""
    form = ReturnFilter(request.GET, periods=list(periods_of(allowed).select_related("commissioner")))
    chosen = form.narrow(allowed, on=on).select_related("organisation__category")
    return form, chosen.order_by("-period__ends_on", "due_on", "organisation__name")


def _received(row: FigureReturn) -> Cell:
    return london_date(row.first_submitted_at) if row.first_submitted_at else NOTHING


# As on the page; what stands in one cell there has a column each here.
RETURNS = (
    Column("Provider", lambda row: str(row.organisation), width=40),
    Column("Period", lambda row: row.period.label, width=16),
    Column("As at", lambda row: row.period.ends_on, Kind.DATE, 14),
    Column("Category", lambda row: str(row.organisation.category or ""), width=28),
    Column("Due", lambda row: row.due_on, Kind.DATE, 14),
    Column("First due", lambda row: row.original_due_on, Kind.DATE, 14),
    Column("Received", _received, Kind.DATE, 20),
    Column("State", lambda row: row.get_state_display(), width=20),
    Column("Why withdrawn", lambda row: row.withdrawn_reason, width=40),
)


def _returns(request: HttpRequest, reach: Reach) -> Shown:
    allowed = FigureReturn.objects.permitted(reach.user, Can.SEE_RETURN_STATUS)
    form, rows = returns_shown(request, reach.rows(allowed), on=reach.on)
    return Shown(RETURNS, rows, form)


LISTING = Listing(
    "figures-returns", "Figures returns", Can.SEE_RETURN_STATUS, "training:return-list", _returns, circled=True
)

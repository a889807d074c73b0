"""The list of visits, as its page shows it and as it is taken out."""

from typing import Any

from django.http import HttpRequest

from accounts.capabilities import Can
from exports.listings import Listing, Reach, Shown, register
from exports.table import Column, Kind
from oversight.models import Visit
from oversight.visiting.planning import VisitFilter

COLUMNS = (
    Column("Provider", lambda row: str(row.organisation), width=36),
    Column("Site", lambda row: str(row.site or ""), width=30),
    Column("Commissioner", lambda row: str(row.commissioner), width=36),
    Column("Date", lambda row: row.shown_on, Kind.DATE, 14),
    Column("State", lambda row: row.get_state_display(), width=28),
    Column("Kind", lambda row: row.get_kind_display(), width=24),
    Column("Why", lambda row: row.get_trigger_display(), width=30),
    Column("Lead", lambda row: str(row.lead), width=24, personal=True),
)


def visits_shown(request: HttpRequest, allowed: Any) -> tuple[VisitFilter, Any]:
    """The filter of the list, and its rows, the latest first."""
    form = VisitFilter(request.GET)
    found = form.narrowed(allowed).select_related("organisation", "commissioner", "site", "lead")
    return form, found.order_by("-planned_on", "-pk")


def _visits(request: HttpRequest, reach: Reach) -> Shown:
    form, rows = visits_shown(request, reach.rows(Visit.objects.permitted(reach.user, Can.SEE_VISIT_WORK)))
    return Shown(COLUMNS, rows, form)


def register_listing() -> None:
    """Called once at start."""
    register(Listing("visits", "Visits", Can.SEE_VISIT_WORK, "oversight:visit-list", _visits))

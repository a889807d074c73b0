"""New services as they are taken out; the page shows the same rows."""

from typing import Any

from django.http import HttpRequest

from accounts.capabilities import Can
from exports.listings import Listing, Reach, Shown, register
from exports.table import Column, Kind
from oversight.mobilising.forms import ServiceFilter
from oversight.models import Mobilisation

COLUMNS = (
    Column("Service", lambda row: row.service, width=40),
    Column("Organisation", lambda row: str(row.organisation or "Not known yet"), width=40),
    Column("Commissioner", lambda row: str(row.commissioner), width=36),
    Column("Stage", lambda row: row.get_stage_display(), width=18),
    Column("Safeguarding answer", lambda row: row.get_result_display(), width=24),
    Column("Score", lambda row: row.score, width=12),
    Column("Quality impact assessment", lambda row: row.impact_assessed_on, Kind.DATE, 16),
    Column("Signed off on", lambda row: row.signed_at, Kind.MOMENT, 18),
    Column("Signed off by", lambda row: str(row.signed_by or ""), width=24, personal=True),
    Column("Goes live", lambda row: row.go_live_on, Kind.DATE, 14),
)


def services_shown(request: HttpRequest, allowed: Any) -> tuple[ServiceFilter, Any]:
    """The filter of the list, and its rows: the next to go live first."""
    form = ServiceFilter(request.GET)
    rows = form.narrowed(allowed).select_related("commissioner", "organisation", "signed_by")
    return form, rows.order_by("go_live_on", "service", "pk")


def _services(request: HttpRequest, reach: Reach) -> Shown:
    allowed = Mobilisation.objects.permitted(reach.user, Can.EDIT_MOBILISATION, on=reach.on)
    form, rows = services_shown(request, reach.rows(allowed))
    return Shown(COLUMNS, rows, form)


def register_services() -> None:
    """Called once at start."""
    # Not frozen: some who may freeze lists do not see this one.
    rows, route = _services, "oversight:mobilisation-list"
    register(Listing("new-services", "New services", Can.EDIT_MOBILISATION, route, rows, freezes=False))

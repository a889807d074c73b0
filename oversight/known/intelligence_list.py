"""Soft intelligence as one person sees it: the list, what leaves in a file, and the triangulation of one provider."""

from datetime import date
from typing import Any

from django.http import HttpRequest

from accounts.capabilities import Can
from design.calendar import FinancialYear
from exports.listings import Listing, Reach, Shown, register
from exports.table import Column, Kind
from oversight.known.contact_list import years_back
from oversight.known.intelligence_forms import ItemFilter
from oversight.models import IntelligenceItem

BESIDE = ("organisation", "commissioner", "source", "theme", "reliability", "site", "concern")
MONTHS = 12


def shown(request: HttpRequest, allowed: Any, *, on: date) -> tuple[ItemFilter, Any]:
    """The filter and the items that it asks for, the latest first."""
    form = ItemFilter(request.GET)
    form.offer(allowed, years_back(on))
    form.is_valid()
    asked: dict[str, Any] = form.cleaned_data
    found = _in_state(allowed, asked.get("state", ""))
    if asked.get("q"):
        found = found.matching(asked["q"].replace("\x00", ""))
    for name, column in (("organisation", "organisation"), ("theme", "theme__code"), ("source", "source__code")):
        if asked.get(name):
            found = found.filter(**{column: asked[name]})
        elif name in form.errors:
            found = found.none()
    if asked.get("year"):
        year = FinancialYear.parse(asked["year"])
        found = found.received_between(year.starts, year.ends)
    return form, found.select_related(*BESIDE).order_by("-received_on", "-pk")


def _in_state(allowed: Any, state: str) -> Any:
    if state == "withdrawn":
        return allowed.filter(withdrawn_at__isnull=False)
    if state == "closed":
        return allowed.standing().filter(closed_at__isnull=False)
    if state in ("open", "free"):
        return allowed.open().filter(concern__isnull=True) if state == "free" else allowed.open()
    return allowed.standing()


COLUMNS = (
    Column("Received on", lambda row: row.received_on, Kind.DATE, 14),
    Column("Provider", lambda row: str(row.organisation), width=36),
    Column("Site", lambda row: str(row.site or ""), width=30),
    Column("Source", lambda row: str(row.source), width=26),
    Column("More about the source", lambda row: row.source_detail, width=30, personal=True),
    Column("Theme", lambda row: str(row.theme), width=36),
    Column("Reliability", lambda row: str(row.reliability), width=30),
    Column("What was heard", lambda row: row.summary, width=60),
    Column("What was done about it", lambda row: row.action_taken, width=60),
    Column("State", lambda row: state_of(row), width=14),
)


def state_of(item: IntelligenceItem) -> str:
    """Open, closed or withdrawn."""
    return "Withdrawn" if item.is_withdrawn else "Open" if item.is_open else "Closed"


def _items(request: HttpRequest, reach: Reach) -> Shown:
    """Restricted items never leave in a file, not even for the people who may know of them: files are passed on."""
    allowed = IntelligenceItem.objects.permitted(reach.user, Can.SEE_INTELLIGENCE).unrestricted()
    form, rows = shown(request, reach.rows(allowed), on=reach.on)
    return Shown(COLUMNS, rows, form)


def register_listing() -> None:
    """Called once at start."""
    register(
        Listing(
            "intelligence", "Soft intelligence", Can.SEE_INTELLIGENCE, "oversight:intelligence-list", _items,
            freezes=False,
        )
    )  # fmt: skip

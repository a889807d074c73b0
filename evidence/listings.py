"""The evidence library, as its page shows it and as it is taken out."""

from datetime import date
from typing import Any

from django.http import HttpRequest

from accounts.capabilities import Can
from evidence import library
from evidence.forms import LibraryFilter
from evidence.models import EvidenceItem
from exports.listings import Listing, Reach, Shown, register
from exports.table import Cell, Column, Kind


def items_shown(request: HttpRequest, allowed: Any, *, on: date) -> tuple[LibraryFilter, Any]:
    """The filter of the library, and its rows in their order."""
    form = LibraryFilter(request.GET)
    form.offer(allowed)
    found = library.chosen(allowed, form, user=request.user, on=on)  # type: ignore[arg-type]
    return form, found.shown_to(request.user)  # type: ignore[arg-type]


def _kind(item: EvidenceItem) -> Cell:
    newest = item.newest
    return newest.short_type if newest else item.get_kind_display()


def _scan(item: EvidenceItem) -> Cell:
    newest = item.newest
    return newest.get_scan_state_display() if newest else "No file"


def columns(on: date) -> tuple[Column, ...]:
    """As on the page; what stands in one cell there has a column each here. Never the file, nor its name."""
    return (
        Column("What it is", lambda row: row.title, width=50),
        Column("Withdrawn", lambda row: "Withdrawn" if row.is_withdrawn else "", width=12),
        Column("Version", lambda row: row.newest.number if row.newest else None, Kind.NUMBER, 10),
        Column("Organisation", lambda row: str(row.organisation), width=36),
        Column("Commissioner", lambda row: str(row.commissioner), width=36),
        Column("Kind", _kind, width=24),
        Column("Size (bytes)", lambda row: row.newest.size if row.newest else None, Kind.NUMBER, 14),
        Column("Holds until", lambda row: row.valid_until or "No date", Kind.DATE, 14),
        Column("Past its date", lambda row: "Past its date" if row.is_expired(on) else "", width=14),
        Column("Used", lambda row: row.use_count, Kind.NUMBER, 10),
        Column("Virus scan", _scan, width=24),
    )


def _items(request: HttpRequest, reach: Reach) -> Shown:
    on = reach.on
    allowed = EvidenceItem.objects.permitted(reach.user, Can.DOWNLOAD_EVIDENCE)
    form, rows = items_shown(request, reach.rows(allowed), on=on)
    return Shown(columns(on), rows, form)


def register_listings() -> None:
    """Called once at start."""
    register(Listing("evidence", "Evidence", Can.DOWNLOAD_EVIDENCE, "evidence:item-list", _items, circled=True))

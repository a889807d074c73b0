"""Lists of training figures that can be taken out."""

from typing import Any

from django.http import HttpRequest

from accounts.capabilities import Can
from exports.listings import Listing, Reach, Shown, register
from exports.table import Column, Kind
from providers.models import Organisation
from training import returned
from training.line_words import listed
from training.measured_shown import MeasuredFilter, lines_shown

LINES = (
    Column("Line", lambda row: row.line.name, width=50),
    Column("Set", lambda row: row.set_name, width=28),
    Column("What is counted", lambda row: row.counted, width=60),
    Column("Asked of", lambda row: row.asked, width=50),
    Column("Up to date", lambda row: row.refreshed or "–", width=30),
    Column("Threshold", lambda row: row.threshold or "none", width=26),
    Column("Different for", lambda row: listed(row.local), width=50),
    Column("Whose", lambda row: row.whose, width=12),
    Column("Since", lambda row: row.line.valid_from, Kind.DATE, 14),
)


def _lines(request: HttpRequest, reach: Reach) -> Shown:
    """Of one commissioner, as on the page."""
    found = Organisation.objects.permitted(reach.user, reach.can, on=reach.on)
    ours = found.acted_for(reach.user, reach.can, on=reach.on).filter(
        pk__in=Organisation.objects.acted_for(reach.user, Can.SEE_STEPS, on=reach.on).values("pk")
    )
    if reach.only is not None:
        ours = ours.filter(pk=reach.only)
    form: Any = MeasuredFilter(request.GET, commissioners=ours, on=reach.on)
    return Shown(LINES, lines_shown(form), form, whose=(str(form.chosen),) if form.chosen else ())


def register_listings() -> None:
    """Called when the app is ready."""
    register(
        Listing("measured-lines", "What is measured", Can.SEE_STEPS, "training:measured-list", _lines),
        returned.LISTING,
    )

"""The register as a file, in the order of the national Safeguarding Case Review Tracker, so that staff copy across.

Only reviews on which the person is named. Whoever takes it out has taken each of them away: that is noted as a look
(``ReviewRead.taken_away``), beside the log of exports.
"""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from accounts import clock
from accounts.capabilities import Can
from exports.listings import Listing, Reach, Shown, register
from exports.table import Column, Kind
from reviews.forms.details import ReviewFilter
from reviews.models import Review
from reviews.reading import noted

if TYPE_CHECKING:
    from accounts.models import User


def register_shown(user: "User", asked: Any) -> tuple[ReviewFilter, Any]:
    """The filter, and of the reviews on which the person is named those that fit, the newest first."""
    form = ReviewFilter(asked)
    return form, form.chosen(Review.objects.permitted(user, Can.SEE_REVIEW))


def _theme(n: int) -> Column:
    return Column(f"Theme {n}", lambda row: str(getattr(row, f"theme_{n}") or ""), width=30)


TRACKER = (
    Column("Basic case details", lambda row: row.pseudonym, width=24),
    Column("StEIS number", lambda row: row.steis_number, width=14),
    Column("Local reference", lambda row: row.local_reference or row.reference, width=18),
    Column("Status", lambda row: row.status, width=10),
    Column("Date added", lambda row: row.referred_on, Kind.DATE, 14),
    Column("Designated professional", lambda row: str(row.designated or ""), width=26, personal=True),
    Column("Safeguarding partnership or board", lambda row: str(row.board or row.board_name), width=40),
    Column("Identifier type", lambda row: "StEIS and local" if row.steis_number else "Local", width=16),
    _theme(1),
    _theme(2),
    _theme(3),
    Column("Type of review", lambda row: row.of_kind.label, width=40),
    Column("Converted", lambda row: "yes" if row.converted else "no", width=10),
    Column("Stage", lambda row: row.get_stage_display(), width=24),
    Column("Locality", lambda row: row.locality, width=20),
    Column("Published on", lambda row: row.published_on, Kind.DATE, 14),
    Column("Link to the report", lambda row: row.link, width=40),
    Column("Embargo until", lambda row: row.embargo_until, Kind.DATE, 14),
)


def _shown(request: HttpRequest, reach: Reach) -> Shown:
    form = ReviewFilter(request.GET)
    mine = Review.objects.permitted(reach.user, Can.SEE_REVIEW, on=reach.on)
    allowed = mine.filter(pk__in=reach.rows(Review.objects.all()).values("pk"))

    def taken(rows: list[Any]) -> list[Any]:
        for row in rows if request.method == "GET" else ():
            noted(row, reach.user, "The register as a file", at=clock.now(), taken_away=True)
        return rows

    return Shown(TRACKER, form.chosen(allowed.for_the_tracker()), form, complete=taken)


def register_listing() -> None:
    """Called when the app is ready."""
    register(
        Listing("reviews", "Reviews", Can.COUNT_REVIEWS, "reviews:review-list", _shown, circled=True, freezes=False)
    )

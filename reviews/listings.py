"""The register as a file, in the order of the national Safeguarding Case Review Tracker, so that staff copy across.

Only reviews on which the person is named. Whoever takes it out has taken each of them away: that is noted as a look
(``ReviewRead.taken_away``), beside the log of exports.
"""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from accounts import clock
from accounts.capabilities import Can
from actions.models import Action
from exports.listings import Listing, Reach, Shown, register
from exports.table import Column, Kind
from reviews.forms.details import ReviewFilter
from reviews.looks import in_words, looks
from reviews.models import Contribution, Review
from reviews.promised import COLUMNS as OF_ACTIONS
from reviews.promised import PromisedFilter, promised
from reviews.reading import noted, noted_each
from reviews.workload import WorkloadFilter, by_author, named_on, open_reports

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


TO_WRITE = (
    Column("Organisation", lambda row: row["organised"], width=36),
    Column("Author", lambda row: row["written_by"], width=28, personal=True),
    Column("Open reports", lambda row: row["n"], Kind.NUMBER, 12),
    Column("Estimated hours", lambda row: float(row["total_hours"] or 0), Kind.NUMBER, 14),
    Column("Without an estimate", lambda row: row["without"], Kind.NUMBER, 14),
    Column("Next due", lambda row: row["next_due"], Kind.DATE, 14),
    Column("Late by the agreed date", lambda row: row["n_late"], Kind.NUMBER, 14),
    Column("Late by the first date", lambda row: row["n_first"], Kind.NUMBER, 14),
)


def _to_write(request: HttpRequest, reach: Reach) -> Shown:
    form, reports = WorkloadFilter(request.GET), open_reports(reach.user)
    allowed = reports.filter(pk__in=reach.rows(Contribution.objects.all()).values("pk"))

    def taken(rows: list[Any]) -> list[Any]:
        if request.method == "GET" and rows:
            for review in Review.objects.filter(pk__in=allowed.values("review")):
                noted(review, reach.user, "The workload as a file", at=clock.now(), taken_away=True)
        return rows

    n = named_on(reach.user)
    notes = (f"Of the {n} review{'' if n == 1 else 's'} that you are named on",)
    return Shown(TO_WRITE, form.chosen(by_author(allowed, on=reach.on)), form, taken, notes=notes)


LOOKS = (
    Column("When", lambda row: row.at, Kind.MOMENT, 18),
    Column("Who", lambda row: str(row.reader), width=26, personal=True),
    Column("Review", lambda row: row.review.reference, width=14),
    Column("What", lambda row: row.what, width=26),
    Column("Why it stands out", in_words, width=40),
)


def _looks(request: HttpRequest, reach: Reach) -> Shown:
    form, rows = looks(reach.user, request.GET, today=reach.on)
    return Shown(LOOKS, rows, form)


def _promised(request: HttpRequest, reach: Reach) -> Shown:
    form, rows = PromisedFilter(request.GET), promised(reach.user, on=reach.on)
    allowed = rows.filter(pk__in=reach.rows(Action.objects.all()).values("pk"))
    form.offer(allowed)

    def taken(rows: list[Any]) -> list[Any]:
        if request.method == "GET":
            reviews = {row.review_part.recommendation.review for row in rows}
            noted_each(reviews, reach.user, "Its actions as a file", at=clock.now(), taken_away=True)
        return rows

    return Shown(OF_ACTIONS, form.chosen(allowed, on=reach.on), form, complete=taken)


def register_listings() -> None:
    """Called when the app is ready."""
    named: dict[str, Any] = {"circled": True, "freezes": False}
    register(
        Listing("reviews", "Reviews", Can.COUNT_REVIEWS, "reviews:review-list", _shown, **named),
        Listing("review-actions", "Actions of reviews", Can.SEE_REVIEW, "reviews:review-actions", _promised, **named),
        Listing("report-workload", "Reports to write", Can.SEE_REVIEW, "reviews:workload", _to_write, **named),
        Listing(
            "review-looks", "Who has read reviews", Can.SEE_REVIEW_READS, "reviews:read-log", _looks, freezes=False
        ),
    )

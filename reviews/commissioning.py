"""The register of implications for commissioning: its figures for those who may count, its rows for the people named.

A marked recommendation stands in it at once. Its state is worked out from the day of each step, here and in SQL alike.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Case, CharField, Count, Q, Value, When
from django.http import HttpRequest

from accounts import clock
from accounts.capabilities import Can
from exports.listings import Listing, Reach, Shown
from exports.table import Column, Kind
from reviews.models import Recommendation, Review, ReviewRead
from reviews.models.implications import STATES

if TYPE_CHECKING:
    from accounts.models import User

HELD = "commissioning__"
STATE = Case(
    When(commissioning__isnull=True, then=Value("not_reported")),
    When(commissioning__closed_on__isnull=False, then=Value("closed")),
    When(commissioning__changed_on__isnull=False, then=Value("changed")),
    When(commissioning__decided_on__isnull=False, then=Value("decided")),
    default=Value("reported"),
    output_field=CharField(),
)


class ImplicationFilter(forms.Form):
    """What of the register is shown; sent by GET."""

    mark_optional = False
    q = forms.CharField(label="Words, or a review’s reference", required=False, max_length=60)
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All states"), *((code, words) for code, (words, _) in STATES.items())],
    )

    def chosen(self, rows: Any) -> Any:
        """The implications that fit, by review and number."""
        given = self.cleaned_data if self.is_valid() else {}
        if words := given.get("q"):
            about = Q(implication__icontains=words) | Q(commissioning__committee__icontains=words)
            rows = rows.filter(about | Q(review__reference__iexact=words))
        if state := given.get("state"):
            rows = rows.filter(how_far=state)
        return rows.select_related("review", "commissioner", "commissioning").in_order()


def marked(rows: Any) -> Any:
    """The recommendations that stand in the register, each with how far it is (``how_far``)."""
    return rows.filter(commissioning_implication=True, superseded_at__isnull=True).annotate(how_far=STATE)


@dataclass
class Figures:
    """How many implications are at each state, the same for everybody who may count (hazard 20)."""

    numbers: Counter[str]

    @classmethod
    def of(cls, user: "User") -> "Figures":
        """Of every review that the person may count. One query; no content."""
        reviews = Review.objects.permitted(user, Can.COUNT_REVIEWS)
        rows = marked(Recommendation.objects.filter(review__in=reviews)).order_by().values("how_far")
        return cls(Counter(dict(rows.annotate(n=Count("pk")).values_list("how_far", "n"))))

    @property
    def lines(self) -> list[tuple[str, str, int]]:
        """Words, tone and number of each state."""
        return [(words, tone, self.numbers[code]) for code, (words, tone) in STATES.items()]

    @property
    def total(self) -> int:
        """All of them."""
        return self.numbers.total()

    def __str__(self) -> str:
        n = self.numbers["not_reported"]
        return f"{n} implication{'' if n == 1 else 's'} not yet reported"


def implications_shown(user: "User", asked: Any) -> tuple[ImplicationFilter, Any]:
    """The filter, and of the reviews on which the person is named what fits."""
    form = ImplicationFilter(asked)
    return form, form.chosen(marked(Recommendation.objects.permitted(user, Can.SEE_REVIEW)))


def seen(rows: list[Recommendation], user: "User", what: str, *, at: datetime, taken_away: bool = False) -> None:
    """One look for each review of which something is shown. One query."""
    found = {row.review_id: row.review for row in rows}.values()
    ReviewRead.objects.bulk_create(
        ReviewRead(review=review, reader=user, at=at, what=what, taken_away=taken_away) for review in found
    )


def _said(row: Any, name: str) -> Any:
    return getattr(getattr(row, "commissioning", None), name, None)


COLUMNS = (
    Column("Review", lambda row: row.review.reference, width=14),
    Column("Recommendation", lambda row: row.number, width=14),
    Column("What it means for commissioning", lambda row: row.implication, width=50),
    Column("State", lambda row: STATES[row.how_far][0], width=28),
    Column("Committee", lambda row: _said(row, "committee") or "", width=30),
    Column("Reported on", lambda row: _said(row, "reported_on"), Kind.DATE, 14),
    Column("Decision", lambda row: _said(row, "decision") or "", width=40),
    Column("Decided on", lambda row: _said(row, "decided_on"), Kind.DATE, 14),
    Column("Change made", lambda row: _said(row, "change_made") or "", width=40),
    Column("Changed on", lambda row: _said(row, "changed_on"), Kind.DATE, 14),
    Column("Closed on", lambda row: _said(row, "closed_on"), Kind.DATE, 14),
)


def _shown(request: HttpRequest, reach: Reach) -> Shown:
    form, found = implications_shown(reach.user, request.GET)
    allowed = found.filter(pk__in=reach.rows(Recommendation.objects.all()).values("pk"))

    def taken(rows: list[Any]) -> list[Any]:
        if request.method == "GET":
            seen(rows, reach.user, "The implications as a file", at=clock.now(), taken_away=True)
        return rows

    return Shown(COLUMNS, allowed, form, complete=taken)


LISTING = Listing(
    "implications", "Implications for commissioning", Can.SEE_REVIEW, "reviews:implication-list", _shown,
    circled=True, freezes=False,
)  # fmt: skip

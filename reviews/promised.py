"""The actions of all reviews on which the reader is named: the filter, the order, the figures; and what a file holds.

Evidence that was withdrawn since the verification does not count as complete here.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count, F, Q

from accounts.capabilities import Can
from actions.models import AGES, CHOICES, STATUSES, Action
from exports.table import Column, Kind
from providers.models import Organisation
from reviews.models import RecommendationAction, Review

if TYPE_CHECKING:
    from accounts.models import User


# What is shown beside an action.
BESIDE = ("organisation", "owner", "review_part__recommendation__review__commissioner", "commissioner")


class PromisedFilter(forms.Form):
    """What of the list is shown; sent by GET."""

    mark_optional = False
    status = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Any state"), ("open", "Open (all that is not verified)"), *CHOICES],
    )  # fmt: skip
    age = forms.ChoiceField(
        label="Days past the original date", required=False,
        choices=[("", "Any"), *((code, words) for code, words, _, _ in AGES)],
    )  # fmt: skip
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Organisation", required=False, to_field_name="reference", empty_label="All"
    )
    review = forms.ModelChoiceField(
        Review.objects.none(), label="Review", required=False, to_field_name="reference", empty_label="All"
    )

    def offer(self, rows: Any) -> None:
        """Offer what these actions have."""
        whose = Organisation.objects.filter(pk__in=rows.order_by().values("organisation")).order_by("name")
        reviews = Review.objects.filter(pk__in=rows.order_by().values("review_part__recommendation__review"))
        self.fields["organisation"].queryset = whose  # type: ignore[attr-defined]
        named = reviews.only("reference", "kind", "pseudonym").order_by("-referred_on", "pk")
        self.fields["review"].queryset = named  # type: ignore[attr-defined]
        self.fields["review"].label_from_instance = lambda one: f"{one}, {one.pseudonym}"  # type: ignore[attr-defined]

    def chosen(self, rows: Any, *, on: date) -> Any:
        """The actions that fit; what cannot be read of the filter is left out."""
        given = self.cleaned_data if self.is_valid() else {}
        if given.get("age"):
            rows = rows.aged(given["age"], on=on)
        if given.get("organisation"):
            rows = rows.filter(organisation=given["organisation"])
        if given.get("review"):
            rows = rows.filter(review_part__recommendation__review=given["review"])
        if given.get("status") == "open":
            return rows.filter(status_code__in=[code for code, status in STATUSES.items() if status.is_open])
        return rows.filter(status_code=given["status"]) if given.get("status") else rows


def promised(user: "User", *, on: date) -> Any:
    """The actions of every review on which the person is named, each with its status and its recommendation."""
    parts = RecommendationAction.objects.permitted(user, Can.SEE_REVIEW, on=on).order_by()
    # Asked once: every question about the actions goes by the reviews, and not by the list of each action anew.
    reviews = list(parts.values_list("recommendation__review", flat=True).distinct())
    rows = Action.objects.filter(review_part__recommendation__review__in=reviews).with_status(on=on)
    return rows.select_related(*BESIDE).order_by(F("settled_at").desc(nulls_first=True), "original_due_on", "pk")


def told(page: Any, *, on: date) -> list[Any]:
    """The rows of a page in its order, with all that is shown of them: nothing of it is read for the other pages."""
    places = [row.pk for row in page.object_list]
    found = Action.objects.filter(pk__in=places).with_status(on=on).select_related(*BESIDE).in_bulk()
    return [found[pk] for pk in places if pk in found]


def counted(rows: Any) -> list[dict[str, Any]]:
    """The figures above the list, each with the filter that shows what it counts. One query."""
    cards = (
        ("Open, all that is not verified", "open", [code for code, status in STATUSES.items() if status.is_open]),
        ("Overdue", "overdue", ["overdue"]),
        ("Complete, awaiting verification", "awaiting", ["awaiting"]),
        ("Verified, and nothing withdrawn since", "", [code for code, status in STATUSES.items() if status.counts]),
    )
    counts = {f"n{n}": Count("pk", filter=Q(status_code__in=codes)) for n, (_, _, codes) in enumerate(cards)}
    found = rows.order_by().aggregate(d=Count("pk"), **counts)
    return [
        {"label": label, "n": found[f"n{n}"], "d": found["d"], "query": f"status={query}" if query else ""}
        for n, (label, query, _) in enumerate(cards)
    ]


def _asked(row: Any) -> Any:
    return row.review_part.recommendation


COLUMNS = (
    Column("Review", lambda row: str(_asked(row).review), width=18),
    Column("Pseudonym", lambda row: _asked(row).review.pseudonym, width=18),
    Column("Recommendation", lambda row: _asked(row).number, width=14),
    Column("Organisation", lambda row: str(row.organisation), width=36),
    Column("Action", lambda row: row.text, width=60),
    Column("State", lambda row: row.status.words, width=30),
    Column("Owner", lambda row: row.owner_in_words, width=26, personal=True),
    Column("Originally due", lambda row: row.original_due_on, Kind.DATE, 14),
    Column("Now due", lambda row: row.due_on, Kind.DATE, 14),
    Column("Times moved", lambda row: row.moves, Kind.NUMBER, 10),
)

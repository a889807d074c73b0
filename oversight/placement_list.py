"""The list of care homes for placements: its filter, and the file of the same rows."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest

from accounts.capabilities import Can
from accounts.models import User
from exports.listings import Listing, Reach, Shown, register
from exports.table import Column, Kind
from oversight.placements import Home, homes_in_sight, homes_of
from providers.models import RegulatorRating

STATES = (
    ("", "All"), ("suspended", "Placements suspended"), ("free", "Placements not suspended"),
    ("check", "Rating to be checked"), ("fell", "Rating fell"), ("unknown", "No rating known"),
    ("status", "With a concern status"),
)  # fmt: skip


class PlacementFilter(forms.Form):
    """Which homes."""

    q = forms.CharField(label="Name", required=False, max_length=100)
    rating = forms.ChoiceField(
        label="Regulator’s rating", required=False, choices=[("", "All"), *RegulatorRating.Overall.choices]
    )
    state = forms.ChoiceField(label="Show", required=False, choices=STATES)

    mark_optional = False

    def __init__(self, data: Any, *, user: User, on: date) -> None:
        super().__init__(data)
        self.user, self.on = user, on
        self.is_valid()

    def homes(self, allowed: Any) -> list[Home]:
        """The homes chosen, by name."""
        given = self.cleaned_data
        for word in given.get("q", "").split():
            allowed = allowed.filter(name__icontains=word)
        found = homes_of(allowed, self.user, on=self.on)
        if rating := given.get("rating"):
            found = [each for each in found if each.rating and each.rating.overall == rating]
        return [each for each in found if _is(each, given.get("state", ""))]


def _is(home: Home, state: str) -> bool:
    return {
        "suspended": bool(home.suspensions),
        "free": not home.suspensions,
        "check": home.must_be_checked,
        "fell": home.fell,
        "unknown": home.rating is None,
        "status": home.status is not None,
    }.get(state, True)


COLUMNS = (
    Column("Care home", lambda home: str(home.organisation), width=40),
    Column("Category", lambda home: str(home.organisation.category), width=28),
    Column("Regulator’s rating", lambda home: str(home.rating or "Not known"), width=22),
    Column("Published", lambda home: home.rating.published_on if home.rating else "", Kind.DATE, 14),
    Column("Brought in", lambda home: home.rating.imported_on if home.rating else "", Kind.DATE, 14),
    Column("Check it", lambda home: "Check" if home.must_be_checked else "", width=10),
    Column("Local authority", lambda home: str(home.status or "Nothing recorded"), width=30),
    Column("Since", lambda home: home.status.starts_on if home.status else "", Kind.DATE, 14),
    Column("Placements", lambda home: "Suspended" if home.suspensions else "Not suspended", width=16),
    Column("Last visit", lambda home: home.visited_on or "None known", Kind.DATE, 14),
)


def _placements(request: HttpRequest, reach: Reach) -> Shown:
    form = PlacementFilter(request.GET, user=reach.user, on=reach.on)
    rows = homes_in_sight(reach.user, on=reach.on).permitted(reach.user, reach.can, on=reach.on)
    if reach.only is not None:
        rows = rows.kept_by(reach.only)
    return Shown(COLUMNS, form.homes(rows), form)


def register_placements() -> None:
    """Called once at start."""
    register(
        Listing("placements", "Care homes for placements", Can.SEE_OVERVIEW, "oversight:placement-list", _placements)
    )

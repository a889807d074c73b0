"""The list of actions, as its page shows it and as it is taken out."""

from datetime import date
from typing import Any

from django.http import HttpRequest

from accounts.capabilities import Can
from actions import forms, register
from actions.models import Action
from actions.origins import origins
from exports import listings
from exports.listings import Listing, Reach, Shown
from exports.table import Column, Kind


def actions_shown(request: HttpRequest, allowed: Any, *, on: date) -> tuple[forms.ActionFilter, Any]:
    """The filter of the list, and its rows in the order that was asked for."""
    form = forms.ActionFilter(request.GET)
    form.offer(origins(), allowed)
    found = register.chosen(allowed, form, user=request.user, on=on)  # type: ignore[arg-type]
    return form, register.in_order(found, request.GET.get("sort", ""))


def columns(on: date) -> tuple[Column, ...]:
    """As on the page, the text whole; what stands in one cell there has a column each here."""
    return (
        Column("Action", lambda row: row.text, width=60),
        Column("Named people only", lambda row: "yes" if row.circle_id else "", width=10),
        Column("State", lambda row: row.status.words, width=28),
        Column("Overdue", lambda row: "Overdue" if row.is_overdue(on) else "", width=10),
        Column("Organisation", lambda row: str(row.organisation), width=36),
        Column("Commissioner", lambda row: str(row.commissioner), width=36),
        Column("Owner", lambda row: row.owner_in_words, width=24, personal=True),
        Column("Originally due", lambda row: row.original_due_on, Kind.DATE, 14),
        Column("Days past the original date", lambda row: row.days_past_original(on) or None, Kind.NUMBER, 12),
        Column("Now due", lambda row: row.due_on, Kind.DATE, 14),
        Column("Times moved", lambda row: row.moves, Kind.NUMBER, 10),
    )


def _actions(request: HttpRequest, reach: Reach) -> Shown:
    on = reach.on
    allowed = Action.objects.permitted(reach.user, Can.SEE_ACTIONS)
    form, rows = actions_shown(request, reach.rows(allowed), on=on)
    return Shown(columns(on), rows, form)


def register_listings() -> None:
    """Called once at start."""
    listings.register(Listing("actions", "Actions", Can.SEE_ACTIONS, "actions:action-list", _actions, circled=True))

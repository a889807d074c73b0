"""The contact log as one person sees it: what the filter asks for, the years, and how it is taken out."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from accounts.capabilities import Can
from accounts.models import User
from design.calendar import FinancialYear
from exports.listings import Listing, Reach, Shown, register
from exports.table import Column, Kind
from oversight.contact_kinds import KINDS
from oversight.known.contact_forms import ContactFilter
from oversight.models import ContactEntry

YEARS = 5


def years_back(on: date) -> list[FinancialYear]:
    """The running financial year and those before it, latest first."""
    found = [FinancialYear.of(on)]
    while len(found) < YEARS:
        found.append(found[-1].previous)
    return found


def shown(request: HttpRequest, allowed: Any, *, user: User, on: date) -> tuple[ContactFilter, Any]:
    """The filter and the entries that it asks for, newest first; requests by their due date."""
    form = ContactFilter(request.GET)
    form.offer(allowed, years_back(on))
    form.is_valid()
    asked: dict[str, Any] = form.cleaned_data
    found = _in_state(allowed, asked.get("state", ""), on=on)
    for word in (asked.get("q") or "").replace("\x00", "").split():
        found = found.filter(
            Q(with_whom__icontains=word)
            | Q(forum__icontains=word)
            | Q(points__icontains=word)
            | Q(reference__iexact=word)
        )
    if asked.get("organisation"):
        found = found.filter(organisation=asked["organisation"])
    elif "organisation" in form.errors:
        found = found.none()
    if asked.get("kind"):
        found = found.filter(kind=asked["kind"])
    if asked.get("whose"):
        found = found.filter(by=user)
    if asked.get("year"):
        year = FinancialYear.parse(asked["year"])
        found = found.filter(happened_on__range=(year.starts, year.ends))
    return form, found.select_related("organisation", "commissioner", "by", "taken")


def _in_state(allowed: Any, state: str, *, on: date) -> Any:
    if state == "withdrawn":
        return allowed.filter(withdrawn_at__isnull=False).order_by("-happened_on", "-pk")
    if state in ("open", "overdue"):
        return allowed.open_requests() if state == "open" else allowed.overdue_requests(on=on)
    if state == "answered":
        return allowed.requests().filter(settled_on__isnull=False)
    return allowed.standing().order_by("-happened_on", "-pk")


def counts(allowed: Any, *, on: date) -> dict[str, Any]:
    """How many of each kind in each of the last financial years. A query for each year."""
    years = years_back(on)
    found = {year.slug: allowed.counted_by_kind(year.starts, year.ends) for year in years}
    rows = [
        {"kind": kind, "cells": [{"year": year, "n": found[year.slug].get(kind.code, 0)} for year in years]}
        for kind in KINDS
    ]
    totals = [{"year": year, "n": sum(found[year.slug].values())} for year in years]
    return {"years": years, "rows": rows, "totals": totals}


COLUMNS = (
    Column("Date", lambda row: row.happened_on, Kind.DATE, 14),
    Column("Kind", lambda row: row.sort.label, width=36),
    Column("Organisation", lambda row: str(row.organisation), width=36),
    Column("Commissioner", lambda row: str(row.commissioner), width=36),
    Column("Who of us", lambda row: str(row.by), width=24, personal=True),
    Column("With whom", lambda row: row.with_whom, width=30, personal=True),
    Column("Committee or meeting", lambda row: row.forum, width=30),
    Column("Papers received", lambda row: row.papers, width=30),
    Column("Key points", lambda row: row.points, width=60),
    Column("Challenge made", lambda row: row.challenge, width=60),
    Column("Assurance taken", lambda row: str(row.taken or ""), width=24),
    Column("Answer due", lambda row: row.due_on, Kind.DATE, 14),
    Column("Answered on", lambda row: row.settled_on, Kind.DATE, 14),
    Column("State", lambda row: "Withdrawn" if row.is_withdrawn else "" if row.spoke else "Nobody answered", width=16),
)


def _log(request: HttpRequest, reach: Reach) -> Shown:
    allowed = ContactEntry.objects.permitted(reach.user, Can.SEE_CONTACT_LOG)
    form, rows = shown(request, reach.rows(allowed), user=reach.user, on=reach.on)
    return Shown(COLUMNS, rows, form)


def register_listing() -> None:
    """Called once at start."""
    register(Listing("contact-log", "Contact log", Can.SEE_CONTACT_LOG, "oversight:contact-list", _log))

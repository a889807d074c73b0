"""Serious incidents and other indicators as one person sees them: filters, themes by count, how they are taken out."""

from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest

from accounts.capabilities import Can
from design.calendar import FinancialYear
from exports.listings import Listing, Reach, Shown, register
from exports.table import Column, Kind
from oversight.known.contact_list import years_back
from oversight.known.incident_forms import IncidentFilter
from oversight.models import IncidentRule, Indicator, SeriousIncident
from providers.models import Organisation

BESIDE = ("organisation", "commissioner", "category", "site", "looked_by")


def shown(request: HttpRequest, allowed: Any, *, on: date) -> tuple[IncidentFilter, Any]:
    """The filter and the incidents that it asks for, the latest first."""
    form = IncidentFilter(request.GET)
    form.offer(allowed, years_back(on))
    form.is_valid()
    asked: dict[str, Any] = form.cleaned_data
    found = allowed.filter(withdrawn_at__isnull=asked.get("state") != "withdrawn")
    if asked.get("state") in ("read", "unread"):
        found = found.filter(looked_at__isnull=asked["state"] == "unread")
    for name, column in (("organisation", "organisation"), ("category", "category__code"), ("strand", "strand")):
        if asked.get(name):
            found = found.filter(**{column: asked[name]})
        elif name in form.errors:
            found = found.none()
    if asked.get("q"):
        found = found.filter(number__icontains=asked["q"].replace("\x00", "").strip())
    if asked.get("year"):
        year = FinancialYear.parse(asked["year"])
        found = found.between(year.starts, year.ends)
    return form, found.select_related(*BESIDE).order_by("-happened_on", "-pk")


def themes(allowed: Any, *, on: date) -> dict[str, Any]:
    """How many in each of the last financial years, by category and by provider. Two queries."""
    years = years_back(on)
    by_year = {f"in_{n}": Count("pk", filter=_within(year)) for n, year in enumerate(years)}

    def counted(code: str, label: str) -> list[dict[str, Any]]:
        rows = (
            allowed.standing().order_by().values(code, label).annotate(n=Count("pk"), **by_year).order_by("-n", label)
        )
        return [
            {
                "code": row[code],
                "label": row[label],
                "cells": [{"year": year, "n": row[f"in_{n}"]} for n, year in enumerate(years)],
            }
            for row in rows.order_by("-n", label)
        ]

    return {
        "years": years,
        "categories": counted("category__code", "category__label"),
        "providers": counted("organisation__reference", "organisation__name"),
    }


def rule_for(incident: SeriousIncident, *, on: date) -> IncidentRule:
    """For how long it may be corrected."""
    found: IncidentRule = IncidentRule.objects.in_force(incident.commissioner_id, on)[0]
    return found


def _within(year: FinancialYear) -> Q:
    return Q(happened_on__range=(year.starts, year.ends))


def state_of(incident: SeriousIncident) -> str:
    """As the page's tag says it."""
    if incident.is_withdrawn:
        return "Withdrawn"
    return "Looked at" if incident.looked_at else "Not looked at"


INCIDENTS = (
    Column("StEIS number", lambda row: row.number, width=16),
    Column("Organisation", lambda row: str(row.organisation), width=36),
    Column("Site", lambda row: str(row.site or ""), width=30),
    Column("Date of the incident", lambda row: row.happened_on, Kind.DATE, 14),
    Column("Reported on StEIS", lambda row: row.reported_on, Kind.DATE, 14),
    Column("Category", lambda row: str(row.category), width=40),
    Column("Strand", lambda row: row.get_strand_display(), width=20),
    Column("State", lambda row: state_of(row), width=16),
)
INDICATORS = (
    Column("Indicator", lambda row: str(row.kind), width=40),
    Column("Provider", lambda row: str(row.organisation), width=36),
    Column("How many", lambda row: row.n, Kind.NUMBER, 12),
    Column("Of how many", lambda row: row.d, Kind.NUMBER, 12),
    Column("As at", lambda row: row.on, Kind.DATE, 14),
    Column("Source", lambda row: row.source, width=40),
)


def indicators_shown(request: HttpRequest, allowed: Any) -> tuple[IncidentFilter, Any]:
    """The values that stand, of everything or of one provider, the latest first."""
    form = IncidentFilter(request.GET)
    for name in ("q", "category", "strand", "year", "state"):
        del form.fields[name]
    box: Any = form.fields["organisation"]
    box.queryset = Organisation.objects.filter(pk__in=allowed.order_by().values("organisation")).order_by("name")
    form.is_valid()
    about = form.cleaned_data.get("organisation")
    found = allowed.standing().filter(organisation=about) if about else allowed.standing()
    found = found.none() if form.errors else found
    return form, found.select_related("kind", "organisation", "commissioner", "replaces").order_by("-on", "-pk")


def _incidents(request: HttpRequest, reach: Reach) -> Shown:
    allowed = SeriousIncident.objects.permitted(reach.user, Can.SEE_INCIDENTS)
    form, rows = shown(request, reach.rows(allowed), on=reach.on)
    return Shown(INCIDENTS, rows, form)


def _indicators(request: HttpRequest, reach: Reach) -> Shown:
    form, rows = indicators_shown(request, reach.rows(Indicator.objects.permitted(reach.user, Can.SEE_OVERVIEW)))
    return Shown(INDICATORS, rows, form)


def register_listings() -> None:
    """Called once at start."""
    register(
        Listing("incidents", "Serious incidents", Can.SEE_INCIDENTS, "oversight:incident-list", _incidents),
        Listing("indicators", "Other indicators", Can.SEE_OVERVIEW, "oversight:indicator-list", _indicators),
    )

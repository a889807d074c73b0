"""Visits for tests: planned, or done with findings, in any state."""

from datetime import UTC, date, datetime
from typing import Any

from accounts.capabilities import Role
from oversight.models import Visit, VisitFinding
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of

THEN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def a_visit(organisation: Any = None, commissioner: Any = None, **fields: Any) -> Visit:
    """Planned for 10 November; ``state="done"`` and later makes it one that took place on that day."""
    commissioner = commissioner or CommissionerFactory()
    organisation = organisation or provider_of(commissioner)
    lead = fields.pop("lead", None) or someone(Role.DESIGNATED_PROFESSIONAL, commissioner)
    state, at = fields.pop("state", "planned"), fields.pop("at", THEN)
    fields = {"kind": "announced", "strands": ["children", "adults"], "planned_on": date(2026, 11, 10), **fields}
    days = {name: fields.pop(name, fields["planned_on"]) for name in ("started_on", "ended_on")}
    visit = Visit.objects.plan(commissioner, organisation, by=lead, at=at, lead=lead, **fields)
    if state != "planned":
        given = days if state in Visit.DONE else {}
        Visit.objects.filter(pk=visit.pk).update(state=state, **given)
        visit.refresh_from_db()
    return visit


def a_finding(visit: Visit, judgement: str = "concern", **fields: Any) -> VisitFinding:
    """A line of a visit whose report is not final."""
    whose = {"commissioner": visit.commissioner, "organisation": visit.organisation}
    fields = {"asked": "Who is the safeguarding lead?", "text": "Two of five staff could not say.", **fields}
    return visit.findings.create(judgement=judgement, saved_by=visit.lead, saved_at=THEN, **whose, **fields)

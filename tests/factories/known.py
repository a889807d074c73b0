"""What is known of a provider beside its returns, for tests: contacts, incidents, indicators, intelligence."""

from datetime import UTC, date, datetime
from typing import Any

from accounts.capabilities import Role
from accounts.models import Circle
from oversight.models import Concern, ContactEntry, Indicator, IntelligenceItem, SeriousIncident, Term, Weighing
from tests.factories.accounts import CircleFactory, CircleMemberFactory, someone
from tests.factories.providers import CommissionerFactory, provider_of

THEN = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def a_contact(commissioner: Any = None, organisation: Any = None, **fields: Any) -> ContactEntry:
    """Attendance at the safeguarding committee of a provider, logged by a designated professional."""
    commissioner = commissioner or CommissionerFactory()
    by = fields.pop("by", None) or someone(Role.DESIGNATED_PROFESSIONAL, commissioner)
    fields = {
        "kind": "committee", "happened_on": date(2026, 11, 16), "forum": "Safeguarding committee",
        "points": "Training plan agreed.", "logged_at": THEN, **fields,
    }  # fmt: skip
    organisation = organisation or provider_of(commissioner)
    return ContactEntry.objects.create(
        commissioner=commissioner, organisation=organisation, by=by, logged_by=by, **fields
    )


def a_term(kept_in: str, code: str = "") -> Term:
    """A shipped word of a list; the first when no code is given."""
    words = Term.objects.filter(commissioner=None, kept_in=kept_in)
    return words.get(code=code) if code else words.order_by("position")[0]


def an_incident(commissioner: Any = None, organisation: Any = None, **fields: Any) -> SeriousIncident:
    """Reported by a lead of the provider, two days after it happened."""
    commissioner = commissioner or CommissionerFactory()
    organisation = organisation or provider_of(commissioner)
    fields = {
        "number": "2026/12345", "happened_on": date(2026, 11, 12), "reported_on": date(2026, 11, 14),
        "strand": "children", "told_at": THEN, **fields,
    }  # fmt: skip
    fields.setdefault("category", a_term("incident_category", "child-protection"))
    fields.setdefault("told_by", someone(Role.PROVIDER_LEAD, organisation))
    return SeriousIncident.objects.create(commissioner=commissioner, organisation=organisation, **fields)


def an_indicator(commissioner: Any, organisation: Any, **fields: Any) -> Indicator:
    """Three complaints of forty, as at the end of October."""
    fields = {"n": 3, "d": 40, "on": date(2026, 10, 31), "source": "Quality report", "entered_at": THEN, **fields}
    fields.setdefault("kind", a_term("indicator", "complaints"))
    fields.setdefault("entered_by", someone(Role.QUALITY_ANALYST, commissioner))
    return Indicator.objects.create(commissioner=commissioner, organisation=organisation, **fields)


def a_circle(commissioner: Any, *people: Any) -> Circle:
    """A list of these people, who see everything on it."""
    circle = CircleFactory(commissioner=commissioner)
    for person in people:
        CircleMemberFactory(circle=circle, user=person, added_by=people[0])
    return circle


def an_item(commissioner: Any, organisation: Any, **fields: Any) -> IntelligenceItem:
    """Heard from a GP about staffing; restricted when a circle is given."""
    fields = {
        "received_on": date(2026, 11, 10), "summary": "Two wards share one nurse at night.", "recorded_at": THEN,
        "sensitivity": "restricted" if fields.get("circle") else "normal", **fields,
    }  # fmt: skip
    fields.setdefault("source", a_term("source", "gp"))
    fields.setdefault("theme", a_term("theme", "staffing"))
    fields.setdefault("reliability", a_term("reliability", "first-hand"))
    fields.setdefault("recorded_by", someone(Role.DESIGNATED_PROFESSIONAL, commissioner))
    return IntelligenceItem.objects.create(commissioner=commissioner, organisation=organisation, **fields)


def a_concern(commissioner: Any, organisation: Any, *items: IntelligenceItem, **fields: Any) -> Concern:
    """Drawn from the items, or from one that is made for it."""
    items = items or (an_item(commissioner, organisation),)
    fields = {"title": "Nights are not safe", "review_on": date(2026, 12, 15), "at": THEN, **fields}
    fields.setdefault("theme", a_term("theme", "staffing"))
    fields.setdefault("by", someone(Role.DESIGNATED_PROFESSIONAL, commissioner))
    return Concern.objects.open_from(items, **fields)


def weigh(concern: Concern, vulnerability: str, likelihood: str, **fields: Any) -> Weighing:
    """Weighed by whoever opened it, on a day in November."""
    fields = {"reasons": "Two more items", "review_on": date(2026, 12, 15), "at": THEN, "on": THEN.date(), **fields}
    scales = {"vulnerability": a_term("vulnerability", vulnerability), "likelihood": a_term("likelihood", likelihood)}
    return concern.weigh(by=concern.opened_by, expected=concern.version, **scales, **fields)

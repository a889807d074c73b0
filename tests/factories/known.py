"""What is known of a provider beside its returns, for tests: contacts logged."""

from datetime import UTC, date, datetime
from typing import Any

from accounts.capabilities import Role
from oversight.models import ContactEntry, Term
from tests.factories.accounts import someone
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

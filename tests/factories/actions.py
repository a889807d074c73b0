"""Actions for tests, opened as validation opens them."""

from datetime import UTC, date, datetime
from typing import Any

from accounts.capabilities import Role
from actions.models import Action
from evidence.models import EvidenceItem
from tests.factories.accounts import someone
from tests.factories.evidence import EvidenceItemFactory
from tests.factories.providers import CommissionerFactory, provider_of

THEN = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)


def an_action(commissioner: Any = None, organisation: Any = None, **fields: Any) -> Action:
    """An open action due on 30 November, opened by a designated professional."""
    commissioner = commissioner or CommissionerFactory()
    fields = {
        "text": "Train every new starter within six weeks.",
        "due_on": date(2026, 11, 30),
        "origin_kind": "validation",
        "evidence_required": "The training record",
        "at": THEN,
        **fields,
    }
    by = fields.pop("by", None) or someone(Role.DESIGNATED_PROFESSIONAL, commissioner)
    return Action.objects.open_for(commissioner, organisation or provider_of(commissioner), by=by, **fields)


def proof_for(action: Action, **fields: Any) -> EvidenceItem:
    """Evidence of the action's organisation, not on the action yet."""
    return EvidenceItemFactory(commissioner=action.commissioner, organisation=action.organisation, **fields)


def completed(action: Action, *, by: Any = None, item: EvidenceItem | None = None) -> Action:
    """With evidence, marked complete by a lead of the provider, awaiting verification."""
    by = by or someone(Role.PROVIDER_LEAD, action.organisation)
    action.prove(item or proof_for(action), by=by, at=THEN)
    action.complete("All are trained.", by=by, at=THEN)
    return action

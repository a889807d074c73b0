"""Two commissioners with a shared provider, and a third place that has nothing to do with them."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.factories.accounts import MembershipFactory, someone
from tests.factories.providers import CommissionerFactory, ContactFactory, SiteFactory, provider_of, shared_provider


@dataclass
class Places:
    here: Any
    there: Any
    ours: Any
    theirs: Any
    shared: Any
    analyst: Any
    neighbour: Any
    lead: Any


@pytest.fixture
def places(db: None) -> Places:
    here, there = CommissionerFactory(name="Here CCG"), CommissionerFactory(name="There CCG")
    ours = provider_of(here, name="Brook Street Surgery", code="E82001", postcode="AV1 2CD", registered_by=here)
    theirs = provider_of(there, name="Canary Lodge", code="N83001", postcode="CN9 9CN", registered_by=there)
    shared = shared_provider(here, there, name="Shared Trust")
    for organisation, word in ((ours, "Ours"), (theirs, "Canary"), (shared, "Shared")):
        SiteFactory(organisation=organisation, name=f"{word} site")
        ContactFactory(organisation=organisation, name=f"{word} contact", telephone="01632 960001")
    return Places(here, there, ours, theirs, shared, someone("QA", here), someone("QA", there), someone("PL", ours))


@pytest.fixture
def both(places: Places) -> Any:
    """An analyst of both commissioners."""
    user = someone("QA", places.here)
    MembershipFactory(user=user, role="QA", organisation=places.there)
    return user

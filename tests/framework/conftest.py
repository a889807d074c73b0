"""What the tests of the standards share: the shipped versions and a commissioner with its people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from accounts.capabilities import Role
from accounts.models import User
from framework import drafts
from framework.models import FrameworkVersion
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of


@dataclass
class Place:
    """A commissioner, its draughtswoman, a second person, a provider and somebody there."""

    commissioner: Any
    drafter: User
    second: User
    provider: Any
    lead: User


def a_place(**provider: Any) -> Place:
    commissioner = CommissionerFactory()
    organisation = provider_of(commissioner, **provider)
    return Place(
        commissioner, someone(Role.DESIGNATED_PROFESSIONAL, commissioner), someone(Role.QUALITY_ANALYST, commissioner),
        organisation, someone(Role.PROVIDER_LEAD, organisation),
    )  # fmt: skip


@pytest.fixture
def place(db: None) -> Place:
    return a_place()


@pytest.fixture
def first(db: None) -> FrameworkVersion:
    """The shipped version of 2017-18."""
    return FrameworkVersion.objects.get(label="2017-18 v1", framework__commissioner=None)


@pytest.fixture
def latest(db: None) -> FrameworkVersion:
    """The shipped version of this year."""
    return FrameworkVersion.objects.get(label="2026-27 v1", framework__commissioner=None)


@pytest.fixture
def a_draft(place: Place, latest: FrameworkVersion) -> Callable[..., FrameworkVersion]:
    """A copy of this year's version for the place's commissioner."""

    def made(**given: Any) -> FrameworkVersion:
        asked = {"commissioner": place.commissioner, "name": "Our framework", "label": "2027-28 v1", **given}
        return drafts.copy(latest, valid_from=date(2027, 4, 1), **asked)

    return made

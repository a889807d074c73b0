"""A commissioner, and two people who are named on its reviews."""

from typing import Any

import pytest

from accounts.capabilities import Role
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory


@pytest.fixture
def commissioner() -> Any:
    return CommissionerFactory()


@pytest.fixture
def two(commissioner: Any) -> tuple[Any, Any]:
    nurse, analyst = (someone(role, commissioner) for role in (Role.DESIGNATED_PROFESSIONAL, Role.QUALITY_ANALYST))
    return nurse, analyst

"""The overview's picture: every provider of the register is in its category's bar, wherever it stands."""

from typing import Any

import pytest

from accounts.capabilities import Role
from tests.factories.accounts import someone
from tests.factories.assurance import a_return
from tests.factories.providers import CategoryFactory, CommissionerFactory, provider_of
from tests.factories.validation import validated

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(sign_in: Any, at: Any) -> Any:
    """The chart's table as a quality analyst gets it: two homes, one validated and one not asked, and a hospice."""
    homes = CategoryFactory(code="T-HOME", name="Home", plural="Homes", position=901)
    hospices = CategoryFactory(code="T-HOSP", name="Hospice", plural="Hospices", position=902)
    result = validated(at)
    commissioner = result.commissioner
    result.organisation.category = homes
    result.organisation.save()
    provider_of(commissioner, category=homes, name="Never asked")
    a_return(result.round, provider_of(commissioner, category=hospices, name="Silent hospice"))
    provider_of(CommissionerFactory(), category=homes, name="Somebody else's home")
    client = sign_in(someone(Role.QUALITY_ANALYST, commissioner))
    return lambda **chosen: client.get("/overview/", {"year": result.round.year, **chosen}).context["chart"].table


def test_each_category_is_a_bar_and_the_bars_add_up_to_the_register(drawn: Any) -> None:
    table = drawn()
    level, without = table.headers[1], table.headers[2:-1]
    assert level == "Significant assurance"
    assert without == ("No return received", "Withdrawn or not asked")
    assert table.rows == (("Homes", "1", "0", "1", "2"), ("Hospices", "0", "1", "0", "1"))


def test_a_filter_leaves_the_bar_of_its_category(drawn: Any) -> None:
    assert drawn(category="T-HOSP").rows == (("Hospices", "1", "1"),)

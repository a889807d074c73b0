"""Three years of grades come in at once, as the measurement does it."""

from typing import Any

import pytest

from accounts.capabilities import Role
from assurance.models import RecordedGrade
from assurance_portal.bench import day_zero
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_three_years_of_sixty_providers_come_in_under_ten_seconds(at: Any) -> None:
    ours = CommissionerFactory()
    someone(Role.QUALITY_ANALYST, ours)
    trees = "Alder Birch Cedar Elder Fir Gorse Hazel Ivy Juniper Kapok".split()  # noqa: SIM905 - one line
    places = "Abbots Bramber Cuckfield Ditchling Eastbourne Ferring".split()  # noqa: SIM905 - one line
    for name in (f"{place} {tree} Surgery" for place in places for tree in trees):
        provider_of(ours, name=name)
    figure = next(iter(day_zero.measure(at)))
    assert RecordedGrade.objects.count() == 60 * 98 * 3
    assert figure.ours < 10

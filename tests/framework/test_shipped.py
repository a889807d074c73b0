"""The shipped catalogue in the database: how many, locked, and never touched twice."""

from collections import Counter

import pytest

from framework import shipped
from framework.models import CriterionVersion, Framework, FrameworkVersion

pytestmark = pytest.mark.django_db
LABELS = ("2017-18 v1", "2026-27 v1")


@pytest.mark.parametrize("label", LABELS)
def test_a_version_has_twelve_standards_and_ninety_eight_criteria(label: str) -> None:
    shipped.load()
    version = FrameworkVersion.objects.get(label=label, framework__commissioner=None)
    tiers = Counter(tier for tiers in version.criteria.values_list("tiers", flat=True) for tier in tiers)
    assert version.standards.count() == 12
    assert version.criteria.count() == 98
    assert tiers == {"full": 98, "small": 46, "general_practice": 52}
    assert version.criteria.filter(light=True).count() == 14


def test_loading_again_changes_nothing() -> None:
    shipped.load()
    before = list(CriterionVersion.objects.order_by("pk").values())
    versions = list(FrameworkVersion.objects.order_by("pk").values())
    shipped.load()
    assert list(CriterionVersion.objects.order_by("pk").values()) == before
    assert list(FrameworkVersion.objects.order_by("pk").values()) == versions
    assert Framework.objects.filter(commissioner=None).count() == 1

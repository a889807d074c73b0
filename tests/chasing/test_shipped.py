"""The steps that ship with the portal."""

import pytest

from chasing import shipped
from chasing.models import Ladder, Rung
from tests.factories.chasing import steps_of

pytestmark = pytest.mark.django_db


def test_the_shipped_steps_are_those_of_the_domain():
    assert steps_of("self_assessment") == {
        -10: "preparers", -5: "preparers", -1: "preparers", 0: "preparers", 1: "preparers", 5: "lead",
        10: "executive", 20: "quality",
    }  # fmt: skip
    assert steps_of("action") == {
        -10: "owner", -5: "owner", 0: "owner", 5: "owner", 10: "lead", 15: "lead", 20: "quality",
    }  # fmt: skip


def test_loading_again_changes_nothing():
    before = list(Rung.objects.order_by("pk").values())
    shipped.load()

    assert list(Rung.objects.order_by("pk").values()) == before
    assert sorted(Ladder.objects.values_list("kind", flat=True)) == [
        "action",
        "action_plan",
        "learning_ask",
        "review_report",
        "self_assessment",
    ]

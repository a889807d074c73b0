"""Two people at the same moment: the same question asked twice, and answered twice."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from chasing.models import Letter
from tests.at_once import both
from tests.factories.accounts import someone
from tests.factories.figure_records import recorded
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.training import a_line
from training.models import AskedLine, FigureQuery

pytestmark = pytest.mark.django_db(transaction=True)


def asked_of() -> tuple[AskedLine, Any, Any]:
    ours = CommissionerFactory()
    ash = provider_of(ours)
    made = recorded(ours, ash, {date(2026, 9, 30): {a_line(ours, "level-3"): (1, 2)}})[0]
    return made.lines.get(), someone(Role.QUALITY_ANALYST, ours), someone(Role.PROVIDER_LEAD, ash)


def test_the_same_is_asked_once() -> None:
    line, analyst, _ = asked_of()

    def ask() -> str:
        FigureQuery.objects.ask(line, "Why?", by=analyst, at=timezone.now())
        return "asked"

    assert both(ask, ask) == ["asked", "refused"]
    assert (FigureQuery.objects.count(), Letter.objects.count()) == (1, 1)


def test_of_two_answers_at_once_one_is_told() -> None:
    line, analyst, lead = asked_of()
    query = FigureQuery.objects.ask(line, "Why?", by=analyst, at=timezone.now())
    one, two = (FigureQuery.objects.get(pk=query.pk) for _ in range(2))
    done = both(
        lambda: one.reply("Because", by=lead, at=timezone.now()),
        lambda: two.reply("Otherwise", by=lead, at=timezone.now()),
    )
    query.refresh_from_db()
    assert (sorted(map(str, done)), query.state, Letter.objects.filter(kind="figure_query_answered").count()) == (
        ["None", "refused"], "answered", 1,
    )  # fmt: skip

"""How many quarters running a line has been below: home, list, profile, report and escalation say the same."""

from datetime import date, datetime
from random import Random
from typing import Any

import pytest
from django.db.models import Value

from accounts.capabilities import Can, Role
from design.calendar import LONDON, Quarter
from oversight.needs import Asked, needs
from tests.factories.accounts import someone
from tests.factories.figures import NINETY, NOT_APPLICABLE, NOTHING, Planted, planted
from training.below import Terms, newest, standings
from training.exception_report import Report
from training.known import ROWS, read, told_of
from training.models import CollectingRule, Figure, FigureReturn, Period
from training.resolver.trends import EIGHT
from training.unplanned import RECENT, RED, below_running

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)
B, N, M, T, GAP, NOT, NIL, NOBODY = (70, 100), (85, 100), (95, 100), (100, 100), None, NOT_APPLICABLE, NOTHING, (0, 0)
PATTERNS = [
    [GAP, GAP, GAP, GAP, GAP, GAP, B, GAP, GAP, B],
    [GAP, GAP, GAP, GAP, GAP, GAP, GAP, B, GAP, B],
    [M, B, NOT, B, GAP, GAP, GAP, GAP, NOT, B],
    [GAP, GAP, GAP, GAP, GAP, GAP, B, N, NOT, B],
    [GAP, GAP, GAP, GAP, GAP, GAP, B, M, GAP, B],
    [GAP, GAP, GAP, GAP, GAP, GAP, B, NIL, B, N],
    [B, B, GAP, GAP, GAP, GAP, GAP, GAP, GAP, B],
    [B, B, B, B, B, B, B, B, B, B],
    [GAP, GAP, GAP, GAP, GAP, GAP, B, B, GAP, GAP],
    [GAP, GAP, GAP, GAP, GAP, B, B, GAP, GAP, GAP],
    [GAP, GAP, GAP, GAP, GAP, GAP, B, B, B, NOT],
    [GAP, GAP, GAP, GAP, GAP, GAP, B, B, NOBODY, B],
    [GAP, GAP, GAP, GAP, GAP, GAP, GAP, GAP, T, M],
]
QUARTERS = len(PATTERNS[0])


def running(said: list[Any], below: tuple[Any, ...]) -> int:
    """What the pages should say, in plain Python: counted back from the newest figure through eight quarters."""
    last = max((n for n, each in enumerate(said) if each is not GAP), default=0)
    count = 0
    for each in reversed(said[max(0, last - EIGHT + 1) : last + 1]):
        if each in below:
            count += 1
        elif each not in (GAP, NOT):
            break
    return count


def is_now(said: list[Any], below: tuple[Any, ...]) -> bool:
    """Is the newest figure below, and not older than nine months?"""
    last = max((n for n, each in enumerate(said) if each is not GAP), default=0)
    return said[last] in below and (QUARTERS - 1 - last) * 3 + 2 <= RECENT


@pytest.fixture
def world() -> Planted:
    world, quarter = planted(), Quarter.of(date(2026, 9, 30))
    ends = [quarter.ends]
    while len(ends) < QUARTERS:
        quarter = quarter.previous
        ends.insert(0, quarter.ends)
    chosen, quarters = Random(6), [world.quarter(day) for day in ends]
    said = [*PATTERNS, *(chosen.choices([B, N, M, T, GAP, NOT, NIL], k=QUARTERS) for _ in range(8))]
    for n, each in enumerate(said):
        provider = world.provider(f"P{n:02}")
        for period, figure in zip(quarters, each, strict=True):
            if figure is not GAP:
                world.submit(period, provider, {"l3": figure}, thresholds=NINETY)
    world.said = dict(zip(world.providers, said, strict=True))  # type: ignore[attr-defined]
    return world


@pytest.mark.parametrize("times", [2, 3])
def test_every_page_counts_the_same_run(world: Planted, times: int) -> None:
    said: dict[str, list[Any]] = world.said  # type: ignore[attr-defined]
    CollectingRule.objects.create(commissioner=world.commissioner, valid_from=date(2020, 1, 1), below_periods=times)
    nurse, pk = someone(Role.DESIGNATED_PROFESSIONAL, world.commissioner), world.commissioner.pk
    expected = {name: running(each, (B, N)) for name, each in said.items() if is_now(each, (B, N))}
    asked = sorted(name for name, run in expected.items() if run >= times)
    assert 0 < len(asked) < len(expected)

    figures, terms = Figure.objects.permitted(nurse, Can.READ_FIGURES), Terms.of([pk], on=TODAY)
    found = newest(figures, terms, {})
    shown = {each.name for each in found if each.is_shown}
    assert ("P12" in shown, {each.name for each in standings(figures, terms)}) == (True, shown)
    assert {each.name: each.run for each in found if each.state.is_short} == expected
    assert sorted(each.name for each in found if each.plan_is_asked) == asked
    home = needs(Asked(nurse, (pk,), TODAY, TODAY))["figures_unplanned"]
    assert ([each["provider"] for each in home], home[0]["total"]) == (asked[: len(home)], len(asked))
    red = below_running(Figure.objects, None, on=TODAY, times=Value(times), short=RED)
    by_plain = [name for name, each in said.items() if is_now(each, (B,)) and running(each, (B,)) >= times]
    assert sorted(red.values_list("organisation__name", flat=True)) == sorted(by_plain)


def test_profile_and_report_count_the_same_run_for_the_newest_quarter(world: Planted) -> None:
    said: dict[str, list[Any]] = world.said  # type: ignore[attr-defined]
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, world.commissioner)
    expected = {name: running(each, (B, N)) for name, each in said.items() if each[-1] in (B, N)}
    profile = {}
    for name, provider in world.providers.items():
        rows = {part: told_of(ask(provider, nurse, TODAY)) for part, ask in ROWS.items()}
        below = read(rows, on=TODAY).below
        if below and said[name][-1] is not GAP:
            profile[name] = below[0][1].below
    assert profile == expected
    periods = list(Period.objects.order_by("-ends_on"))
    asked = FigureReturn.objects.filter(period=periods[0])
    at = datetime(2026, 11, 18, 10, tzinfo=LONDON)
    report = Report(world.commissioner, periods[0], None, nurse, at, periods, list(asked))
    assert {each.organisation.name: each.run for each in report.below} == expected

"""Training figures in the visit programme and among what proposes a step: exact, by the quarter, and each once."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from accounts.capabilities import Role
from oversight import triggers
from oversight.models import Escalation
from oversight.programme.lines import Line, Programme, contracts_of
from tests.factories.accounts import someone
from tests.factories.chasing import seven_oclock
from tests.factories.figures import NOTHING, Planted, a_line, planted
from tests.factories.known import a_circle
from training.arithmetic import State, state_of
from training.models import CollectingRule, Figure
from training.unplanned import fallen_now, red_now

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)
Q4, Q1, Q2 = date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)
HELD = {"l3": (Decimal("85.5"), Decimal(10)), "late": (Decimal(10), Decimal(5))}


@pytest.fixture
def world() -> Planted:
    late = a_line("late", name="Late", direction="down", family="indicator")
    return planted(a_line("l3", name="Children level 3"), late)


def said(world: Planted, provider: Any, *quarters: dict[str, Any]) -> None:
    """What a provider said in the newest quarters, the last one last."""
    for day, totals in zip((Q4, Q1, Q2)[-len(quarters) :], quarters, strict=True):
        periods = {period.ends_on: period for period, _ in world.returns}
        world.submit(periods.get(day) or world.quarter(day), provider, totals, thresholds=HELD)


def proposed() -> list[tuple[str, list[str]]]:
    rows = Escalation.objects.proposed().order_by("step__position", "pk")
    return [(each.step.code, sorted(ground.words for ground in each.grounds.all())) for each in rows]


def run() -> int:
    return triggers.propose(TODAY, at=seven_oclock(TODAY))


def test_the_same_line_red_two_quarters_running_proposes_step_3_and_three_step_4(world: Planted) -> None:
    two, three, amber, gap, once = (world.provider(f"P{n}") for n in range(5))
    said(world, two, {"l3": (90, 100)}, {"l3": (75, 100)}, {"l3": (70, 100)})
    said(world, three, {"l3": (60, 100)}, {"l3": (75, 100)}, {"l3": (70, 100)})
    said(world, amber, {"l3": (76, 100)}, {"l3": (76, 100)}, {"l3": (76, 100)})
    said(world, gap, {"l3": (60, 100)}, {"l3": NOTHING}, {"l3": (60, 100)})
    said(world, once, {"l3": (60, 100)}, {"l3": (60, 100)}, {"l3": (95, 100)})
    assert [run(), run()] == [2, 0]
    words = "Children level 3: 70 of 100, 70.0 %, below threshold, 16 short, {} quarters running, Q2 2026-27"
    assert proposed() == [("exception", [words.format(2)]), ("committee", [words.format(3)])]
    assert not Escalation.objects.exclude(state="proposed").exists()


def test_figures_for_named_people_propose_a_step_for_them_alone(world: Planted) -> None:
    provider = world.provider("Hidden")
    said(world, provider, {"l3": (60, 100)}, {"l3": (60, 100)})
    circle = a_circle(world.commissioner, *(someone("DP", world.commissioner) for _ in range(2)))
    for made in world.returns.values():
        made.circle = circle
        made.save()
    assert run() == 1
    assert Escalation.objects.get().circle == circle
    other = someone(Role.DESIGNATED_PROFESSIONAL, world.commissioner)
    assert "training" not in lines(other)["Hidden"].sentence


def lines(user: Any) -> dict[str, Line]:
    return {each.name: each for each in Programme(user, contracts_of(user, on=TODAY), on=TODAY).lines}


def test_the_programme_counts_red_lines_and_dips_in_words(world: Planted) -> None:
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, world.commissioner)
    red, fell, good = (world.provider(name) for name in ("Red", "Fell", "Good"))
    said(world, red, {"l3": (60, 100), "late": (30, 100)}, {"l3": (60, 100), "late": (30, 100)})
    said(world, fell, {"l3": (95, 100), "late": (1, 100)}, {"l3": (90, 100), "late": (6, 100)})
    said(world, good, {"l3": (95, 100), "late": (1, 100)}, {"l3": (901, 1_000), "late": (5, 100)})
    found = lines(nurse)
    assert "two lines of training or indicators far below the threshold" in found["Red"].sentence
    assert "two lines of training or indicators fell since the quarter before" in found["Fell"].sentence
    assert "training" not in found["Good"].sentence
    points = {name: {each.source: each.points for each in line.reasons} for name, line in found.items()}
    assert (points["Red"]["figures_red"], points["Fell"]["figures_fallen"]) == (4, 4)
    CollectingRule.objects.create(commissioner=world.commissioner, valid_from=date(2020, 1, 1), dip=Decimal(6))
    assert "fell since" not in lines(nurse)["Fell"].sentence


@pytest.mark.parametrize(("direction", "limit"), [("up", "85.5"), ("down", "10")])
def test_red_in_sql_is_what_the_arithmetic_says(direction: str, limit: str) -> None:
    world = planted(a_line("l3", direction=direction))
    period, held = world.quarter(Q2), (Decimal(limit), Decimal("4.4"))
    numbers = {world.provider(f"P{n}"): (n, 79) for n in range(0, 80, 3)}
    for provider, pair in numbers.items():
        world.submit(period, provider, {"l3": pair}, thresholds={"l3": held})
    red = set(red_now(Figure.objects, on=TODAY).values_list("numerator", flat=True))
    states = {n: state_of(Fraction(100 * n, d), *held, direction) for n, d in numbers.values()}
    assert red == {n for n, state in states.items() if state is State.BELOW}
    assert 0 < len(red) < len(numbers)
    assert not fallen_now(Figure.objects, on=TODAY).exists()

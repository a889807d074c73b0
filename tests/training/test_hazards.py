"""Hazards 9 to 12 of figures: no gap is filled, nothing shrinks unseen, no sum hides who weighs, no person is shown."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string

from accounts.capabilities import Role
from tests.factories.accounts import someone
from tests.factories.figures import NINETY, NOT_APPLICABLE, Planted, a_line, planted
from training.arithmetic import Share, State
from training.overview import LineRow
from training.resolver import CellKind, cells_of, coverage, figures, last_known, sums
from training.resolver.cells import said
from training.resolver.sums import Sum
from training.resolver.trends import rolled_up, running_below, slots, trend
from training.words import HIDDEN, cell_said, held_said, public_said, weight_said

pytestmark = pytest.mark.django_db
Q1, Q2, Q3 = date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)


@pytest.fixture(scope="module")
def world(beneath: Any) -> Iterator[Planted]:
    with beneath():
        made = planted(a_line("l3", headcount=True), a_line("l2"))
        for name in ("Large Trust", "Small Home", "Silent Home"):
            made.provider(name)
        yield made


@pytest.fixture
def nurse(world: Planted) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, world.commissioner)


def now_of(world: Planted, nurse: Any, period: Any, code: str = "l3") -> Sum:
    found = sums(figures(nurse, world.commissioner.pk).filter(period=period), world.lines.values())
    return found[code,]


def test_hazard_9_last_quarters_figure_is_never_carried_into_the_gap(world: Planted, nurse: Any) -> None:
    line, (large, small, silent) = world.lines["l3"], world.providers.values()
    before, now = world.quarter(Q1), world.quarter(Q2)
    world.submit(before, silent, {"l3": (82, 96)}, thresholds=NINETY)
    world.submit(before, large, {"l3": (500, 1000)}, thresholds=NINETY)
    world.submit(now, large, {"l3": (900, 1000)}, thresholds=NINETY)
    asked = world.asked(now, silent, thresholds=NINETY)
    found = now_of(world, nurse, now)
    assert (found.share, found.given, found.state) == (Share(900, 1000), 1, State.MET)
    told = coverage(nurse, now)
    assert (told.said, told.names) == ("1 of 2 providers", ["Silent Home"])
    cell = cells_of([asked], [line], user=nurse)[asked.pk][0]
    assert (cell.kind, cell.value, cell.state, cell.n, cell.d) == (
        CellKind.NO_RETURN,
        None,
        State.NO_FIGURE,
        None,
        None,
    )
    # As words beside the gap, and in no sum, trend or roll-up.
    known = last_known(nurse, world.commissioner.pk, now, line, [silent.pk, small.pk])
    assert said(known, silent.pk) == "last known 82 of 96, Q1 2026-27"
    assert said(known, small.pk) == ""
    over = slots(nurse, now)
    assert [each.share for each in trend(nurse, world.commissioner.pk, over, [line])["l3"]][-2:] == [
        Share(582, 1096), Share(900, 1000),
    ]  # fmt: skip
    for by in ("category", "area"):
        found_by = rolled_up(nurse, world.commissioner.pk, over, line, by=by)
        assert sum((each[-1].share for each in found_by.values()), Share(0, 0)) == Share(900, 1000)


def test_hazard_10_headcount_stands_beside_eligible_and_a_dropped_level_is_a_row(world: Planted, nurse: Any) -> None:
    large = world.providers["Large Trust"]
    before, now = world.quarter(Q1), world.quarter(Q2)
    counted = {"numerator": 90, "denominator": 100, "headcount": 400}
    world.submit(before, large, {"l3": (90, 100), "l2": (50, 60)}, thresholds=NINETY)
    made = world.submit(now, large, {"l3": counted, "l2": NOT_APPLICABLE}, thresholds=NINETY)
    kept, dropped = cells_of([made], list(world.lines.values()), user=nurse)[made.pk]
    assert (kept.d, kept.headcount) == (100, 400)
    assert (dropped.kind, cell_said(dropped), dropped.state) == (
        CellKind.NOT_APPLICABLE, "does not apply", State.NOT_APPLICABLE,
    )  # fmt: skip
    found = now_of(world, nurse, now, "l2")
    assert (found.given, found.not_applicable, found.measured, found.value) == (1, 1, 0, None)
    over = [each.given for each in trend(nurse, world.commissioner.pk, slots(nurse, now), [world.lines["l2"]])["l2"]]
    assert over[-2:] == [1, 1]


def test_hazard_11_the_pooled_share_never_stands_without_who_reached_it_and_who_weighs_most(
    world: Planted, nurse: Any
) -> None:
    large, small, silent = world.providers.values()
    now = world.quarter(Q3)
    for provider, figure in ((large, (1900, 2000)), (small, (5, 10)), (silent, (4, 8))):
        world.submit(now, provider, {"l3": figure}, thresholds=NINETY)
    found = now_of(world, nurse, now)
    # The mean of the per cents would be 65.0; the sum is above the threshold although two of three are far below.
    assert (found.share.counted, found.share.shown, found.state) == ("1,909 of 2,018", "94.6 %", State.MET)
    assert held_said(found) == "1 of 3 providers at threshold"
    assert found.biggest is not None
    assert found.biggest.organisation == large.pk
    assert weight_said(found, large.name) == "Large Trust: 2,000 of 2,018"
    row = LineRow(world.lines["l3"], found, 0, (), large.name)
    drawn = render_to_string("reports/_figure_lines.html", {"lines": [row], "public": False})
    assert [words in drawn for words in ("1 of 3", "Large Trust: 2,000 of 2,018", "94.6 %")] == [True] * 3


@pytest.mark.parametrize(
    ("n", "d", "counted", "value"),
    [
        (2, 3, HIDDEN, "hidden"),
        (1, 200, f"{HIDDEN} of 200", "hidden"),
        (199, 200, f"{HIDDEN} of 200", "hidden"),
        (150, 200, "150 of 200", "75.0 %"),
        (200, 200, "200 of 200", "100.0 %"),
        (19_993, 20_000, "19,993 of 20,000", "over 99.9 %"),
        (0, 0, "0 of 0", "n/a"),
    ],
)
def test_hazard_12_counts_come_first_and_what_is_public_shows_no_fewer_than_five(
    n: int, d: int, counted: str, value: str
) -> None:
    found = Sum(
        "share", "up", 100, given=1, measured=1, n=n, d=d, judged=1, judged_n=n, judged_d=d,
        needed=Decimal(90 * d), lowest=Decimal(90), highest=Decimal(90),
    )  # fmt: skip
    said_first, percent, threshold, short = public_said(found)
    assert (said_first, percent, threshold) == (counted, value, "90 %")
    # How many short would give the hidden number back.
    assert (short == "") is (percent == "hidden" or not found.short)


def test_hazard_12_two_of_three_staff_are_two_people_before_they_are_a_per_cent(world: Planted, nurse: Any) -> None:
    now, small = world.quarter(Q3), world.providers["Small Home"]
    made = world.submit(now, small, {"l3": (2, 3)}, thresholds=NINETY)
    (cell,) = cells_of([made], [world.lines["l3"]], user=nurse)[made.pk]
    assert cell_said(cell) == "2 of 3, 66.7 %, below threshold, 1 short"
    found = now_of(world, nurse, now)
    assert public_said(found) == (HIDDEN, "hidden", "90 %", "")
    assert running_below([found]) == 1

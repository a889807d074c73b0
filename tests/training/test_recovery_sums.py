"""What it takes to get there, and what stands out: the sums, without the database."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from training import line_words
from training.alerts import alerts
from training.arithmetic import Share
from training.checks import Counted
from training.models import Line
from training.recovery import Measure, compare, month_ends, months_left, needed, picture, planned_on, usual_end
from training.resolver.cells import Cell, CellKind
from training.resolver.sums import Sum
from training.sheet import summary
from training.words import held_to_said, threshold_said

STAFF = Measure(of_staff=True, level="3")
SEPTEMBER, DECEMBER, MARCH = date(2017, 9, 30), date(2017, 12, 31), date(2018, 3, 31)


@dataclass
class Limits:
    dip: Decimal = Decimal(5)
    flat: Decimal = Decimal(1)


@pytest.mark.parametrize(
    ("measure", "n", "d", "threshold", "words"),
    [
        (STAFF, 809, 1000, 85, "41 more people at level 3 by 31 March 2018 to reach 85 %: 7 a month"),
        (STAFF, 1799, 2000, 90, "1 more person at level 3 by 31 March 2018 to reach 90 %: 1 a month"),
        (Measure(of_staff=True), 1, 3, Decimal("66.7"), "2 more people by 31 March 2018 to reach 66.7 %: 1 a month"),
        (Measure(), 1, 3, Decimal("66.6"), "1 more by 31 March 2018 to reach 66.6 %: 1 a month"),
        (Measure(direction="down"), 30, 100, 25, "5 fewer by 31 March 2018 to reach 25 %: 1 a month"),
        (Measure(None), 3, None, 10, "7 more by 31 March 2018 to reach 10: 2 a month"),
        (Measure(1000), 1, 2000, Decimal("1.5"), "2 more by 31 March 2018 to reach 1.5 per 1,000: 1 a month"),
        (STAFF, 850, 1000, 85, None),
        (STAFF, 0, 0, 85, None),
        (STAFF, 5, 10, None, None),
        (Measure(direction="none"), 5, 10, 85, None),
    ],
)
def test_how_many_more_by_when(measure: Measure, n: int, d: int, threshold: object, words: str | None) -> None:
    need = needed(measure, n, d, threshold, on=SEPTEMBER, by=MARCH)  # type: ignore[arg-type]
    assert (need and need.words) == words


def test_so_many_more_are_just_enough() -> None:
    for d in range(1, 60):
        for n in range(d + 1):
            for threshold in (Decimal("66.6"), 85, Decimal("99.5"), 100):
                need = needed(Measure(), n, d, threshold, on=SEPTEMBER, by=MARCH)
                more = need.missing if need else 0
                assert (Share(n + more, d).percent or 0) >= threshold
                assert more == 0 or (Share(n + more - 1, d).percent or 0) < threshold


def test_months_that_are_left() -> None:
    assert [months_left(day, MARCH) for day in (SEPTEMBER, date(2017, 10, 1), date(2018, 3, 30), MARCH)] == [6, 6, 1, 0]
    assert (usual_end(SEPTEMBER), usual_end(MARCH)) == (MARCH, date(2019, 3, 31))
    assert list(month_ends(date(2015, 12, 31), date(2016, 2, 1))) == [
        date(2015, 12, 31), date(2016, 1, 31), date(2016, 2, 29),
    ]  # fmt: skip


def test_plan_against_what_was_reached() -> None:
    points = [(date(2017, 11, 30), Decimal(70)), (DECEMBER, Decimal(75)), (MARCH, Decimal(85))]
    assert [planned_on(points, day) for day in (SEPTEMBER, date(2018, 1, 31), MARCH)] == [None, 75, 85]
    labels = {SEPTEMBER: "Q2", DECEMBER: "Q3", MARCH: "Q4"}
    compared = compare(Measure(), points, {SEPTEMBER: (66, 100), DECEMBER: (149, 200)}, labels)
    assert [(each.planned_said, each.actual_said, each.is_behind) for each in compared] == [
        ("", "66.0 % (66 of 100)", False), ("75.0 %", "74.5 % (149 of 200)", True), ("85.0 %", "", False),
    ]  # fmt: skip
    for on, said in ((MARCH, "Still to come"), (date(2018, 4, 1), "No figure")):
        drawn = picture(compared, 85, title="Plan", on=on)
        assert [row[1:] for row in drawn.table.rows] == [
            ("66.0 % (66 of 100)", "Not planned"), ("74.5 % (149 of 200)", "75.0 %"), (said, "85.0 %"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("last", "before", "more", "found"),
    [
        (80, 85, {}, ["Fell by 5 points since last time"]),
        (Fraction(801, 10), 85, {}, []),
        (80, None, {}, []),
        (None, 90, {}, []),
        (80, Fraction(805, 10), {}, ["Below the threshold, and moved by less than 1 point"]),
        (80, 81, {}, []),
        (90, 90, {}, []),
        (80, 78, {"planned": Decimal("81.5")}, ["1.5 points behind the plan"]),
        (80, 78, {"planned": Decimal(80)}, []),
        (25, 20, {"measure": Measure(direction="down"), "threshold": 10}, ["Rose by 5 points since last time"]),
        (20, 90, {"measure": Measure(direction="none")}, []),
        (2, 90, {"measure": Measure(None), "threshold": 5, "planned": 4}, ["2 worse than the plan"]),
    ],
)
def test_what_stands_out(last: int, before: int, more: dict, found: list[str]) -> None:
    values = [None if each is None else Fraction(each) for each in (last, before)]
    told = {"measure": Measure(), "threshold": 85, "limits": Limits(), **more}
    assert [each.words for each in alerts(*values, **told)] == found


@pytest.mark.parametrize(("typed", "said"), [("100.000", "100 %"), ("90.500", "90.5 %"), ("33.333", "33.3 %")])
def test_a_threshold_is_written_in_one_way(typed: str, said: str) -> None:
    held = Decimal(typed)
    whole = Sum("share", "up", 100, judged=1, lowest=held, highest=held)
    cell = Cell("l3", CellKind.FIGURE, n=1, d=2, threshold=held)
    assert {
        Measure().goal(held), threshold_said(whole), held_to_said(cell), line_words.value(Line(form="share"), held),
        summary("share", Counted(None, 1000, 1), held, "up").split(" short of ")[1],
    } == {said}  # fmt: skip

"""Training and key indicators in a report: as known at the cut-off, traceable, and without few people."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from governance.facts.fact import TRAINING, TRAINING_LINE, TRAINING_OWN, Fact
from governance.facts.training import training_facts
from governance.figures import Figure, matching
from governance.templatetags.report_words import in_words
from governance.training import Late, Training, training_figures
from tests.factories.accounts import someone
from tests.factories.figures import NOTHING, Planted, a_line, planted
from tests.factories.known import a_circle

pytestmark = pytest.mark.django_db
Q2, Q3, Q4 = date(2017, 9, 30), date(2017, 12, 31), date(2018, 3, 31)
CUT_OFF = date(2018, 5, 31)
HELD = {"l3": (Decimal(85), Decimal(10)), "iha": (Decimal(90), Decimal(10))}


@pytest.fixture
def world() -> Planted:
    """Two quarters of three providers; the third returned only after the cut-off."""
    iha = a_line("iha", name="Initial health assessments in time", family="indicator", reasons="late", split="age")
    world = planted(a_line("l3", name="Children level 3"), iha)
    alpha, beta, gamma = (world.provider(name) for name in ("Alpha", "Beta", "Gamma"))
    third, last = world.quarter(Q3), world.quarter(Q4)
    world.submit(third, alpha, {"l3": (700, 1_000), "iha": (9, 10)}, thresholds=HELD)
    parts = {"l3": (800, 1_000), "iha": (6, 20)}
    why = {"iha": [("reason", "consent", 9, None), ("reason", "not_brought", 5, None)]}
    world.submit(last, alpha, parts, thresholds=HELD, parts=why)
    world.submit(last, beta, {"l3": (95, 100), "iha": NOTHING}, thresholds=HELD)
    world.asked(last, gamma, thresholds=HELD)
    own = {"l3": [("group", "governing_body", 4, 12)]}
    world.submit(last, world.commissioner, {"l3": (44, 60)}, thresholds=HELD, parts=own)
    after = datetime(2018, 6, 4, 10, tzinfo=UTC)
    world.submit(last, gamma, {"l3": (1, 1_000), "iha": (0, 50)}, at=after)
    world.submit(last, alpha, {"l3": (999, 1_000), "iha": (20, 20)}, at=after, reason="Counted again")
    return world


def facts_of(world: Planted, cut_off: date = CUT_OFF) -> dict[str, list[Any]]:
    by_kind: dict[str, list[Any]] = {}
    for fact in training_facts(world.commissioner, cut_off):
        by_kind.setdefault(fact.kind, []).append(fact)
    return by_kind


def told(found: list[Figure]) -> dict[str, tuple[int, int | None]]:
    return {figure.key: (figure.n, figure.d) for figure in found}


def test_the_last_quarter_known_at_the_cut_off_is_summed_and_who_is_missing_is_counted(world: Planted) -> None:
    found = facts_of(world)
    assert told(training_figures(found)) == {
        "training.returned": (2, 3), "training.missing": (1, 3), "training.l3": (895, 1_100),
        "training.l3.met": (1, 2), "training.iha": (6, 20), "training.iha.met": (0, 1),
    }  # fmt: skip
    said = {figure.key: in_words(figure) for figure in training_figures(found)}
    assert said["training.l3"] == "895 of 1,100 (81.4 %)"  # never rounded to a threshold
    lines = {fact.attributes["code"]: fact.attributes for fact in found[TRAINING_LINE]}
    line = lines["l3"]
    assert (line["period"], line["counted"], line["value"], line["held"], line["short"]) == (
        "Q4 2017-18", "895 of 1,100", "81.4 %", "1 of 2 providers at threshold", "40 short",
    )  # fmt: skip
    assert [(each["label"], each["said"]) for each in line["quarters"]] == [
        ("Q1 2017-18", "no figure"), ("Q2 2017-18", "no figure"), ("Q3 2017-18", "700 of 1,000, 70.0 %"),
        ("Q4 2017-18", "895 of 1,100, 81.4 %"),
    ]  # fmt: skip
    assert lines["iha"]["reasons"] == [["consent", 9], ["not_brought", 5]]


def test_every_sum_is_that_of_the_facts_behind_it(world: Planted) -> None:
    found = facts_of(world)
    facts = [fact for kind in found.values() for fact in kind]
    for figure in training_figures(found):
        behind = matching(facts, figure.filter)
        if figure.key in ("training.l3", "training.iha"):
            code = figure.key.removeprefix("training.")
            numbers = [fact.attributes["lines"][code] for fact in behind]
            assert tuple(sum(each.get(name, 0) for each in numbers) for name in "nd") == (figure.n, figure.d)
        else:
            assert len(behind) == figure.n
    assert [fact.label for fact in found[TRAINING]] == ["Alpha", "Beta", "Gamma"]
    assert found[TRAINING][2].attributes == {
        "reference": world.providers["Gamma"].reference, "received": False, "lines": {},
    }  # fmt: skip


def test_our_own_people_stand_apart_with_the_governing_body_and_few_are_not_shown(world: Planted) -> None:
    own = facts_of(world)[TRAINING_OWN]
    assert [(fact.label, [line["words"] for line in fact.attributes["lines"]]) for fact in own] == [
        ("Own staff", ["44 of 60, 73.3 %, below threshold, 7 short"]),
        ("Of whom Governing Body members", ["below threshold"]),
    ]


def test_fewer_than_five_people_are_in_no_number_of_the_paper() -> None:
    world = planted(a_line("l3", name="Children level 3"))
    world.submit(world.quarter(Q4), world.provider("Tiny"), {"l3": (17, 19)}, thresholds=HELD)
    found = facts_of(world)
    line = found[TRAINING_LINE][0].attributes
    assert (line["counted"], line["value"], line["quarters"][-1]["value"]) == (
        "hidden (under five) of 19", "hidden", None,
    )  # fmt: skip
    assert "training.l3" not in told(training_figures(found))
    assert "17 of 19" not in json.dumps([fact.attributes for kind in found.values() for fact in kind])


def test_nothing_is_said_where_nothing_was_known_and_named_people_stay_out(world: Planted) -> None:
    assert facts_of(world, date(2017, 12, 1)) == {}
    assert told(training_figures({})) == {}
    made = next(
        each for (_, whose), each in world.returns.items() if whose.name == "Alpha" and each.period.ends_on == Q4
    )
    made.circle = a_circle(world.commissioner, *(someone("DP", world.commissioner) for _ in range(2)))
    made.save()
    found = facts_of(world)
    assert [fact.label for fact in found[TRAINING]] == ["Beta", "Gamma"]
    lines = {fact.attributes["code"]: fact.attributes for fact in found[TRAINING_LINE]}
    assert (lines["l3"]["counted"], lines["l3"]["held"]) == ("95 of 100", "1 of 1 provider at threshold")


def test_the_paper_prints_it_with_the_pictures_of_what_is_below(world: Planted) -> None:
    facts = list(training_facts(world.commissioner, CUT_OFF))
    training = Training(facts)
    assert [chart.title for chart in training.charts] == [
        "Initial health assessments in time over the year’s quarters", "Children level 3 over the year’s quarters",
    ]  # fmt: skip
    assert (training.returned, training.silent, len(training.below), len(training.judged)) == (2, ["Gamma"], 2, 2)
    (late,) = training.late
    assert (late.n, late.of, late.shown, late.hidden) == (14, 20, [("consent", 9), ("not_brought", 5)], [])
    few = Late.of_fact(Fact(TRAINING_LINE, "Reviews", {"reasons": [["consent", None], ["not_brought", 8]]}))
    assert (few.of, few.shown, few.hidden) == (0, [("not_brought", 8)], ["consent"])
    assert not Training([])

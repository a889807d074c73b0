"""A letter says that recovery plans are asked for: once for each line and run, one a provider for all its lines."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from chasing.letters import compose
from chasing.models import Letter
from tests.factories.accounts import someone
from tests.factories.figure_records import recorded
from tests.factories.figures import Planted, a_line, moment, planted
from tests.factories.training import a_threshold
from training.models import Figure, FigureSubmission, Trajectory, TrajectoryPoint
from training.plan_letters import KIND
from training.tasks import ask_for_plans
from training.unplanned import plans_asked

pytestmark = pytest.mark.django_db
ENDS = [date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)]
HELD = dict.fromkeys(("l3", "l2"), (90, 10))
BELOW, MET = (70, 100), (95, 100)


@pytest.fixture
def world() -> Planted:
    """Elm is below in both lines for two quarters, Oak for one; Elm has two people."""
    world = planted(a_line("l3", name="Children level 3"), a_line("l2", name="Children level 2"))
    elm, oak = world.provider("Elm"), world.provider("Oak")
    world.periods = [world.quarter(day) for day in ENDS]  # type: ignore[attr-defined]
    for role in (Role.PROVIDER_LEAD, Role.PROVIDER_CONTRIBUTOR):
        someone(role, elm)
    someone(Role.PROVIDER_LEAD, oak)
    say(world, "Elm", 0, l3=BELOW, l2=BELOW)
    say(world, "Elm", 1, l3=BELOW, l2=BELOW)
    say(world, "Oak", 1, l3=BELOW, l2=MET)
    return world


def say(world: Any, name: str, quarter: int, **totals: Any) -> None:
    world.submit(world.periods[quarter], world.providers[name], totals, thresholds=HELD)


def told(on: date) -> int:
    count: int = ask_for_plans(on=on.isoformat())
    return count


def letters(world: Planted, name: str) -> list[list[str]]:
    """The lines of each letter to a provider, in the order in which they were written."""
    codes = dict(FigureSubmission.objects.values_list("figure_return__lines", "figure_return__lines__code"))
    rows = Letter.objects.filter(kind=KIND, organisation=world.providers[name]).order_by("pk")
    return [sorted(codes[pk] for pk in letter.about["lines"]) for letter in rows]


def test_one_letter_for_all_lines_and_none_again_while_they_stay_below(world: Planted) -> None:
    may, august, november = date(2026, 5, 1), date(2026, 8, 1), date(2026, 11, 1)
    assert [told(may), told(may)] == [1, 0]
    assert (letters(world, "Elm"), letters(world, "Oak")) == ([["l2", "l3"], ["l2", "l3"]], [])
    first = Letter.objects.filter(kind=KIND)[0]
    mail: Any = compose(first, moment(may))
    assert [f"Children level {n}" in mail.body for n in (2, 3)] == [True, True]
    # Elm was told of the one, and the other has come back.
    say(world, "Elm", 2, l3=BELOW, l2=MET)
    assert told(august) == 0
    mail = compose(first, moment(august))
    assert [f"Children level {n}" in mail.body for n in (2, 3)] == [False, True]
    # Oak's gap in between ends no run.
    say(world, "Oak", 3, l3=BELOW, l2=MET)
    assert [told(november), told(november)] == [1, 0]
    assert (len(letters(world, "Elm")), letters(world, "Oak")) == (2, [["l3"]])
    mail = compose(Letter.objects.get(kind=KIND, organisation=world.providers["Oak"]), moment(november))
    assert ("Children level 3" in mail.body, "Children level 2" in mail.body, "70" in mail.subject) == (
        True, False, False,
    )  # fmt: skip
    assert "/figures/recovery/" in mail.body


def test_a_new_run_is_told_of_again(world: Planted) -> None:
    told(date(2026, 5, 1))
    say(world, "Elm", 2, l3=MET, l2=BELOW)
    say(world, "Elm", 3, l3=BELOW, l2=BELOW)
    assert told(date(2026, 11, 1)) == 0
    newest = world.quarter(date(2026, 12, 31))
    world.submit(newest, world.providers["Elm"], {"l3": BELOW, "l2": BELOW}, thresholds=HELD)
    assert (told(date(2027, 2, 1)), letters(world, "Elm")[2:]) == (1, [["l3"], ["l3"]])


def test_nobody_is_told_of_records_or_of_a_line_with_a_plan(world: Planted) -> None:
    ash = world.provider("Ash")
    someone(Role.PROVIDER_LEAD, ash)
    a_threshold(world.commissioner, "l3", 90)
    line = world.lines["l3"]
    recorded(world.commissioner, ash, {day: {line: BELOW} for day in ENDS[:2]})
    whose = {"commissioner": world.commissioner, "organisation": world.providers["Elm"]}
    for code in HELD:
        plan = Trajectory.objects.create(
            **whose, code=code, why_below="w", what_is_done="d", made_by=world.by, made_at=timezone.now()
        )
        TrajectoryPoint.objects.create(**whose, trajectory=plan, by_day=date(2099, 3, 31), planned=90)
    may = date(2026, 5, 1)
    assert [each.organisation.name for each in plans_asked(Figure.objects, None, on=may)] == ["Ash"]
    assert (told(may), Letter.objects.filter(kind=KIND).count()) == (0, 0)

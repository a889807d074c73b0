"""What waits on first pages because of figures: with names, only what the person may see, and what is owed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Can, Role
from design.calendar import Quarter
from oversight.needs import Asked, needs
from tests.factories.accounts import someone
from tests.factories.figures import Planted, a_line, planted
from tests.factories.providers import CommissionerFactory
from training.models import CollectingRule, Explanation, Figure, FigureQuery, Trajectory, TrajectoryPoint
from training.templatetags.figures import period_label
from training.unplanned import unplanned

pytestmark = pytest.mark.django_db
HELD = {"l3": (Decimal(90), Decimal(10))}
FIGURES = ("figures_late", "figures_own", "figures_answered", "figures_unplanned", "figures_odd")


@pytest.fixture
def world() -> Planted:
    """Elm is below twice running, Oak has not returned the second time; so has the commissioner itself."""
    world = planted(a_line("l3", name="Children level 3"))
    first = Quarter.last_complete(timezone.localdate()).previous  # its date has passed on every day
    before, newest = (world.quarter(each.ends) for each in (first.previous, first))
    elm, oak = world.provider("Elm House"), world.provider("Oak House")
    world.submit(before, elm, {"l3": (80, 96)}, thresholds=HELD)
    world.submit(before, oak, {"l3": (80, 96)}, thresholds=HELD)
    world.submit(newest, elm, {"l3": (82, 96)}, thresholds=HELD)
    world.asked(newest, oak)
    world.asked(newest, world.commissioner)
    return world


def waiting(person: Any, commissioner: Any, since: date | None = None) -> dict[str, list[str]]:
    on = timezone.localdate()
    found = needs(Asked(person, (commissioner.pk,), on, since or on))
    return {name: [each["provider"] for each in found[name]] for name in FIGURES if found[name]}


def asked_about(world: Planted, figure_return: Any, **more: Any) -> FigureQuery:
    on, line = timezone.localdate(), figure_return.lines.get()
    made: FigureQuery = FigureQuery.objects.create(
        commissioner=world.commissioner, organisation=figure_return.organisation, figure_return=figure_return,
        asked=line, question="Why?", asked_by=world.by, asked_at=timezone.now(), due_on=on, original_due_on=on, **more,
    )  # fmt: skip
    return made


def a_plan(world: Planted, whose: dict[str, Any], *, until: date) -> Trajectory:
    words = {"why_below": "Leave", "what_is_done": "Courses"}
    plan = Trajectory.objects.create(**whose, code="l3", **words, made_by=world.by, made_at=timezone.now())
    TrajectoryPoint.objects.create(**whose, trajectory=plan, by_day=until, planned=Decimal(90))
    return plan


def test_a_designated_professional_is_told_who_is_late_who_answered_and_who_owes_a_plan(world: Planted) -> None:
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, world.commissioner)
    late = {"figures_late": ["Oak House"], "figures_own": [str(world.commissioner)]}
    assert waiting(nurse, world.commissioner) == {**late, "figures_unplanned": ["Elm House"]}
    (_, newest), elm = (
        sorted({period for period, _ in world.returns}, key=lambda each: each.ends_on),
        (world.providers["Elm House"]),
    )
    made = world.returns[newest, elm]
    asked_about(world, made, state="answered", answer="Leave", answered_at=timezone.now(), settled_at=timezone.now())
    whose = {"commissioner": world.commissioner, "organisation": elm}
    Explanation.objects.create(
        **whose, asked=made.lines.get(), check_code="jump", question="Why so many?", words="A new ward", by=world.by,
        at=timezone.now(),
    )  # fmt: skip
    plan = a_plan(world, whose, until=date(2099, 3, 31))
    assert waiting(nurse, world.commissioner, since=newest.ends_on) == {
        **late, "figures_answered": ["Elm House"], "figures_odd": ["Elm House"],
    }  # fmt: skip
    stranger = CommissionerFactory()
    assert waiting(someone(Role.DESIGNATED_PROFESSIONAL, stranger), world.commissioner) == {}
    (first,) = needs(Asked(nurse, (world.commissioner.pk,), timezone.localdate(), newest.ends_on))["figures_late"]
    assert period_label(first) == newest.label
    # A plan that is over is asked for again; another commissioner's rule is not ours.
    plan.replace(at=timezone.now())
    a_plan(world, whose, until=newest.ends_on)
    assert waiting(nurse, world.commissioner)["figures_unplanned"] == ["Elm House"]
    CollectingRule.objects.create(commissioner=world.commissioner, valid_from=date(2020, 1, 1), below_periods=3)
    assert "figures_unplanned" not in waiting(nurse, world.commissioner)


def test_two_quarters_below_with_one_at_the_threshold_between_are_not_running(world: Planted) -> None:
    elm, on = world.providers["Elm House"], timezone.localdate()
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, world.commissioner)
    before = min((period for period, _ in world.returns), key=lambda each: each.ends_on)
    world.submit(before, elm, {"l3": (90, 96)}, reason="Counted again", at=timezone.now())
    figures = Figure.objects.permitted(nurse, Can.QUERY_FIGURES)
    assert list(unplanned(figures, [world.commissioner.pk], on=on)) == []


def test_the_director_reads_the_lines_below_with_their_numbers_and_as_at(world: Planted, sign_in: Any) -> None:
    client = sign_in(someone(Role.DIRECTOR_OF_NURSING, world.commissioner))
    newest = max((period for period, _ in world.returns), key=lambda each: each.ends_on)
    page = " ".join(client.get("/").content.decode().split())
    for words in (
        "82 of 96",
        "85.4 %",
        f"{newest.ends_on:%-d %B %Y}",
        "1 of 2 providers returned; no return received from Oak House. 1 of 1 line with a threshold is below it:",
        # Each figure leads to what is behind it: of several commissioners to the same one's, and to the late alone.
        f'href="{reverse("training:line", args=["l3"])}?period={newest.reference}"',
        f'href="{reverse("training:return-list")}?progress=late">1 figures return not received</a>',
    ):
        assert words in page
    world.submit(newest, world.providers["Oak House"], {"l3": (96, 96)}, thresholds=HELD)
    page = " ".join(client.get("/").content.decode().split())
    assert ("2 of 2 providers returned" in page, "82 of 96" in page) == (True, False)
    board = sign_in(someone(Role.GOVERNING_BODY, world.commissioner)).get("/").content.decode()
    assert ("2 of 2 providers returned" in board, "Oak House" in board) == (True, False)


def test_a_provider_is_told_what_it_owes_is_asked_and_should_plan(world: Planted, sign_in: Any) -> None:
    elm, oak = world.providers["Elm House"], world.providers["Oak House"]
    newest = max((period for period, _ in world.returns), key=lambda each: each.ends_on)
    query = asked_about(world, world.returns[newest, elm])
    pages = {
        each.name: sign_in(someone(Role.PROVIDER_LEAD, each)).get(reverse("assurance:provider-home")).content.decode()
        for each in (elm, oak)
    }
    assert f"Figures for {newest.label}" in pages["Oak House"]
    assert "about 5 minutes" in pages["Oak House"]
    assert f"They were due on {newest.due_on:%-d %B %Y}" in pages["Oak House"]
    assert reverse("training:query-detail", args=[query.reference]) in pages["Elm House"]
    plan = reverse("training:recovery-write", args=[world.returns[newest, elm].reference, "l3"])
    assert (plan in pages["Elm House"], "recovery plan" in pages["Oak House"]) == (True, False)
    assert ("Nothing is needed" in pages["Oak House"], query.reference in pages["Oak House"]) == (False, False)
    assert newest.due_on + timedelta(days=1) <= timezone.localdate()

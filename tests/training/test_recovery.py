"""Recovery plans: asked for by the figures alone, written by the provider, kept, and read beside what was reached."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from accounts.door import Refused
from tests.factories.accounts import someone
from tests.factories.figure_records import last_quarters, recorded
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.training import a_line, a_threshold
from training.models import Trajectory

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.fixture(scope="module")
def here(beneath: Any) -> Any:
    """Ash is below for three quarters, Birch for one; Cedar fell and is at the threshold; Dale is another's."""
    with beneath():
        ours, others = CommissionerFactory(name="NHS Here"), CommissionerFactory(name="NHS There")
        lines = {}
        for commissioner in (ours, others):
            lines[commissioner] = a_line(commissioner, "level-3", name="Children level 3", level="3")
            a_threshold(commissioner, "level-3", 85)
        ends = last_quarters(timezone.localdate(), 3)
        found: dict[str, Any] = {"ours": ours, "line": lines[ours], "ends": ends}
        for name, shares in {
            "Ash": [(60, 100), (605, 1000), (122, 200)],
            "Birch": [(90, 100), (90, 100), (80, 100)],
            "Cedar": [(98, 100), (99, 100), (86, 100)],
        }.items():
            whose = provider_of(ours, name=name)
            by_day = {day: {lines[ours]: share} for day, share in zip(ends, shares, strict=True)}
            found[name] = (whose, recorded(ours, whose, by_day)[-1])
        dale = provider_of(others, name="Dale")
        recorded(others, dale, {day: {lines[others]: (1, 100)} for day in ends})
        found["analyst"] = someone(Role.QUALITY_ANALYST, ours)
        found["lead"] = someone(Role.PROVIDER_LEAD, found["Ash"][0])
        yield found


def boxes(plan_page: Any, values: list[Any], **more: str) -> dict[str, Any]:
    """The form as it was shown, with these values in its first months."""
    form = plan_page.context["form"]
    told = {box.name: value for box, value in zip(form.boxes, values, strict=False)}
    shown = {"seen": form["seen"].value() or "", "why_below": "A third of the ward changed jobs",
             "what_is_done": "Two courses a month"}  # fmt: skip
    return {**shown, **told, **more}


def address(here: Any, name: str = "Ash", way: str = "figures/recovery") -> str:
    return f"/{way}/{here[name][1].reference}/level-3/"


def test_the_list_names_who_is_asked_and_what_stands_out(sign_in: Any, here: Any) -> None:
    page = sign_in(here["analyst"]).get("/figures/recovery/")
    rows = [
        (row.figure.organisation.name, row.run, row.plan_state[0], [alert.code for alert in row.alerts])
        for row in page.context["rows"]
    ]
    assert rows == [("Ash", 3, "asked", ["flat"]), ("Birch", 1, "none", ["dip"]), ("Cedar", 0, "none", ["dip"])]
    assert ("122 of 200" in text(page), "48 more people at level 3 by 31 March" in text(page)) == (True, True)
    assert ("3 figures running" in text(page), "1 figure running" in text(page)) == (True, False)
    only = sign_in(here["analyst"]).get("/figures/recovery/", {"plan": "asked"})
    assert [row.figure.organisation.name for row in only.context["rows"]] == ["Ash"]
    none = sign_in(here["analyst"]).get("/figures/recovery/", {"q": "Dale"})
    assert "Nothing fits the filter" in text(none)


def test_a_provider_reads_its_own_only(sign_in: Any, here: Any) -> None:
    theirs = sign_in(here["lead"])
    page = theirs.get("/figures/recovery/")
    assert [row.figure.organisation.name for row in page.context["rows"]] == ["Ash"]
    assert ("Birch" in text(page), "Cedar" in text(page)) == (False, False)
    statuses = [
        theirs.get(address(here, "Birch", way)).status_code for way in ("figures/recovery", "figures/own/recovery")
    ]
    assert (theirs.get(address(here)).status_code, statuses) == (200, [404, 404])
    assert [
        sign_in(someone(role, here["ours"])).get(address(here, way="figures/own/recovery")).status_code
        for role in (Role.QUALITY_ANALYST, Role.DESIGNATED_PROFESSIONAL)
    ] == [404, 404]


def test_a_missing_quarter_neither_counts_nor_ends_the_run(sign_in: Any, here: Any) -> None:
    elm, ends = provider_of(here["ours"], name="Elm"), here["ends"]
    recorded(here["ours"], elm, {day: {here["line"]: (50, 100)} for day in (ends[0], ends[2])})
    page = sign_in(here["analyst"]).get("/figures/recovery/", {"q": "elm"})
    # Two figures running, and across the gap nothing is called flat.
    assert [(row.run, row.plan_state[0], row.alerts) for row in page.context["rows"]] == [(2, "asked", [])]


def test_a_plan_is_written_replaced_and_kept(sign_in: Any, here: Any) -> None:
    theirs, where = sign_in(here["lead"]), address(here, way="figures/own/recovery")
    shown = theirs.get(where)
    sent = theirs.post(where, boxes(shown, ["62", "", "70 %", "85"]))
    assert sent.status_code == 302
    plan = Trajectory.objects.get()
    assert [point.planned for point in plan.points.all()] == [62, 70, 85]
    assert (plan.organisation, plan.commissioner, plan.made_by) == (here["Ash"][0], here["ours"], here["lead"])
    again = theirs.get(where)
    assert again.context["form"].boxes[0].value() == "62"
    stale = boxes(shown, ["90"])
    refused = theirs.post(where, stale)
    assert (refused.status_code, "Somebody else has just written a plan" in text(refused)) == (409, True)
    assert 'value="90"' in refused.content.decode()
    theirs.post(where, boxes(again, ["64", "86"], why_below="Fewer bank staff"))
    read = text(sign_in(here["analyst"]).get(address(here)))
    assert ("Fewer bank staff" in read, "A third of the ward" in read, Trajectory.objects.standing().count()) == (
        True, True, 1,
    )  # fmt: skip
    listed = sign_in(here["analyst"]).get("/figures/recovery/", {"q": "ash"}).context["rows"][0]
    assert (listed.plan_state[0], listed.until) == ("given", again.context["form"].days[1])


@pytest.mark.parametrize(
    ("values", "more", "words"),
    [
        (["70", "60"], {}, "60 is less than the month before"),
        (["101"], {}, "enter 100 or less"),
        (["1e309"], {}, "enter a number such as 85"),
        (["８５"], {}, "enter a number such as 85"),
        (["-3"], {}, "enter a number such as 85"),
        (["NaN"], {}, "enter a number such as 85"),
        ([], {}, "at least one month"),
        (["70", "80"], {}, "does not reach 85 %"),
        (["90"], {"why_below": ""}, "Enter why it is below the threshold"),
        ([], {"why_below": ""}, "at least one month"),
        (["90"], {"what_is_done": ""}, "Enter what is done about it"),
    ],
)
def test_a_plan_that_cannot_be_is_said_beside_its_box(
    sign_in: Any, here: Any, values: list[str], more: dict[str, str], words: str
) -> None:
    theirs, where = sign_in(here["lead"]), address(here, way="figures/own/recovery")
    sent = theirs.post(where, boxes(theirs.get(where), values, **more))
    assert (sent.status_code, words in text(sent), Trajectory.objects.count()) == (422, True, 0)
    assert all(f'value="{value}"' in sent.content.decode() for value in values)


def test_a_plan_that_falls_short_says_why(sign_in: Any, here: Any) -> None:
    theirs, where = sign_in(here["lead"]), address(here, way="figures/own/recovery")
    why = {"why_not_reached": "The ward closes in May"}
    assert theirs.post(where, boxes(theirs.get(where), ["70", "80"], **why)).status_code == 302
    assert "The ward closes in May" in text(sign_in(here["analyst"]).get(address(here)))


def test_the_commissioner_keeps_one_that_arrived_another_way(sign_in: Any, here: Any) -> None:
    ours, where = sign_in(here["analyst"]), f"{address(here)}enter/"
    # Nobody who reads the page of a line takes the plan for theirs to write.
    offered = [
        [
            words in text(client.get(address(here)))
            for words in ("Write the plan", "Enter a plan that arrived another way")
        ]
        for client in (ours, sign_in(here["lead"]))
    ]
    assert offered == [[False, True], [True, False]]
    page = ours.get(where)
    assert "You write for Ash what arrived another way" in text(page)
    assert ours.post(where, boxes(page, ["90"])).status_code == 302
    assert Trajectory.objects.get().made_by == here["analyst"]
    assert sign_in(here["lead"]).get(where).status_code == 404


def test_a_plan_behind_and_a_plan_that_is_over(sign_in: Any, here: Any) -> None:
    whose, today = here["Ash"][1], timezone.localdate()
    words = {"why_below": "w", "what_is_done": "d", "why_not_reached": ""}
    last = here["ends"][-1]
    Trajectory.objects.plan(
        whose, "level-3", [(last, Decimal("61.5")), (date(today.year + 1, 12, 31), Decimal(90))], expected="",
        by=here["lead"], at=timezone.now(), **words,
    )  # fmt: skip
    page = sign_in(here["analyst"]).get("/figures/recovery/", {"alert": "behind"})
    assert [(row.plan_state[0], row.alerts[-1].words) for row in page.context["rows"]] == [
        ("behind", "0.5 points behind the plan")
    ]
    detail = sign_in(here["analyst"]).get(address(here))
    assert [(each.planned, each.is_behind) for each in detail.context["one"].compared][2:3] == [(Decimal("61.5"), True)]
    held = Trajectory.objects.get()
    # Another plan changes nothing of what was planned for the days that have passed.
    held = Trajectory.objects.plan(
        whose, "level-3", [(date(today.year + 1, 12, 31), Decimal(90))], expected=held.reference, by=here["lead"],
        at=timezone.now(), **words,
    )  # fmt: skip
    page = sign_in(here["analyst"]).get("/figures/recovery/", {"alert": "behind"})
    assert [row.planned_now for row in page.context["rows"]] == [Decimal("61.5")]
    detail = sign_in(here["analyst"]).get(address(here))
    assert [each.planned for each in detail.context["one"].compared] == [None, None, Decimal("61.5"), 90]
    Trajectory.objects.plan(
        whose, "level-3", [(last, Decimal(90))], expected=held.reference, by=here["lead"], at=timezone.now(), **words
    )
    page = sign_in(here["analyst"]).get("/figures/recovery/", {"q": "ash", "plan": "owed"})
    assert [row.plan_state[0] for row in page.context["rows"]] == ["over"]


def test_what_was_planned_stays(here: Any) -> None:
    words = {"why_below": "w", "what_is_done": "d", "why_not_reached": ""}
    plan = partial(Trajectory.objects.plan, here["Ash"][1], "level-3", by=here["lead"], at=timezone.now(), **words)
    made = plan([(here["ends"][-1], Decimal(90))], expected="")
    with pytest.raises(Refused):
        plan([(here["ends"][-1], Decimal(91))], expected="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Trajectory.objects.filter(pk=made.pk).update(why_not_reached="Otherwise")


def test_as_many_questions_for_many_lines(sign_in: Any, here: Any) -> None:
    ours = sign_in(here["analyst"])
    ours.get("/figures/recovery/")
    counts = []
    for more in (0, 6):
        for n in range(more):
            each = provider_of(here["ours"], name=f"More {n}")
            recorded(here["ours"], each, {day: {here["line"]: (5, 100)} for day in here["ends"]})
        with CaptureQueriesContext(connection) as asked:
            page = ours.get("/figures/recovery/")
        counts.append(len([each for each in asked if "SAVEPOINT" not in each["sql"]]))
        assert len(page.context["rows"]) == 3 + more
    assert (counts[0] == counts[1], counts[1] <= 12) == (True, True)

"""What is measured of whom: the shipped lines by kind of provider, a commissioner's own in their place, thresholds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from providers.models import Category, Organisation, ServiceQuestion
from providers.models.organisations import Tier
from tests.factories.providers import CommissionerFactory, provider_of
from training import measured, shipped
from training.models import Group, Grouping, Line, LineSet, StaffSplit, Subject, Threshold

pytestmark = pytest.mark.django_db
NOW = date(2026, 12, 31)
LIKE_ALL: dict[str, bool] = {}


@dataclass
class Measuring:
    """Two commissioners, of which one set rows of its own, and two of its providers."""

    ours: Organisation
    other: Organisation
    trust: Organisation
    second: Organisation


@pytest.fixture(scope="module")
def m(beneath: Any) -> Iterator[Measuring]:
    with beneath():
        ours, other = CommissionerFactory(name="Ours"), CommissionerFactory(name="Other")
        yield Measuring(ours, other, provider_of(ours), provider_of(ours))


def asked(m: Measuring, tier: str, category: str, *, on: date = NOW, who: Any = None, **services: bool) -> list[str]:
    lines = measured.lines_in_force(m.ours, on=on, timing="quarter")
    sets = measured.sets_in_force(m.ours, on=on)
    chosen = measured.asked_of(
        lines, tier=tier, category=category, organisation=who or m.trust, services=services, sets=sets
    )
    return [line.code for line in chosen]


def own(m: Measuring, model: Any, **fields: Any) -> Any:
    return model.objects.create(commissioner=m.ours, valid_from=date(2026, 4, 1), **fields)


def test_what_ships_is_there_once_with_both_editions() -> None:
    counts = [model.objects.count() for model in (Subject, LineSet, Grouping, Group, StaffSplit, Line, Threshold)]
    shipped.load()
    assert counts == [
        model.objects.count() for model in (Subject, LineSet, Grouping, Group, StaffSplit, Line, Threshold)
    ]
    level_3 = Line.objects.filter(commissioner=None, code="children_3").order_by("valid_from")
    rows = level_3.values_list("valid_from__year", "valid_to", "first_hours", "refresh_hours", "refresh_months")
    assert list(rows) == [(2014, date(2019, 2, 1), 8, 6, 36), (2019, None, 8, 8, 36)]
    role = Line.objects.in_force(None, NOW).get(code="children_role")
    assert (role.refresh, role.refresh_months, role.refresh_hours, role.first_hours) == ("annual", 12, None, None)


def test_a_new_row_of_a_release_ends_the_shipped_one_and_not_a_commissioners(m: Measuring) -> None:
    mine = own(m, Subject, code="prevent", name="Prevent here")
    was = Subject.objects.get(commissioner=None, code="prevent")
    rows = [
        {"code": "prevent", "name": was.name, "valid_from": was.valid_from},
        {"code": "prevent", "name": "Prevent duty", "valid_from": date(2030, 4, 1)},
    ]
    shipped._add(Subject, rows, "code")
    for row in (was, mine):
        row.refresh_from_db()
    assert (was.valid_to, mine.valid_to) == (date(2030, 4, 1), None)
    assert Subject.objects.in_force(m.other, date(2030, 4, 1)).get(code="prevent").name == "Prevent duty"


def test_what_ships_names_only_what_there_is() -> None:
    held = Line.objects.filter(commissioner=None)
    groupings, sets = (
        set(Grouping.objects.values_list("code", flat=True)),
        set(LineSet.objects.values_list("code", flat=True)),
    )
    assert {line.split for line in held} - groupings == {"", Line.STAFF}
    assert {line.reasons for line in held} - groupings == {""}
    assert {line.set_code for line in held} <= sets
    assert {line.subject for line in held} - set(Subject.objects.values_list("code", flat=True)) == {""}
    assert {line.service for line in held} - set(ServiceQuestion.objects.values_list("key", flat=True)) == {""}
    assert {tier for line in held for tier in line.tiers} == {*Tier.values, measured.OWN}
    assert {one for line in held for one in line.categories} <= set(Category.objects.values_list("code", flat=True))
    assert set(Threshold.objects.values_list("code", flat=True)) <= {line.code for line in held}
    assert set(Group.objects.values_list("grouping", flat=True)) == groupings
    for line in held:
        line.full_clean(validate_constraints=False, exclude=["tiers"])


def test_each_kind_of_provider_is_asked_its_lines(m: Measuring) -> None:
    home = asked(m, "small", "CHN", adults_only=True, children_seen=False)
    assert home == [
        "children_1", "adults_1", "adults_2", "prevent_basic", "mca", "adult_concerns", "concerns_about",
        "allegations_new", "dols_applied", "dbs_in_date",
    ]  # fmt: skip
    assert asked(m, "light", "CHR", children_seen=False, deprives_of_liberty=False) == [
        code for code in home if code != "dols_applied"
    ]
    assert asked(m, "general_practice", "GP") == [
        "children_role", "adults_role", "prevent_basic", "mca", "child_referrals", "adult_concerns",
        "conference_reports", "not_brought", "dbs_in_date",
    ]  # fmt: skip
    acute = asked(m, "full", "ACUTE")
    ambulance = asked(m, "full", "AMB", looked_after_service=False)
    assert set(acute) - set(ambulance) == {
        "fgm_cases", "fgm_police", "fgm_dataset", "marac_attendance", "looked_after_3", "looked_after_4",
        "initial_assessments", "review_assessments", "dental_checks", "immunisations", "placed_elsewhere",
        "unaccompanied",
    }  # fmt: skip
    assert {"children_5", "looked_after_1", "exploitation"} & set(acute) == set()


def test_the_commissioners_own_people_are_asked_whatever_their_contract_says(m: Measuring) -> None:
    people = asked(m, "full", "", who=m.ours)
    assert people == asked(m, "light", "", who=m.ours)
    assert people == [
        "children_1", "children_2", "children_3", "children_5", "children_board", "adults_1", "adults_2", "adults_3",
        "adults_5", "adults_board", "looked_after_5", "prevent_basic", "mca", "safer_recruitment",
        "information_governance", "supervision_named", "dbs_in_date",
    ]  # fmt: skip


def test_an_own_line_stands_in_place_of_the_shipped_one_from_its_day(m: Measuring) -> None:
    line = Line.objects.in_force(None, NOW).get(code="mca")
    line.pk, line._state.adding = None, True
    line.commissioner, line.valid_from, line.name, line.position = m.ours, date(2026, 10, 1), "MCA here", 1
    line.save()
    own(m, Line, code="prevent_basic", in_use=False, family="training", set_code="training", denominator="people")
    named = {each.code: each.name for each in measured.lines_in_force(m.ours, on=NOW, timing="quarter")}
    assert (next(iter(named)), named["mca"], "prevent_basic" in named) == ("mca", "MCA here", False)
    before = {each.code: each.name for each in measured.lines_in_force(m.ours, on=date(2026, 9, 30), timing="quarter")}
    assert before["mca"] == "Mental Capacity Act and deprivation of liberty"
    theirs = {each.code: each.name for each in measured.lines_in_force(m.other, on=NOW, timing="quarter")}
    assert (theirs["mca"], "prevent_basic" in theirs) == ("Mental Capacity Act and deprivation of liberty", True)
    assert measured.lines_in_force(m.ours, on=NOW, timing="month") == []


def test_the_set_of_one_provider_is_asked_of_nobody_else_and_a_stopped_set_of_nobody(m: Measuring) -> None:
    own(m, LineSet, code="royal", name="CQUIN", kind="cquin", organisation=m.trust)
    own(m, Line, code="local", name="Local", set_code="royal", family="indicator", form="count", numerator="n")
    own(m, LineSet, code="training", name="Training", in_use=False)
    assert "local" in asked(m, "full", "ACUTE")
    second = asked(m, "full", "ACUTE", who=m.second)
    assert ("local" in second, "children_1" in second, "dbs_in_date" in second) == (False, False, True)


def test_groups_and_splits(m: Measuring) -> None:
    own(m, Group, grouping="practice_roles", code="locums", name="Locums", in_use=False)
    own(m, Group, grouping="practice_roles", code="nurses", name="Nurses here", position=1)
    own(m, StaffSplit, category="CHN", grouping="care_home_roles")
    held, splits = measured.groups(m.ours, on=NOW), measured.splits_in_force(m.ours, on=NOW)
    line = Line.objects.in_force(None, NOW).get(code="mca")
    names = {}
    for tier, category in (("general_practice", "GP"), ("small", "CHN"), ("light", "CHR"), ("full", "")):
        split = measured.split_of(splits, tier=tier, category=category)
        names[category] = [group.name for group in measured.groups_of(line, split, held)]
    assert names["GP"][0] == "Nurses here"
    assert (len(names["GP"]), len(measured.groups(m.other, on=NOW)["practice_roles"])) == (6, 7)
    assert names["CHN"] == ["Manager", "Registered nurses", "Care staff", "Ancillary staff"]
    assert names["CHR"] == []
    assert (names[""][0], len(names[""])) == ("Governing Body members", 10)
    assert splits.of(tier="general_practice", category="GP").roles_down is True  # type: ignore[union-attr]
    review = Line.objects.in_force(None, NOW).get(code="review_assessments")
    assert [group.code for group in measured.groups_of(review, None, held)] == ["under-5", "from-5"]
    assert [group.code for group in measured.reasons_of(review, held)] == [
        "late_notice", "consent", "not_brought", "out_of_area", "capacity", "other",
    ]  # fmt: skip


def test_the_narrowest_threshold_holds_and_an_own_one_before_the_shipped(m: Measuring) -> None:
    plain = {"code": "children_2", "amber": Decimal(5)}
    own(m, Threshold, **plain, value=88)
    own(m, Threshold, **plain, value=80, category="AMB", reason="A new service")
    own(m, Threshold, **plain, value=70, organisation=m.second, reason="Agreed while two wards move")
    held = measured.thresholds(m.ours, on=NOW)

    def value(category: str, who: Any) -> Any:
        found = held.of("children_2", category=category, organisation=who)
        return found and found.value

    assert (value("ACUTE", m.trust), value("AMB", m.trust), value("AMB", m.second)) == (88, 80, 70)
    assert value("", m.ours) == 88
    supplied = measured.thresholds(m.other, on=NOW).of("children_2", category="", organisation=None)
    assert (supplied.value, supplied.amber) == (90, 10)  # type: ignore[union-attr]
    assert held.of("adult_concerns", category="ACUTE", organisation=m.trust) is None
    before = measured.thresholds(m.ours, on=date(2026, 3, 31)).of("children_2", category="AMB", organisation=m.second)
    assert before == supplied


def test_the_whole_register_is_worked_out_from_a_handful_of_queries(m: Measuring) -> None:
    with CaptureQueriesContext(
        connection,
    ) as told:
        lines = measured.lines_in_force(m.ours, on=NOW, timing="quarter")
        sets, held = measured.sets_in_force(m.ours, on=NOW), measured.groups(m.ours, on=NOW)
        splits, levels = measured.splits_in_force(m.ours, on=NOW), measured.thresholds(m.ours, on=NOW)
        for pk in range(200):
            plain = {"tier": "full", "category": "ACUTE"}
            for line in measured.asked_of(lines, **plain, organisation=pk, services=LIKE_ALL, sets=sets):
                measured.groups_of(line, splits.of(**plain), held)
                levels.of(line.code, category="ACUTE", organisation=pk)
    assert len(told) == 5

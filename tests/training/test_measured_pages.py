"""The rules of what is measured on screen: read, set from a day on, and what a provider is shown of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import User
from design.calendar import FinancialYear
from providers.models import Category, Organisation
from tests.factories.accounts import MembershipFactory, someone
from tests.factories.providers import CommissionerFactory, provider_of, shared_provider
from training.checks import Asking
from training.measured_own import measured_for
from training.models import CollectingRule, Group, Grouping, Line, LineSet, StaffSplit, Subject, Threshold
from training.sheet import asking_of

pytestmark = pytest.mark.django_db
MEASURED = "/figures/measured/"
WORD = "canarylocalthreshold"


@dataclass
class Rules:
    """Two commissioners with an analyst each, and the providers of the first."""

    ours: Organisation
    theirs: Organisation
    trust: Organisation
    home: Organisation
    elsewhere: Organisation
    analyst: User
    neighbour: User
    lead: User


@pytest.fixture(scope="module")
def r(beneath: Any) -> Iterator[Rules]:
    with beneath():
        ours, theirs = CommissionerFactory(name="Ours CCG"), CommissionerFactory(name="Theirs CCG")
        trust = provider_of(ours, name="Royal Trust")
        home = provider_of(ours, name="Beech Home", category=Category.objects.get(code="CHN"))
        elsewhere = shared_provider(theirs, ours, name="Elsewhere Trust")
        people = [someone(Role.QUALITY_ANALYST, each) for each in (ours, theirs)]
        yield Rules(ours, theirs, trust, home, elsewhere, *people, someone(Role.PROVIDER_LEAD, trust))


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def day(on: date, name: str = "valid_from") -> dict[str, Any]:
    return {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}


def begun() -> tuple[FinancialYear, FinancialYear]:
    this = FinancialYear.of(timezone.localdate())
    return this, this.next


def a_line(r: Rules, on: date, **changes: Any) -> dict[str, Any]:
    said = {
        "line": "new", "name": "Restraint reviewed", "short": "Restraint", "set_code": "indicators",
        "family": "indicator", "form": "share", "numerator": "reviewed", "denominator": "times", "direction": "up",
        "timing": "quarter", "tiers": ["full"], "categories": ["MH"], "position": 55, "in_use": "on",
    }  # fmt: skip
    return {"commissioner": r.ours.pk, **said, **day(on), **changes}


def a_threshold(r: Rules, **changes: Any) -> dict[str, Any]:
    said = {"line": "mca", "whom": "everybody", "what": "set", "value": 85, "amber": 10, "year": begun()[1].label}
    return {"commissioner": r.ours.pk, **said, **changes}


def test_the_list_says_what_is_counted_of_whom_with_which_threshold(r: Rules, sign_in: Any) -> None:
    analyst = sign_in(r.analyst)
    page = text(analyst.get(MEASURED))
    for words in (
        "Safeguarding children: level 3 core", "8 hours within 36 months; 8 hours in the first twelve months",
        "Assessments in time, of review assessments due", "90 %, amber from 80 %", "reached",
        "Full standards; The commissioner’s own people; not where the answer is no to",
    ):  # fmt: skip
        assert words in page, words
    assert "Looked after children: level 1" not in page
    assert "Looked after children: level 1" in text(analyst.get(MEASURED, {"use": "stopped"}))
    only = text(analyst.get(MEASURED, {"q": "dental", "family": "indicator"}))
    assert ("Dental checks" in only, "Prevent lead" in only) == (True, False)
    line = text(analyst.get(f"{MEASURED}line/", {"which": "children_3"}))
    assert ("6 hours within 36 months" in line, "third edition (2014)" in line) == (True, True)
    assert analyst.get(f"{MEASURED}line/", {"which": "nothing"})["Location"] == MEASURED
    splits = text(analyst.get(f"{MEASURED}groups/"))
    assert ("Governing Body members" in splits, "Late notification by the local authority" in splits) == (True, True)


def test_a_line_is_added_changed_and_stopped_from_a_day_and_the_rows_are_kept(r: Rules, sign_in: Any) -> None:
    analyst, today = sign_in(r.analyst), timezone.localdate()
    assert analyst.post(f"{MEASURED}line/change/", a_line(r, today)).status_code == 302
    line = Line.objects.get(commissioner=r.ours)
    assert (line.code, line.tiers, line.categories) == ("restraint-reviewed", ["full"], ["MH"])
    shown = analyst.get(f"{MEASURED}line/change/", {"which": line.code}).content.decode()
    assert ('value="Restraint reviewed"' in shown, 'value="restraint-reviewed" selected' in shown) == (True, True)
    changed = a_line(r, today + timedelta(days=9), line=line.code, numerator="reviewed in time")
    assert analyst.post(f"{MEASURED}line/change/", changed).status_code == 302
    stopped = {**changed, **day(today + timedelta(days=20))}
    stopped.pop("in_use")
    assert analyst.post(f"{MEASURED}line/change/", stopped).status_code == 302
    rows = Line.objects.filter(commissioner=r.ours).order_by("valid_from")
    assert [(row.numerator, row.in_use, row.valid_to and (row.valid_to - today).days) for row in rows] == [
        ("reviewed", True, 9), ("reviewed in time", True, 20), ("reviewed in time", False, None),
    ]  # fmt: skip
    early = analyst.post(f"{MEASURED}line/change/", {**changed, **day(today + timedelta(days=15))})
    assert (early.status_code, "Choose a later day" in text(early)) == (422, True)
    assert "Restraint" not in text(sign_in(r.neighbour).get(MEASURED, {"use": "all"}))


def test_a_line_that_does_not_fit_together_is_refused_at_the_box(r: Rules, sign_in: Any) -> None:
    analyst, today = sign_in(r.analyst), timezone.localdate()
    for wrong, words in (
        ({"denominator": ""}, "Enter of what they are counted"),
        ({"form": "count"}, "A count is not of anything"),
        ({"form": "rate"}, "Enter per how many"),
        ({"refresh": "hours", "refresh_months": 36, "family": "training"}, "Enter how many hours"),
        ({"refresh": "course", "family": "training"}, "Enter within how many months"),
        ({"refresh": "course", "refresh_months": 12}, "An indicator has no refresher"),
        ({"by_host": "on"}, "Only a count is asked by host area"),
        ({"line": "mca", "form": "count", "denominator": ""}, "Its figures were counted in another way"),
        ({"set_code": "theirs"}, "Select a valid choice"),
    ):
        refused = analyst.post(f"{MEASURED}line/change/", a_line(r, today, **wrong))
        assert (refused.status_code, words in text(refused)) == (422, True), words
        assert 'value="Restraint reviewed"' in refused.content.decode()
    assert Line.objects.filter(commissioner=r.ours).count() == 0
    assert sign_in(r.neighbour).post(f"{MEASURED}line/change/", a_line(r, today)).status_code == 422


def test_a_threshold_holds_from_its_year_for_whom_it_says(r: Rules, sign_in: Any) -> None:
    analyst, (_, following) = sign_in(r.analyst), begun()
    local = {"whom": "organisation", "organisation": r.trust.pk, "value": 70, "reason": "Two wards move"}
    for form in ({}, {"whom": "category", "category": "CHN", "value": "82.5", "reason": "New homes"}, local):
        assert analyst.post(f"{MEASURED}threshold/", a_threshold(r, **form)).status_code == 302
    rows = Threshold.objects.filter(commissioner=r.ours).order_by("value")
    assert [(row.value, row.category, row.organisation, row.valid_from, row.set_by) for row in rows] == [
        (70, "", r.trust, following.starts, r.analyst), (82.5, "CHN", None, following.starts, r.analyst),
        (85, "", None, following.starts, r.analyst),
    ]  # fmt: skip
    page = text(analyst.get(MEASURED, {"year": following.label}))
    assert ("Royal Trust: 70 %" in page, "Care homes with nursing: 82.5 %" in page) == (True, True)
    assert "Royal Trust: 70 %" not in text(analyst.get(MEASURED))
    later = following.next.label
    ended = a_threshold(r, **{**local, "what": "end", "value": "", "year": later})
    assert analyst.post(f"{MEASURED}threshold/", ended).status_code == 302
    assert Threshold.objects.get(organisation=r.trust).valid_to == following.next.starts
    again = analyst.post(f"{MEASURED}threshold/", ended)
    assert (again.status_code, "there is none to end" in text(again)) == (422, True)


def test_a_threshold_after_the_year_began_needs_a_mark_and_holds_from_today(r: Rules, sign_in: Any) -> None:
    analyst, (this, following), today = sign_in(r.analyst), begun(), timezone.localdate()
    late = a_threshold(r, year=this.label, value=80)
    if this.starts < today:
        refused = analyst.post(f"{MEASURED}threshold/", late)
        assert (refused.status_code, f"{this} began on 1 April" in text(refused)) == (422, True)
    assert analyst.post(f"{MEASURED}threshold/", {**late, "late": "on", "that_year_only": "on"}).status_code == 302
    row = Threshold.objects.get(commissioner=r.ours)
    assert (row.valid_from, row.valid_to) == (max(today, this.starts), following.starts)
    assert "Set after the year began" in text(analyst.get(f"{MEASURED}line/", {"which": "mca"}))
    # Set again on the same day it would have held for nothing.
    twice = analyst.post(f"{MEASURED}threshold/", {**late, "late": "on"})
    assert (twice.status_code, "Choose a later" in text(twice)) == (422, True)


def test_a_threshold_for_one_year_gives_way_to_one_that_is_set_within_it(r: Rules, sign_in: Any) -> None:
    (this, following), today = begun(), timezone.localdate()
    yesterday = today - timedelta(days=1)
    said = {"commissioner": r.ours, "code": "mca", "valid_from": yesterday, "valid_to": following.starts}
    Threshold.objects.create(**said, value=80)
    form = a_threshold(r, year=this.label, value=75, late="on")
    assert sign_in(r.analyst).post(f"{MEASURED}threshold/", form).status_code == 302
    rows = Threshold.objects.filter(commissioner=r.ours).order_by("valid_from")
    assert [(row.value, row.valid_from, row.valid_to) for row in rows] == [(80, yesterday, today), (75, today, None)]


def test_a_threshold_that_cannot_be_is_refused_at_the_box(r: Rules, sign_in: Any) -> None:
    analyst = sign_in(r.analyst)
    for wrong, words in (
        ({"value": ""}, "Enter the threshold"), ({"value": "101"}, "Enter 100 per cent at most"),
        ({"value": "1e309"}, "Ensure that there are no more than"), ({"value": "-1"}, "greater than or equal to 0"),
        ({"line": "prevent_lead", "value": 2}, "a milestone is reached, or not"),
        ({"line": "adult_concerns"}, "Select a valid choice"), ({"whom": "category"}, "Choose which kind"),
        ({"whom": "organisation"}, "Choose which provider"),
        ({"whom": "category", "category": "GP"}, "Enter why it differs"),
        ({"whom": "organisation", "organisation": r.elsewhere.pk, "reason": "x"}, "Select a valid choice"),
        ({"year": "2009-10"}, "Select a valid choice"),
    ):  # fmt: skip
        refused = analyst.post(f"{MEASURED}threshold/", a_threshold(r, **wrong))
        assert (refused.status_code, words in text(refused)) == (422, True), words
    assert Threshold.objects.exclude(commissioner=None).count() == 0


def test_who_is_of_two_commissioners_cannot_mix_them(r: Rules, sign_in: Any) -> None:
    both = someone(Role.QUALITY_ANALYST, r.ours)
    MembershipFactory(user=both, role=Role.QUALITY_ANALYST, organisation=r.theirs)
    client = sign_in(both)
    mixed = {"whom": "organisation", "organisation": r.elsewhere.pk, "reason": "Agreed"}
    refused = client.post(f"{MEASURED}threshold/", a_threshold(r, **mixed))
    assert (refused.status_code, "Ours CCG does not collect from this provider" in text(refused)) == (422, True)
    assert client.post(f"{MEASURED}threshold/", a_threshold(r, **mixed, commissioner=r.theirs.pk)).status_code == 302
    page = client.get(MEASURED, {"whose": r.theirs.pk, "year": begun()[1].label})
    assert ("Elsewhere Trust: 85 %" in text(page), "Elsewhere" in text(client.get(MEASURED))) == (True, False)


def test_sets_groupings_splits_subjects_and_dates_are_set_from_a_day(r: Rules, sign_in: Any) -> None:
    analyst, today = sign_in(r.analyst), timezone.localdate()
    whose = {"commissioner": r.ours.pk, **day(today)}
    forms: dict[str, dict[str, Any]] = {
        "set": {"line_set": "new", "name": "CQUIN 4", "kind": "cquin", "organisation": r.trust.pk,
                "contract_reference": "Schedule 4", "position": 40, "in_use": "on"},
        "subject": {"subject": "new", "name": "Modern slavery", "position": 90},
        "grouping": {"grouping": "new", "name": "Divisions", "heading": "Division", "of_staff": "on"},
        "group": {"group": "practice_roles:new", "name": "Paramedics", "also": "Paramedic, EMT,", "position": 45,
                  "in_use": "on"},
        "split": {"who": "CHN", "grouping": "care_home_roles", "roles_down": "on"},
        "collecting": {"automatic": "on", "quarter_working_days": 15, "month_working_days": 8, "jump": "12.5",
                       "same_periods": 3, "below_periods": 2, "dip": 5, "flat": 1, "fewest_peers": 5,
                       "query_working_days": 10, "correction_working_days": 10, "link_days": 30, "fewest_moved": 2,
                       "fewest_alike": 30},
    }  # fmt: skip
    for name, form in forms.items():
        assert analyst.get(f"{MEASURED}{name}/").status_code == 200
        answer = analyst.post(f"{MEASURED}{name}/", {**whose, **form})
        assert (answer.status_code, answer["Location"]) == (302, f"{MEASURED}groups/"), name
    assert LineSet.objects.get(commissioner=r.ours).organisation == r.trust
    assert Group.objects.get(commissioner=r.ours).also == ["Paramedic", "EMT"]
    assert (Group.objects.get(commissioner=r.ours).grouping, StaffSplit.objects.get(commissioner=r.ours).category) == (
        "practice_roles", "CHN",
    )  # fmt: skip
    assert (Grouping.objects.get(commissioner=r.ours).code, Subject.objects.get(commissioner=r.ours).code) == (
        "divisions", "modern-slavery",
    )  # fmt: skip
    assert CollectingRule.objects.get(commissioner=r.ours).jump == 12.5
    assert asking_of(r.ours, today) == Asking(Decimal("12.5"), 3, fewest_moved=2, fewest_alike=30)
    assert asking_of(r.ours, today - timedelta(days=1)) == Asking()
    said = "by 2 or more, identical figures of 30 or more in 3 periods running"
    pages = [text(client.get(f"{MEASURED}groups/")) for client in (analyst, sign_in(r.neighbour))]
    assert [said in page for page in pages] == [True, False]
    stop = {"group": "practice_roles:locums", "name": "Locums", "position": 70}
    assert analyst.post(f"{MEASURED}group/", {**whose, **stop}).status_code == 302
    page = text(analyst.get(f"{MEASURED}groups/"))
    assert ("CQUIN 4: CQUIN scheme, Royal Trust only, Schedule 4" in page, "15 working days after its end" in page) == (
        True, True,
    )  # fmt: skip
    moved = {"line_set": "cquin-4", "name": "CQUIN 4", "kind": "cquin", "position": 40, "in_use": "on"}
    refused = analyst.post(f"{MEASURED}set/", {**whose, **day(today + timedelta(days=1)), **moved})
    assert (refused.status_code, "A set stays whose it is" in text(refused)) == (422, True)
    refused = analyst.post(f"{MEASURED}split/", {**whose, "who": "GP", "roles_down": "on"})
    assert (refused.status_code, "Choose by what" in text(refused)) == (422, True)
    assert "CQUIN 4" not in text(sign_in(r.neighbour).get(f"{MEASURED}groups/"))


def test_whose_numbers_stand_in_the_boxes_is_said_to_whoever_acts_for_two(r: Rules, sign_in: Any) -> None:
    CollectingRule.objects.create(commissioner=r.theirs, valid_from=begun()[0].starts, jump=33)
    both = someone(Role.QUALITY_ANALYST, r.ours)
    MembershipFactory(user=both, organisation=r.theirs, role=Role.QUALITY_ANALYST)
    shown = sign_in(both).get(f"{MEASURED}collecting/", {"which": r.theirs.reference})
    fields = shown.context["form"].fields
    assert (fields["commissioner"].initial, fields["jump"].initial) == (r.theirs.pk, 33)
    assert "The numbers below are what holds for Theirs CCG" in text(shown)
    assert f"collecting/?which={r.theirs.reference}" in text(sign_in(both).get(f"{MEASURED}groups/"))


def test_a_provider_sees_its_own_lines_and_thresholds_and_nothing_of_another(r: Rules, sign_in: Any) -> None:
    this, following = begun()
    wide = {"commissioner": r.ours, "valid_from": following.starts, "code": "mca"}
    Threshold.objects.create(**wide, value=88)
    Threshold.objects.create(**wide, value=71, organisation=r.trust, reason="Two wards move")
    Threshold.objects.create(**wide, value=72, organisation=r.home, reason=f"{WORD} reason")
    Threshold.objects.create(**wide, value=73, category="CHN", reason=f"{WORD} of homes")
    Threshold.objects.create(**wide | {"code": "dbs_in_date"}, value=74, category="CHN", reason="Agency staff")
    LineSet.objects.create(
        commissioner=r.ours, valid_from=this.starts, code="h", name=f"{WORD} set", organisation=r.home
    )
    Line.objects.create(
        commissioner=r.ours, valid_from=this.starts, code="h", name=f"{WORD} line", set_code="h", family="indicator",
        form="count", numerator="n",
    )  # fmt: skip
    client = sign_in(r.lead)
    page = client.get("/figures/own/measured/")
    said = text(page)
    assert ("71 %, amber from 61 %" in said, "Two wards move" in said, "Set for you alone" in said) == (
        True,
        True,
        True,
    )
    assert ("Review health assessments in time" in said, "by staff group" in said) == (True, True)
    assert (WORD in said, "88 %" in said, "Safeguarding children: level 5" in said) == (False, False, False)
    home = text(sign_in(someone(Role.PROVIDER_CONTRIBUTOR, r.home)).get("/figures/own/measured/"))
    assert (f"{WORD} line" in home, f"{WORD} reason" in home, "72 %" in home, "71 %" in home) == (
        True,
        True,
        True,
        False,
    )
    like = "Set for providers like you"
    assert (f"{WORD} of homes" in home, like in home, "Agency staff" in home, like in said) == (
        False,
        True,
        True,
        False,
    )
    for address in ("", "line/", "groups/", "line/change/", "threshold/", "set/"):
        assert client.get(MEASURED + address).status_code == 404
    ours = text(sign_in(r.analyst).get("/figures/own/measured/"))
    assert ("our own people" in ours, "Safeguarding children: level 5" in ours, WORD in ours) == (True, True, False)


def test_next_years_change_stands_in_next_years_column(r: Rules, sign_in: Any) -> None:
    this, following = begun()
    on = this.starts + timedelta(days=40)
    Threshold.objects.create(commissioner=r.ours, valid_from=following.starts, code="mca", value=88)
    Threshold.objects.create(
        commissioner=r.ours, valid_from=on + timedelta(days=5), code="mca", value=60, organisation=r.trust,
        reason="Now", valid_to=on + timedelta(days=9),
    )  # fmt: skip
    line = Line.objects.in_force(None, on).get(code="adults_1")
    line.pk, line._state.adding = None, True
    line.commissioner, line.valid_from, line.in_use = r.ours, following.starts, False
    line.save()
    (found,) = measured_for([r.trust], on=on)
    told = {asked.line.code: (now, later) for each in found.sets for asked, now, later in each.rows}
    now, later = told["mca"]
    assert [(step.since and (step.since - on).days, step.level.threshold) for step in now] == [
        (None, "90 %, amber from 80 %"), (5, "60 %, amber from 50 %"), (9, "90 %, amber from 80 %"),
    ]  # fmt: skip
    assert [step.level.threshold for step in later] == ["88 %, amber from 78 %"]
    assert [step.level.words for steps in told["adults_1"] for step in steps] == ["90 %, amber from 80 %", "not asked"]

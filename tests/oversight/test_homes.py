"""The first page of each role: which panels there are, and that every number is the person's own."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.capabilities import Role
from assurance.models import Round
from chasing.planner import plan
from chasing.steps import next_working_day
from design.calendar import FinancialYear
from governance.models import AnnualReport
from tests.factories.accounts import MembershipFactory, UserFactory, someone
from tests.factories.actions import an_action, completed
from tests.factories.assurance import RoundFactory, a_return
from tests.factories.chasing import a_due_return, a_place, seven_oclock
from tests.factories.escalation import a_milestone, a_notice, a_proposal
from tests.factories.framework import published
from tests.factories.known import a_circle, a_concern, a_contact, an_incident, an_item
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.validation import nurse_of, submitted
from tests.factories.visits import a_finding, a_visit

pytestmark = pytest.mark.django_db
OURS = ["needs_you", "to_validate", "totals", "changed", "week", "not_returned", "reminders", "reports"]
# Which panels each role of the commissioner's side finds, in the order on screen.
PANELS = {
    Role.SYSTEM_ADMINISTRATOR: ["reminders", "scans"],
    Role.DESIGNATED_PROFESSIONAL: OURS,
    Role.NAMED_GP: ["needs_you", "totals", "week", "not_returned", "reports"],
    Role.QUALITY_ANALYST: ["needs_you", "totals", "week", "not_returned", "reminders", "scans", "reports"],
    Role.DIRECTOR_OF_NURSING: ["needs_you", "totals", "week", "not_returned", "reminders", "scans", "reports"],
    Role.GOVERNING_BODY: ["reports"],
    Role.SAFEGUARDING_BOARD: ["reports"],
    Role.AUDITOR: ["totals", "not_returned", "reminders", "scans", "reports"],
    Role.CONTRACT_MANAGER: ["needs_you", "totals", "week", "not_returned", "reports"],
    Role.CALDICOTT_GUARDIAN: ["reports"],
    Role.COMMITTEE_SECRETARY: ["reports"],
    Role.NHS_ENGLAND: ["reports"],
}


def panels(client: Client) -> dict[str, Any]:
    """What each panel holds, by its name, in the order on screen."""
    shown = client.get("/").context["panels"]
    return {each["template"].removeprefix("home/_").removesuffix(".html"): each["panel"] for each in shown}


@pytest.mark.parametrize("role", PANELS, ids=lambda role: role.name.lower())
def test_each_role_finds_the_panels_of_what_it_may_do(sign_in: Any, role: Role) -> None:
    assert list(panels(sign_in(someone(role, CommissionerFactory())))) == PANELS[role]


@pytest.mark.parametrize("role", [Role.PROVIDER_LEAD, Role.PROVIDER_CONTRIBUTOR, Role.EXECUTIVE_SIGNATORY])
def test_a_providers_people_are_led_to_what_is_asked_of_them(sign_in: Any, role: Role) -> None:
    response = sign_in(someone(role, provider_of(CommissionerFactory()))).get("/")
    assert (response.status_code, response["Location"]) == (302, "/your-returns/")


def test_every_role_has_a_first_page() -> None:
    provider = {Role.PROVIDER_LEAD, Role.PROVIDER_CONTRIBUTOR, Role.EXECUTIVE_SIGNATORY}
    assert set(PANELS) | provider == set(Role)


def test_the_numbers_are_those_of_ones_own_commissioner(sign_in: Any, now: datetime, this_year: Round) -> None:
    ours, neighbour = this_year.commissioner, CommissionerFactory()
    theirs = RoundFactory(
        commissioner=neighbour, framework_version=published(), year=this_year.year, issued_at=this_year.issued_at
    )
    month_ago, yesterday = now - timedelta(days=30), timezone.localdate(now) - timedelta(days=1)
    for each, n in ((this_year, 1), (theirs, 2)):
        for _ in range(n):
            submitted(now, round=each, issued_at=month_ago)
            a_return(each, issued_at=month_ago, due_on=yesterday, original_due_on=yesterday)
            completed(an_action(each.commissioner))
            MembershipFactory(user=UserFactory(), role=Role.AUDITOR, organisation=each.commissioner, confirmed_at=None)
    nurse = nurse_of(submitted(now, round=this_year, issued_at=month_ago))
    found = panels(sign_in(nurse))
    assert found["needs_you"]["verify_count"] == 1
    assert found["to_validate"]["count"] == 2 * 3
    assert found["changed"]["count"] == 2
    assert found["not_returned"]["count"] == 1
    counts = found["totals"]["reading"].counts
    assert (counts.total, counts.returned, counts.late) == (4, 2, 1)
    director = panels(sign_in(someone(Role.DIRECTOR_OF_NURSING, ours)))
    assert (director["needs_you"]["confirm_count"], director["needs_you"]["verify_count"]) == (1, 0)
    other = panels(sign_in(someone(Role.DIRECTOR_OF_NURSING, neighbour)))
    assert other["needs_you"]["confirm_count"] == 2


def test_a_list_shows_six_and_counts_them_all(sign_in: Any, now: datetime, this_year: Round) -> None:
    yesterday = timezone.localdate(now) - timedelta(days=1)
    late = {"issued_at": now - timedelta(days=30), "due_on": yesterday, "original_due_on": yesterday}
    for _ in range(8):
        a_return(this_year, provider_of(this_year.commissioner), **late)
    found = panels(sign_in(someone(Role.QUALITY_ANALYST, this_year.commissioner)))["not_returned"]
    assert (len(found["rows"]), found["count"], {row.days for row in found["rows"]}) == (6, 8, {1})


def test_what_needs_a_decision_leads_to_the_list_where_it_is_decided(sign_in: Any) -> None:
    place = a_place()
    for _ in range(8):
        a_due_return(place, timezone.localdate() - timedelta(days=60))
    client = sign_in(someone(Role.DIRECTOR_OF_NURSING, place.commissioner))
    working = next_working_day(timezone.localdate())
    plan(working, at=seven_oclock(working))
    text = " ".join(client.get("/").content.decode().split())
    found = panels(client)["needs_you"]["needs"]["proposed"]
    assert (found[0]["total"], len(found)) == (8, 6)
    assert '<a href="/reminders/proposals/">8 reminder steps proposed</a>' in text
    assert text.count(f"{place.provider.name} since") == 6
    assert "and others</li>" in text


def test_what_ran_out_of_time_in_oversight_is_named_and_only_ones_own(sign_in: Any) -> None:
    ours, today = CommissionerFactory(), timezone.localdate()
    nurse, stranger = (someone(Role.DESIGNATED_PROFESSIONAL, one) for one in (ours, CommissionerFactory()))
    named, second = someone(Role.DESIGNATED_PROFESSIONAL, ours), someone(Role.DIRECTOR_OF_NURSING, ours)
    provider, ago = provider_of(ours, name="Elm House"), today - timedelta(days=40)
    a_finding(a_visit(provider, ours, state="done", planned_on=ago, lead=nurse), "immediate_concern")
    a_visit(provider, ours, planned_on=today + timedelta(days=3), lead=nurse)
    a_proposal(ours, provider, proposed_on=ago)
    an_incident(ours, provider, happened_on=ago, reported_on=ago)
    a_contact(ours, provider, by=nurse, kind="local_authority", happened_on=ago, due_on=today - timedelta(days=1))
    a_milestone(a_notice(ours, provider, by=nurse, issued_on=ago), today - timedelta(days=2))
    a_concern(ours, provider, by=nurse, review_on=today - timedelta(days=5))
    secret = an_item(ours, provider, circle=a_circle(ours, named, second), recorded_by=named)
    a_concern(ours, provider, secret, by=named, review_on=today - timedelta(days=6))
    found = {who: panels(sign_in(who)) for who in (nurse, named, stranger)}
    parts = dict.fromkeys(("immediate", "steps", "incidents", "requests", "notices", "concerns"), 1)
    for who, concerns in ((nurse, 1), (named, 2)):
        needs = found[who]["needs_you"]["needs"]
        assert {name: needs[name][0]["total"] for name in parts} == {**parts, "concerns": concerns}
        assert [each["lead"] for each in found[who]["week"]["week"]] == [nurse.name]
    nothing = found[stranger]
    assert (nothing["needs_you"]["any"], nothing["week"]["week"]) == (0, [])
    assert "Elm House" not in sign_in(stranger).get("/").content.decode()


def test_only_published_reports_are_on_a_board_readers_first_page(sign_in: Any, now: datetime) -> None:
    ours = CommissionerFactory()
    analyst, director = someone(Role.QUALITY_ANALYST, ours), someone(Role.DIRECTOR_OF_NURSING, ours)
    last = FinancialYear.of(timezone.localdate(now)).previous
    made = [
        AnnualReport.objects.begin(ours, year=year.slug, cut_off=year.ends, by=analyst, at=now)
        for year in (last, last.previous)
    ]
    AnnualReport.objects.filter(pk=made[0].pk).update(
        state="published", approved_by=director, approved_at=now, published_by=director, published_at=now
    )
    for role in (Role.GOVERNING_BODY, Role.SAFEGUARDING_BOARD):
        assert [each.pk for each in panels(sign_in(someone(role, ours)))["reports"]["rows"]] == [made[0].pk]


def test_the_busiest_home_stays_within_the_budget_of_questions(sign_in: Any, this_year: Round) -> None:
    client = sign_in(someone(Role.DIRECTOR_OF_NURSING, this_year.commissioner))
    client.get("/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/")
    assert len([each for each in asked if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "SET "))]) <= 12

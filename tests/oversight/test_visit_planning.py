"""Planning a visit, moving and cancelling it."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.capabilities import Can, Role
from accounts.models import DeclaredInterest
from oversight.models import IllegalMove, Visit, VisitFinding, VisitMember
from providers.models import Organisation
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, SiteFactory, posted, provider_of
from tests.factories.visits import a_finding, a_visit
from tests.reading import problems, read

pytestmark = pytest.mark.django_db
TYPED = {
    "kind": "announced", "trigger": "programme", "strands": ["children", "adults"], "scope": "Supervision.",
    "planned_on_day": "8", "planned_on_month": "12", "planned_on_year": "2026",
}  # fmt: skip


@pytest.fixture
def place():
    commissioner = CommissionerFactory()
    return commissioner, provider_of(commissioner), someone(Role.DESIGNATED_PROFESSIONAL, commissioner)


def post(client, organisation, **given):
    return client.post(f"/visits/plan/{organisation.reference}/", {**TYPED, **given})


def test_a_visit_is_planned_with_a_team_of_two_bodies(place, sign_in):
    commissioner, organisation, nurse = place
    analyst = someone(Role.QUALITY_ANALYST, commissioner)
    site = SiteFactory(organisation=organisation)
    response = post(
        sign_in(nurse), organisation, lead=nurse.pk, team=[analyst.pk], site=site.reference,
        commissioner=commissioner.pk, outside="Jo Bird, County Council, adult lead\n\nSam Hill, Healthwatch",
    )  # fmt: skip
    visit = Visit.objects.get()
    assert response["Location"] == f"/visits/{visit.reference}/"
    assert (visit.commissioner, visit.organisation, visit.site, visit.state) == (
        commissioner, organisation, site, "planned",
    )  # fmt: skip
    assert visit.planned_on == visit.first_planned_on == date(2026, 12, 8)
    assert [str(member) for member in visit.team.all()] == [
        str(analyst), "Jo Bird, County Council (adult lead)", "Sam Hill, Healthwatch",
    ]  # fmt: skip
    page = sign_in(nurse).get(f"/visits/{visit.reference}/").content.decode()
    assert "Jo Bird, County Council (adult lead)" in page
    assert organisation.name in sign_in(analyst).get("/visits/").content.decode()


@pytest.mark.parametrize("box", ["lead", "team"])
def test_somebody_with_an_interest_in_the_provider_is_refused_at_the_box(place, sign_in, box, at):
    commissioner, organisation, nurse = place
    partner = someone(Role.NAMED_GP, commissioner)
    DeclaredInterest.objects.create(
        user=partner, organisation=organisation, nature="Partner", starts_on=date(2020, 1, 1), declared_by=nurse
    )
    who = {"lead": partner.pk} if box == "lead" else {"lead": nurse.pk, "team": [partner.pk]}
    response = post(sign_in(nurse), organisation, commissioner=commissioner.pk, **who)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [box]
    assert "has declared an interest" in response.content.decode()
    assert "Supervision." in response.content.decode()
    assert not Visit.objects.exists()
    # Nor does the one with the interest see any visit there, though a colleague does.
    a_visit(organisation, commissioner, lead=nurse)
    assert Visit.objects.permitted(nurse, Can.SEE_VISIT_WORK).count() == 1
    assert Visit.objects.permitted(partner, Can.SEE_VISIT_WORK).count() == 0


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ({"planned_on_month": "13"}, "planned_on"),
        ({"strands": []}, "strands"),
        ({"outside": "Jo Bird"}, "outside"),
        (
            {"notice_given_on_day": "9", "notice_given_on_month": "12", "notice_given_on_year": "2026"},
            "notice_given_on",
        ),
        (
            {
                "kind": "unannounced",
                "notice_given_on_day": "1",
                "notice_given_on_month": "12",
                "notice_given_on_year": "2026",
            },
            "notice_given_on",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_box(place, sign_in, typed, box):
    commissioner, organisation, nurse = place
    response = post(sign_in(nurse), organisation, **{"lead": nurse.pk, "commissioner": commissioner.pk, **typed})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [box]


def test_a_member_of_the_provider_is_no_outside_member(place, sign_in):
    commissioner, organisation, nurse = place
    response = post(
        sign_in(nurse),
        organisation,
        commissioner=commissioner.pk,
        lead=nurse.pk,
        outside=f"Jo Bird, {organisation}, lead",
    )
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["outside"]


def test_a_visit_is_moved_with_a_reason_and_keeps_its_first_date(place, sign_in):
    commissioner, organisation, nurse = place
    visit = a_visit(organisation, commissioner, lead=nurse)
    typed = {"planned_on_day": "1", "planned_on_month": "12", "planned_on_year": "2026", "version": visit.version}
    client = sign_in(nurse)
    assert client.post(f"/visits/{visit.reference}/move/", {**typed, "reason": "Ward closed"}).status_code == 302
    again = client.post(f"/visits/{visit.reference}/move/", {**typed, "planned_on_day": "2", "reason": "Stale page"})
    assert again.status_code == 409
    assert "Stale page" in again.content.decode()
    visit.refresh_from_db()
    assert (visit.planned_on, visit.first_planned_on) == (date(2026, 12, 1), date(2026, 11, 10))
    assert [(step.what, step.words, step.old, step.new) for step in visit.steps.filter(what="replanned")] == [
        ("replanned", "Ward closed", date(2026, 11, 10), date(2026, 12, 1))
    ]


def test_a_cancelled_visit_is_no_visit(place, sign_in, at):
    commissioner, organisation, nurse = place
    visit = a_visit(organisation, commissioner, lead=nurse)
    done = a_visit(organisation, commissioner, state="done", planned_on=date(2026, 5, 6))
    response = sign_in(nurse).post(f"/visits/{visit.reference}/cancel/", {"reason": "Provider closed"})
    assert response.status_code == 302
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    with pytest.raises(IllegalMove):
        visit.replan(date(2027, 1, 1), reason="No", by=nurse, at=at)
    assert list(Visit.objects.of(organisation).done()) == [done]
    assert list(Visit.objects.newest_by_organisation()) == [done]
    annotated = Organisation.objects.filter(pk=organisation.pk).annotate(
        last=Visit.objects.last_visited_on(), next=Visit.objects.next_planned_on()
    )
    assert list(annotated.values_list("last", "next")) == [(date(2026, 5, 6), None)]


def test_raw_sql_keeps_the_walls(place):
    commissioner, organisation, nurse = place
    elsewhere = SiteFactory(organisation=provider_of(commissioner))
    visit = a_visit(organisation, commissioner, lead=nurse)
    a_finding(visit, site=SiteFactory(organisation=organisation))
    with pytest.raises(IntegrityError), transaction.atomic():
        a_finding(visit, site=elsewhere)
    Visit.objects.filter(pk=visit.pk).update(state="final", started_on=visit.planned_on, ended_on=visit.planned_on)
    for change in ({"text": "Something else"}, {"judgement": "compliant"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            VisitFinding.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(state="planned")


def test_a_provider_never_learns_of_a_visit_before_its_report(place, sign_in):
    commissioner, organisation, nurse = place
    visits = {state: a_visit(organisation, commissioner, state=state, lead=nurse) for state in Visit.State.values}
    lead = someone(Role.PROVIDER_LEAD, organisation)
    for can in (Can.SEE_VISIT_WORK, Can.DO_VISITS, Can.SIGN_VISIT_REPORT):
        assert not Visit.objects.permitted(lead, can).exists()
    assert list(Visit.objects.permitted(lead, Can.SEE_VISIT_REPORTS)) == [visits["final"]]
    with_us = Visit.objects.permitted(lead, Can.ANSWER_VISIT_REPORT)
    assert set(with_us) == {visits["with_provider"], visits["final"]}
    client = sign_in(lead)
    paths = [
        "/visits/",
        f"/visits/plan/{organisation.reference}/",
        *(f"/visits/{v.reference}/" for v in visits.values()),
    ]
    assert {client.get(path).status_code for path in paths} == {404}


def changed(client, visit, **given):
    """Send the form of the plan as it is shown, with some boxes changed."""
    url = f"/visits/{visit.reference}/change/"
    return client.post(url, posted(client.get(url), **{"reason": "Sam cannot come", **given}))


def test_the_plan_is_changed_until_it_is_written_up_and_what_was_planned_stays(place, sign_in):
    commissioner, organisation, nurse = place
    ill, deputy = someone(Role.QUALITY_ANALYST, commissioner), someone(Role.DESIGNATED_PROFESSIONAL, commissioner)
    stays, bird = VisitMember(user=deputy), VisitMember(name="Jo Bird", comes_from="County Council", role="adult lead")
    visit = a_visit(organisation, commissioner, lead=nurse, team=[VisitMember(user=ill), stays, bird])
    client = sign_in(nurse)
    assert "Change the plan" in client.get(f"/visits/{visit.reference}/").content.decode()
    outside = "Jo Bird, County Council, adult lead\nSam Hill, Healthwatch"
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/visits/{visit.reference}/change/")
    assert (problems(read(page.content.decode())), len(asked) <= 12) == ([], True)
    shown = page.context["form"]
    assert (shown["outside"].value(), shown["team"].value()) == (outside.split("\n")[0], [ill.pk, deputy.pk])
    given = {"kind": "unannounced", "planned_on": date(2026, 12, 8), "team": [deputy.pk], "outside": outside}
    assert changed(client, visit, **given).status_code == 302
    visit.refresh_from_db()
    assert (visit.kind, visit.planned_on, visit.first_planned_on, visit.lead, visit.version) == (
        "unannounced", date(2026, 12, 8), date(2026, 11, 10), nurse, 2,
    )  # fmt: skip
    assert [str(each) for each in visit.team.all()] == [
        str(deputy), "Jo Bird, County Council (adult lead)", "Sam Hill, Healthwatch",
    ]  # fmt: skip
    assert visit.team.get(user=deputy).pk == stays.pk
    assert [(step.what, step.words, step.old, step.new) for step in visit.steps.exclude(what="planned")] == [
        ("replanned", "Sam cannot come", date(2026, 11, 10), date(2026, 12, 8)),
        (
            "team",
            f"Sam Hill, Healthwatch joined. {ill} no longer on the team. Unannounced instead of announced. "
            "Sam cannot come",
            None,
            None,
        ),
    ]
    assert changed(client, visit, lead=deputy.pk, team=[]).status_code == 302
    visit.refresh_from_db()
    assert (visit.lead, visit.team.filter(user__isnull=False).count()) == (deputy, 0)
    assert f"Led by {deputy} instead of {nurse}." in client.get(f"/visits/{visit.reference}/").content.decode()
    same = changed(client, visit)
    assert (same.status_code, "the plan as it stands" in same.content.decode()) == (422, True)


@pytest.mark.parametrize("box", ["lead", "team", "outside"])
def test_an_interest_refuses_a_changed_plan_at_its_box_and_nothing_changes(place, sign_in, box):
    commissioner, organisation, nurse = place
    partner = someone(Role.NAMED_GP, commissioner)
    visit = a_visit(organisation, commissioner, lead=nurse, team=[VisitMember(user=someone("QA", commissioner))])
    DeclaredInterest.objects.create(
        user=partner, organisation=organisation, nature="Partner", starts_on=date(2020, 1, 1), declared_by=nurse
    )
    who = {
        "lead": {"lead": partner.pk}, "team": {"team": [partner.pk]}, "outside": {"outside": f"Jo, {organisation}, x"},
    }[box]  # fmt: skip
    answer = changed(sign_in(nurse), visit, planned_on=date(2026, 12, 8), **who)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [box])
    assert "Sam cannot come" in answer.content.decode()
    visit.refresh_from_db()
    assert (visit.planned_on, visit.lead, visit.team.count(), visit.version) == (date(2026, 11, 10), nurse, 1, 1)
    # Somebody on the team who declared one since then is asked about again.
    member = visit.team.get().user
    DeclaredInterest.objects.create(
        user=member, organisation=organisation, nature="Partner", starts_on=date(2020, 1, 1), declared_by=nurse
    )
    again = changed(sign_in(nurse), visit, planned_on=date(2026, 12, 8))
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["team"])
    assert changed(sign_in(nurse), visit, planned_on=date(2026, 12, 8), team=[]).status_code == 302


def test_a_changed_plan_is_refused_over_a_newer_one_and_once_it_is_written_up(place, sign_in):
    commissioner, organisation, nurse = place
    visit = a_visit(organisation, commissioner, lead=nurse)
    client, url = sign_in(nurse), f"/visits/{visit.reference}/change/"
    stale = posted(client.get(url), kind="virtual", reason="By video")
    assert changed(client, visit, planned_on=date(2026, 12, 8)).status_code == 302
    answer = client.post(url, stale)
    assert (answer.status_code, "By video" in answer.content.decode()) == (409, True)
    late = posted(client.get(url), kind="virtual", reason="By video")
    finding = a_finding(visit)
    answer = client.post(url, late)
    assert (answer.status_code, "has begun" in answer.content.decode()) == (409, True)
    assert client.get(url).status_code == 409
    assert "Change the plan" not in client.get(f"/visits/{visit.reference}/").content.decode()
    finding.delete()
    Visit.objects.filter(pk=visit.pk).update(state="cancelled")
    assert [client.get(url).status_code, client.post(url, late).status_code] == [409, 409]
    visit.refresh_from_db()
    assert (visit.kind, visit.planned_on) == ("announced", date(2026, 12, 8))

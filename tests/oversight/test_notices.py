"""Contract notices are recorded with their clocks, never served; the provider reads those about itself."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from assurance.models.in_question import put_in_question
from design.calendar import add_working_days
from evidence.models import EvidenceItem
from oversight import noticing
from oversight.models import ContractNotice, PlacementSuspension, SurveillanceLevel
from providers.models import Arrangement
from tests.at_once import both
from tests.factories.accounts import someone
from tests.factories.chasing import a_due_return, a_place, an_action
from tests.factories.escalation import a_level, a_milestone, a_notice, a_proposal, a_suspension
from tests.factories.validation import validated

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
ISSUED = TODAY - timedelta(days=60)


def words(response) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def day(name, when):
    return {f"{name}_day": when.day, f"{name}_month": when.month, f"{name}_year": when.year}


@pytest.fixture
def place():
    return a_place(name="Meadow View")


@pytest.fixture
def manager(place):
    return someone(Role.CONTRACT_MANAGER, place.commissioner)


@pytest.fixture
def notice(place, manager):
    return a_notice(place.commissioner, place.provider, by=manager, issued_on=ISSUED)


def entered(place, **changes):
    return {
        "commissioner": place.commissioner.pk, "kind": "performance", "number": "CPN 7", "issued_by": "Sam Lee",
        "words": "Level 3 training below the threshold", **day("issued_on", ISSUED), **changes,
    }  # fmt: skip


def test_a_notice_is_recorded_with_its_clocks_and_grounds_and_nothing_is_sent(place, manager, sign_in):
    from chasing.models import Letter

    late = a_due_return(place, TODAY - timedelta(days=80))
    action = an_action(place, TODAY - timedelta(days=40))
    client = sign_in(manager)
    address = f"/notices/new/{place.provider.reference}/"
    made = client.post(address, entered(place, self_assessment=late.pk, action=action.pk))
    assert made.status_code == 302
    notice = ContractNotice.objects.get()
    assert (notice.clause, notice.meeting_due_on) == ("GC9", add_working_days(ISSUED, 10))
    assert sorted(ground.words.split(",")[0] for ground in notice.grounds.all()) == sorted(
        [str(late.round), f"Action {action.reference}"]
    )
    assert Letter.objects.count() == 0
    assert "Canary" not in words(client.get(f"/notices/{notice.reference}/"))


@pytest.mark.parametrize(
    ("form", "kind", "instead"),
    [
        ("gms", "performance", "remedial notice, breach notice, termination"),
        ("shorter", "exception_report", "contract performance notice, information breach notice, suspension"),
        ("grant", "performance", "termination"),
    ],
)
def test_a_notice_that_the_contract_does_not_have_is_refused_with_what_there_is(
    place, manager, sign_in, form, kind, instead
):
    Arrangement.objects.update(contract_form=form)
    answer = sign_in(manager).post(f"/notices/new/{place.provider.reference}/", entered(place, kind=kind))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["kind"]
    assert instead in words(answer)
    assert "Level 3 training below the threshold" in answer.content.decode()
    assert ContractNotice.objects.count() == 0


def test_the_same_number_twice_is_refused_with_everything_typed(place, manager, notice, sign_in):
    answer = sign_in(manager).post(
        f"/notices/new/{place.provider.reference}/", entered(place, number=notice.number, words="A second one")
    )
    assert (answer.status_code, "A second one" in answer.content.decode()) == (409, True)


def test_a_notice_of_before_2014_is_a_contract_query(place, manager, sign_in):
    sign_in(manager).post(
        f"/notices/new/{place.provider.reference}/", entered(place, **day("issued_on", date(2014, 3, 31)))
    )
    assert str(ContractNotice.objects.get()) == "Contract query CPN 7"


def test_meeting_outcome_plan_and_milestones_in_their_order(place, manager, notice, sign_in):
    client, address = sign_in(manager), f"/notices/{notice.reference}/"
    agreed = {"outcome": "remedial", **day("day", TODAY), "plan": "Train everybody by spring"}
    too_soon = client.post(f"{address}outcome/", agreed)
    assert (too_soon.status_code, "Record the meeting first" in words(too_soon)) == (422, True)
    before = client.post(f"{address}meeting/", day("day", ISSUED - timedelta(days=1)))
    assert (before.status_code, "cannot be before it" in words(before)) == (422, True)
    assert list(before.context["form"].errors) == ["day"]
    no_plan = client.post(f"{address}milestone/", {"text": "Ward staff", **day("due_on", TODAY)})
    assert (no_plan.status_code, "Ward staff" in no_plan.content.decode()) == (422, True)

    met_on = ISSUED + timedelta(days=10)
    assert client.post(f"{address}meeting/", day("day", met_on)).status_code == 302
    assert client.post(f"{address}outcome/", agreed).status_code == 302
    early = client.post(f"{address}milestone/", {"text": "Ward staff", **day("due_on", ISSUED - timedelta(days=1))})
    assert (early.status_code, "cannot be due before it" in words(early)) == (422, True)
    assert list(early.context["form"].errors) == ["due_on"]
    late = TODAY - timedelta(days=20)
    assert client.post(f"{address}milestone/", {"text": "Ward staff", **day("due_on", late)}).status_code == 302

    notice.refresh_from_db()
    assert notice.plan_due_on == add_working_days(met_on, 5)
    shown = words(client.get(address))
    assert "Milestone 1: otherwise both boards are told" in shown
    assert f"{add_working_days(late, 5):%-d %b %Y}" in shown
    assert "Milestone missed" in words(client.get("/notices/"))

    open_ = client.post(f"{address}close/", {"closing": "met", **day("day", TODAY), "words": "Done"})
    assert (open_.status_code, "1 milestone is not met" in words(open_)) == (422, True)
    assert client.post(f"{address}met/", {"milestone": "1", **day("day", TODAY)}).status_code == 302
    closing = {"closing": "met", **day("day", TODAY), "words": "All trained"}
    assert client.post(f"{address}close/", closing).status_code == 302
    again = client.post(f"{address}close/", {**closing, "words": "Closed by another"})
    assert (again.status_code, "Closed by another" in again.content.decode()) == (409, True)
    later = client.post(f"{address}milestone/", {"text": "More", **day("due_on", TODAY)})
    assert (later.status_code, "was closed on" in words(later)) == (409, True)


def test_a_joint_investigation_has_two_months_and_a_remedial_notice_its_days(place, manager, notice):
    noticing.meet(notice, date(2026, 6, 22) if date(2026, 6, 22) > ISSUED else TODAY, expected=1)
    assert noticing.plan_due(notice, "joint", date(2026, 12, 31)) == date(2027, 2, 28)
    Arrangement.objects.update(contract_form="gms")
    contract = Arrangement.objects.get()
    rule = noticing.kind_for(contract, "remedial", on=TODAY)
    made = noticing.record(
        contract, rule, grounds=[], by=manager, at=timezone.now(), number="R 1", issued_on=TODAY, issued_by="Sam",
        clause="", words="Put it right", escalation=None,
    )  # fmt: skip
    assert (made.remedy_due_on, made.meeting_due_on) == (TODAY + timedelta(days=28), None)


def test_a_second_save_over_somebody_elses_is_told(place, manager, notice, sign_in):
    client, address = sign_in(manager), f"/notices/{notice.reference}/meeting/"
    first = {**day("day", ISSUED), "seen": 1}
    assert client.post(address, first).status_code == 302
    assert client.post(address, {**day("day", TODAY), "seen": 1}).status_code == 409
    notice.refresh_from_db()
    assert notice.meeting_on == ISSUED


def test_the_providers_lead_and_executive_read_notices_about_themselves_and_nothing_else(
    place, manager, notice, sign_in
):
    a_level(place.commissioner, place.provider, by=place.nurse, reason="Whistle heard")
    step = a_proposal(place.commissioner, place.provider)
    other = a_place(name="Hilltop")
    theirs = a_notice(other.commissioner, other.provider, by=someone(Role.CONTRACT_MANAGER, other.commissioner))
    ContractNotice.objects.filter(pk=notice.pk).update(escalation=step)
    for user in (place.lead, place.executive):
        client = sign_in(user)
        page = client.get(f"/notices/{notice.reference}/")
        listed = words(client.get("/notices/"))
        assert ("Level 3 training below the threshold" in words(page), notice.number in listed) == (True, True)
        assert theirs.number not in listed
        body = page.content.decode() + listed
        assert [hidden for hidden in ("Whistle", "Enhanced", "Step 2", step.reference) if hidden in body] == []
        assert "Contract notices about you" in words(client.get("/your-returns/"))
        assert client.get(f"/notices/{theirs.reference}/").status_code == 404
        assert client.get(f"/notices/{notice.reference}/close/").status_code == 404
    assert sign_in(place.contributor).get(f"/notices/{notice.reference}/").status_code == 404
    assert sign_in(place.contributor).get("/notices/").status_code == 404
    assert "Contract notices" not in words(sign_in(place.contributor).get("/your-returns/"))


def test_the_paper_as_it_was_served_is_kept_with_the_commissioner_and_read_by_the_provider(
    place, manager, notice, sign_in, settings, tmp_path
):
    settings.EVIDENCE_ROOT = tmp_path
    pdf = SimpleUploadedFile("cpn.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    client, address = sign_in(manager), f"/notices/{notice.reference}/file/"
    assert client.get(address).status_code == 409
    assert client.post(f"{address}add/", {"title": "The notice"}).status_code == 422
    assert client.post(f"{address}add/", {"title": "The notice", "file": pdf}).status_code == 302
    item = EvidenceItem.objects.get()
    assert (item.organisation, item.commissioner) == (place.commissioner, place.commissioner)
    assert sign_in(place.lead).get(f"/evidence/{item.reference}/").status_code == 404
    answers = {user.email: sign_in(user).get(address).status_code for user in (manager, place.lead, place.contributor)}
    # Where no scanner has looked at it yet it is not handed out (409), to nobody who may not read the notice (404).
    assert (answers[manager.email] in (200, 409), answers[place.contributor.email]) == (True, 404)
    assert answers[place.lead.email] == answers[manager.email]


def test_the_level_is_set_on_screen_and_listed(place, sign_in):
    client, address = sign_in(place.nurse), f"/surveillance/{place.provider.reference}/"
    said = {
        "commissioner": place.commissioner.pk,
        "label": "enhanced",
        "reason": "Two findings",
        **day("starts", TODAY),
    }
    assert client.post(address, {**said, "reason": ""}).status_code == 422
    ahead = client.post(address, {**said, **day("starts", TODAY + timedelta(days=1))})
    assert (ahead.status_code, "Two findings" in ahead.content.decode()) == (422, True)
    assert client.post(address, said).status_code == 302
    assert client.post(address, said).status_code == 409
    assert SurveillanceLevel.objects.get().set_by == place.nurse
    assert "Enhanced" in words(client.get("/surveillance/"))
    assert "Meadow View" not in words(client.get("/surveillance/?level=none"))
    assert sign_in(place.analyst).get(address).status_code == 404


def test_a_suspension_is_recorded_and_lifted_once(place, manager, sign_in):
    client = sign_in(manager)
    said = {
        "commissioner": place.commissioner.pk, "authority": "la", "authority_name": "Northshire Council",
        "reason": "Provider concerns", **day("starts_on", ISSUED),
    }  # fmt: skip
    address = f"/suspensions/new/{place.provider.reference}/"
    assert client.post(address, said).status_code == 302
    assert client.post(address, said).status_code == 409
    made = PlacementSuspension.objects.get()
    lift = f"/suspensions/{made.reference}/lift/"
    early = client.post(lift, {**day("day", ISSUED - timedelta(days=1)), "reason": "Better"})
    assert (early.status_code, "Better" in early.content.decode()) == (409, True)
    assert client.post(lift, {**day("day", TODAY), "reason": "Better"}).status_code == 302
    assert client.post(lift, {**day("day", TODAY), "reason": "Again"}).status_code == 409
    assert sign_in(place.lead).get(lift).status_code == 404


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_a_notice_one_is_told():
    place = a_place()
    notice = a_notice(place.commissioner, place.provider, by=place.nurse, issued_on=ISSUED)
    copies = [ContractNotice.objects.get(pk=notice.pk) for _ in range(2)]
    said = both(
        *(
            lambda copy=copy, n=n: (
                noticing.close(copy, "withdrawn", TODAY, words=f"By {n}", by=place.nurse, expected=1) or n
            )
            for n, copy in enumerate(copies)
        )
    )
    assert len([each for each in said if each != "refused"]) == 1


def test_the_exception_report_holds_what_happened_and_never_what_is_for_named_people(place, manager, notice, sign_in):
    from tests.factories.accounts import CircleFactory, CircleMemberFactory

    circle = CircleFactory(commissioner=place.commissioner)
    CircleMemberFactory(circle=circle, user=place.nurse, added_by=place.nurse)
    a_proposal(place.commissioner, place.provider, "exception", proposed_on=TODAY)
    a_proposal(place.commissioner, place.provider, "committee", circle=circle, proposed_on=TODAY)
    a_suspension(place.commissioner, place.provider, by=manager, starts_on=ISSUED)
    a_level(place.commissioner, place.provider, by=place.nurse, on=TODAY)
    a_milestone(notice, TODAY)
    client = sign_in(place.nurse)
    page = client.get("/escalation/report/")
    counts = {title: n for title, n in page.context["report"].counts if n}
    assert counts == {
        "Steps that wait for a person": 1, "Proposed": 1, "Contract notices": 1, "Suspensions of placements": 1,
        "Changes of surveillance": 1,
    }  # fmt: skip
    assert "Committee" not in words(page)
    book = client.get("/escalation/report/workbook/")
    assert (book.status_code, book["Content-Type"].endswith("sheet")) == (200, True)
    assert client.get("/escalation/report/?period=nonsense&commissioner=x").status_code == 200


@pytest.mark.parametrize(
    "address", ["/notices/?words=%00a", "/escalation/?words=%00&state=x", "/surveillance/?level=%00&words=%00"]
)
def test_junk_in_the_address_is_no_error(place, notice, sign_in, address):
    assert sign_in(place.nurse).get(address).status_code == 200


def test_a_step_named_in_the_address_of_a_new_notice_is_looked_up_safely(place, sign_in):
    assert sign_in(place.nurse).get(f"/notices/new/{place.provider.reference}/?step=%00x").status_code == 200
    assert sign_in(place.analyst).get("/escalation/route/change/?kind=step&code=%00").status_code == 302


def test_hazard_15_grades_in_question_stand_where_the_director_decides(now, sign_in):
    returned = validated(now - timedelta(days=90))
    director = someone(Role.DIRECTOR_OF_NURSING, returned.commissioner)
    client, address = sign_in(director), f"/escalation/providers/{returned.organisation.reference}/"
    assert "in question" not in words(client.get(address))
    criterion = returned.answers.first().criterion_version_id
    put_in_question(returned, criterion, since=ISSUED, reason="The policy has expired", by=director, at=now)
    assert f"1 validated grade in question since {ISSUED:%-d %B %Y}" in words(client.get(address))


def test_hazard_18_a_run_that_was_missed_is_said_loudly(place, sign_in):
    from chasing.models import JobRun

    client, loud = sign_in(place.nurse), "The daily run has not looked for steps"
    assert loud in words(client.get("/escalation/"))
    now = timezone.now()
    run = JobRun.objects.create(job="propose_steps", on=TODAY, started_at=now, finished_at=now, counts={"grounds": 2})
    assert loud not in words(client.get("/escalation/"))
    JobRun.objects.filter(pk=run.pk).update(on=TODAY - timedelta(days=2))
    assert loud in words(client.get("/escalation/"))

"""From a write-up to a final report: drafted, commented on, disputed, signed, answered by actions, shared."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Can, Role
from actions.models import Action
from assurance.models import Rating, SeenAtSite
from assurance.result import result_of
from chasing.letters import compose
from chasing.models import Letter
from design.calendar import add_working_days
from oversight.models import ActionPlan, FindingAction, Visit, VisitLetter, VisitReport
from oversight.models.visit_reports import sign_final
from oversight.visiting.document import document_of, seen_of
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory
from tests.factories.framework import published
from tests.factories.providers import ArrangementFactory, CommissionerFactory, SiteFactory, provider_of
from tests.factories.validation import submitted, validated
from tests.factories.visits import a_finding, a_visit

pytestmark = pytest.mark.django_db
SECRET = "canary-of-the-team"


@pytest.fixture
def people():
    published()
    commissioner = CommissionerFactory()
    organisation = provider_of(commissioner)
    return {
        "nurse": someone(Role.DESIGNATED_PROFESSIONAL, commissioner),
        "second": someone(Role.DESIGNATED_PROFESSIONAL, commissioner),
        "director": someone(Role.DIRECTOR_OF_NURSING, commissioner),
        "lead": someone(Role.PROVIDER_LEAD, organisation),
        "helper": someone(Role.PROVIDER_CONTRIBUTOR, organisation),
    }


@pytest.fixture
def visit(people):
    nurse = people["nurse"]
    commissioner = nurse.memberships.get().organisation
    organisation = people["lead"].memberships.get().organisation
    made = a_visit(
        organisation, commissioner, lead=nurse, state="done", planned_on=timezone.localdate() - timedelta(days=5),
        trigger="whistle_blowing",
    )  # fmt: skip
    a_finding(made, "concern", asked="Supervision", text="No record since May.")
    a_finding(made, "good_practice", asked="Reception", text="Everybody knew the lead.")
    whose = {"commissioner": commissioner, "organisation": organisation}
    made.parts.create(part="notes", value={"text": SECRET}, **whose)
    made.parts.create(part="summary", value={"text": "A caring service."}, **whose)
    return made


def day(name, date):
    return {f"{name}_{part}": getattr(date, part) for part in ("day", "month", "year")}


def send(visit, client):
    client.post(f"/visits/{visit.reference}/drafting/", {})
    visit.refresh_from_db()
    client.post(f"/visits/{visit.reference}/send/", {"version": visit.version})
    visit.refresh_from_db()


def test_planned_to_followed_up_as_the_right_roles(people, visit, sign_in):
    """Given a write-up, when it is drafted, disputed and signed, then the provider acts and somebody looks again."""
    nurse, second, director, lead = (sign_in(people[who]) for who in ("nurse", "second", "director", "lead"))
    at, today = f"/visits/{visit.reference}", timezone.localdate()
    assert {lead.get(f"{at}/{page}/").status_code for page in ("draft", "report", "drafting", "comments")} == {404}
    send(visit, nurse)
    assert (visit.state, visit.comments_until) == ("with_provider", add_working_days(today, 10))
    assert Letter.objects.filter(kind="visit_draft", organisation=visit.organisation).count() == 1
    draft = lead.get(f"{at}/draft/").content.decode()
    assert "No record since May." in draft
    assert "A caring service." in draft
    assert SECRET not in draft
    home, nothing = reverse("assurance:provider-home"), "Nothing is needed from you now"
    first = lead.get(home).content.decode()
    assert (f'href="{at}/draft/"' in first, nothing in first) == (True, False)
    assert "histle" not in draft
    key = visit.findings.get(asked="Supervision").key
    assert lead.post(f"{at}/draft/", {"about": f"finding-{key}", "text": "There is one of July."}).status_code == 302
    comment = visit.comments.get()
    assert nurse.get(f"{at}/sign/").status_code == 404
    # Nobody signs while the window is open or a comment waits.
    early = director.post(f"{at}/sign/", {"sure": "on", "version": visit.version})
    assert early.status_code == 409
    assert "Answer 1 comment" in early.content.decode()
    answer = f"{at}/comments/answer/?comment={comment.pk}"
    assert nurse.post(answer, {"answer": "not_accepted", "text": "It was not shown to us."}).status_code == 302
    assert lead.post(f"{at}/draft/dispute/?comment={comment.pk}", {"text": "It was on the table."}).status_code == 302
    own = nurse.post(answer, {"answer": "accepted", "text": "So be it."})
    assert own.status_code == 409
    assert "another person has to decide" in own.content.decode()
    assert "So be it." in own.content.decode()
    assert "Somebody who was not on the visit" in nurse.get(f"{at}/comments/").content.decode()
    went = someone(Role.DESIGNATED_PROFESSIONAL, visit.commissioner)
    visit.team.create(user=went, commissioner=visit.commissioner, organisation=visit.organisation)
    assert sign_in(went).post(answer, {"answer": "accepted", "text": "I was there."}).status_code == 409
    assert "Decide as the second reviewer" in second.get(f"{at}/comments/").content.decode()
    assert second.post(answer, {"answer": "accepted", "text": "The record was there."}).status_code == 302
    again = lead.post(f"{at}/draft/dispute/?comment={comment.pk}", {"text": "We dispute it twice."})
    assert (again.status_code, "We dispute it twice." in again.content.decode()) == (409, True)
    assert lead.post(f"{at}/draft/closed/").status_code == 302
    finding = visit.findings.get(asked="Supervision")
    finding.text = "No record since July."
    finding.save()
    assert lead.get(f"{at}/report/").status_code == 404
    visit.refresh_from_db()
    assert director.post(f"{at}/sign/", {"sure": "on", "version": visit.version}).status_code == 302
    final = lead.get(f"{at}/report/").content.decode()
    assert "No record since July." in final
    assert "No record since May." not in final
    plan = ActionPlan.objects.get()
    assert plan.due_on == add_working_days(today, 20)
    first = lead.get(home).content.decode()
    assert (f"/visits/plans/{plan.reference}/" in first, nothing in first) == (True, False)
    promised = {
        "finding": str(key), "text": "Record supervision each month.", "owner_name": "Ann Lee",
        **day("due_on", today + timedelta(days=60)),
    }  # fmt: skip
    assert lead.post(f"/visits/plans/{plan.reference}/promise/", promised).status_code == 302
    assert nothing in lead.get(home).content.decode()
    plan.refresh_from_db()
    action = Action.objects.get(origin_kind="visit")
    assert (plan.settled_at is not None, action.owner_name, FindingAction.objects.get().action) == (
        True, "Ann Lee", action,
    )  # fmt: skip
    visit.refresh_from_db()
    looked = {"outcome": "Supervision is recorded.", "version": visit.version, **day("on", today)}
    assert nurse.post(f"{at}/follow-up/", looked).status_code == 302
    again = {
        "kind": "follow_up", "trigger": "earlier_visit", "strands": ["adults"], "lead": people["nurse"].pk,
        "commissioner": visit.commissioner_id, **day("planned_on", today + timedelta(days=90)),
    }  # fmt: skip
    where = f"/visits/plan/{visit.organisation.reference}/?follows={visit.reference}"
    assert nurse.post(where, again).status_code == 302
    assert visit.followed_by.get().planned_on == today + timedelta(days=90)
    assert "Follow-up visit" in nurse.get(f"{at}/").content.decode()
    assert [step.what for step in visit.steps.all()] == [
        "planned", "drafted", "sent", "comments_closed", "signed", "plan_received", "followed_up",
    ]  # fmt: skip
    assert sign_in(people["helper"]).get(f"{at}/report/").status_code == 200


def signed(visit, people, sign_in):
    send(visit, sign_in(people["nurse"]))
    Visit.objects.filter(pk=visit.pk).update(comments_until=timezone.localdate() - timedelta(days=1))
    visit.refresh_from_db()
    return sign_final(visit, document_of(visit), seen_of(visit), by=people["director"], at=timezone.now())


def test_a_second_final_report_is_refused_and_the_first_is_frozen(people, visit, sign_in):
    report = signed(visit, people, sign_in)
    answer = sign_in(people["director"]).post(f"/visits/{visit.reference}/sign/", {"sure": "on"})
    assert answer.status_code == 409
    assert "signed once" in answer.content.decode()
    assert VisitReport.objects.final().count() == 1
    whose = {"commissioner": visit.commissioner, "organisation": visit.organisation}
    for change in (
        lambda: VisitReport.objects.filter(pk=report.pk).update(document={}),
        lambda: VisitReport.objects.filter(pk=report.pk).delete(),
        lambda: VisitReport.objects.create(visit=visit, kind="final", document={}, by=report.by, at=report.at, **whose),
        lambda: visit.parts.update(value={}),
    ):
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            change()
    report.refresh_from_db()
    assert report.document["paragraphs"][1]["text"] == "A caring service."


def test_a_comment_after_its_window_is_kept_on_the_page_and_says_what_to_do(people, visit, sign_in):
    send(visit, sign_in(people["nurse"]))
    Visit.objects.filter(pk=visit.pk).update(comments_until=timezone.localdate() - timedelta(days=1))
    lead, at = sign_in(people["lead"]), f"/visits/{visit.reference}/draft/"
    late = lead.post(at, {"about": "summary", "text": "We disagree."})
    assert late.status_code == 409
    assert "ask for more time" in late.content.decode()
    assert "We disagree." in late.content.decode()
    assert late.context["form"]["about"].value() == "summary"
    assert not visit.comments.exists()
    visit.refresh_from_db()
    more = {"reason": "Lead was away", "version": visit.version, **day("until", timezone.localdate())}
    assert sign_in(people["nurse"]).post(f"/visits/{visit.reference}/more-time/", more).status_code == 302
    assert lead.post(at, {"about": "summary", "text": "We disagree."}).status_code == 302
    assert visit.comments.get().text == "We disagree."


def test_an_associate_reads_the_final_report_and_nothing_before(people, visit, sign_in):
    neighbour = CommissionerFactory()
    ArrangementFactory(commissioner=neighbour, organisation=visit.organisation, part="associate")
    theirs = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, neighbour))
    assert theirs.get(f"/visits/{visit.reference}/report/").status_code == 404
    signed(visit, people, sign_in)
    assert theirs.get(f"/visits/{visit.reference}/report/").status_code == 200
    assert {theirs.get(f"/visits/{visit.reference}/{page}").status_code for page in ("", "comments/", "drafting/")} == {
        404
    }
    assert list(Visit.objects.permitted(someone(Role.AUDITOR, visit.commissioner), Can.SEE_VISIT_REPORTS)) == [visit]


def test_a_report_is_shared_after_six_questions_only(people, visit, sign_in):
    signed(visit, people, sign_in)
    nurse = sign_in(people["nurse"])
    said = {"shared_with": "CQC", "why": "Inspection next month", **day("shared_on", timezone.localdate())}
    two = nurse.post(f"/visits/{visit.reference}/share/", {**said, "checks": ["necessary", "secure"]})
    assert (two.status_code, list(two.context["form"].errors)) == (422, ["checks"])
    every = ["necessary", "proportionate", "relevant", "accurate", "timely", "secure"]
    assert nurse.post(f"/visits/{visit.reference}/share/", {**said, "checks": every}).status_code == 302
    assert [(each.shared_with, each.by) for each in visit.shares.all()] == [("CQC", people["nurse"])]


def test_draft_and_final_are_papers(people, visit, sign_in):
    send(visit, sign_in(people["nurse"]))
    lead = sign_in(people["lead"])
    draft = lead.get(f"/visits/{visit.reference}/draft/file/")
    assert (draft.status_code, draft.content[:5]) == (200, b"%PDF-")
    assert draft["Content-Disposition"] == f'attachment; filename="visit-{visit.reference}-draft.pdf"'


# --- hazards 13 and 14 ---


@pytest.fixture
def seen_at(people, visit, sign_in):
    """A validated return of the provider, and a way to sign a visit that saw criterion 1.1 at a site."""
    assessment = validated(timezone.now() - timedelta(days=30), assessment=a_return_of(visit), r1_1="green")
    criterion = assessment.round.framework_version.criteria.get(ref="1.1").criterion

    def see(site, judgement):
        nurse = people["nurse"]
        made = a_visit(
            visit.organisation, visit.commissioner, lead=nurse, state="with_provider",
            planned_on=timezone.localdate() - timedelta(days=3),
        )  # fmt: skip
        a_finding(made, judgement, criterion=criterion, site=site, text=f"Seen at {site}.")
        sign_final(made, document_of(made), seen_of(made), by=people["director"], at=timezone.now())

    return assessment, see


def a_return_of(visit):
    round = RoundFactory(commissioner=visit.commissioner, framework_version=published())
    return submitted(timezone.now() - timedelta(days=40), round=round, organisation=visit.organisation)


def seen_ratings(assessment):
    return list(assessment.ratings.current().filter(basis=Rating.Basis.SEEN_ON_VISIT).values_list("grade", "source"))


def test_hazard_13_a_visit_to_one_site_does_not_turn_the_provider_seen(seen_at, visit, people, sign_in):
    assessment, see = seen_at
    ash, elm = (SiteFactory(organisation=visit.organisation, name=name) for name in ("Ash Ward", "Elm Ward"))
    before = list(assessment.standard_results.order_by("pk").values("standard", "basis", "met", "partly", "reviewed"))
    see(ash, "concern")
    assert seen_ratings(assessment) == []
    now = list(assessment.standard_results.order_by("pk").values("standard", "basis", "met", "partly", "reviewed"))
    assert now == before
    assert list(SeenAtSite.objects.current().values_list("site", "state")) == [(ash.pk, "partly")]
    day = f"{timezone.localdate() - timedelta(days=3):%-d %B %Y}"
    for who in ("nurse", "lead"):
        criterion = reverse("assurance:result-criterion", args=[assessment.reference, "1.1"])
        page = sign_in(people[who]).get(criterion).content.decode()
        assert (f"Seen at Ash Ward on {day}" in page, "Not seen at Elm Ward." in page) == (True, True)
    see(elm, "compliant")
    assert [grade for grade, _ in seen_ratings(assessment)] == ["amber"]
    call_command("check_results")


def test_hazard_14_the_worst_site_stands_beside_the_group(seen_at, visit, people, sign_in):
    assessment, see = seen_at
    ash = SiteFactory(organisation=visit.organisation, name="Ash Ward")
    SiteFactory(organisation=visit.organisation, name="Elm Ward")
    director, result = sign_in(people["director"]), reverse("assurance:result", args=[assessment.reference])
    assert "Seen at" not in director.get(result).content.decode()
    see(ash, "immediate_concern")
    assert director.get(result).content.decode().count("Seen at Ash Ward on") == 1
    printed = {"result": result_of(assessment.reference, user=people["director"])}
    assert "Not met: Seen at Ash Ward on" in render_to_string("reports/result.html", printed)
    page = director.get(f"/visits/seen/{visit.organisation.reference}/").content.decode()
    row = page[page.index("<tbody>") : page.index("</tbody>")]
    assert "Met (green)" in row
    assert "Evidence reviewed" in row
    assert "Not met" in row
    assert row.index("Ash Ward") < row.index("Elm Ward")
    seen = director.get(f"/visits/seen/{visit.organisation.reference}/").context["rows"][0]
    assert (seen.words in row, seen.seen[0].words in row, len(seen.words) > 0) == (True, True, True)
    elsewhere = someone(Role.PROVIDER_LEAD, provider_of(visit.commissioner))
    assert sign_in(elsewhere).get(f"/visits/seen/{visit.organisation.reference}/").status_code == 404


def test_hazard_14_the_worst_site_is_what_the_group_is_seen_as(seen_at, visit):
    assessment, see = seen_at
    ash, elm = (SiteFactory(organisation=visit.organisation, name=name) for name in ("Ash Ward", "Elm Ward"))
    see(elm, "good_practice")
    see(ash, "immediate_concern")
    ((grade, source),) = seen_ratings(assessment)
    assert grade == "red"
    assert "Ash Ward" in source
    assert [(row.site, row.state) for row in SeenAtSite.objects.exceptions()] == [(ash, "not_met")]
    # Put right at that site, the next visit says so, and the old one stays in the history.
    see(ash, "compliant")
    assert [grade for grade, _ in seen_ratings(assessment)] == ["green"]
    assert not SeenAtSite.objects.exceptions().exists()
    assert SeenAtSite.objects.filter(site=ash).count() == 2
    call_command("check_results")


def test_a_provider_of_one_site_is_seen_when_that_is(seen_at, visit):
    assessment, see = seen_at
    home = SiteFactory(organisation=visit.organisation, name="The Limes")
    see(home, "concern")
    ((grade, source),) = seen_ratings(assessment)
    assert grade == "amber"
    assert "The Limes" in source
    assert assessment.standard_results.filter(basis="validated", partly=1).exists()
    call_command("check_results")


def test_mails_hold_an_address_and_a_date_and_no_word_of_the_report(people, visit, sign_in):
    signed(visit, people, sign_in)
    at = timezone.now()
    said = {letter.kind: compose(letter, at) for letter in Letter.objects.filter(organisation=visit.organisation)}
    assert isinstance(said["visit_draft"], str)
    final = said["visit_final"]
    assert f"/visits/{visit.reference}/report/" in str(final.body)
    assert "Supervision" not in str(final.body)
    assert final.to == [people["lead"].email]
    written = VisitLetter.objects.create(
        visit=visit, commissioner=visit.commissioner, organisation=visit.organisation, to_name="Dr Sen",
        text="A fire exit was locked.", drafted_by=people["nurse"], drafted_at=at,
    )  # fmt: skip
    written.send(by=people["nurse"], at=at)
    mail = compose(Letter.objects.get(kind="visit_letter"), at)
    assert f"/visits/letters/{written.reference}/" in str(mail.body)
    assert "fire exit" not in str(mail.body)


def test_the_draft_is_announced_with_the_last_day_for_comments(people, visit, sign_in):
    send(visit, sign_in(people["nurse"]))
    mail = compose(Letter.objects.get(kind="visit_draft"), timezone.now())
    assert f"/visits/{visit.reference}/draft/" in str(mail.body)
    assert f"{visit.comments_until:%-d %B %Y}" in str(mail.body)
    assert f"{visit.comments_until:%-d %B %Y}" in mail.subject

"""The demonstration: the same seed gives the same world, what its people find in it, and that nothing of it storms."""

import subprocess
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import DateTimeField
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import User
from accounts.models.people import BEARER
from actions.models import Action
from assurance.models import Answer, FiguresChange, LevelResult, Rating, SelfAssessment, Submission
from assurance_portal.locality.years import moment
from chasing import relay
from chasing.daily import reminders_last_ran
from chasing.models import Chase, DueChange, JobRun, Letter, Notice
from chasing.planner import plan
from chasing.sending import given_up
from design.calendar import add_working_days
from governance.models import AnnualReport, ReportDownload, ReportFigure
from providers.models import Contact, Organisation
from training.models import Figure, FigureReturn
from training.models.documents import asked_with_boxes
from training.models.missing import missing_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WEDNESDAY = date(2026, 11, 18)


@pytest.fixture(autouse=True)
def _demonstration(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAL_SEED_ANYWHERE", "1")
    settings.PORTAL_DEMONSTRATION = True
    settings.DATA_DIR = tmp_path
    settings.REPORTS_DIR = tmp_path / "reports"


def seed(*more: str, providers: int = 34, years: int = 2, on: date = WEDNESDAY) -> str:
    said = StringIO()
    asked = ["--providers", str(providers), "--years", str(years), "--as-at", on.isoformat(), *more]
    call_command("seed_demo", *asked, stdout=said, stderr=said)
    return said.getvalue()


# What is compared: everything that people see, by names instead of the database's numbers and random references.
ORGANISATION, RETURN = "organisation__name", "self_assessment__round__year"
SEEN = (
    (Organisation, ("kind", "name", "code", "category__code", "mailbox")),
    (Contact, (ORGANISATION, "kind", "name", "email", "verified_on")),
    (User, ("email", "name", "joined_at", "last_login")),
    (SelfAssessment, (ORGANISATION, "round__year", "state", "due_on", "submitted_at", "validated_at", "tier")),
    (Answer, (ORGANISATION, RETURN, "criterion_version__ref", "value", "narrative", "not_applicable_reason")),
    (Rating, (ORGANISATION, RETURN, "criterion_version__ref", "basis", "grade", "comment", "on")),
    (LevelResult, (ORGANISATION, RETURN, "strand", "level", "reasons")),
    (Submission, (ORGANISATION, RETURN, "signed_by_name", "submitted_at")),
    (Action, (ORGANISATION, "text", "due_on", "state", "evidence_required", "updates__text")),
    (DueChange, (ORGANISATION, "old", "new", "reason", "at")),
    (Chase, (ORGANISATION, "kind", "rung__offset", "outcome", "planned_on", "reason")),
    (Notice, ("to_user__email", "to_contact__email", "to_organisation__name", "why", "letter__sent_at")),
    (Letter, (ORGANISATION, "kind", "state", "sent_at", "problem")),
    (JobRun, ("job", "on", "counts")),
    (AnnualReport, ("commissioner__name", "year", "state", "approved_at", "narratives__text")),
    (ReportFigure, ("report__year", "key", "n", "d")),
    (FigureReturn, (ORGANISATION, "period__ends_on", "state", "due_on", "submitted_at")),
    (Figure, (ORGANISATION, "period__ends_on", "code", "kind", "group", "numerator", "denominator", "known_to")),
)  # fmt: skip


def the_world() -> dict[str, list[str]]:
    # Whoever writes by a link has an address made of its random reference.
    seen = {User: User.objects.exclude(email__endswith=BEARER)}
    return {
        model.__name__: sorted(map(repr, seen.get(model, model.objects.all()).values_list(*fields)))
        for model, fields in SEEN
    }


def loaded_and_undone(*more: str, looked_at: Callable[[datetime], None] | None = None) -> dict[str, list[str]]:
    """Look at the world, and take it away: the next one gets other numbers from the database."""
    before = timezone.now()
    with transaction.atomic():
        seed(*more, providers=12)
        if looked_at:
            looked_at(before)
        found = the_world()
        transaction.set_rollback(True)
    return found


def test_the_same_seed_and_day_give_the_same_world_and_another_seed_another():
    first, again, other = loaded_and_undone(looked_at=a_november), loaded_and_undone(), loaded_and_undone("--seed", "8")

    assert [name for name in first if first[name] != again[name]] == []
    assert min(len(rows) for rows in first.values()) > 0
    assert {"Answer", "Rating", "SelfAssessment"} <= {name for name in first if first[name] != other[name]}
    assert first["Organisation"] == other["Organisation"]


def a_november(before: datetime) -> None:
    nothing_is_still_to_come(WEDNESDAY, before)
    whoever_has_an_account_is_the_contact_of_their_provider()


def test_nothing_is_still_to_come_when_it_is_loaded_on_the_second_day_of_a_year():
    before, on = timezone.now(), date(2026, 4, 2)
    seed(providers=12, on=on)
    nothing_is_still_to_come(on, before)


def nothing_is_still_to_come(on: date, before: datetime) -> None:
    """At whatever hour of the day it was loaded."""
    # What the database and Django wrote by the clock lies between the two moments.
    late = {}
    # The standards ship with the portal, and are as old as it is; the database notes by its clock when figures change.
    told = (each for each in apps.get_models() if each._meta.app_label != "framework" and each is not FiguresChange)
    for model in told:
        for column in (each for each in model._meta.concrete_fields if isinstance(each, DateTimeField)):
            rows = model._default_manager.filter(**{f"{column.name}__gt": moment(on, 0)})
            if found := rows.exclude(**{f"{column.name}__range": (before, timezone.now())}).count():
                late[f"{model.__name__}.{column.name}"] = found
    assert late == {}
    assert not Rating.objects.filter(on__gt=on).exists()


def whoever_has_an_account_is_the_contact_of_their_provider() -> None:
    leads = User.objects.filter(memberships__role="PL")
    contacts = Contact.objects.filter(kind="safeguarding_lead")
    pair = ("organisation__name", "name", "email")
    held = set(leads.values_list("memberships__organisation__name", "name", "email"))
    assert set(contacts.values_list(*pair)) == held
    royal = contacts.get(email="yvonne.mbeki@royal.example")
    assert (royal.name, royal.job_title) == ("Yvonne Mbeki", "Named Nurse, Safeguarding")
    signs = Contact.objects.get(organisation=royal.organisation, kind="executive")
    assert (signs.name, signs.email) == ("Margaret Sutcliffe", "margaret.sutcliffe@royal.example")
    assert set(Submission.objects.filter(organisation=royal.organisation).values_list("signed_by_name")) == {
        ("Margaret Sutcliffe",)
    }


def test_the_demonstration_never_mixes_with_people():
    User.objects.create_user("real@example.nhs.uk", "x", name="Real")
    with pytest.raises(CommandError, match="never mixes"):
        seed()
    assert Organisation.objects.count() == 0


def words(response) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def by(email: str) -> User:
    return User.objects.get(email__startswith=email)


def test_its_people_find_a_year_that_was_lived_in_and_nothing_storms(sign_in, tmp_path):
    assert "Loaded " in seed()

    nothing_is_later_than_its_day()
    nothing_storms()
    what_was_sent_back_says_why_and_until_when()
    figures_are_such_as_the_portal_itself_would_take()
    reminders_were_sent_and_some_wait_for_a_person(sign_in(by("helen.ashworth")))
    a_member_of_the_governing_body_reads_what_was_published(sign_in(by("geoffrey.pell")), tmp_path)
    a_neighbours_draft_is_being_written(sign_in(by("priya.raman")))
    call_command("check_results", stdout=(said := StringIO()))
    assert "0 differences" in said.getvalue()


def nothing_is_later_than_its_day() -> None:
    end = moment(WEDNESDAY, 23)
    moments = (
        (SelfAssessment, "submitted_at"), (Letter, "sent_at"), (Letter, "not_before"), (Chase, "decided_at"),
        (ReportDownload, "at"), (AnnualReport, "published_at"), (JobRun, "finished_at"), (User, "last_login"),
    )  # fmt: skip
    assert [(model.__name__, name) for model, name in moments if model.objects.filter(**{f"{name}__gt": end})] == []
    assert not Chase.objects.filter(planned_on__gt=WEDNESDAY).exists()


def what_was_sent_back_says_why_and_until_when() -> None:
    returned = SelfAssessment.objects.filter(state="sent_back")
    assert returned.count() > 0
    for row in returned:
        back = row.send_backs.get()
        moved = DueChange.objects.get(kind="self_assessment", thing=row.pk)
        assert (row.due_on, row.due_version) == (back.due_on, 2)
        assert (moved.old, moved.new, moved.at, moved.reason) == (
            row.original_due_on, back.due_on, back.at, "Sent back for more",
        )  # fmt: skip
        assert row.first_submitted_at < back.at < moment(WEDNESDAY, 0) <= moment(back.due_on)
        assert Letter.objects.filter(kind="sent_back", about__send_back=back.pk).count() == 1


def figures_are_such_as_the_portal_itself_would_take() -> None:
    """Nothing of what was submitted is missing anything, sums are those of the groups, and everything told is there."""
    assert [row for row in FigureReturn.objects.returned() if missing_of(asked_with_boxes(row))] == []
    known = Figure.objects.known().filter(answer="figures")
    groups: dict[int, list[int]] = {}
    for asked, n, d in known.filter(kind="group").values_list("asked", "numerator", "denominator"):
        had = groups.setdefault(asked, [0, 0])
        groups[asked] = [had[0] + (n or 0), had[1] + (d or 0)]
    totals = known.filter(kind="total", asked__in=list(groups)).values_list("asked", "numerator", "denominator")
    assert {asked: [n, d] for asked, n, d in totals} == groups
    late = known.filter(code="initial_assessments", kind="total").values_list("asked", "numerator", "denominator")
    for asked, n, d in late:
        assert sum(known.filter(asked=asked, kind="reason").values_list("numerator", flat=True)) == d - n
    assert Figure.objects.exclude(known_to=None).exists()
    assert known.filter(kind="host").values("commissioner").distinct().count() == 2
    assert known.filter(code="children_2", kind="group", group="governing_body", denominator=0).exists()
    assert {row.answer for row in Figure.objects.known()} == {"figures", "nothing", "not_applicable"}
    assert set(FigureReturn.objects.values_list("state", flat=True)) == {"issued", "in_progress", "submitted"}


def nothing_storms() -> None:
    """Nothing but the demonstration's link is ready to leave; the first mornings write what falls due then."""
    at = moment(WEDNESDAY, 12)
    ready = Letter.objects.ready(at + timedelta(days=30))
    assert list(ready.values_list("kind", flat=True)) == ["return_link"]
    with transaction.atomic():
        assert [letter.kind for letter in relay.claim(at)] == ["return_link"]
        transaction.set_rollback(True)
    with transaction.atomic():
        first = plan(WEDNESDAY, at=at)
        second = plan(add_working_days(WEDNESDAY, 1), at=at + timedelta(days=1))
        transaction.set_rollback(True)
    assert first.decided == 0
    assert second.letters <= 5


def reminders_were_sent_and_some_wait_for_a_person(nurse) -> None:
    ran = reminders_last_ran(at=moment(WEDNESDAY, 6))
    assert (ran.late, ran.problem, ran.on) == (False, "", WEDNESDAY - timedelta(days=1))
    assert JobRun.objects.get(on=WEDNESDAY - timedelta(days=1)).counts.keys() >= {"reminded", "proposed", "letters"}

    waiting = Chase.objects.proposed().filter(kind="self_assessment").select_related("organisation").first()
    assert waiting is not None
    page = words(nurse.get("/reminders/proposals/"))
    assert waiting.organisation.name in page
    history = words(nurse.get(f"/reminders/organisations/{waiting.organisation.reference}/"))
    assert "Accepted by the mail server" in history
    assert "Nobody signed in since" in history
    assert set(Chase.objects.values_list("outcome", flat=True)) >= {"reminded", "proposed", "taken"}
    assert given_up(by("helen.ashworth")).count() > 0


def a_member_of_the_governing_body_reads_what_was_published(member, folder) -> None:
    """And no draft, neither in a list nor by its address. Every page of the paper says that it is a demonstration."""
    report = AnnualReport.objects.get(state="published")
    assert ReportDownload.objects.filter(file__report=report).count() == 4
    assert "NHS Westmarch 2025-26, published" in words(member.get("/"))
    mine = AnnualReport.objects.begin(
        report.commissioner, year="2026-27", cut_off=WEDNESDAY, by=by("priya.raman"), at=moment(WEDNESDAY)
    )
    listed = words(member.get("/annual-reports/"))
    assert (report.title in listed, mine.title in listed) == (True, False)
    addresses = [
        f"/annual-reports/{mine.reference}/{more}"
        for more in ("", "paper.pdf", "figures/", "making/", "making/paper.pdf")
    ]
    assert {member.get(address).status_code for address in addresses} == {404}

    answer = member.get(f"/annual-reports/{report.reference}/paper.pdf")
    file = folder / "paper.pdf"
    file.write_bytes(answer.getvalue())
    pages = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout
    sheets = [each for each in pages.split("\f") if each.strip()]
    assert len(sheets) > 5
    assert [n for n, each in enumerate(sheets, 1) if "Demonstration data." not in each] == []
    assert "Not written yet" not in pages


def a_neighbours_draft_is_being_written(analyst) -> None:
    draft = AnnualReport.objects.get(state="draft", year="2025-26")
    assert "Still to be written" in words(analyst.get(f"/annual-reports/{draft.reference}/making/"))

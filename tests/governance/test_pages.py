"""Pages of the annual report: who sees what, what each verb answers, and that nothing asks more for more rows."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chasing.models import JobRun
from governance import tasks
from governance.models import AnnualReport, ReportDownload
from tests.factories import governance as made
from tests.factories.accounts import someone

pytestmark = pytest.mark.django_db
MAKING = ("report-builder", "draft-paper", "draft-figures", "report-preview")
READING = ("report-detail", "report-paper", "report-figures")


@pytest.fixture
def place():
    small = made.a_locality()
    trusts = made.CategoryFactory(code="ACUTE")
    for key in ("Riverside", "Hillview"):
        small.add(key, trusts)
    made.validated(small, "Riverside")
    made.issued(small, "Hillview")
    return small


def url(name, report=None, **more):
    return reverse(f"governance:{name}", kwargs={"reference": report.reference, **more} if report else {})


def answers(client, names, report):
    return {client.get(url(name, report)).status_code for name in names}


def test_before_publication_only_those_who_make_it_see_it(place, sign_in):
    report = made.approved(place)
    for role in ("GB", "SB", "AU", "NG", "CM", "CG", "CS", "NE"):
        client = sign_in(someone(role, place.commissioner))
        assert answers(client, (*READING, *MAKING), report) == {404}, role
        assert report.reference not in client.get(url("report-list")).content.decode()
    client = sign_in(place.analyst)
    assert answers(client, MAKING, report) == {200}
    assert report.reference in client.get(url("report-list")).content.decode()


def test_after_publication_readers_read_and_still_do_not_make(place, sign_in):
    report = made.published(place)
    for role in ("GB", "SB", "AU", "NG", "CM", "CG", "CS", "NE"):
        client = sign_in(someone(role, place.commissioner))
        assert answers(client, READING, report) == {200}, role
        assert answers(client, MAKING, report) == {404}, role
        assert report.reference in client.get(url("report-list")).content.decode()


def test_another_commissioner_and_a_provider_see_nothing(place, sign_in):
    report = made.published(place)
    elsewhere = made.a_locality("Southshire CCG")
    theirs = made.published(elsewhere)
    for person in (elsewhere.director, elsewhere.analyst, elsewhere.member):
        client = sign_in(person)
        assert answers(client, (*READING, *MAKING), report) == {404}
        assert client.get(url("report-detail", theirs)).status_code == 200
    lead = sign_in(someone("PL", place.providers["Riverside"]))
    assert answers(lead, (*READING, *MAKING), report) == {404}
    assert lead.get(url("report-list")).status_code == 404


def test_a_replaced_version_is_no_longer_read(place, sign_in):
    first = made.published(place)
    made.published(place, made.built(first.next_version(by=place.analyst, at=made.NOW)))
    client = sign_in(place.member)
    assert client.get(url("report-detail", first)).status_code == 404
    assert sign_in(place.analyst).get(url("report-builder", first)).status_code == 200


def test_a_download_is_logged_once_and_comes_with_safe_headers(place, sign_in):
    report = made.published(place)
    client = sign_in(place.member)
    response = client.get(url("report-paper", report))
    assert client.head(url("report-paper", report)).status_code == 200
    assert response.content[:5] == b"%PDF-"
    assert ReportDownload.objects.count() == 1
    assert ReportDownload.objects.get().by == place.member
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        'attachment; filename="annual-safeguarding-report-2024-25-version-1.pdf"; '
        "filename*=UTF-8''annual-safeguarding-report-2024-25-version-1.pdf"
    )
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "no-store")
    shown = sign_in(place.director).get(url("report-builder", report)).content.decode()
    assert place.member.name in shown


def test_a_working_copy_is_called_one(place, sign_in):
    report = made.built(made.a_report(place))
    response = sign_in(place.analyst).get(url("draft-paper", report))
    assert "-working-copy.pdf" in response["Content-Disposition"]


def test_a_paper_that_is_not_there_is_a_refusal(place, sign_in):
    assert sign_in(place.analyst).get(url("draft-paper", made.a_report(place))).status_code == 409


def test_a_damaged_paper_is_not_handed_out(place, sign_in, settings, tmp_path):
    settings.REPORTS_DIR = tmp_path
    report = made.built(made.a_report(place))
    file = report.files.get(kind="pdf")
    (tmp_path / file.sha256[:2] / file.sha256).write_bytes(b"something else")
    response = sign_in(place.analyst).get(url("draft-paper", report))
    assert response.status_code == 409
    assert ReportDownload.objects.count() == 0


def test_beginning_a_report(place, sign_in):
    on = timezone.localdate()
    client = sign_in(place.analyst)
    shown = client.get(url("report-add"))
    year = shown.context["form"].initial["year"]
    given = {"commissioner": place.commissioner.reference, "year": year}
    ends = shown.context["form"].initial["cut_off"]
    day = {"cut_off_day": ends.day, "cut_off_month": ends.month, "cut_off_year": ends.year}
    response = client.post(url("report-add"), {**given, **day})
    report = AnnualReport.objects.get()
    assert response["Location"] == url("report-builder", report)
    assert (report.cut_off, report.created_by) == (ends, place.analyst)
    again = client.post(url("report-add"), {**given, **day})
    assert (again.status_code, "already a draft" in again.content.decode()) == (422, True)
    tomorrow = on + timedelta(days=1)
    late = {"cut_off_day": tomorrow.day, "cut_off_month": tomorrow.month, "cut_off_year": tomorrow.year}
    response = client.post(url("report-add"), {**given, **late})
    assert (response.status_code, "must be today or earlier" in response.content.decode()) == (422, True)
    early = client.post(url("report-add"), {**given, "cut_off_day": 1, "cut_off_month": 1, "cut_off_year": 2001})
    assert (early.status_code, "when the year began" in early.content.decode()) == (422, True)


def test_nobody_begins_a_report_of_another_commissioner(place, sign_in):
    elsewhere = made.a_locality("Southshire CCG")
    response = sign_in(place.analyst).post(
        url("report-add"),
        {"commissioner": elsewhere.commissioner.reference, "year": "2024-25",
         "cut_off_day": 31, "cut_off_month": 3, "cut_off_year": 2025},
    )  # fmt: skip
    assert response.status_code == 422
    assert AnnualReport.objects.count() == 0


def test_words_save_themselves_and_a_stale_save_shows_both(place, sign_in):
    report = made.a_report(place)
    client = sign_in(place.nurse)
    address = url("report-words-save", report, section="statement")
    saved = client.post(address, {"text": "Ours are safe.", "version": 1})
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    stale = client.post(address, {"text": "Mine instead", "version": 1})
    assert stale.status_code == 409
    assert "Ours are safe." in stale.content.decode()
    assert "Mine instead" in stale.content.decode()
    long = client.post(address, {"text": "x" * 1_001, "version": 2})
    assert (long.status_code, list(long.json()["errors"])) == (422, ["text"])
    assert report.narratives.get(section="statement").text == "Ours are safe."


def test_words_without_javascript(place, sign_in):
    report = made.a_report(place)
    client = sign_in(place.nurse)
    address = url("report-words", report, section="asked")
    assert client.post(address, {"text": "Receive it.", "version": 1}).status_code == 302
    stale = client.post(address, {"text": "Or this", "version": 1})
    assert (stale.status_code, "Or this" in stale.content.decode()) == (409, True)
    assert "Receive it." in stale.content.decode()
    assert client.get(url("report-words", report, section="nothing")).status_code == 404


def test_last_years_words_stand_beside(place, sign_in):
    report = made.a_report(place)
    report.narratives.get(section="priorities").write("1. Neglect", by=place.nurse, at=made.NOW, seen=None)
    made.approved(place, made.built(report))
    later = made.a_report(place, year="2025-26", cut_off=date(2026, 3, 31))
    shown = sign_in(place.nurse).get(url("report-words", later, section="priorities")).content.decode()
    assert "1. Neglect" in shown


def test_building_from_the_page_is_queued_and_shown(place, sign_in):
    report = made.a_report(place)
    client = sign_in(place.analyst)
    assert client.get(url("report-build", report)).status_code == 405
    assert client.post(url("report-build", report))["Location"] == url("report-builder", report)
    report.refresh_from_db()
    assert report.build == "queued"
    shown = client.get(url("report-builder", report)).content.decode()
    assert "Waiting for the worker" in shown
    report.claim(at=made.NOW)
    report.reach("Setting the pages", 55, at=made.NOW)
    assert "The paper is being made: 55 %" in client.get(url("report-builder", report)).content.decode()


def test_a_worker_that_is_down_is_said_in_plain_words_and_the_page_heals(place, sign_in):
    report = made.a_report(place)
    client = sign_in(place.analyst)
    client.post(url("report-build", report))
    silent, shown = "makes papers does not answer", url("report-builder", report)
    assert silent in (never := client.get(shown).content.decode())
    assert "It has not been heard of yet" in never
    assert "What you asked for is kept" in never

    JobRun.objects.beat("sweep_builds", on=timezone.localdate(), at=timezone.now() - timedelta(minutes=4))
    assert "It was last heard of on" in client.get(shown).content.decode()

    JobRun.objects.beat("sweep_builds", on=timezone.localdate(), at=timezone.now() - timedelta(minutes=1))
    alive = client.get(shown).content.decode()
    assert ("Waiting for the worker" in alive, silent in alive) == (True, False)

    JobRun.objects.all().delete()
    assert tasks.sweep_builds() == 1
    healed = client.get(shown).content.decode()
    assert ("Working copy" in healed, silent in healed) == (True, False)
    assert JobRun.objects.get(job="sweep_builds").finished_at is not None


def test_returns_that_arrived_after_the_cut_off_are_named_on_the_page_and_in_the_paper(place, sign_in):
    for key in ("Late House", "Later House"):
        place.add(key, place.providers["Riverside"].category)
        made.received(place, key, at=made.AFTER)
    report = made.published(place)

    page = " ".join(sign_in(place.member).get(url("report-detail", report)).content.decode().split())

    assert "2 returns arrived after the cut-off</a> and are not counted." in page
    assert url("report-figure", report, key="late") in page
    listed = sign_in(place.member).get(url("report-figure", report, key="late")).content.decode()
    assert ("Late House" in listed, "Later House" in listed, "10 Apr 2025" in listed) == (True, True, True)


def test_approving_asks_for_a_fresh_second_factor_and_for_another_person(place, sign_in):
    report = made.a_report(place)
    for block in report.narratives.all():
        block.write("Written.", by=place.nurse, at=made.NOW - timedelta(minutes=1), seen=None)
    made.built(report)
    address, desk = url("report-approve", report), url("report-builder", report)
    assert sign_in(place.analyst).get(address).status_code == 404
    offered = [address in sign_in(who).get(desk).content.decode() for who in (place.director, place.analyst)]
    assert offered == [True, False]
    assert sign_in(place.director, fresh=False).get(address).status_code == 302
    client = sign_in(place.director)
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"sure": "on"}).status_code == 302
    report.refresh_from_db()
    assert (report.approved_by, report.build) == (place.director, "queued")
    assert client.post(address, {"sure": "on"}).status_code == 409


def test_a_report_with_empty_blocks_is_not_approved(place, sign_in):
    report = made.built(made.a_report(place))
    response = sign_in(place.director).post(url("report-approve", report), {"sure": "on"})
    assert (response.status_code, "Still to be written" in response.content.decode()) == (409, True)


def test_publishing_from_the_page(place, sign_in):
    report = made.approved(place)
    assert sign_in(place.analyst).post(url("report-publish", report)).status_code == 404
    response = sign_in(place.director).post(url("report-publish", report))
    assert response["Location"] == url("report-detail", report)
    assert sign_in(place.director).post(url("report-publish", report)).status_code == 409


def test_a_further_version_from_the_page(place, sign_in):
    report = made.published(place)
    response = sign_in(place.analyst).post(url("report-next-version", report))
    second = AnnualReport.objects.get(number=2)
    assert response["Location"] == url("report-builder", second)


def test_every_figure_opens_the_list_behind_it(place, sign_in):
    report = made.built(made.a_report(place))
    client = sign_in(place.analyst)
    for figure in report.figures.all():
        response = client.get(url("draft-figure", report, key=figure.key))
        assert response.status_code == 200
        if "sums" not in figure.value and not figure.key.startswith("standard."):
            assert response.context["rows"].paginator.count == figure.n, figure.key
    assert "Hillview" in client.get(url("draft-figure", report, key="no_return")).content.decode()
    assert client.get(url("draft-figure", report, key="nothing-like-it")).status_code == 404


def test_before_the_figures_are_taken_the_preview_claims_nothing_about_them(place, sign_in):
    report, client = made.a_report(place), sign_in(place.analyst)
    before = client.get(url("report-preview", report)).content.decode()
    assert "Listed when the figures are taken" in before
    assert "Every provider on the register has a validated level" not in before
    assert "Key figures" not in before
    made.built(report)
    after = client.get(url("report-preview", report)).content.decode()
    assert "Listed when the figures are taken" not in after
    assert "Key figures" in after


@pytest.mark.parametrize("name", ["report-builder", "report-preview", "draft-figures"])
def test_pages_of_makers_ask_the_same_for_one_provider_and_for_many(place, sign_in, name):
    report = made.built(made.a_report(place))
    client = sign_in(place.analyst)
    client.get(url(name, report))
    few = queries(client, url(name, report))
    for n in range(8):
        place.add(f"More {n}", place.providers["Riverside"].category)
        made.issued(place, f"More {n}")
    made.built(report)
    assert queries(client, url(name, report)) == few
    assert few <= 12


def test_the_list_asks_the_same_for_one_report_and_for_many(place, sign_in):
    made.published(place)
    client = sign_in(place.analyst)
    client.get(url("report-list"))
    few = queries(client, url("report-list"))
    for n in range(4):
        made.a_report(place, year=f"20{10 + n}-{11 + n}", cut_off=date(2011 + n, 3, 31))
    assert queries(client, url("report-list")) == few
    assert few <= 12


def queries(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len([each for each in asked if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "SET"))])

"""The verbs of a report: allowed, refused, two at once; approved it never changes, whoever asks and however."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.door import Refused, Stale
from governance import building, tasks
from governance.building import build
from governance.files import read
from governance.models import AnnualReport, ReportFile
from governance.models.reports import LEASE, NotReady, OwnReport
from governance.paper import make
from tests.factories import governance as made
from tests.factories.accounts import someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    """One trust, validated: enough of a year for a paper."""
    small = made.a_locality()
    small.add("Riverside", made.CategoryFactory(code="ACUTE"))
    made.validated(small, "Riverside")
    return small


def test_beginning_makes_an_empty_block_for_every_section(place):
    report = made.a_report(place)
    assert report.number == 1
    assert set(report.narratives.values_list("text", flat=True)) == {""}
    assert report.narratives.count() == 7


def test_there_is_one_draft_a_year(place):
    made.a_report(place)
    with pytest.raises(Refused, match="already a draft"):
        made.a_report(place)


def test_words_are_saved_with_who_and_when(place):
    block = made.a_report(place).narratives.get(section="asked")
    block.write("Receive the report.", by=place.nurse, at=made.NOW, seen=1)
    assert (block.text, block.written_by, block.version) == ("Receive the report.", place.nurse, 2)


def test_the_same_words_again_are_no_conflict(place):
    block = made.a_report(place).narratives.get(section="asked")
    block.write("Receive it.", by=place.nurse, at=made.NOW, seen=1)
    block.write("Receive it.", by=place.nurse, at=made.NOW, seen=1)
    assert block.version == 2


def test_words_over_somebody_elses_are_refused_and_both_are_told(place):
    block = made.a_report(place).narratives.get(section="asked")
    block.write("Theirs", by=place.nurse, at=made.NOW, seen=1)
    with pytest.raises(Stale) as problem:
        block.write("Mine", by=place.analyst, at=made.NOW, seen=1)
    assert (problem.value.theirs.text, problem.value.yours) == ("Theirs", "Mine")


def test_whoever_began_it_may_not_approve_it(place):
    report = made.built(made.a_report(place, by=place.director))
    with pytest.raises(OwnReport):
        report.approve(by=place.director, at=made.NOW)
    report.approve(by=someone("DN", place.commissioner), at=made.NOW)
    assert report.approved_at == made.NOW


def test_approval_waits_for_a_paper_that_holds_the_words(place):
    report = made.a_report(place)
    with pytest.raises(NotReady, match="has been built"):
        report.approve(by=place.director, at=made.NOW)
    made.built(report)
    report.narratives.get(section="asked").write("New", by=place.nurse, at=made.NOW + timedelta(minutes=1), seen=None)
    with pytest.raises(NotReady, match="Words have changed"):
        report.approve(by=place.director, at=made.NOW)


def test_the_final_paper_has_no_working_copy_banner_and_the_same_facts(place):
    report = made.built(made.a_report(place))
    working = read(report.files.get(kind="html", current=True).sha256).decode()
    facts = list(report.facts.values_list("kind", "label", "attributes"))
    made.approved(place, report)
    final = read(report.files.get(kind="html", current=True).sha256).decode()
    assert ("Working copy" in working, "Working copy" in final) == (True, False)
    assert "Approved by Dee Rector, Director of Nursing, on 2 May 2025" in final
    assert list(report.facts.values_list("kind", "label", "attributes")) == facts
    assert report.state == "approved"


def test_words_and_figures_of_an_approved_report_cannot_be_changed_by_verbs(place):
    report = made.approved(place)
    with pytest.raises(NotReady):
        report.narratives.get(section="asked").write("Late", by=place.nurse, at=made.NOW, seen=None)
    with pytest.raises(NotReady):
        report.ask_for_build()
    with pytest.raises(NotReady):
        report.approve(by=place.director, at=made.NOW)
    assert build(report, clock=lambda: made.NOW) is False


CHANGES = (
    "UPDATE governance_annualreport SET cut_off = cut_off + 1 WHERE id = %s",
    "UPDATE governance_annualreport SET state = 'draft' WHERE id = %s",
    "UPDATE governance_reportfact SET label = 'x' WHERE report_id = %s",
    "DELETE FROM governance_reportfact WHERE report_id = %s",
    "UPDATE governance_reportfigure SET n = 0 WHERE report_id = %s",
    "UPDATE governance_reportnarrative SET text = 'x' WHERE report_id = %s",
    "UPDATE governance_reportfile SET sha256 = 'x' WHERE report_id = %s",
    "DELETE FROM governance_reportfile WHERE report_id = %s",
)


def test_nor_by_raw_sql(place):
    report = made.approved(place)
    for statement in CHANGES:
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [report.pk])
    assert make(report).pdf == read(report.files.get(kind="pdf", current=True).sha256)


def test_the_approved_paper_made_again_is_the_same_bytes(place, set_anew):
    report = made.approved(place)
    stored = {file.kind: read(file.sha256) for file in report.files.filter(current=True)}
    again = make(AnnualReport.objects.get(pk=report.pk))
    assert (again.html.encode(), again.css.encode(), again.pdf) == (stored["html"], stored["css"], stored["pdf"])


def test_publishing_replaces_the_version_before(place):
    first = made.published(place)
    second = first.next_version(by=place.analyst, at=made.NOW)
    assert (second.number, second.state) == (2, "draft")
    made.published(place, made.built(second))
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "published")


def test_only_an_approved_report_is_published(place):
    report = made.built(made.a_report(place))
    with pytest.raises(NotReady):
        report.publish(by=place.director, at=made.NOW)
    assert report.state == "draft"


def test_a_further_version_takes_the_words_over(place):
    report = made.a_report(place)
    report.narratives.get(section="asked").write("Receive it.", by=place.nurse, at=made.NOW, seen=None)
    later = made.approved(place, made.built(report)).next_version(by=place.analyst, at=made.NOW)
    assert later.narratives.get(section="asked").text == "Receive it."


def test_asking_twice_asks_once(place):
    report = made.a_report(place)
    assert (report.ask_for_build(), report.ask_for_build()) == (True, False)


def test_the_task_run_twice_makes_one_paper(place):
    report = made.a_report(place)
    report.ask_for_build()
    assert (tasks.build_report(report_id=report.pk), tasks.build_report(report_id=report.pk)) == (True, False)
    assert report.files.filter(kind="pdf").count() == 1


def test_a_build_whose_worker_was_killed_is_taken_up_by_the_sweep(place, monkeypatch):
    report = made.a_report(place)
    report.ask_for_build()
    assert report.claim(at=made.NOW)
    monkeypatch.setattr(tasks.timezone, "now", lambda: made.NOW + LEASE - timedelta(seconds=1))
    assert tasks.sweep_builds() == 0
    monkeypatch.setattr(tasks.timezone, "now", lambda: made.NOW + LEASE + timedelta(seconds=1))
    assert tasks.sweep_builds() == 1
    report.refresh_from_db()
    assert (report.build, report.attempts, report.progress) == ("built", 2, 100)


def test_the_worker_that_comes_back_late_changes_nothing(place):
    report = made.a_report(place)
    report.ask_for_build()
    late = AnnualReport.objects.get(pk=report.pk)
    assert late.claim(at=made.NOW)
    assert build(report, clock=lambda: made.NOW + LEASE + timedelta(seconds=1))
    with pytest.raises(building.LeaseLost):
        late.reach("Setting the pages", 55, at=made.NOW + LEASE + timedelta(seconds=2))
    assert ReportFile.objects.filter(report=report, kind="pdf").count() == 1


def test_after_three_lost_workers_it_is_given_up_in_plain_words_and_can_be_asked_again(place):
    report = made.a_report(place)
    report.ask_for_build()
    at = made.NOW
    for _ in range(3):
        assert report.claim(at=at)
        at += LEASE + timedelta(seconds=1)
    assert report.claim(at=at) is False
    assert (report.build, "after three tries" in report.problem) == ("failed", True)
    assert report.ask_for_build()
    assert build(report, clock=lambda: at)


def test_a_failure_is_said_in_plain_words_and_leaves_no_half_paper(place, settings, tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    settings.REPORTS_DIR = in_the_way
    report = made.a_report(place)
    report.ask_for_build()
    assert build(report, clock=lambda: made.NOW) is False
    assert (report.build, report.problem) == ("failed", building.FAILED)
    assert report.files.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_makes_the_paper():
    small = made.a_locality()
    small.add("Riverside", made.CategoryFactory(code="ACUTE"))
    made.validated(small, "Riverside")
    report = made.a_report(small)
    report.ask_for_build()
    done, ready = [], threading.Barrier(2)

    def work():
        mine = AnnualReport.objects.get(pk=report.pk)
        ready.wait()
        done.append(build(mine, clock=lambda: made.NOW))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    [each.start() for each in workers]
    [each.join() for each in workers]
    assert sorted(done) == [False, True]
    assert report.files.filter(kind="pdf").count() == 1

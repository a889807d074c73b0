"""The result as a PDF: asked for, made by the worker once, downloaded by whoever asked and by nobody else."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from assurance.models import ResultPaper, SelfAssessment
from assurance.models.papers import ATTEMPTS, LEASE, ask_for_paper
from assurance.tasks import clear_papers, make_paper, sweep_papers
from tests.factories.accounts import someone
from tests.factories.providers import ArrangementFactory, CommissionerFactory
from tests.factories.validation import nurse_of, validated


def url(assessment: SelfAssessment, name: str = "result-paper") -> str:
    return reverse(f"assurance:{name}", args=[assessment.reference])


def asked(assessment: SelfAssessment, by: Any, at: Any) -> ResultPaper:
    return ask_for_paper(assessment, by=by, at=at)


@pytest.mark.django_db
def test_it_is_asked_for_made_and_downloaded(at, sign_in, django_assert_max_num_queries):
    assessment = validated(at)
    nurse = nurse_of(assessment)
    client = sign_in(nurse)
    assert client.get(url(assessment, "result-file")).url == url(assessment)
    assert "Make the PDF" in client.get(url(assessment)).content.decode()
    assert client.post(url(assessment)).url == url(assessment)
    with django_assert_max_num_queries(12):
        waiting = client.get(url(assessment)).content.decode()
    assert ("Waiting to be made" in waiting, "Make it again" in waiting) == (True, False)
    assert (sweep_papers(), sweep_papers()) == (1, 0)
    assert "Download the PDF" in client.get(url(assessment)).content.decode()
    file = client.get(url(assessment, "result-file"))
    assert (file["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.django_db
def test_what_was_made_for_one_reader_is_not_another_ones(at, sign_in):
    assessment = validated(at)
    nurse, lead = nurse_of(assessment), someone("PL", assessment.organisation)
    asked(assessment, nurse, at)
    sweep_papers()
    assert sign_in(nurse).get(url(assessment, "result-file")).status_code == 200
    assert sign_in(lead).get(url(assessment, "result-file")).status_code == 302
    assert sign_in(someone("PL", validated(at).organisation)).get(url(assessment)).status_code == 404


@pytest.mark.django_db
def test_an_associate_gets_a_paper_of_the_result_that_is_shared_with_it(at, sign_in):
    assessment, neighbour = validated(at), CommissionerFactory()
    ArrangementFactory(commissioner=neighbour, organisation=assessment.organisation, part="associate")
    client = sign_in(someone("DP", neighbour, strands=["children"]))
    client.post(url(assessment))
    assert sweep_papers() == 1
    assert client.get(url(assessment, "result-file")).content[:5] == b"%PDF-"


@pytest.mark.django_db
def test_who_may_no_longer_see_the_result_gets_no_paper(at, sign_in):
    assessment = validated(at)
    nurse = nurse_of(assessment)
    paper = asked(assessment, nurse, at)
    nurse.memberships.update(ends_on=at.date() - timedelta(days=1))
    assert make_paper(paper_id=paper.pk) is False
    paper.refresh_from_db()
    assert (paper.state, paper.content) == ("failed", None)


@pytest.mark.django_db
def test_a_worker_that_never_came_back_is_taken_over_and_given_up_in_the_end(at):
    assessment = validated(at)
    paper = asked(assessment, nurse_of(assessment), at)
    for n in range(ATTEMPTS):
        assert paper.claim(at=at + n * 2 * LEASE)
        assert not paper.claim(at=at + n * 2 * LEASE)
    assert not paper.claim(at=at + ATTEMPTS * 2 * LEASE)
    paper.refresh_from_db()
    assert paper.state == "failed"
    late = ResultPaper.objects.get(pk=paper.pk)
    assert late.finish(b"%PDF", at=at) is False
    assert asked(assessment, paper.asked_by, at).state == "queued"


@pytest.mark.django_db
def test_asking_again_while_it_is_made_changes_nothing_and_afterwards_makes_a_new_one(at):
    assessment = validated(at)
    nurse = nurse_of(assessment)
    paper = asked(assessment, nurse, at)
    paper.claim(at=at)
    assert asked(assessment, nurse, at).state == "building"
    paper.finish(b"%PDF", at=at)
    again = asked(assessment, nurse, at)
    assert (again.pk, again.state, again.content) == (paper.pk, "queued", None)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_it_once(at):
    paper = asked((assessment := validated(at)), nurse_of(assessment), timezone.now())
    outcomes, ready = [], threading.Barrier(2)

    def work() -> None:
        ready.wait()
        outcomes.append(make_paper(paper_id=paper.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, True]
    assert ResultPaper.objects.get().attempts == 1


@pytest.mark.django_db
def test_a_paper_that_its_reader_can_no_longer_download_is_removed_at_night_and_others_stay(at):
    assessment = validated(at)
    nurse, lead = nurse_of(assessment), someone("PL", assessment.organisation)
    for reader in (nurse, lead):
        asked(assessment, reader, at)
    sweep_papers()
    assert clear_papers(at=at.isoformat()) == 0
    nurse.memberships.update(ends_on=at.date() - timedelta(days=1))
    assert (clear_papers(at=at.isoformat()), clear_papers(at=at.isoformat())) == (1, 0)
    assert [paper.asked_by for paper in ResultPaper.objects.all()] == [lead]

"""A strand given to one designated professional, and back to nobody: queue, home, history; refused, two at once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from accounts.door import Refused, Stale
from assurance.models import SelfAssessment, StrandAssignment, StrandReview
from assurance.models.assigning import assign, validators_of
from tests.factories.accounts import DeclaredInterestFactory, someone
from tests.factories.providers import provider_of
from tests.factories.validation import nurse_of, submitted, validated

QUEUE = "assurance:validation-queue"


def strand(assessment: SelfAssessment, name: str = "children") -> StrandReview:
    return assessment.strand_reviews.get(strand=name)


def url(assessment: SelfAssessment, name: str = "children") -> str:
    return reverse("assurance:validation-assign", args=[assessment.reference, name])


@pytest.mark.django_db
def test_it_is_given_taken_back_and_every_time_is_kept(at):
    assessment = submitted(at)
    nurse, doctor = nurse_of(assessment), nurse_of(assessment)
    assign(strand(assessment), doctor, seen=None, by=nurse, at=at)
    assert strand(assessment).assigned_to == doctor
    assign(strand(assessment), None, seen=doctor.pk, by=doctor, at=at + timedelta(hours=1))
    assert strand(assessment).assigned_to is None
    assert [(each.to, each.by) for each in StrandAssignment.objects.all()] == [(None, doctor), (doctor, nurse)]


@pytest.mark.django_db
def test_only_somebody_who_may_validate_the_strand_can_have_it(at, on):
    assessment = submitted(at)
    nurse, other = nurse_of(assessment, name="Ann"), nurse_of(assessment, "adults")
    interested = nurse_of(assessment)
    DeclaredInterestFactory(user=interested, organisation=assessment.organisation, declared_by=nurse)
    found = strand(assessment)
    for person in (other, interested, someone("QA", assessment.commissioner), someone("PL", assessment.organisation)):
        with pytest.raises(Refused, match="may not validate this strand"):
            assign(found, person, seen=None, by=nurse, at=at)
    assert list(validators_of(found, on=on)) == [nurse]


@pytest.mark.django_db
def test_what_no_longer_waits_is_not_assigned(at):
    assessment = validated(at)
    with pytest.raises(Refused, match="does not wait for validation"):
        assign(strand(assessment), None, seen=None, by=nurse_of(assessment), at=at)


@pytest.mark.django_db
def test_the_queue_shows_and_filters_by_whom_it_is_with(at, sign_in, django_assert_max_num_queries):
    assessment = submitted(at)
    nurse, doctor = nurse_of(assessment, name="Nurse Example"), nurse_of(assessment, name="Doctor Example")
    client = sign_in(nurse)
    assert client.post(url(assessment), {"to": nurse.reference, "seen": ""}).status_code == 302
    assign(strand(assessment, "adults"), doctor, seen=None, by=nurse, at=at)
    found = {
        whose: [row.strand for row in client.get(reverse(QUEUE), {"whose": whose}).context["reviews"]]
        for whose in ("", "mine", "nobody")
    }
    assert found == {"": ["adults", "children", "looked_after"], "mine": ["children"], "nobody": ["looked_after"]}
    with django_assert_max_num_queries(12):
        text = client.get(reverse(QUEUE)).content.decode()
    assert ("Nurse Example" in text, "Doctor Example" in text) == (True, True)
    with django_assert_max_num_queries(12):
        assert "Nurse Example" in client.get(url(assessment)).content.decode()


@pytest.mark.django_db
def test_the_home_of_whom_it_was_given_to_shows_it_first(at, sign_in):
    older = submitted(at)
    newer = submitted(at + timedelta(days=1), round=older.round, organisation=provider_of(older.commissioner))
    nurse = nurse_of(older, "children")
    assert [row.self_assessment for row in rows_of(sign_in(nurse))] == [older, newer]
    assign(strand(newer), nurse, seen=None, by=nurse, at=at)
    assert [row.self_assessment for row in rows_of(sign_in(nurse))] == [newer, older]
    assert "<strong>Assigned to you</strong>" in sign_in(nurse).get("/").content.decode()


def rows_of(client: Any) -> list[Any]:
    panels = {each["template"]: each["panel"] for each in client.get("/").context["panels"]}
    return panels["home/_to_validate.html"]["rows"]


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["QA", "DN", "NG", "PL", "other"])
def test_nobody_else_assigns_and_it_looks_like_not_there(at, sign_in, who):
    assessment = submitted(at)
    person = nurse_of(assessment, "adults") if who == "other" else None
    whose = assessment.organisation if who == "PL" else assessment.commissioner
    client = sign_in(person or someone(who, whose))
    assert client.get(url(assessment)).status_code == 404
    assert client.post(url(assessment), {"to": "", "seen": ""}).status_code == 404


@pytest.mark.django_db
def test_somebody_unknown_is_refused_beside_the_box_and_a_stale_page_is_409(at, sign_in):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    client = sign_in(nurse)
    unknown = client.post(url(assessment), {"to": "nobody-here", "seen": ""})
    assert (unknown.status_code, "to" in unknown.context["form"].errors) == (422, True)
    assign(strand(assessment), nurse, seen=None, by=nurse, at=at)
    assert client.post(url(assessment), {"to": "", "seen": ""}).status_code == 409
    assert strand(assessment).assigned_to == nurse


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_gives_it_and_the_other_is_told(at):
    assessment = submitted(at)
    nurses, outcomes, ready = [nurse_of(assessment), nurse_of(assessment)], [], threading.Barrier(2)

    def take(nurse: Any) -> None:
        ready.wait()
        try:
            assign(strand(assessment), nurse, seen=None, by=nurse, at=at)
            outcomes.append(nurse)
        except Stale:
            outcomes.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[nurse]) for nurse in nurses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count(None), strand(assessment).assigned_to in outcomes) == (1, True)
    assert StrandAssignment.objects.count() == 1

"""A return that arrived another way: entered, marked for ever, copied to the provider, corrected in time."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.capabilities import Role
from assurance.models import EntryOnBehalf, SelfAssessment, Signature
from assurance.models.assessments import IllegalMove
from assurance.models.submitting import AnswersMoved, begin_entry, correct
from chasing.models import Letter
from tests.assurance.test_return_standard import answer, filled, url
from tests.factories.accounts import someone
from tests.factories.assurance import a_return, answer_all
from tests.factories.providers import CommissionerFactory

pytestmark = pytest.mark.django_db
SIGNED = Signature("Mr Home", "Registered manager", date(2026, 11, 17))


def entered(assessment: SelfAssessment, by: Any, at: datetime, on: date) -> EntryOnBehalf:
    return begin_entry(assessment, channel="email", received_from="Mr Home", received_on=on, by=by, at=at)


def test_commissioner_enters_what_arrived_on_the_same_form_and_it_stays_marked(sign_in: Any, on: date) -> None:
    assessment = a_return()
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    analyst = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    client = sign_in(analyst)
    one = {"reference": assessment.reference}
    form = {
        "channel": "email",
        "received_from": "Mr Home",
        "received_on_day": "5",
        "received_on_month": "10",
        "received_on_year": "2026",
    }
    begun = client.post(reverse("assurance:return-receive", kwargs=one), form)
    assert begun["Location"] == reverse("assurance:entry-tasks", kwargs=one)
    page = client.get(url(assessment, prefix="entry"))
    assert "You are entering this for the provider" in page.content.decode()
    saved = client.post(url(assessment, prefix="entry"), filled(page, r1_1={"grade": "green", "narrative": "By mail"}))
    assert saved["Location"] == url(assessment, 2, prefix="entry")
    answer_all(assessment)
    today = {"on_day": "5", "on_month": "10", "on_year": "2026"}
    sign = {"reported_now": "no", "name": "Mr Home", "role": "Registered manager", **today}
    assert client.post(reverse("assurance:entry-sign", kwargs=one), sign).status_code == 302
    kept = assessment.submissions.get()
    assert (kept.channel, kept.received_from, kept.received_on, kept.submitted_by) == (
        "email", "Mr Home", date(2026, 10, 5), analyst,
    )  # fmt: skip
    assert kept.document["received_from"] == "Mr Home"
    assert Letter.objects.filter(kind="receipt", to_user=lead).count() == 1
    shown = sign_in(lead).get(reverse("assurance:assessment-detail", kwargs=one)).content.decode()
    assert "Entered by the commissioner" in shown
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM assurance_entryonbehalf")


def test_only_one_side_writes_at_a_time(sign_in: Any, at: datetime, on: date) -> None:
    assessment = a_return()
    lead = sign_in(someone(Role.PROVIDER_LEAD, assessment.organisation))
    analyst = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    assert sign_in(analyst).get(url(assessment, prefix="entry")).status_code == 409
    entered(assessment, analyst, at, on)
    assert lead.get(url(assessment)).status_code == 409
    assert sign_in(analyst).get(url(assessment, prefix="entry")).status_code == 200


def test_entry_is_refused_once_the_provider_has_written(at: datetime, on: date) -> None:
    assessment = a_return()
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    from assurance.models.answers import Entry

    assessment.record_answers([Entry(answer(assessment, "1.1").pk, {"grade": "red"}, "Ours")], by=lead, at=at)
    analyst = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    with pytest.raises(AnswersMoved):
        entered(assessment, analyst, at, on)
    assert (EntryOnBehalf.objects.count(), answer(assessment, "1.1").narrative) == (0, "Ours")


def test_entry_twice_is_refused(at: datetime, on: date) -> None:
    assessment = a_return()
    analyst = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    entered(assessment, analyst, at, on)
    with pytest.raises(IllegalMove):
        entered(assessment, analyst, at, on)
    assert EntryOnBehalf.objects.count() == 1


def test_entry_is_not_for_another_commissioner_nor_for_those_who_only_read(sign_in: Any) -> None:
    assessment = a_return()
    where = reverse("assurance:return-receive", kwargs={"reference": assessment.reference})
    for person in (
        someone(Role.QUALITY_ANALYST, CommissionerFactory()),
        someone(Role.DIRECTOR_OF_NURSING, assessment.commissioner),
        someone(Role.PROVIDER_LEAD, assessment.organisation),
    ):
        assert sign_in(person).get(where).status_code == 404


@pytest.mark.parametrize(("day", "status"), [(("30", "9", "2026"), 422), (("1", "1", "2100"), 422)])
def test_arrival_is_dated_between_issue_and_today(sign_in: Any, day: Any, status: int) -> None:
    assessment = a_return()
    client = sign_in(someone(Role.QUALITY_ANALYST, assessment.commissioner))
    dated = {f"received_on_{part}": typed for part, typed in zip(("day", "month", "year"), day, strict=True)}
    page = client.post(
        reverse("assurance:return-receive", kwargs={"reference": assessment.reference}),
        {"channel": "paper", "received_from": "Typed name stays", **dated},
    )
    assert page.status_code == status
    assert "Typed name stays" in page.content.decode()


def test_provider_corrects_within_ten_working_days_and_the_first_entry_stays(at: datetime, on: date) -> None:
    assessment = a_return()
    analyst = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    entered(assessment, analyst, at, on)
    answer_all(assessment)
    first = assessment.submit(SIGNED, by=analyst, at=at)
    assert first.correct_until == date(2026, 12, 2)
    correct(assessment, on=first.correct_until)
    answer_all(assessment, "red")
    second = assessment.submit(SIGNED, by=lead, at=at + timedelta(days=1))
    assert [each.channel for each in assessment.submissions.order_by("number")] == ["email", "online"]
    assert {each["grade"] for each in second.document["answers"]} == {"red"}
    assert (assessment.first_submitted_at, second.correct_until) == (at, None)
    with pytest.raises(IllegalMove):
        correct(assessment, on=on)


def test_correction_after_the_window_is_refused(at: datetime, on: date) -> None:
    assessment = a_return()
    analyst = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    entered(assessment, analyst, at, on)
    answer_all(assessment)
    assessment.submit(SIGNED, by=analyst, at=at)
    with pytest.raises(IllegalMove):
        correct(assessment, on=date(2026, 12, 3))
    assert assessment.state == "submitted"

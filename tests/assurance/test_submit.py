"""Submitting: complete or told what is missing, once, signed, kept exactly, frozen, thanked for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from assurance.models import Rating, SelfAssessment, Signature, StandardResult, Submission
from assurance.models.assessments import IllegalMove
from assurance.models.documents import digest
from assurance.models.submitting import Unanswered
from chasing.models import Letter
from design.calendar import london_date
from tests.assurance.test_return_standard import answer, writer
from tests.factories.accounts import someone
from tests.factories.assurance import a_return, answer_all

pytestmark = pytest.mark.django_db
SIGNED = Signature("Ann Executive", "Director of Nursing", date(2026, 11, 17))


def sign_url(assessment: SelfAssessment) -> str:
    return reverse("assurance:return-sign", kwargs={"reference": assessment.reference})


def signature(**said: str) -> dict[str, str]:
    today = {"on_day": "1", "on_month": "10", "on_year": "2026"}
    return {"reported_now": "no", "name": "Ann Executive", "role": "Director of Nursing", **today, **said}


def test_submit_keeps_one_document_whose_digest_anybody_can_make_again(at: datetime) -> None:
    assessment = a_return()
    answer_all(assessment, r1_2="amber")
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    submission = assessment.submit(SIGNED, by=lead, at=at)
    stored = Submission.objects.get(pk=submission.pk)
    assert stored.sha256 == digest(stored.document)
    assert len(stored.sha256) == 64
    assert [each["ref"] for each in stored.document["answers"]] == ["1.1", "1.2", "1.10", "2.1", "2.2"]
    assert [each["grade"] for each in stored.document["answers"]] == ["green", "amber", "green", "green", "green"]
    assert stored.document["signed_by"] == {"name": "Ann Executive", "role": "Director of Nursing", "on": "2026-11-17"}
    assert (stored.number, stored.channel, stored.submitted_by) == (1, "online", lead)


def test_submit_moves_the_return_and_writes_ratings_results_and_receipts(at: datetime) -> None:
    assessment = a_return()
    answer_all(assessment)
    assessment.organisation.mailbox = "desk@example.nhs.uk"
    assessment.organisation.save()
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    executive = someone(Role.EXECUTIVE_SIGNATORY, assessment.organisation)
    someone(Role.PROVIDER_CONTRIBUTOR, assessment.organisation)
    assessment.submit(SIGNED, by=lead, at=at)
    assert (assessment.state, assessment.submitted_at, assessment.first_submitted_at, assessment.settled_at) == (
        "submitted", at, at, at,
    )  # fmt: skip
    declared = Rating.objects.filter(self_assessment=assessment)
    assert {(each.basis, each.outcome, each.current) for each in declared} == {("self_assessed", "declared", True)}
    assert declared.count() == 5
    results = StandardResult.objects.filter(self_assessment=assessment, basis="self_assessed")
    assert [each.met for each in results.order_by("standard__number")] == [3, 2]
    receipts = Letter.objects.filter(kind="receipt")
    assert {(each.to_user_id, each.to_organisation_id) for each in receipts} == {
        (lead.pk, None), (executive.pk, None), (None, assessment.organisation_id),
    }  # fmt: skip


def test_submit_says_what_is_missing_and_changes_nothing(at: datetime) -> None:
    assessment = a_return()
    answer_all(assessment)
    assessment.answers.filter(criterion_version__ref="1.2").update(value={})
    assessment.answers.filter(criterion_version__ref="2.1").update(value={"grade": "red"}, narrative="")
    assessment.answers.filter(criterion_version__ref="1.1").update(
        value={"grade": "not_applicable"}, not_applicable_reason="Critical, so never"
    )
    with pytest.raises(Unanswered) as problem:
        assessment.submit(SIGNED, by=someone(Role.PROVIDER_LEAD, assessment.organisation), at=at)
    assert [question.criterion.ref for question in problem.value.questions] == ["1.1", "1.2", "2.1"]
    assert (Submission.objects.count(), Rating.objects.count(), Letter.objects.count()) == (0, 0, 0)


def test_submit_twice_is_refused(at: datetime) -> None:
    assessment = a_return()
    answer_all(assessment)
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    assessment.submit(SIGNED, by=lead, at=at)
    with pytest.raises(IllegalMove):
        assessment.submit(SIGNED, by=lead, at=at)
    assert Submission.objects.count() == 1


def test_answers_are_frozen_after_submission_even_for_raw_sql(at: datetime) -> None:
    assessment = a_return()
    answer_all(assessment)
    submission = assessment.submit(SIGNED, by=someone(Role.PROVIDER_LEAD, assessment.organisation), at=at)
    for statement, pk in (
        ("UPDATE assurance_answer SET narrative = 'rewritten' WHERE self_assessment_id = %s", assessment.pk),
        ("UPDATE assurance_submission SET sha256 = 'rewritten' WHERE id = %s", submission.pk),
    ):
        with (
            pytest.raises(DatabaseError, match=r"frozen|permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [pk])
    assert set(assessment.answers.values_list("narrative", flat=True)) == {"In place and reviewed this year."}


def test_second_submission_after_sending_back_retires_the_first_ratings(at: datetime) -> None:
    assessment = a_return()
    answer_all(assessment)
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    assessment.submit(SIGNED, by=lead, at=at)
    SelfAssessment.objects.filter(pk=assessment.pk).update(state="sent_back", settled_at=None)
    assessment.refresh_from_db()
    answer_all(assessment, "amber")
    second = assessment.submit(SIGNED, by=lead, at=at)
    assert second.number == 2
    assert {(each.grade, each.current) for each in Rating.objects.all()} == {("green", False), ("amber", True)}
    assert assessment.first_submitted_at == at


def test_lead_records_who_signed_and_the_page_submits(sign_in: Any) -> None:
    assessment = a_return()
    answer_all(assessment)
    client = writer(assessment, sign_in)
    assert client.get(sign_url(assessment)).status_code == 200
    done = client.post(sign_url(assessment), signature())
    assert done.status_code == 302
    kept = Submission.objects.get()
    assert (kept.signed_by_name, kept.signed_by_role, kept.signed_on) == (
        "Ann Executive", "Director of Nursing", date(2026, 10, 1),
    )  # fmt: skip
    shown = client.get(done["Location"]).content.decode()
    assert "Receipt of submission 1 (PDF)" in shown


def test_sign_page_lists_what_is_missing_with_links_and_is_422(sign_in: Any) -> None:
    assessment = a_return()
    page = writer(assessment, sign_in).post(sign_url(assessment), signature())
    text = page.content.decode()
    assert page.status_code == 422
    assert "5 questions still need an answer" in text
    assert text.count("#question-") == 5
    assert 'value="Ann Executive"' in text


def test_sign_page_asks_once_whether_anything_must_be_reported_now(sign_in: Any) -> None:
    assessment = a_return()
    answer_all(assessment)
    client = writer(assessment, sign_in)
    unsaid = client.post(sign_url(assessment), signature(reported_now=""))
    waiting = client.post(sign_url(assessment), signature(reported_now="not_yet"))
    assert (unsaid.status_code, waiting.status_code) == (422, 422)
    assert "Report it first" in waiting.content.decode()
    assert Submission.objects.count() == 0
    client.post(sign_url(assessment), signature(reported_now="reported"))
    assert Submission.objects.get().document["reported_now"] == "reported"


@pytest.mark.parametrize(
    ("day", "words"), [(("30", "9", "2026"), "must be 1 October 2026 or later"), (("1", "1", "2100"), "or earlier")]
)
def test_signature_is_not_dated_before_the_return_or_after_today(sign_in: Any, day: Any, words: str) -> None:
    assessment = a_return()
    answer_all(assessment)
    dated = dict(zip(("on_day", "on_month", "on_year"), day, strict=True))
    page = writer(assessment, sign_in).post(sign_url(assessment), signature(**dated))
    assert page.status_code == 422
    assert words in page.content.decode()


def test_executive_signs_in_their_own_name(sign_in: Any) -> None:
    assessment = a_return()
    answer_all(assessment)
    executive = someone(Role.EXECUTIVE_SIGNATORY, assessment.organisation, name="Bea Chief", job_title="Chief nurse")
    client = sign_in(executive)
    page = client.get(sign_url(assessment))
    assert "You sign as <strong>Bea Chief</strong>" in page.content.decode()
    done = client.post(sign_url(assessment), {"reported_now": "no", "role": "Chief nurse", "name": "Somebody else"})
    assert done.status_code == 302
    kept = Submission.objects.get()
    assert (kept.signed_by_name, kept.submitted_by) == ("Bea Chief", executive)


def test_contributor_fills_in_and_cannot_submit(sign_in: Any) -> None:
    assessment = a_return()
    answer_all(assessment)
    client = writer(assessment, sign_in, Role.PROVIDER_CONTRIBUTOR)
    assert client.get(sign_url(assessment)).status_code == 404
    assert client.post(sign_url(assessment), signature()).status_code == 404
    check = client.get(reverse("assurance:return-check", kwargs={"reference": assessment.reference}))
    assert (check.status_code, sign_url(assessment) in check.content.decode()) == (200, False)
    assert "Your safeguarding lead or your executive signs it." in check.content.decode()
    ask = reverse("assurance:return-ask", kwargs={"reference": assessment.reference})
    assert f'action="{ask}"' in check.content.decode()
    assert "Your safeguarding lead can sign instead." in client.post(ask, follow=True).content.decode()
    executive = someone(Role.EXECUTIVE_SIGNATORY, assessment.organisation)
    assert f"{executive} will get a mail with a link to sign." in client.post(ask, follow=True).content.decode()
    assert "got a letter today already" in client.post(ask, follow=True).content.decode()
    assert [each.to_user for each in Letter.objects.filter(kind="please_sign")] == [executive]
    said = f"You were asked to sign it on {london_date(timezone.now()):%-d %B %Y}."
    home = reverse("assurance:provider-home")
    assert said in sign_in(executive).get(home).content.decode()
    assert "Ready to sign" not in client.get(home).content.decode()  # the letter was the executive's
    assert Submission.objects.count() == 0


def test_nobody_is_asked_to_sign_what_is_not_complete(sign_in: Any) -> None:
    assessment = a_return()
    someone(Role.EXECUTIVE_SIGNATORY, assessment.organisation)
    ask = reverse("assurance:return-ask", kwargs={"reference": assessment.reference})
    page = writer(assessment, sign_in).post(ask, follow=True)
    assert "This return is not complete, so nobody can sign it yet." in page.content.decode()
    assert Letter.objects.filter(kind="please_sign").count() == 0


def test_receipt_is_a_pdf_with_the_digest_made_from_the_document_alone(sign_in: Any, at: datetime) -> None:
    import io

    import pikepdf

    assessment = a_return()
    answer_all(assessment)
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    submission = assessment.submit(SIGNED, by=lead, at=at)
    type(assessment.organisation).objects.filter(pk=assessment.organisation_id).update(name="Renamed afterwards")
    url = reverse("assurance:return-receipt", kwargs={"reference": assessment.reference, "number": 1})
    first, second = sign_in(lead).get(url), sign_in(lead).get(url)
    assert first["Content-Type"] == "application/pdf"
    assert first.content == second.content
    with pikepdf.open(io.BytesIO(first.content)) as made:
        assert made.docinfo["/Title"] == f"Receipt for {assessment.round.name}"
    assert submission.document["organisation"]["name"] != "Renamed afterwards"


def test_submit_takes_the_same_statements_for_few_and_many_answers(
    at: datetime, django_assert_max_num_queries: Any
) -> None:
    assessment = a_return()
    answer_all(assessment)
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    with django_assert_max_num_queries(40):
        assessment.submit(SIGNED, by=lead, at=at)
    assert answer(assessment, "1.1").submitted_before is True


@pytest.mark.django_db(transaction=True)
def test_two_who_submit_at_once_make_one_submission(at: datetime) -> None:
    assessment = a_return()
    answer_all(assessment)
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)

    def submit() -> str:
        try:
            SelfAssessment.objects.get(pk=assessment.pk).submit(SIGNED, by=lead, at=at)
        except IllegalMove:
            return "told"
        finally:
            connection.close()
        return "submitted"

    with ThreadPoolExecutor(2) as both:
        found = sorted(done.result() for done in [both.submit(submit), both.submit(submit)])
    assert found == ["submitted", "told"]
    assert (Submission.objects.count(), Rating.objects.count()) == (1, 5)

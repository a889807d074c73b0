"""An entry begun by mistake is given back: what was typed is taken out, what the provider said before stands again."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.capabilities import Role
from assurance.models import EntryGivenBack, SelfAssessment, Signature
from assurance.models.answers import Entry
from assurance.models.assessments import IllegalMove
from assurance.models.giving_back import give_back
from assurance.models.submitting import begin_entry
from chasing import letters
from chasing.models import Letter
from tests.factories.accounts import someone
from tests.factories.assurance import a_return, answer_all
from tests.factories.evidence import EvidenceItemFactory
from tests.factories.validation import answer, nurse_of, review

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def begin(assessment: SelfAssessment, by: Any, at: datetime) -> None:
    begin_entry(assessment, channel="email", received_from="Mr Home", received_on=at.date(), by=by, at=at)


def analyst_of(assessment: SelfAssessment) -> Any:
    return someone(Role.QUALITY_ANALYST, assessment.commissioner)


def typed(assessment: SelfAssessment, by: Any, at: datetime) -> None:
    entry = Entry(answer(assessment, "1.1").pk, {"grade": "red"}, "Typed by mistake")
    assessment.record_answers([entry], by=by, at=at)


def test_the_provider_finds_an_empty_return_again_and_may_write(at: datetime) -> None:
    assessment = a_return()
    analyst = analyst_of(assessment)
    begin(assessment, analyst, at)
    typed(assessment, analyst, at + HOUR)
    kept = give_back(assessment, reason="Wrong practice", by=analyst, at=at + 2 * HOUR)
    found = answer(assessment, "1.1")
    assert (found.grade, found.narrative, found.answered_by, found.answered_at) == (None, "", None, None)
    assert (assessment.entering, assessment.state) == (False, "issued")
    assert (kept.reason, kept.entry) == ("Wrong practice", assessment.entries_on_behalf.get())
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    assert assessment.record_answers([Entry(found.pk, {"grade": "green"}, "Ours")], by=lead, at=at + 3 * HOUR) == 1


def test_what_the_provider_submitted_before_stands_again(at: datetime, on: date) -> None:
    assessment = a_return()
    answer_all(assessment, "amber")
    assessment.answers.update(answered_at=at)
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    assessment.submit(Signature("Ann Executive", "Partner", on), by=lead, at=at)
    nurse = nurse_of(assessment)
    review(assessment, "children", by=nurse, at=at).send_back(
        notes="More", due_on=on + timedelta(days=20), by=nurse, at=at + HOUR
    )
    assessment.refresh_from_db()
    analyst = analyst_of(assessment)
    begin(assessment, analyst, at + 2 * HOUR)
    typed(assessment, analyst, at + 3 * HOUR)
    give_back(assessment, reason="Wrong practice", by=analyst, at=at + 4 * HOUR)
    found = answer(assessment, "1.1")
    assert (found.grade, found.narrative, found.answered_by) == ("amber", "In place and reviewed this year.", lead)
    assert (assessment.state, assessment.entering) == ("sent_back", False)


def used(assessment: SelfAssessment) -> list[tuple[Any, ...]]:
    uses = answer(assessment, "1.1").evidence.order_by("pk")
    return list(uses.values_list("pk", "item", "added_by", "added_at", "verdict"))


def test_every_answer_has_the_evidence_again_that_it_had_when_the_entry_began(at: datetime) -> None:
    assessment = a_return()
    lead, analyst, asked = someone(Role.PROVIDER_LEAD, assessment.organisation), analyst_of(assessment), "1.1"
    policy, audit, wrong = (EvidenceItemFactory(organisation=assessment.organisation) for _ in range(3))
    kept, removed = (answer(assessment, asked).use(item, by=lead, at=at) for item in (policy, audit))
    before = used(assessment)
    begin(assessment, analyst, at + HOUR)
    answer(assessment, asked).stop_using(removed)
    answer(assessment, asked).stop_using(kept)
    answer(assessment, asked).use(policy, by=analyst, at=at + 2 * HOUR)
    answer(assessment, asked).use(wrong, by=analyst, at=at + 2 * HOUR)
    assert len(used(assessment)) == 2
    give_back(assessment, reason="Wrong practice", by=analyst, at=at + 3 * HOUR)
    assert used(assessment) == before
    assert answer(assessment, asked).use(policy, by=lead, at=at + 4 * HOUR).pk == kept.pk


def test_only_what_is_being_entered_is_given_back_and_once(at: datetime) -> None:
    assessment = a_return()
    analyst = analyst_of(assessment)
    with pytest.raises(IllegalMove):
        give_back(assessment, reason="No", by=analyst, at=at)
    begin(assessment, analyst, at)
    give_back(assessment, reason="Wrong practice", by=analyst, at=at)
    with pytest.raises(IllegalMove):
        give_back(assessment, reason="Again", by=analyst, at=at)
    begin(assessment, analyst, at + HOUR)
    give_back(assessment, reason="Twice wrong", by=analyst, at=at + 2 * HOUR)
    assert EntryGivenBack.objects.count() == 2


def test_the_page_asks_why_and_the_history_says_it(sign_in: Any, at: datetime) -> None:
    assessment = a_return()
    analyst = analyst_of(assessment)
    begin(assessment, analyst, at)
    client, here = sign_in(analyst), reverse("assurance:return-give-back", args=[assessment.reference])
    detail = reverse("assurance:assessment-detail", args=[assessment.reference])
    assert here in client.get(detail).content.decode()
    assert client.post(here, {"reason": ""}).status_code == 422
    assert client.post(here, {"reason": "Wrong practice"}).status_code == 302
    text = client.get(detail).content.decode()
    assert ("Entry given back to the provider" in text, "Wrong practice" in text) == (True, True)
    assert client.post(here, {"reason": "Again"}).status_code == 409
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    assert sign_in(lead).get(here).status_code == 404


def test_a_withdrawal_is_told_to_the_provider_without_its_reason(at: datetime) -> None:
    assessment = a_return()
    assessment.withdraw(by=analyst_of(assessment), at=at, reason="Contract ended after an incident")
    letter = Letter.objects.get(kind="withdrawn")
    assert letter.to_organisation == assessment.organisation
    someone(Role.PROVIDER_LEAD, assessment.organisation, email="lead@example.org")
    mail = letters.compose(letter, at)
    assert not isinstance(mail, str)
    assert "lead@example.org" in mail.to
    assert assessment.reference in mail.body
    assert "incident" not in mail.body

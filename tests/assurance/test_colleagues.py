"""A lead asks a colleague for one standard: letter, task list, taking back; refused, two at once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.door import Refused
from assurance.models import ColleagueAsk, SelfAssessment
from assurance.models.assessments import IllegalMove
from assurance.models.colleagues import ask_colleague
from chasing import letters
from chasing.models import Letter
from providers.models import Contact
from tests.factories.accounts import someone
from tests.factories.assurance import a_return
from tests.factories.providers import ContactFactory, provider_of
from tests.factories.validation import submitted


def one(assessment: SelfAssessment, number: int = 1) -> Any:
    return assessment.round.framework_version.standards.get(number=number)


def team(assessment: SelfAssessment) -> tuple[Any, Any]:
    whose = assessment.organisation
    return someone("PL", whose, name="Lead Example"), someone("PC", whose, name="Colleague Example")


def url(name: str, assessment: SelfAssessment, *args: Any) -> str:
    return reverse(f"assurance:{name}", args=[assessment.reference, *args])


@pytest.mark.django_db
def test_the_colleague_gets_one_letter_with_the_link_and_no_answers(at):
    assessment = a_return()
    lead, colleague = team(assessment)
    ask = ask_colleague(assessment, one(assessment), colleague, by=lead, at=at)
    letter = Letter.objects.get(kind="colleague_asked")
    assert (letter.to_user, letter.about) == (colleague, {"self_assessment": assessment.pk, "ask": ask.pk})
    told = letters.writer_of(letter.kind).context(letter, at)
    assert told["link"].endswith(url("return-standard", assessment, 1))
    ask.take_back(by=lead, at=at)
    assert letters.writer_of(letter.kind).context(letter, at) is None


@pytest.mark.django_db
def test_only_somebody_of_the_organisation_who_fills_in_is_asked_and_once(at):
    assessment = a_return()
    lead, colleague = team(assessment)
    stranger = someone("PC", provider_of(assessment.commissioner))
    for person in (stranger, someone("PE", assessment.organisation), someone("DP", assessment.commissioner)):
        with pytest.raises(Refused, match="does not fill in returns for your organisation"):
            ask_colleague(assessment, one(assessment), person, by=lead, at=at)
    ask = ask_colleague(assessment, one(assessment), colleague, by=lead, at=at)
    with pytest.raises(Refused, match="already"):
        ask_colleague(assessment, one(assessment), colleague, by=lead, at=at)
    ask.take_back(by=lead, at=at)
    with pytest.raises(Refused, match="already"):
        ask.take_back(by=lead, at=at)
    ask_colleague(assessment, one(assessment), colleague, by=lead, at=at + timedelta(days=1))
    assert ColleagueAsk.objects.open().count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        ColleagueAsk.objects.filter(pk=ask.pk).update(ended_at=None, ended_by=None)


@pytest.mark.django_db
def test_nobody_is_asked_to_write_in_what_was_submitted(at):
    assessment = submitted(at)
    lead, colleague = team(assessment)
    with pytest.raises(IllegalMove):
        ask_colleague(assessment, one(assessment), colleague, by=lead, at=at)


@pytest.mark.django_db
def test_the_pages_ask_show_and_take_back(sign_in, django_assert_max_num_queries):
    assessment = a_return()
    lead, colleague = team(assessment)
    ContactFactory(
        organisation=assessment.commissioner, kind=Contact.Kind.DESIGNATED, name="Nurse Example",
        telephone="01632 960 001",
    )  # fmt: skip
    client = sign_in(lead)
    page = client.get(url("colleague-ask", assessment, 1))
    assert [each.name for each in page.context["form"].fields["colleague"].queryset] == ["Colleague Example"]
    nobody = client.post(url("colleague-ask", assessment, 1), {"colleague": ""})
    assert (nobody.status_code, "Choose a colleague" in nobody.content.decode()) == (422, True)
    sent = client.post(url("colleague-ask", assessment, 1), {"colleague": colleague.reference})
    assert sent.url == url("return-standard", assessment, 1)
    asked = ColleagueAsk.objects.get()
    with django_assert_max_num_queries(12):
        tasks = client.get(url("return-tasks", assessment)).content.decode()
    assert "asked Colleague Example on" in tasks
    with django_assert_max_num_queries(12):
        standard = client.get(url("return-standard", assessment, 1)).content.decode()
    assert ("Asked Colleague Example on" in standard, "tel:01632960001" in standard) == (True, True)
    theirs = sign_in(colleague).get(url("return-tasks", assessment)).content.decode()
    assert ("asked Colleague Example on" in theirs, "Take back" in theirs) == (True, False)
    assert client.post(url("colleague-take-back", assessment, asked.reference)).status_code == 302
    assert "asked Colleague Example" not in client.get(url("return-tasks", assessment)).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["PC", "PE", "QA", "DP", "foreign"])
def test_only_the_lead_asks_and_it_looks_like_not_there(at, sign_in, who):
    assessment = a_return()
    lead, colleague = team(assessment)
    ask = ask_colleague(assessment, one(assessment), colleague, by=lead, at=at)
    whose = assessment.organisation if who in ("PC", "PE") else assessment.commissioner
    other = provider_of(assessment.commissioner)
    client = sign_in(someone("PL", other) if who == "foreign" else someone(who, whose))
    assert client.get(url("colleague-ask", assessment, 1)).status_code == 404
    assert client.post(url("colleague-take-back", assessment, ask.reference)).status_code == 404
    ask.refresh_from_db()
    assert ask.ended_at is None


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_asks_and_one_letter_goes(at):
    assessment = a_return()
    lead, colleague = team(assessment)
    outcomes, ready = [], threading.Barrier(2)

    def ask() -> None:
        ready.wait()
        try:
            ask_colleague(assessment, one(assessment), colleague, by=lead, at=at)
            outcomes.append("asked")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["asked", "refused"]
    assert Letter.objects.filter(kind="colleague_asked").count() == 1

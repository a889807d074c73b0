"""Writing one standard of a return: what the page shows, saving, going on, the grade's rules, and who may."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.capabilities import Role
from assurance.models import Answer, Rating, SelfAssessment, Signature
from framework.models import Criterion
from providers.models import ServiceAnswer, ServiceQuestion
from tests.factories.accounts import someone
from tests.factories.assurance import a_return, answer_all
from tests.factories.framework import VersionFactory, criterion, published
from tests.factories.providers import provider_of

pytestmark = pytest.mark.django_db


def writer(assessment: SelfAssessment, sign_in: Any, role: Role = Role.PROVIDER_LEAD) -> Client:
    return sign_in(someone(role, assessment.organisation))


def url(assessment: SelfAssessment, number: int = 1, prefix: str = "return") -> str:
    return reverse(f"assurance:{prefix}-standard", kwargs={"reference": assessment.reference, "number": number})


def filled(page: Any, go: str = "next", **by_ref: dict[str, str]) -> dict[str, str]:
    """The form as it stands on the page, with some boxes filled: r1_1={"grade": "green"}."""
    form = page.context["form"]
    data = {name: str(form[name].value() or "") for name in form.fields}
    for asked in form.asked:
        for name, value in by_ref.get("r" + asked.question.criterion.ref.replace(".", "_"), {}).items():
            data[f"{name}-{asked.question.answer.pk}"] = value
    return {**data, "go": go}


def answer(assessment: SelfAssessment, ref: str) -> Answer:
    return assessment.answers.get(criterion_version__ref=ref)


def test_page_asks_the_standard_in_the_words_of_the_tier(sign_in: Any) -> None:
    assessment = a_return()
    page = writer(assessment, sign_in).get(url(assessment))
    text = page.content.decode()
    assert page.status_code == 200
    assert [asked.question.criterion.ref for asked in page.context["form"].asked] == ["1.1", "1.2", "1.10"]
    for words in ("Criterion 1.1 for full", "Why", "Good looks like", "No names", "30 November 2026", "Worried about"):
        assert words in text
    assert "Criterion 2.1" not in text
    assert text.count("<h1") == 1


def test_saving_goes_on_to_the_next_standard_and_keeps_who_and_when(sign_in: Any) -> None:
    assessment = a_return()
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    client = sign_in(lead)
    data = filled(client.get(url(assessment)), r1_1={"grade": "green", "narrative": "Board minute of May."})
    done = client.post(url(assessment), data)
    assert (done.status_code, done["Location"]) == (302, url(assessment, 2))
    saved = answer(assessment, "1.1")
    assert (saved.grade, saved.narrative, saved.answered_by, saved.version) == (
        "green",
        "Board minute of May.",
        lead,
        2,
    )
    assert answer(assessment, "1.2").answered_at is None
    assessment.refresh_from_db()
    assert assessment.state == "in_progress"


def test_last_standard_leads_to_checking_and_leaving_to_the_list(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in, Role.PROVIDER_CONTRIBUTOR)
    last = client.post(url(assessment, 2), filled(client.get(url(assessment, 2))))
    left = client.post(url(assessment, 2), filled(client.get(url(assessment, 2)), go="leave"))
    kwargs = {"reference": assessment.reference}
    assert last["Location"] == reverse("assurance:return-check", kwargs=kwargs)
    assert left["Location"] == reverse("assurance:return-tasks", kwargs=kwargs)


def test_same_page_sent_twice_changes_nothing_the_second_time(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    data = filled(client.get(url(assessment)), r1_1={"grade": "green", "narrative": "Once"})
    client.post(url(assessment), data)
    again = client.post(url(assessment), data)
    assert again.status_code == 302
    assert answer(assessment, "1.1").version == 2


def test_grade_outside_the_scheme_is_422_and_keeps_what_was_typed(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    said = {"grade": "purple", "narrative": "A long text that must not be lost"}
    page = client.post(url(assessment), filled(client.get(url(assessment)), r1_1=said, r1_2={"grade": "green"}))
    text = page.content.decode()
    assert page.status_code == 422
    assert "Choose one of the grades listed for 1.1: Met, Partly met, Not met" in text
    assert "A long text that must not be lost" in text
    assert {each.version for each in assessment.answers.all()} == {1}


def test_going_on_asks_for_the_words_that_a_grade_needs_and_leaving_does_not(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    data = filled(client.get(url(assessment)), r1_2={"grade": "amber"})
    stopped = client.post(url(assessment), data)
    assert stopped.status_code == 422
    assert "1.2: Say what is in place and what is missing" in stopped.content.decode()
    assert answer(assessment, "1.2").grade is None
    assert client.post(url(assessment), {**data, "go": "leave"}).status_code == 302
    assert answer(assessment, "1.2").grade == "amber"


def test_going_on_asks_for_a_grade_where_words_were_written(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    data = filled(client.get(url(assessment)), r1_1={"narrative": "Words only"})
    stopped = client.post(url(assessment), data)
    wanted = {f"grade-{answer(assessment, '1.1').pk}": ["1.1: Choose a grade"]}
    assert (stopped.status_code, stopped.context["form"].errors) == (422, wanted)
    assert "Words only" in stopped.content.decode()
    assert client.post(url(assessment), {**data, "go": "leave"}).status_code == 302
    assert answer(assessment, "1.1").narrative == "Words only"


def test_not_applicable_needs_a_reason_and_is_never_offered_for_a_critical_criterion(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    page = client.get(url(assessment))
    offered = {
        asked.question.criterion.ref: [code for code, _ in asked.grade.field.choices]
        for asked in page.context["form"].asked
    }
    assert "not_applicable" not in offered["1.1"]
    assert "not_applicable" in offered["1.2"]
    forced = client.post(url(assessment), filled(page, r1_1={"grade": "not_applicable", "reason": "We do not"}))
    assert forced.status_code == 422
    bare = client.post(url(assessment), filled(page, r1_2={"grade": "not_applicable"}))
    assert "1.2: Say why it does not apply" in bare.content.decode()
    said = client.post(url(assessment), filled(page, r1_2={"grade": "not_applicable", "reason": "No such service"}))
    assert said.status_code == 302
    assert answer(assessment, "1.2").not_applicable_reason == "No such service"


def test_critical_criterion_may_be_not_applicable_when_the_service_profile_says_so(sign_in: Any, on: date) -> None:
    question = ServiceQuestion.objects.create(key="flights", question="Do you fly?")
    version = VersionFactory()
    from tests.factories.framework import StandardFactory

    standard = StandardFactory(framework_version=version, number=1)
    criterion(standard, "1.1", critical=True, condition=question)
    type(version).objects.filter(pk=version.pk).update(state="published", published_at=datetime(2020, 4, 1, tzinfo=UTC))
    from tests.factories.assurance import RoundFactory

    assessment = a_return(RoundFactory(framework_version=version))
    client = writer(assessment, sign_in)
    codes = lambda page: [code for code, _ in page.context["form"].asked[0].grade.field.choices]  # noqa: E731
    assert "not_applicable" not in codes(client.get(url(assessment)))
    ServiceAnswer.objects.create(organisation=assessment.organisation, question=question, holds=False, stated_on=on)
    assert "not_applicable" in codes(client.get(url(assessment)))
    assert Criterion.objects.count() >= 1


def test_last_years_answer_is_shown_and_taken_over_only_when_confirmed(sign_in: Any, at: datetime, on: date) -> None:
    version = published()
    from tests.factories.assurance import RoundFactory

    before = a_return(RoundFactory(framework_version=version))
    answer_all(before, "amber")
    SelfAssessment.objects.filter(pk=before.pk).update(
        state="validated", submitted_at=at, first_submitted_at=at, validated_at=at, settled_at=at
    )
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, before.commissioner)
    Rating.objects.create(
        commissioner=before.commissioner, organisation=before.organisation, self_assessment=before,
        criterion_version=answer(before, "1.1").criterion_version, basis="evidence_reviewed", grade="amber",
        outcome="agreed", comment="Please show the minute next year.", by=nurse, at=at, on=on,
    )  # fmt: skip
    round = RoundFactory(framework_version=version, commissioner=before.commissioner)
    now = a_return(round, before.organisation)
    for each in now.answers.all():
        each.carried_from = before.answers.get(criterion_version=each.criterion_version)
        each.save()
    lead = someone(Role.PROVIDER_LEAD, now.organisation)
    client = sign_in(lead)
    page = client.get(url(now))
    assert "Please show the minute next year." in page.content.decode()
    assert answer(now, "1.1").grade is None
    mine = answer(now, "1.1")
    typed = {"narrative": "Half a sentence"}
    done = client.post(url(now), filled(page, go=f"confirm-{mine.pk}", r1_2=typed))
    assert done["Location"] == f"{url(now)}#question-{mine.pk}"
    taken = answer(now, "1.1")
    assert (taken.grade, taken.narrative, taken.confirmed_by, taken.is_confirmed) == (
        "amber", "In place and reviewed this year.", lead, True,
    )  # fmt: skip
    assert answer(now, "1.2").narrative == "Half a sentence"
    changed = filled(client.get(url(now)), go="stay", r1_1={"grade": "green", "narrative": "Now done"})
    client.post(url(now), changed)
    assert answer(now, "1.1").is_confirmed is False


def test_another_providers_link_is_404_and_so_is_a_contributors_without_account(sign_in: Any) -> None:
    assessment = a_return()
    stranger = sign_in(someone(Role.PROVIDER_LEAD, provider_of(assessment.commissioner)))
    nurse = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, assessment.commissioner))
    executive = sign_in(someone(Role.EXECUTIVE_SIGNATORY, assessment.organisation))
    for client in (stranger, nurse, executive):
        assert client.get(url(assessment)).status_code == 404
        assert client.post(url(assessment), {"go": "next"}).status_code == 404
    assert Client().get(url(assessment)).status_code == 302
    assert writer(assessment, sign_in).get(url(assessment, 99)).status_code == 404


def test_submitted_return_refuses_with_409_and_keeps_the_answers(sign_in: Any, at: datetime) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    data = filled(client.get(url(assessment)), r1_1={"grade": "red", "narrative": "Too late"})
    SelfAssessment.objects.filter(pk=assessment.pk).update(
        state="submitted", submitted_at=at, first_submitted_at=at, settled_at=at
    )
    assert client.post(url(assessment), data).status_code == 409
    assert answer(assessment, "1.1").grade is None


def test_page_takes_the_same_few_queries_for_one_question_and_for_several(
    sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    assessment = a_return()
    answer_all(assessment)
    client = writer(assessment, sign_in)
    client.get(url(assessment))
    with django_assert_max_num_queries(12) as three:
        client.get(url(assessment))
    with django_assert_max_num_queries(12) as two:
        client.get(url(assessment, 2))
    assert len(three) == len(two)


def test_what_the_validator_asked_for_stands_beside_its_question(sign_in: Any, at: datetime, on: date) -> None:
    assessment = a_return()
    answer_all(assessment)
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation)
    assessment.submit(Signature("Ann Executive", "Director", on), by=lead, at=at)
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, assessment.commissioner)
    whose = {"commissioner": assessment.commissioner, "organisation": assessment.organisation}
    Rating.objects.create(
        self_assessment=assessment, criterion_version=answer(assessment, "1.2").criterion_version,
        basis="evidence_reviewed", grade="green", outcome="more_evidence", comment="Send the board minute.", by=nurse,
        at=at, on=on, **whose,
    )  # fmt: skip
    assessment.send_backs.create(notes="Nearly there.", due_on=on, by=nurse, at=at, **whose)
    SelfAssessment.objects.filter(pk=assessment.pk).update(state="sent_back", settled_at=None)
    client = sign_in(lead)
    asked = {each.question.criterion.ref: each.wanted for each in client.get(url(assessment)).context["form"].asked}
    assert asked == {"1.1": "", "1.2": "Send the board minute.", "1.10": ""}
    tasks = client.get(reverse("assurance:return-tasks", kwargs={"reference": assessment.reference}))
    assert "Nearly there." in tasks.content.decode()

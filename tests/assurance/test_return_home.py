"""The provider's home: what is needed, what waits, results, who is reminded, whom to ring."""

from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse

from accounts.capabilities import Role
from assurance.models import LevelResult, SelfAssessment, Signature
from providers.models import Contact
from tests.factories.accounts import someone
from tests.factories.actions import an_action
from tests.factories.assurance import RoundFactory, a_return, answer_all
from tests.factories.providers import ContactFactory, provider_of

pytestmark = pytest.mark.django_db
HOME = "/your-returns/"


def test_home_says_what_is_needed_and_who_wrote_last(sign_in: Any, at: datetime) -> None:
    assessment = a_return()
    lead = someone(Role.PROVIDER_LEAD, assessment.organisation, name="Lead Example")
    assessment.answers.filter(criterion_version__ref="1.1").update(
        value={"grade": "green"}, answered_by=lead, answered_at=at
    )
    other = a_return(assessment.round, provider_of(assessment.commissioner, name="Somebody Else Ltd"))
    page = sign_in(lead).get(HOME)
    text = page.content.decode()
    assert [each.assessment.pk for each in page.context["home"].to_do] == [assessment.pk]
    for words in (
        assessment.round.name,
        "1 of 5 answered",
        "Last written by Lead Example",
        "Continue",
        "Worried about",
    ):
        assert words in text
    assert other.organisation.name not in text


def test_the_button_leads_those_who_write_to_the_standards_and_others_to_the_return(sign_in: Any) -> None:
    assessment = a_return()
    tasks = reverse("assurance:return-tasks", args=[assessment.reference])
    detail = reverse("assurance:assessment-detail", args=[assessment.reference])

    def button(role: Role) -> tuple[bool, bool]:
        text = sign_in(someone(role, assessment.organisation)).get(HOME).content.decode()
        return f'href="{tasks}"' in text, "Open the return" in text and f'href="{detail}"' in text

    assert (button(Role.PROVIDER_LEAD), button(Role.EXECUTIVE_SIGNATORY)) == ((True, False), (False, True))
    SelfAssessment.objects.filter(pk=assessment.pk).update(entering=True)
    assert button(Role.PROVIDER_LEAD) == (False, True)


def test_who_may_not_change_the_contacts_is_not_sent_there(sign_in: Any) -> None:
    assessment, words = a_return(), "Change who receives them"
    shown = {
        role: words in sign_in(someone(role, assessment.organisation)).get(HOME).content.decode()
        for role in (Role.PROVIDER_LEAD, Role.PROVIDER_CONTRIBUTOR)
    }
    assert shown == {Role.PROVIDER_LEAD: True, Role.PROVIDER_CONTRIBUTOR: False}


def test_home_shows_what_waits_and_past_results(sign_in: Any, at: datetime, on: date) -> None:
    waiting = a_return()
    answer_all(waiting)
    lead = someone(Role.PROVIDER_LEAD, waiting.organisation)
    waiting.submit(Signature("Ann Executive", "Director", on), by=lead, at=at)
    past = a_return(RoundFactory(commissioner=waiting.commissioner), waiting.organisation)
    SelfAssessment.objects.filter(pk=past.pk).update(
        state="validated", submitted_at=at, first_submitted_at=at, validated_at=at, settled_at=at
    )
    LevelResult.objects.create(
        commissioner=past.commissioner, organisation=past.organisation, self_assessment=past, strand="overall",
        computed="limited", level="limited", reasons=["why"], decided_at=at, computed_at=at,
    )  # fmt: skip
    text = sign_in(lead).get(HOME).content.decode()
    assert "Nothing is needed from you now" in text
    assert f"with {waiting.commissioner} since 18 November 2026" in text
    assert "Limited assurance, validated 18 November 2026" in text


def test_home_lists_open_actions_the_earliest_due_first_and_nobody_elses(sign_in: Any, at: datetime) -> None:
    # Given six open actions, one that is closed, and one of another provider
    assessment = a_return()
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, assessment.commissioner)
    for day in range(6, 0, -1):
        an_action(assessment.commissioner, assessment.organisation, text=f"Do thing {day}", due_on=date(2026, 12, day))
    an_action(assessment.commissioner, assessment.organisation, text="Not ours any more").close(
        "superseded", "Merged", by=nurse, at=at
    )
    other = provider_of(assessment.commissioner)
    an_action(assessment.commissioner, other, text="Theirs", due_on=date(2026, 12, 1))
    # When the lead looks
    page = sign_in(someone(Role.PROVIDER_LEAD, assessment.organisation)).get(HOME)
    # Then five are there, and the rest one click away
    assert [each.text for each in page.context["home"].actions] == [f"Do thing {day}" for day in range(1, 6)]
    assert "All 6 open actions" in page.content.decode()
    assert f"Change who receives them at {assessment.organisation}" in page.content.decode()


def test_home_names_who_is_reminded_and_whom_to_ring(sign_in: Any) -> None:
    assessment = a_return()
    ContactFactory(organisation=assessment.organisation, name="Desk Example", receives_reminders=True)
    ContactFactory(
        organisation=assessment.commissioner,
        kind=Contact.Kind.DESIGNATED,
        name="Nurse Example",
        telephone="01632 960 001",
    )
    text = sign_in(someone(Role.PROVIDER_LEAD, assessment.organisation)).get(HOME).content.decode()
    assert "Desk Example" in text
    assert 'href="tel:01632960001"' in text


def test_home_takes_the_same_few_queries_for_one_and_for_several(
    sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    assessment = a_return()
    client = sign_in(someone(Role.PROVIDER_LEAD, assessment.organisation))

    def queries() -> int:
        client.get(HOME)
        with django_assert_max_num_queries(12) as seen:
            assert client.get(HOME).status_code == 200
        return len(seen)

    few = queries()
    for _ in range(3):
        a_return(RoundFactory(commissioner=assessment.commissioner), assessment.organisation)
    assert queries() == few

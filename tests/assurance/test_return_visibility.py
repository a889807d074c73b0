"""What a provider is writing is its own: no commissioner reads a draft, first or sent back, anywhere."""

from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse

from accounts.capabilities import Can, Role
from assurance.models import Answer, SelfAssessment, Signature
from tests.factories.accounts import someone
from tests.factories.assurance import a_return, answer_all
from tests.factories.providers import provider_of

pytestmark = pytest.mark.django_db
CANARY = "canary-narrative-7731"
COMMISSIONER_ROLES = [
    Role.DESIGNATED_PROFESSIONAL, Role.NAMED_GP, Role.QUALITY_ANALYST, Role.DIRECTOR_OF_NURSING, Role.AUDITOR,
    Role.CONTRACT_MANAGER,
]  # fmt: skip
SIGNED = Signature("Ann Executive", "Director", date(2026, 11, 17))


def planted(assessment: SelfAssessment) -> SelfAssessment:
    answer_all(assessment)
    assessment.answers.update(narrative=CANARY)
    SelfAssessment.objects.filter(pk=assessment.pk).update(state="in_progress")
    assessment.refresh_from_db()
    return assessment


def pages(assessment: SelfAssessment) -> list[str]:
    one = {"reference": assessment.reference}
    answer = assessment.answers.first()
    assert answer is not None
    return [
        reverse("assurance:assessment-list"),
        reverse("assurance:assessment-detail", kwargs=one),
        reverse("assurance:return-answers", kwargs=one),
        reverse("assurance:return-receipt", kwargs={**one, "number": 1}),
        *(reverse(f"assurance:return-{name}", kwargs=one) for name in ("tasks", "check", "sign")),
        *(reverse(f"assurance:entry-{name}", kwargs=one) for name in ("tasks", "check", "sign")),
        *(reverse(f"assurance:{desk}-standard", kwargs={**one, "number": 1}) for desk in ("return", "entry")),
        *(reverse(f"assurance:{desk}-evidence", kwargs={**one, "answer": answer.pk}) for desk in ("return", "entry")),
    ]  # fmt: skip


@pytest.mark.parametrize("role", COMMISSIONER_ROLES)
def test_no_page_shows_a_commissioner_what_a_provider_is_writing(role: Role, sign_in: Any) -> None:
    assessment = planted(a_return())
    client = sign_in(someone(role, assessment.commissioner))
    shown = [client.get(url) for url in pages(assessment)]
    assert [CANARY in page.content.decode(errors="replace") for page in shown] == [False] * len(shown)
    assert client.get(pages(assessment)[2]).status_code == 404
    assert client.get(pages(assessment)[1]).status_code == 200
    own = sign_in(someone(Role.PROVIDER_LEAD, assessment.organisation))
    assert (
        CANARY
        in own.get(reverse("assurance:return-check", kwargs={"reference": assessment.reference})).content.decode()
    )


def test_sent_back_answers_are_the_providers_own_until_they_are_submitted_again(sign_in: Any, at: datetime) -> None:
    assessment = a_return()
    answer_all(assessment)
    assessment.submit(SIGNED, by=someone(Role.PROVIDER_LEAD, assessment.organisation), at=at)
    SelfAssessment.objects.filter(pk=assessment.pk).update(state="sent_back", settled_at=None)
    assessment.answers.update(narrative=CANARY)
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, assessment.commissioner)
    client = sign_in(nurse)
    read = client.get(reverse("assurance:return-answers", kwargs={"reference": assessment.reference}))
    assert read.status_code == 200
    assert "In place and reviewed this year." in read.content.decode()
    assert CANARY not in read.content.decode()
    assert Answer.objects.permitted(nurse, Can.READ_ASSESSMENT).count() == 0


def test_another_providers_people_see_nothing_of_a_return(sign_in: Any, at: datetime) -> None:
    assessment = a_return()
    answer_all(assessment)
    assessment.submit(SIGNED, by=someone(Role.PROVIDER_LEAD, assessment.organisation), at=at)
    stranger = sign_in(someone(Role.PROVIDER_LEAD, provider_of(assessment.commissioner)))
    listed, *others = pages(assessment)
    assert [stranger.get(url).status_code for url in others] == [404] * len(others)
    assert assessment.organisation.name not in stranger.get(listed).content.decode()

"""On time by the date first set and by the agreed one: always the first submission's, and the same everywhere."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.capabilities import Role
from assurance.asat import as_at
from assurance.models import SelfAssessment
from assurance.models.punctuality import on_time_of
from assurance.returns import Punctual, punctual
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory, a_return, answer_all
from tests.factories.providers import provider_of
from tests.factories.validation import declare, nurse_of, review

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 10)
DAY = timedelta(days=1)


def day(number: int, month: int = 11) -> datetime:
    return datetime(2026, month, number, 10, 0, tzinfo=UTC)


def due(**fields: Any) -> SelfAssessment:
    made = a_return(due_on=DUE, original_due_on=DUE, **fields)
    answer_all(made)
    return made


def extend(assessment: SelfAssessment, to: date, at: datetime) -> None:
    analyst = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    assessment.extend(to, by=analyst, at=at, reason="Merger", agreed_by=analyst)


def send_back(assessment: SelfAssessment, to: date, at: datetime) -> None:
    review(assessment, "children", by=(nurse := nurse_of(assessment)), at=at).send_back(
        notes="More, please", due_on=to, by=nurse, at=at
    )


def said(assessment: SelfAssessment) -> tuple[bool | None, bool | None, date]:
    found = assessment.on_time()
    return found.by_original, found.by_agreed, found.agreed_on


def test_nothing_is_said_before_it_came() -> None:
    assessment = due()
    assert said(assessment) == (None, None, DUE)
    extend(assessment, DUE + 5 * DAY, day(9))
    assert said(assessment) == (None, None, DUE + 5 * DAY)


@pytest.mark.parametrize(
    ("came", "by_original", "by_agreed"), [(10, True, True), (15, False, True), (16, False, False)]
)
def test_an_extension_counts_for_the_agreed_date_only(came: int, by_original: bool, by_agreed: bool) -> None:
    assessment = due()
    extend(assessment, DUE + 5 * DAY, day(9))
    declare(assessment, at=day(came))
    assert said(assessment) == (by_original, by_agreed, DUE + 5 * DAY)


@pytest.mark.parametrize(("came", "on_time"), [(9, True), (12, False)])
def test_a_new_date_after_a_send_back_makes_the_first_submission_neither_late_nor_early(
    came: int, on_time: bool
) -> None:
    assessment = due()
    declare(assessment, at=day(came))
    send_back(assessment, date(2026, 12, 20), day(13))
    assessment.refresh_from_db()
    assert assessment.due_on == date(2026, 12, 20)
    assert said(assessment) == (on_time, on_time, DUE)
    declare(assessment, at=day(22, 12))
    assert said(assessment) == (on_time, on_time, DUE)


def test_an_extension_agreed_after_a_send_back_is_for_the_next_submission() -> None:
    assessment = due()
    declare(assessment, at=day(12))
    send_back(assessment, date(2026, 11, 20), day(13))
    assessment.refresh_from_db()
    extend(assessment, date(2026, 12, 1), day(14))
    assert said(assessment) == (False, False, DUE)
    assert assessment.on_time().extensions == 1


def test_a_return_moved_from_a_merged_provider_keeps_the_date_it_brought() -> None:
    moved = a_return(due_on=DUE + 5 * DAY, original_due_on=DUE)
    answer_all(moved)
    declare(moved, at=day(14))
    assert said(moved) == (False, True, DUE + 5 * DAY)


def test_the_past_the_page_and_the_round_say_the_same(sign_in: Any) -> None:
    round = RoundFactory(due_on=DUE)
    assessment = due(round=round, organisation=provider_of(round.commissioner))
    extend(assessment, DUE + 5 * DAY, day(9))
    declare(assessment, at=day(14))
    send_back(assessment, date(2026, 12, 20), day(16))
    for pk, found in on_time_of(SelfAssessment.objects.filter(pk=assessment.pk)).items():
        assert found == assessment.on_time() == as_at([assessment], day=date(2026, 12, 31))[pk].on_time
    before = as_at([assessment], day=date(2026, 11, 13))[assessment.pk].on_time
    assert (before.by_agreed, before.agreed_on) == (None, DUE + 5 * DAY)
    assert as_at([assessment], day=date(2026, 11, 8))[assessment.pk].on_time.agreed_on == DUE
    assert punctual(SelfAssessment.objects.filter(round=round)) == Punctual(1, 0, 1)
    client = sign_in(someone(Role.QUALITY_ANALYST, round.commissioner))
    page = client.get(reverse("assurance:assessment-detail", args=[assessment.reference])).content.decode()
    assert "by the date first set, 10 November 2026; on time by the agreed date, 15 November 2026" in page

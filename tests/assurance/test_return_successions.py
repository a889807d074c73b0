"""A merged or closed provider's open return: moved or withdrawn with a reason, never doubled."""

from datetime import date, datetime
from typing import Any

import pytest

from accounts.capabilities import Role
from assurance.models import SelfAssessment, Signature
from providers import successions
from providers.models import Organisation, Succession
from tests.factories.accounts import someone
from tests.factories.assurance import a_return, answer_all
from tests.factories.providers import provider_of

pytestmark = pytest.mark.django_db


def merged(assessment: SelfAssessment, successor: Organisation, at: datetime, on: date, **how: Any) -> None:
    succession = Succession(
        predecessor=assessment.organisation, successor=successor, kind="merged", on=on, reason="Practices merge", **how
    )
    by = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    successions.record(succession, by=by, at=at, on=on, expected=assessment.organisation.version)


def test_open_return_moves_with_what_was_typed_and_is_withdrawn_here(at: datetime, on: date) -> None:
    old = a_return()
    answer_all(old, "amber")
    old.answers.update(answered_at=at)
    successor = provider_of(old.commissioner)
    merged(old, successor, at, on, open_returns="move")
    old.refresh_from_db()
    new = SelfAssessment.objects.get(organisation=successor)
    assert (old.state, old.withdrawn_reason) == ("withdrawn", f"{successor} carries it on")
    assert (new.round, new.due_on, new.original_due_on, new.state) == (
        old.round, old.due_on, old.original_due_on, "in_progress",
    )  # fmt: skip
    assert {(each.grade, each.narrative) for each in new.answers.all()} == {
        ("amber", "In place and reviewed this year.")
    }
    assert new.answers.count() == 5


def test_successor_with_its_own_return_keeps_just_that_one(at: datetime, on: date) -> None:
    old = a_return()
    own = a_return(old.round, provider_of(old.commissioner))
    merged(old, own.organisation, at, on, open_returns="move")
    old.refresh_from_db()
    assert SelfAssessment.objects.filter(organisation=own.organisation).count() == 1
    assert old.withdrawn_reason == f"{own.organisation} has its own return in this round"


def test_open_return_is_closed_with_the_reason_given(at: datetime, on: date) -> None:
    old = a_return()
    successor = provider_of(old.commissioner)
    merged(old, successor, at, on, open_returns="close", open_returns_reason="Starts clean in April")
    old.refresh_from_db()
    assert (old.state, old.withdrawn_reason) == ("withdrawn", "Starts clean in April")
    assert SelfAssessment.objects.filter(organisation=successor).count() == 0


def test_received_return_stays_with_the_old_body(at: datetime, on: date) -> None:
    old = a_return()
    answer_all(old)
    lead = someone(Role.PROVIDER_LEAD, old.organisation)
    old.submit(Signature("Ann Executive", "Partner", on), by=lead, at=at)
    merged(old, provider_of(old.commissioner), at, on, open_returns="move")
    old.refresh_from_db()
    assert old.state == "submitted"
    assert SelfAssessment.objects.count() == 1


def test_closing_withdraws_open_returns_with_the_reason(at: datetime, on: date) -> None:
    old = a_return()
    by = someone(Role.QUALITY_ANALYST, old.commissioner)
    successions.close(
        old.organisation, day=on, reason="Partners retired", by=by, at=at, on=on, expected=old.organisation.version
    )
    old.refresh_from_db()
    assert (old.state, old.withdrawn_reason) == ("withdrawn", "Closed: Partners retired")

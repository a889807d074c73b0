"""Two at once: one date agreed, one withdrawal, one entry begun and given back, one late return."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.capabilities import Role
from assurance import issuing
from assurance.kinds import RETURN
from assurance.models import Batch, EntryGivenBack, EntryOnBehalf, SelfAssessment
from assurance.models.giving_back import give_back
from assurance.models.submitting import begin_entry
from chasing.by_hand import remind
from chasing.models import Chase, DueChange, Letter
from tests.at_once import both
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory, a_return
from tests.factories.providers import provider_of

pytestmark = pytest.mark.django_db(transaction=True)


def copies(assessment: SelfAssessment) -> list[SelfAssessment]:
    return [SelfAssessment.objects.get(pk=assessment.pk) for _ in range(2)]


def test_of_two_dates_agreed_at_once_one_holds(at: datetime) -> None:
    assessment = a_return()
    by = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    found = both(
        *(
            lambda mine=mine, days=days: mine.extend(
                assessment.due_on + timedelta(days=days), by=by, at=at, reason="Merger", agreed_by=by
            )
            for mine, days in zip(copies(assessment), (7, 14), strict=True)
        )
    )
    assert found == [None, "refused"]
    assert DueChange.objects.get().new == SelfAssessment.objects.get().due_on


def test_of_two_withdrawals_at_once_one_counts_and_one_letter_goes(at: datetime) -> None:
    assessment = a_return()
    by = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    found = both(
        *(lambda mine=mine: mine.withdraw(by=by, at=at, reason=f"Reason {mine.pk}") for mine in copies(assessment))
    )
    assert found == [None, "refused"]
    assert Letter.objects.filter(kind="withdrawn").count() == 1


def test_a_withdrawal_and_a_later_date_at_once_leave_one_of_them(at: datetime) -> None:
    assessment = a_return()
    by = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    one, other = copies(assessment)
    to = assessment.due_on + timedelta(days=7)
    both(
        lambda: one.withdraw(by=by, at=at, reason="Contract ended"),
        lambda: other.extend(to, by=by, at=at, reason="Merger", agreed_by=by),
    )
    assessment.refresh_from_db()
    assert assessment.state == "withdrawn"
    assert DueChange.objects.count() == (assessment.due_on == to)


def enter(mine: SelfAssessment, by: Any, at: datetime) -> str:
    begin_entry(mine, channel="paper", received_from="Mr Home", received_on=at.date(), by=by, at=at)
    return "entering"


def test_of_two_who_begin_to_enter_at_once_one_does(at: datetime) -> None:
    assessment = a_return()
    by = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    assert both(*(lambda mine=mine: enter(mine, by, at) for mine in copies(assessment))) == ["entering", "refused"]
    assert EntryOnBehalf.objects.count() == 1


def test_of_two_who_give_an_entry_back_at_once_one_does(at: datetime) -> None:
    assessment = a_return()
    by = someone(Role.QUALITY_ANALYST, assessment.commissioner)
    enter(assessment, by, at)
    found = both(
        *(lambda mine=mine: bool(give_back(mine, reason="Mistake", by=by, at=at)) for mine in copies(assessment))
    )
    assert found == [True, "refused"]
    assert EntryGivenBack.objects.count() == 1


def test_of_two_who_add_the_same_provider_at_once_one_return_is_made(at: datetime) -> None:
    round = RoundFactory()
    organisation = provider_of(round.commissioner)
    by = someone(Role.QUALITY_ANALYST, round.commissioner)
    found = both(*[lambda: issuing.add_late(round, organisation, due_on=round.due_on, by=by, at=at, on=at.date())] * 2)
    assert found == [0, 1]
    assert SelfAssessment.objects.filter(round=round, organisation=organisation).count() == 1


def test_a_batch_is_worked_off_by_two_and_each_row_once(at: datetime) -> None:
    round = RoundFactory()
    analyst = someone(Role.QUALITY_ANALYST, round.commissioner)
    rows = [(each, each.due_version) for each in (a_return(round) for _ in range(6))]
    terms = {"due_on": "2027-01-31", "reason": "Flood", "agreed_by": analyst.pk}
    batch = Batch.objects.ask_for("extend", rows, terms=terms, token=uuid.uuid4(), by=analyst, at=at)
    done = both(*(lambda: Batch.objects.get(pk=batch.pk).go_on(at=at, on=at.date()) for _ in range(2)))
    assert sum(done) == 6
    assert batch.counts() == {"done": 6, "refused": 0, "waiting": 0}
    assert DueChange.objects.count() == 6


def test_a_reminder_by_hand_is_written_once_by_two(at: datetime) -> None:
    round = RoundFactory()
    analyst, token = someone(Role.QUALITY_ANALYST, round.commissioner), uuid.uuid4()
    asked = a_return(round, provider_of(round.commissioner, mailbox="box@example.nhs.uk"))
    people = both(
        *(lambda: remind(RETURN, asked, token=token, by=analyst, on=at.date(), at=at) for _ in range(2)),
        lambda: remind(RETURN, asked, token=uuid.uuid4(), by=analyst, on=at.date(), at=at),
    )
    # The same form sent twice is the same reminder; another form on the same day is told so, whoever came first.
    assert people in ([1, 1, "refused"], [1, "refused", "refused"])
    assert Chase.objects.count() == Letter.objects.filter(kind="reminders").count() == 1


def test_one_confirmation_sent_twice_at_once_makes_one_batch(now: datetime, sign_in: Callable) -> None:
    round = RoundFactory()
    asked = a_return(round, provider_of(round.commissioner, mailbox="box@example.nhs.uk"))
    client, token = sign_in(someone(Role.QUALITY_ANALYST, round.commissioner)), str(uuid.uuid4())
    given = {"step": "confirm", "rows": f"{asked.reference}:1", "form_token": token}

    def confirm() -> str:
        return str(client.post("/returns/together/?what=remind", given)["Location"])

    assert len(set(both(confirm, confirm))) == 1
    assert Batch.objects.count() == Letter.objects.filter(kind="reminders").count() == 1

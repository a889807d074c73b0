"""What becomes of open returns when an organisation ends: moved to the successor or withdrawn, never doubled.

Runs inside the transaction that records the succession or the closing (``providers.successions``). What has been
received stays with the old body for ever. A return that moves is withdrawn here and made there, with the same
questions, dates and typed answers; evidence stays with the body that it belongs to.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from assurance.models import Answer, SelfAssessment
from assurance.models.recipients import round_opened
from chasing.recipients import post
from design.calendar import london_date
from providers import successions
from providers.models import Organisation, Succession
from providers.successions import Closing

if TYPE_CHECKING:
    from accounts.models import User

CARRIED = ("criterion_version_id", "value", "narrative", "not_applicable_reason", "answered_by_id", "answered_at",
           "carried_from_id", "confirmed_by_id", "confirmed_at")  # fmt: skip


def register() -> None:
    """Called when the app is ready."""
    successions.on_succession.append(follow)
    successions.on_closing.append(close)


def follow(succession: Succession) -> None:
    """Move or withdraw every open return of the predecessor, as the person who recorded it decided."""
    by, at = succession.recorded_by, succession.recorded_at
    for assessment in _open_returns(succession.predecessor):
        if succession.open_returns == Succession.OpenReturns.MOVE:
            _move(assessment, succession.successor, by=by, at=at)
        else:
            assessment.withdraw(by=by, at=at, reason=succession.open_returns_reason)


def close(closing: Closing) -> None:
    """Withdraw every open return of an organisation that nobody follows."""
    for assessment in _open_returns(closing.organisation):
        assessment.withdraw(by=closing.by, at=closing.at, reason=f"Closed: {closing.reason}"[:300])


def _open_returns(organisation: Organisation) -> list[SelfAssessment]:
    """Those that may still be written in, held until the transaction ends."""
    rows = SelfAssessment.objects.select_for_update(of=("self",)).filter(
        organisation=organisation, state__in=SelfAssessment.EDITABLE
    )
    return list(rows.select_related("round").order_by("pk"))


def _move(assessment: SelfAssessment, successor: Organisation, *, by: "User", at: datetime) -> None:
    """Withdraw the old return; the successor gets one like it unless it has its own in this round."""
    has_one = SelfAssessment.objects.filter(round=assessment.round_id, organisation=successor).exists()
    words = "has its own return in this round" if has_one else "carries it on"
    assessment.withdraw(by=by, at=at, reason=f"{successor} {words}"[:300])
    if has_one:
        return
    old = assessment.organisation
    made = SelfAssessment.objects.create(
        round=assessment.round,
        commissioner_id=assessment.commissioner_id,
        organisation=successor,
        tier=assessment.tier,
        due_on=assessment.due_on,
        original_due_on=assessment.original_due_on,
        why_issued=f"Carried on from {old}"[:200],
        issued_at=at,
    )
    answers = list(assessment.answers.order_by("pk"))
    Answer.objects.bulk_create(
        Answer(
            self_assessment=made,
            commissioner_id=made.commissioner_id,
            organisation=successor,
            **{name: getattr(answer, name) for name in CARRIED},
        )
        for answer in answers
    )
    if any(answer.answered_at for answer in answers):
        SelfAssessment.objects.filter(pk=made.pk).update(state=SelfAssessment.State.IN_PROGRESS)
    post(round_opened([made], on=london_date(at), at=at))

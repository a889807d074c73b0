"""Submitting a return, entering one that arrived another way, and correcting what was entered."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Max, prefetch_related_objects

from accounts.door import Refused
from assurance.models.assessments import IllegalMove, SelfAssessment
from assurance.models.documents import digest, document_of
from assurance.models.giving_back import evidence_now
from assurance.models.questions import Question, grades_of, questions_of
from assurance.models.ratings import Rating
from assurance.models.recipients import receipts
from assurance.models.reviews import StrandReview
from assurance.models.scoring import write_results
from assurance.models.submissions import CORRECTION_WORKING_DAYS, EntryOnBehalf, Signature, Submission
from chasing.recipients import post
from design.calendar import add_working_days, london_date

if TYPE_CHECKING:
    from accounts.models import User
    from assurance.models.links import ReturnLink

State = SelfAssessment.State
DECLARATION = (
    "The answers are true and complete as far as I know, the evidence named is in place, and my organisation will "
    "tell the commissioner if anything important changes."
)


class Unanswered(Exception):
    """Some questions still need something. ``questions`` says which, in reading order."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = list(questions)
        some = "question still needs" if len(self.questions) == 1 else "questions still need"
        super().__init__(f"{len(self.questions)} {some} an answer")


class AnswersMoved(Refused):
    """The provider has begun to answer, so the commissioner may not type over it."""


@transaction.atomic
def submit(
    assessment: SelfAssessment, signature: Signature, *, by: "User", at: datetime, link: "ReturnLink | None" = None
) -> Submission:
    """Lock the answers, keep them as one signed document, and put the return in front of the validator.

    ``link`` is the one through which it comes, when nobody signed in; ``by`` is then its bearer. In the same
    transaction: the self-assessed ratings and result rows, and the receipts. Raises Unanswered when
    something is missing and IllegalMove when somebody submitted or withdrew it first.
    """
    # Held first, so that an autosave that is under way is either in the document or refused.
    locked = SelfAssessment.objects.select_for_update().get(pk=assessment.pk)
    if not locked.is_editable:
        raise IllegalMove(f"This return is already “{locked.get_state_display()}”. Look at it again.")
    questions = questions_of(assessment, grades_of(assessment))
    prefetch_related_objects([use.item for question in questions for use in question.evidence], "versions")
    if missing := [question for question in questions if question.missing]:
        raise Unanswered(missing)
    submission = _keep(assessment, questions, signature, by=by, at=at, link=link)
    assessment.answers.filter(submitted_before=False).update(submitted_before=True)
    assessment._move(
        SelfAssessment.EDITABLE,
        State.SUBMITTED,
        entering=False,
        settled_at=at,
        submitted_at=at,
        first_submitted_at=assessment.first_submitted_at or at,
    )
    _declare(assessment, questions, by=by, at=at)
    StrandReview.prepare(assessment)
    write_results(assessment, at=at)
    _thank(assessment, submission, by=by, at=at)
    return submission


@transaction.atomic
def begin_entry(
    assessment: SelfAssessment, *, channel: str, received_from: str, received_on: date, by: "User", at: datetime
) -> EntryOnBehalf:
    """The commissioner starts to type what arrived by e-mail, on paper or by telephone.

    Refused when the provider has written something itself since it last submitted: nobody on the commissioner's
    side reads or overwrites a provider's draft. From here on only the commissioner writes, until it is submitted.
    """
    locked = SelfAssessment.objects.select_for_update().get(pk=assessment.pk)
    if not locked.is_editable or locked.entering:
        raise IllegalMove("This return cannot be entered now: it has been submitted, withdrawn or is being entered.")
    last = locked.submissions.aggregate(at=Max("submitted_at"))["at"]
    written = locked.answers.filter(answered_at__isnull=False)
    if (written.filter(answered_at__gt=last) if last else written).exists():
        raise AnswersMoved(
            f"{assessment.organisation.name} has begun to answer here, so what arrived another way cannot be typed "
            "over it. Ask them to submit what they have, or to copy the rest in themselves."
        )
    SelfAssessment.objects.filter(pk=locked.pk).update(entering=True, version=F("version") + 1)
    assessment.refresh_from_db()
    return EntryOnBehalf.objects.create(
        commissioner_id=locked.commissioner_id,
        organisation_id=locked.organisation_id,
        self_assessment=locked,
        channel=channel,
        received_from=received_from,
        received_on=received_on,
        by=by,
        at=at,
        evidence_before=evidence_now(locked),
    )


@transaction.atomic
def correct(assessment: SelfAssessment, *, on: date) -> None:
    """The provider reopens what its commissioner typed for it, within the window (hazard 32).

    The first submission stays for ever, and the return keeps counting as received; what the provider submits
    now is the next one.
    """
    submission = assessment.submissions.first()
    if submission is None or not submission.may_be_corrected(on=on):
        raise IllegalMove("The time to correct this return has passed. Ring your contact at the commissioner.")
    assessment._move((State.SUBMITTED,), State.IN_PROGRESS, settled_at=None)


def _keep(
    assessment: SelfAssessment,
    questions: list[Question],
    signature: Signature,
    *,
    by: "User",
    at: datetime,
    link: "ReturnLink | None",
) -> Submission:
    entry = assessment.entries_on_behalf.first() if assessment.entering else None
    window = add_working_days(london_date(at), CORRECTION_WORKING_DAYS) if entry else None
    number = (assessment.submissions.aggregate(last=Max("number"))["last"] or 0) + 1
    document = document_of(assessment, questions) | {
        "number": number,
        "signed_by": {"name": signature.name, "role": signature.role, "on": signature.on.isoformat()},
        "declaration": DECLARATION,
        "reported_now": signature.reported_now,
        "submitted_at": at.isoformat(timespec="seconds"),
        "channel": entry.channel if entry else Submission.THEIR_OWN[link is not None],
        "received_from": entry.received_from if entry else "",
        "received_on": entry.received_on.isoformat() if entry else "",
        "correct_until": window.isoformat() if window else "",
    }
    return Submission.objects.create(
        commissioner_id=assessment.commissioner_id,
        organisation_id=assessment.organisation_id,
        self_assessment=assessment,
        number=number,
        document=document,
        sha256=digest(document),
        signed_by_name=signature.name,
        signed_by_role=signature.role,
        signed_on=signature.on,
        declaration=DECLARATION,
        channel=document["channel"],
        received_from=document["received_from"],
        received_on=entry.received_on if entry else None,
        correct_until=window,
        link=link,
        submitted_by=by,
        submitted_at=at,
    )


def _declare(assessment: SelfAssessment, questions: list[Question], *, by: "User", at: datetime) -> None:
    """One self-assessed rating per question; those of an earlier submission are retired, never edited."""
    assessment.ratings.filter(basis=Rating.Basis.SELF_ASSESSED, current=True).update(current=False)
    Rating.objects.bulk_create(
        Rating(
            commissioner_id=assessment.commissioner_id,
            organisation_id=assessment.organisation_id,
            self_assessment=assessment,
            criterion_version=question.criterion,
            basis=Rating.Basis.SELF_ASSESSED,
            grade=question.answer.grade,
            outcome=Rating.Outcome.DECLARED,
            by=by,
            at=at,
            on=london_date(at),
        )
        for question in questions
    )


def _thank(assessment: SelfAssessment, submission: Submission, *, by: "User", at: datetime) -> None:
    """A receipt to whoever submitted, to the provider's leads and to its mailbox, once each."""
    post(receipts(assessment, submission, by=by, at=at))

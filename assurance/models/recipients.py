"""The letters about a self-assessment, by kind. Who gets each is said in ``chasing.recipients``."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from chasing import recipients
from chasing.models import Letter
from chasing.recipients import post

if TYPE_CHECKING:
    from accounts.models import User
    from assurance.models.assessments import SelfAssessment
    from assurance.models.links import ReturnLink
    from assurance.models.submissions import Submission

PLEASE_SIGN = "please_sign"


def letters_of_links(
    links: Sequence["ReturnLink"], *, announce: bool, at: datetime, not_before: datetime | None = None
) -> list[Letter]:
    """The letter with the link to each address; with ``announce`` a word about it to the registered addresses first."""
    told = recipients.registered_of([link.organisation_id for link in links]) if announce else {}
    letters = []
    for link in links:
        kind = "return_link" if link.standard_id is None else "colleague_link"
        letters.append(recipients.with_link(kind, link.self_assessment, link.pk, at=at, not_before=not_before))
        letters += recipients.announcing_link("link_announced", link.self_assessment, link.pk, told, at=at)
    return letters


def round_opened(assessments: Sequence["SelfAssessment"], *, on: date, at: datetime) -> list[Letter]:
    """One letter to everybody who prepares each return and to its contacts for reminders. Two queries."""
    return recipients.to_preparers("round_opened", assessments, on=on, at=at)


def receipts(assessment: "SelfAssessment", submission: "Submission", *, by: "User", at: datetime) -> Iterator[Letter]:
    """A receipt to whoever submitted and to everybody who answers for the return."""
    return recipients.with_receipt("receipt", assessment, submission=submission.pk, link=submission.link, by=by, at=at)


def signature_asked(assessment: "SelfAssessment", *, on: date, at: datetime) -> list[Letter]:
    """To everybody who may sign as the provider's executive; once a day."""
    return recipients.to_executives(PLEASE_SIGN, assessment, on=on, at=at, about={"day": on.toordinal()})


def tell_person(
    kind: str, assessment: "SelfAssessment", person: "User", *, at: datetime, about: dict[str, int]
) -> None:
    """One letter to one person, once for what it is about."""
    post([recipients.envelope(kind, assessment, at=at, about=about, to_user=person)])


def tell_provider(kind: str, assessment: "SelfAssessment", *, key: str, at: datetime, **about: int) -> None:
    """One letter to the organisation, once per key; its writer says which of its people get it beside the mailbox."""
    Letter.objects.write(
        kind,
        dedupe_key=f"{kind}:{key}",
        at=at,
        to_organisation=assessment.organisation,
        about={"self_assessment": assessment.pk, **about},
        commissioner_id=assessment.commissioner_id,
        organisation_id=assessment.organisation_id,
        circle=assessment.circle,
    )

"""The reviewer's verdict on one piece of evidence. It stays with the version that was read (hazard 23)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.door import Stale
from assurance.models.answers import AnswerEvidence
from evidence.models import EvidenceVersion

if TYPE_CHECKING:
    from accounts.models import User
    from assurance.models.reviews import StrandReview

Verdict = AnswerEvidence.Verdict
TONES = {
    Verdict.NOT_REVIEWED: "quiet",
    Verdict.SUPPORTS: "good",
    Verdict.NOT_ENOUGH: "bad",
    Verdict.OUT_OF_DATE: "partly",
}


@dataclass(frozen=True)
class Opinion:
    """What is to be said now about a piece of evidence, in words, with its tone."""

    words: str
    tone: str
    holds: bool


def opinion_of(use: AnswerEvidence, newest: EvidenceVersion | None) -> Opinion:
    """The verdict while the version that was read is the newest; otherwise "not reviewed", and of which it was."""
    verdict = Verdict(use.verdict)
    if verdict == Verdict.NOT_REVIEWED:
        return Opinion("Not reviewed", "quiet", False)
    if newest is not None and newest.pk != use.verdict_on_id:
        return Opinion(
            f"Version {newest.number} not reviewed; “{verdict.label}” was said of an earlier one", "waiting", False
        )
    return Opinion(verdict.label, TONES[verdict], True)


@transaction.atomic
def give_verdict(
    review: "StrandReview", use: AnswerEvidence, verdict: str, *, version: int | None, by: "User", at: datetime
) -> None:
    """Say whether the version that the reviewer read shows the criterion.

    ``version`` is the id of that version; when the provider has put a newer one there since, nothing is saved.
    """
    review.hold_open()
    newest = EvidenceVersion.objects.filter(item=use.item_id).order_by("-number").first()
    if (newest.pk if newest else None) != version:
        raise Stale("The provider has put a newer version of this evidence here. Read that one, then decide.")
    cleared = verdict == Verdict.NOT_REVIEWED
    AnswerEvidence.objects.filter(pk=use.pk).update(
        verdict=verdict,
        verdict_on=None if cleared else newest,
        verdict_by=None if cleared else by,
        verdict_at=None if cleared else at,
    )
    use.refresh_from_db()

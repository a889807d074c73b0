"""Evidence for one answer: a new file, link or thing seen on site, or an item that the provider already has."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from assurance.models.questions import Question
from evidence.intake import take_in
from evidence.models import EvidenceItem

if TYPE_CHECKING:
    from accounts.models import User


def items_for(question: Question) -> QuerySet[EvidenceItem]:
    """What the provider holds and does not yet use for this answer; nothing that only named people may see."""
    used = [use.item_id for use in question.evidence]
    held = EvidenceItem.objects.current().filter(organisation=question.answer.organisation_id, circle=None)
    return held.exclude(pk__in=used).order_by("title")


@transaction.atomic
def support(question: Question, found: Mapping[str, Any], *, by: "User", at: datetime) -> EvidenceItem:
    """Make or choose the item and use it for the answer. Raises ``NotAccepted`` when a file is refused."""
    assessment = question.answer.self_assessment
    about = {
        "commissioner": assessment.commissioner,
        "organisation": assessment.organisation,
        "title": found["title"],
        "valid_until": found["valid_until"],
        "by": by,
        "at": at,
    }
    match found["kind"]:
        case "file":
            item = take_in(found["file"], **about).item
        case "link":
            item = EvidenceItem.objects.add_link(found["address"], **about)
        case "seen":
            item = EvidenceItem.objects.add_seen(found["seen_where"], **about)
        case _:
            item = found["item"]
    question.answer.use(item, by=by, at=at)
    return item

"""Evidence for one answer: a new file, link or thing seen on site, or an item that the provider already has."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from assurance.models.questions import Question
from evidence.intake import take_in
from evidence.models import EvidenceItem

if TYPE_CHECKING:
    from accounts.models import User


class Supported(NamedTuple):
    """The item that supports the answer; whether the same file was held before, and used for this answer before."""

    item: EvidenceItem
    already_held: bool
    already_used: bool

    def words(self, ref: str) -> str:
        """What happened, for the page."""
        if self.already_used:
            return f"“{self.item}” is the same file, and it supports {ref} already. Nothing was added."
        if self.already_held:
            return f"You hold this file already, as “{self.item}”. It now supports {ref}, and nothing was added twice."
        return f"“{self.item}” now supports {ref}."


def items_for(question: Question) -> QuerySet[EvidenceItem]:
    """What the provider holds and does not yet use for this answer; nothing that only named people may see."""
    used = [use.item_id for use in question.evidence]
    held = EvidenceItem.objects.current().filter(organisation=question.answer.organisation_id, circle=None)
    return held.exclude(pk__in=used).order_by("title")


@transaction.atomic
def support(question: Question, found: Mapping[str, Any], *, by: "User", at: datetime) -> Supported:
    """Make or choose the item and use it for the answer. Raises ``NotAccepted`` when a file is refused."""
    already_held = False
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
            version = take_in(found["file"], **about)
            item, already_held = version.item, version.already_held
        case "link":
            item = EvidenceItem.objects.add_link(found["address"], **about)
        case "seen":
            item = EvidenceItem.objects.add_seen(found["seen_where"], **about)
        case _:
            item = found["item"]
    used = any(use.item_id == item.pk for use in question.evidence)
    question.answer.use(item, by=by, at=at)
    return Supported(item, already_held, used)

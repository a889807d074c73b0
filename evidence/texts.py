"""The texts of evidence from which something identifiable can be removed, and the files that can be destroyed."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.capabilities import Can
from evidence.models import EvidenceDownload, EvidenceItem
from privacy.texts import Copy, Seen, Text, place_of, register

if TYPE_CHECKING:
    from accounts.models import User


def _item(item: EvidenceItem) -> str:
    return reverse("evidence:item-detail", args=[item.reference])


def _opened(item: EvidenceItem) -> list[Seen]:
    found = EvidenceDownload.objects.filter(version__item=item).select_related("by", "version")
    return [Seen(str(each.by), f"opened version {each.version.number} of the file", each.at) for each in found]


def _versions(item: EvidenceItem) -> list[Copy]:
    table, column = place_of("evidence.EvidenceVersion", "file_name")
    return [Copy(table, column, pk) for pk in item.versions.values_list("pk", flat=True)]


def _destroy(item: EvidenceItem, reason: str, *, by: "User", at: datetime) -> None:
    item.destroy(reason, by=by, at=at)


def register_texts() -> None:
    """Called when the app is ready."""
    register(
        Text(
            "evidence.item", "Evidence", "evidence.EvidenceItem",
            {
                "title": "What it is", "seen_where": "Where and when it was seen",
                "withdrawn_reason": "Why it is withdrawn",
            },
            _item, Can.DOWNLOAD_EVIDENCE, seen=_opened, also=_versions, listing="evidence", destroy=_destroy,
        ),
        Text(
            "evidence.version", "Name of a file", "evidence.EvidenceVersion", {"file_name": "The file’s name"},
            lambda version: _item(version.item), Can.DOWNLOAD_EVIDENCE,
        ),
    )  # fmt: skip

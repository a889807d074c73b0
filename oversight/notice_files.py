"""The real notice as a file: kept in the commissioner's evidence, read by whoever may read the notice."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.capabilities import Can
from evidence.forms import UploadForm
from evidence.models import EvidenceVersion
from evidence.uses import Use, Uses, register
from oversight.models import ContractNotice, NoticeFile

if TYPE_CHECKING:
    from accounts.models import User


class NoticeFileForm(UploadForm):
    """The paper as it was served. A notice holds until it is closed, so no date is asked for."""

    submit_label = "Add this file"
    valid_until = None  # type: ignore[assignment]

    title = forms.CharField(
        label="What it is",
        max_length=200,
        help_text="The provider reads this too. For example “Contract performance notice of 3 May 2018”.",
        error_messages={"required": "Enter what it is"},
    )

    def keep(self, notice: ContractNotice, *, by: "User", at: datetime) -> EvidenceVersion | None:
        """Keep the file as the commissioner's own and put it on the notice: both, or neither and why."""
        ours = {"commissioner": notice.commissioner, "organisation": notice.commissioner}
        with transaction.atomic():
            version = self.take_in(**ours, by=by, at=at)
            if version is not None:
                whose = {"commissioner_id": notice.commissioner_id, "organisation_id": notice.organisation_id}
                NoticeFile.objects.get_or_create(
                    notice=notice, item=version.item, defaults={"added_by": by, "added_at": at, **whose}
                )
            return version


def newest(notice: ContractNotice) -> EvidenceVersion | None:
    """The file that is read: the last one added that was not withdrawn."""
    files = notice.files.filter(item__withdrawn_at__isnull=True).select_related("item")
    last = files.order_by("-added_at", "-pk").first()
    return last.item.newest if last else None


def _rows(user: "User") -> QuerySet[Any]:
    return NoticeFile.objects.permitted(user, Can.SEE_NOTICES)


def _lines(rows: QuerySet[Any]) -> Iterable[Use]:
    for each in rows.select_related("notice__rule"):
        url = reverse("oversight:notice-detail", args=[each.notice.reference])
        yield Use(str(each.notice), url, "The paper as it was served", "info")


def register_uses() -> None:
    """Called when the app is ready."""
    register(Uses("notice", "contract notice", "contract notices", rows=_rows, lines=_lines))

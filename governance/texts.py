"""The texts of annual reports from which something identifiable can be removed.

A published report is frozen with its facts, and its PDF lies in the store: the words go from the database, and the
version is replaced by its next one (docs/decisions/0025).
"""

from typing import Any

from django.urls import reverse

from accounts.capabilities import Can
from governance.models import ReportDownload
from privacy.texts import Keeper, Seen, Text, register, register_keepers


def _report(row: Any) -> str:
    return reverse("governance:report-detail", args=[row.report.reference])


def _opened(row: Any) -> list[Seen]:
    found = ReportDownload.objects.filter(file__report=row.report_id).select_related("by")
    return [Seen(str(each.by), "opened the report", each.at) for each in found]


def register_texts() -> None:
    """Called when the app is ready."""
    register(
        Text(
            "governance.narrative", "Words of an annual report", "governance.ReportNarrative", {"text": "The words"},
            _report, Can.READ_REPORT, theirs=False, seen=_opened,
        )
    )  # fmt: skip
    whose = "report__commissioner"
    register_keepers(
        Keeper("governance.ReportFact", ("label", "attributes"), whose),
        Keeper("governance.ReportFigure", ("label", "value"), whose),
    )

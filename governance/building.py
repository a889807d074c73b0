"""Building a report: claim it, gather and freeze facts, compute figures, set the pages, keep the files.

Runs in the worker and in the command. The report's own row says how far it is and who holds it; safe to run twice and
by two at once. After approval the facts stay as they are and only the final paper is made.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from governance import files
from governance.facts import freeze, gather
from governance.figures import figures
from governance.models import AnnualReport, ReportFigure, ReportFile
from governance.models.reports import LeaseLost
from governance.paper import Made, make

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
FAILED = (
    "The paper could not be made. Nothing you wrote is lost. Try again; if it fails again, give the reference of "
    "this report to whoever runs the portal."
)


def build(report: AnnualReport, *, clock: Clock) -> bool:
    """Take the report up and make its paper; False when somebody else has it, it is not asked for, or it failed."""
    if not report.claim(at=clock()):
        return False
    try:
        if report.approved_at is None:
            take_figures(report, clock=clock)
        report.reach("Setting the pages", 55, at=clock())
        made = make(report)
        report.reach("Keeping the files", 95, at=clock())
        _keep(report, made, at=clock())
    except LeaseLost:
        return False
    except Exception:
        logger.exception("Annual report %s could not be built", report.reference)
        try:
            report.fail(FAILED)
        except LeaseLost:
            logger.warning("Annual report %s was taken up by another worker", report.reference)
        return False
    return True


def take_figures(report: AnnualReport, *, clock: Clock) -> None:
    """Freeze the facts as at the cut-off and compute every figure from them."""
    report.reach("Reading where every provider stands", 10, at=clock())
    at = clock()
    facts = gather(report, at=at)
    report.reach("Adding up the figures", 40, at=clock())
    with transaction.atomic():
        rows = freeze(report, facts)
        found = figures(rows)
        ReportFigure.objects.bulk_create(
            ReportFigure(
                report=report, key=each.key, label=each.label, n=each.n, d=each.d, value=each.value,
                filter=each.filter,
            )
            for each in found
        )  # fmt: skip
        report.reach("Figures frozen", 50, at=clock(), frozen_at=at)


@transaction.atomic
def _keep(report: AnnualReport, made: Made, *, at: datetime) -> None:
    """Bytes first, rows second, and only then the state: nobody ever sees half a paper."""
    stored = {
        ReportFile.Kind.HTML: made.html.encode(),
        ReportFile.Kind.CSS: made.css.encode(),
        ReportFile.Kind.PDF: made.pdf,
    }
    kept = {kind: files.keep(content) for kind, content in stored.items()}
    report.files.filter(current=True).update(current=False)
    ReportFile.objects.bulk_create(
        ReportFile(report=report, kind=kind, sha256=kept[kind], size=len(content), made_at=at)
        for kind, content in stored.items()
    )
    report.finish(at=at)

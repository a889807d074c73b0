"""Making papers in the background, on a queue of its own. The report's row is the truth; a message only wakes up."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from chasing.models import JobRun
from governance.building import build
from governance.desk import JOB
from governance.models import AnnualReport, YearBook
from governance.yearbook import making


@shared_task
def build_report(*, report_id: int, **_: Any) -> bool:
    """Make the paper of one report. Safe to run twice: whoever holds the row makes it, once."""
    report = AnnualReport.objects.select_related("commissioner", "approved_by").get(pk=report_id)
    return build(report, clock=timezone.now)


@shared_task
def sweep_builds(**_: Any) -> int:
    """Every minute: papers waiting without a worker, and those of a worker that never came back.

    Leaves the moment of its round, by which the pages know that somebody is there to make papers.
    """
    JobRun.objects.beat(JOB, on=timezone.localdate(), at=timezone.now())
    waiting = AnnualReport.objects.to_build(at=timezone.now()).values_list("pk", flat=True)
    return sum(build_report(report_id=pk) for pk in list(waiting))


def nudge(report: AnnualReport) -> None:
    """Wake the worker now. A broker that is down is no reason to fail: the sweep takes the report up."""
    build_report.apply_async(kwargs={"report_id": report.pk}, queue="pdf", retry=False)


@shared_task
def build_year_book(*, book_id: int, **_: Any) -> bool:
    """Make one person's workbook of a year. Safe to run twice: whoever holds the row makes it, once."""
    book = YearBook.objects.select_related("commissioner", "asked_by").defer("content").get(pk=book_id)
    return making.build(book, clock=timezone.now, demonstration=settings.PORTAL_DEMONSTRATION)


@shared_task
def sweep_year_books(**_: Any) -> int:
    """Every minute: years waiting without a worker, and those of a worker that never came back."""
    waiting = YearBook.objects.to_build(at=timezone.now()).values_list("pk", flat=True)
    return sum(build_year_book(book_id=pk) for pk in list(waiting))


def make_year_book(book: YearBook) -> None:
    """A small year at once, a large one by the worker that makes papers; the sweep takes up what nobody heard of."""
    if making.is_small(book):
        build_year_book(book_id=book.pk)
    else:
        build_year_book.apply_async(kwargs={"book_id": book.pk}, queue="pdf", retry=False)

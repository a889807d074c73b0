"""Issuing large rounds, and making the PDF of a result, in the workers.

The row's own state says what is left to do; the message only wakes up.
"""

import logging
from datetime import datetime
from typing import Any, cast

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from assurance import issuing
from assurance.models import Batch, FiguresChange, ResultPaper, Round
from assurance.models.batches import AT_ONCE
from assurance.result import result_of, result_pdf
from chasing.models import JobRun

logger = logging.getLogger(__name__)


@shared_task
def issue_round(*, round_id: int, by_id: int, at: str, **_: Any) -> int:
    """Issue what is still missing of one round. Safe to run twice: a return is made once an organisation."""
    round = Round.objects.get(pk=round_id)
    moment = datetime.fromisoformat(at)
    return issuing.issue(round, by=User.objects.get(pk=by_id), at=moment, on=timezone.localdate(moment))


@shared_task
def finish_rounds(**_: Any) -> int:
    """Every minute: rounds whose message was lost, that a worker left half issued, or with somebody still left out.

    Leaves the moment of its round, by which the page knows that somebody is there to issue.
    """
    JobRun.objects.beat(issuing.JOB, on=timezone.localdate(), at=timezone.now())
    return sum(_finish(round) for round in Round.objects.issuing().select_related("issued_by"))


def _finish(round: Round) -> int:
    """One round; what breaks there keeps no other from being issued."""
    try:
        return issuing.issue(round, by=cast(User, round.issued_by), at=timezone.now(), on=timezone.localdate())
    except Exception:
        logger.exception("The round %s could not be issued", round.reference)
        return 0


@shared_task
def make_paper(*, paper_id: int, **_: Any) -> bool:
    """Make one person's PDF of a result, as far as they may see it now. Safe to run twice: it is made once."""
    paper = ResultPaper.objects.select_related("self_assessment", "asked_by").get(pk=paper_id)
    if not paper.claim(at=timezone.now()):
        return False
    try:
        result = result_of(paper.self_assessment.reference, user=paper.asked_by)
        if result is None:
            paper.fail()
            return False
        content = result_pdf(result, at=timezone.now(), demonstration=settings.PORTAL_DEMONSTRATION)
    except Exception:
        logger.exception("The result of %s could not be made", paper.self_assessment.reference)
        paper.fail()
        return False
    return paper.finish(content, at=timezone.now())


@shared_task
def sweep_papers(**_: Any) -> int:
    """Every minute: papers waiting without a worker, and those of a worker that never came back."""
    waiting = ResultPaper.objects.to_build(at=timezone.now()).values_list("pk", flat=True)
    return sum(make_paper(paper_id=pk) for pk in list(waiting))


@shared_task
def clear_papers(*, at: str | None = None, **_: Any) -> int:
    """Every night: remove papers whose reader may not see the result any more; returns how many. Safe to run twice.

    One that can still be downloaded stays: made again it would show the result as it is by then, not as it was.
    """
    on = timezone.localdate(datetime.fromisoformat(at) if at else timezone.now())
    readers = User.objects.filter(pk__in=ResultPaper.objects.values("asked_by"))
    return sum(ResultPaper.objects.out_of_reach(reader, on=on).delete()[0] for reader in readers)


@shared_task
def clear_changes(*, at: str | None = None, **_: Any) -> int:
    """Every night: clear away what is noted of the days before about changed figures. Safe to run twice."""
    moment = datetime.fromisoformat(at) if at else timezone.now()
    return FiguresChange.objects.old(at=moment).delete()[0]


def nudge(paper: ResultPaper) -> None:
    """Wake the pdf worker now. A broker that is down is no reason to fail: the sweep takes the paper up."""
    make_paper.apply_async(kwargs={"paper_id": paper.pk}, queue="pdf", retry=False)


@shared_task
def go_on_with(*, batch_id: int, **_: Any) -> int:
    """Do what is left of one batch. Safe to run twice and by two at once: each row is taken up by one."""
    batch = Batch.objects.select_related("by").get(pk=batch_id)
    return batch.go_on(at=timezone.now(), on=timezone.localdate())


@shared_task
def sweep_batches(**_: Any) -> int:
    """Every minute: batches that a worker or a page left half done."""
    return sum(go_on_with(batch_id=each.pk) for each in list(Batch.objects.left_behind(at=timezone.now())))


def start_batch(batch: Batch, *, at: datetime) -> None:
    """Do the first rows now, and wake a worker for the rest."""
    if batch.go_on(at=at, on=timezone.localdate(at), most=AT_ONCE) == AT_ONCE:
        go_on_with.apply_async(kwargs={"batch_id": batch.pk}, retry=False)

"""Opening periods by themselves and issuing large ones, in the workers. The row's own state says what is left to do."""

import logging
from datetime import date, datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from chasing.models import JobRun
from training import issuing, opening, plan_letters
from training.models import Period

logger = logging.getLogger(__name__)


@shared_task
def issue_period(*, period_id: int, by_id: int, at: str, **_: Any) -> int:
    """Issue what is still missing of one period. Safe to run twice: a return is made once an organisation."""
    period = Period.objects.get(pk=period_id)
    moment = datetime.fromisoformat(at)
    return issuing.issue(period, by=User.objects.get(pk=by_id), at=moment, on=timezone.localdate(moment))


@shared_task
def finish_periods(**_: Any) -> int:
    """Every minute: periods whose message was lost, or that a worker left half issued.

    Leaves the moment of its round, by which the page knows that somebody is there to issue.
    """
    JobRun.objects.beat(issuing.JOB, on=timezone.localdate(), at=timezone.now())
    return sum(_finish(period) for period in Period.objects.issuing().select_related("issued_by"))


@shared_task
def open_periods(*, on: str | None = None, **_: Any) -> int:
    """Open every period that has ended, of the commissioners that have it so. Safe to run twice: a period is one."""
    today = date.fromisoformat(on) if on else timezone.localdate()
    return sum(_finish(period) for period in opening.prepare_due(on=today, at=timezone.now()))


@shared_task
def ask_for_plans(*, on: str | None = None, **_: Any) -> int:
    """Say which recovery plans are asked for. Safe to run twice: a line is told of once while it stays below."""
    today = date.fromisoformat(on) if on else timezone.localdate()
    return plan_letters.tell(on=today, at=timezone.now())


def _finish(period: Period) -> int:
    """One period; what breaks there keeps no other from being issued."""
    try:
        return issuing.issue(period, by=period.issued_by, at=timezone.now(), on=timezone.localdate())
    except Exception:
        logger.exception("The period %s could not be issued", period.reference)
        return 0

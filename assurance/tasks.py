"""Issuing large rounds in the worker. The round's own state says what is left to do; the message only wakes up."""

from datetime import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from assurance import issuing
from assurance.models import Round


@shared_task
def issue_round(*, round_id: int, by_id: int, at: str, **_: Any) -> int:
    """Issue what is still missing of one round. Safe to run twice: a return is made once an organisation."""
    round = Round.objects.get(pk=round_id)
    moment = datetime.fromisoformat(at)
    return issuing.issue(round, by=User.objects.get(pk=by_id), at=moment, on=timezone.localdate(moment))


@shared_task
def finish_rounds(**_: Any) -> int:
    """Take up rounds that a worker left half issued. Every few minutes; nothing to do is the usual answer."""
    return sum(
        issuing.issue(round, by=round.issued_by, at=timezone.now(), on=timezone.localdate())
        for round in Round.objects.issuing().select_related("issued_by")
    )

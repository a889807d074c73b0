"""What oversight does in the background. The clock is asked here and nowhere below."""

from datetime import date
from typing import Any

from celery import shared_task
from django.utils import timezone

from chasing.models import JobRun
from oversight import triggers
from oversight.models import TriggerRule
from oversight.triggers import PROPOSE


@shared_task
def propose_steps(*, on: str | None = None, **_: Any) -> int:
    """Once a day after the reminders, and caught up when missed. Returns how many grounds were new."""
    day, now = date.fromisoformat(on) if on else timezone.localdate(), timezone.now()
    run = JobRun.objects.begin(PROPOSE, on=day, at=now)
    if run is None:
        return 0
    try:
        found = triggers.propose(day, at=now)
    except Exception as problem:
        run.fail(f"It broke off ({type(problem).__name__}).", at=timezone.now())
        raise
    run.finish(at=timezone.now(), grounds=found)
    return found


@shared_task
def propose_concerns(**_: Any) -> int:
    """Every ten minutes: immediate concerns found on visits, the same day and not the next morning."""
    return triggers.propose(timezone.localdate(), at=timezone.now(), source=TriggerRule.Source.IMMEDIATE_CONCERN)

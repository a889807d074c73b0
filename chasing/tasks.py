"""What runs in the background: the daily plan, the relay, the sweeper. The clock is asked here and nowhere below.

Each is safe to run twice: a step is decided once per thing and due date, a letter is claimed by one relay.
"""

from datetime import date
from typing import Any

from celery import shared_task
from django.utils import timezone

from chasing.daily import MORNING, run_day
from chasing.models import JobRun
from chasing.relay import deliver, sweep


@shared_task
def plan_chases(*, on: str | None = None, **_: Any) -> int:
    """Run at 07:00 London time. Safe to run twice; rings for the relay. Returns how many letters it wrote."""
    day = date.fromisoformat(on) if on else timezone.localdate()
    return run_day(day, at=timezone.now())


@shared_task
def plan_missed(**_: Any) -> int:
    """At start and every ten minutes: today's plan, when its hour has passed and it has not been done."""
    now = timezone.localtime()
    return run_day(now.date(), at=now) if now.time() >= MORNING else 0


@shared_task
def relay(**_: Any) -> int:
    """Every fifteen seconds, and when a letter is written. Returns how many letters were sent."""
    done = deliver(timezone.now)
    JobRun.objects.beat("relay", on=timezone.localdate(), at=timezone.now())
    return done["sent"]


@shared_task
def sweep_leases(**_: Any) -> int:
    """Every minute: letters of relays that never came back. Returns how many were freed."""
    return sweep(timezone.now())


def nudge() -> None:
    """Called when a letter has been written: one more relay, at once. A broker that is down is no reason to wait."""
    relay.apply_async(queue="mail", retry=False, expires=15)

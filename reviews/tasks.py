"""What reviews do in the background. The clock is asked here and nowhere below."""

from datetime import date
from typing import Any

from celery import shared_task
from django.utils import timezone

from reviews import looks


@shared_task
def tell_guardians(*, on: str | None = None, **_: Any) -> int:
    """Every morning; writes from the first working day of a month on, once for each guardian and month."""
    day = date.fromisoformat(on) if on else timezone.localdate()
    return looks.tell_guardians(day, at=timezone.now())

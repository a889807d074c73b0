"""Background work on stored files."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from evidence.models import EvidenceVersion

OLD_ENOUGH = timedelta(days=1)


@shared_task
def sweep_stored_files(*, at: str | None = None, **_: Any) -> int:
    """Remove files that no row speaks of: what a crash left behind. Only those older than a day. Safe to run twice."""
    before = (datetime.fromisoformat(at) if at else timezone.now()) - OLD_ENOUGH
    old = [path for path in _files() if path.stat().st_mtime < before.timestamp()]
    names = [path.name for path in old]
    known = set(EvidenceVersion.objects.filter(storage_name__in=names).values_list("storage_name", flat=True))
    left_over = [path for path in old if path.name not in known]
    for path in left_over:
        path.unlink(missing_ok=True)
    return len(left_over)


def _files() -> list[Path]:
    return [path for path in Path(settings.EVIDENCE_DIR).glob("*/*") if path.is_file()]

"""Background work on stored files. The clock is asked here; each is safe to run twice."""

import stat
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from evidence import scanning
from evidence.models import EvidenceVersion
from evidence.storage import SET_ASIDE

OLD_ENOUGH = timedelta(days=1)
KEPT_ASIDE = timedelta(days=30)
# Shorter than the lease of a file less the scanner's time, so that no lease lapses while its file is looked at.
SWEEP_SECONDS = 50
LOOK_AGAIN_SECONDS = 240


@shared_task
def scan_version(*, version_id: int, at: str | None = None, **_: Any) -> bool:
    """Show one uploaded file to the scanner. Safe to run twice: a file that is taken or decided is left alone."""
    version = EvidenceVersion.objects.get(pk=version_id)
    return scanning.scan(version, at=_moment(at))


@shared_task
def sweep_scans(*, at: str | None = None, **_: Any) -> int:
    """Every minute: files that wait for the scanner, also those of a worker that never came back."""
    return scanning.scan_waiting(at=_moment(at), seconds=SWEEP_SECONDS)


@shared_task
def scan_again(*, at: str | None = None, **_: Any) -> int:
    """Once a London day each recent file, and what never was scanned. Returns how many turned out infected."""
    moment = _moment(at)
    midnight = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    return scanning.scan_again(at=moment, before=midnight, seconds=LOOK_AGAIN_SECONDS)


@shared_task
def sweep_stored_files(*, at: str | None = None, **_: Any) -> int:
    """Remove files that no row speaks of, when older than a day: what a crash left behind. Safe to run twice.

    Refused files are removed thirty days after they were set aside; one that a crash left in its place is set aside.
    """
    now = _moment(at)
    scanning.set_refused_aside()
    files = [(path, datetime.fromtimestamp(changed, now.tzinfo)) for path, changed in _files()]
    old = [path for path, changed in files if changed < now - OLD_ENOUGH and path.parent.name != SET_ASIDE]
    names = [path.name for path in old]
    known = set(EvidenceVersion.objects.filter(storage_name__in=names).values_list("storage_name", flat=True))
    left_over = [path for path in old if path.name not in known]
    left_over += [path for path, changed in files if changed < now - KEPT_ASIDE and path.parent.name == SET_ASIDE]
    for path in left_over:
        path.unlink(missing_ok=True)
    return len(left_over)


def _moment(at: str | None) -> datetime:
    return datetime.fromisoformat(at) if at else timezone.now()


def _files() -> list[tuple[Path, float]]:
    """Every stored file and when it last changed; one that is being moved meanwhile is left out."""
    found = []
    for path in Path(settings.EVIDENCE_DIR).glob("*/*"):
        with suppress(FileNotFoundError):
            about = path.stat()
            if stat.S_ISREG(about.st_mode):
                found.append((path, about.st_mtime))
    return found

"""What happens between an upload and the day it may be opened: the scanner is asked, and says clean or infected.

The row's state is the truth; the message to the worker only saves waiting. Every function is safe to run twice.
``nudge`` is called when an upload is committed; the rest by ``tasks.py``.
"""

import logging
import time
from datetime import datetime, timedelta
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from evidence import scanner, storage
from evidence.letters import tell_of_refusal
from evidence.models import EvidenceVersion
from evidence.scanner import NotLookedAt
from evidence.waiting import Trouble

logger = logging.getLogger(__name__)

SCAN_TASK = "evidence.tasks.scan_version"


def nudge(version: EvidenceVersion) -> None:
    """When the upload is committed, wake a worker for it. A broker that is down is no reason to fail: see the sweep."""
    transaction.on_commit(partial(_send, version.pk), robust=True)


def _send(version_id: int) -> None:
    try:
        current_app.send_task(SCAN_TASK, kwargs={"version_id": version_id}, queue="scan", retry=False)
    except OperationalError:
        logger.warning("The job queue is down: the sweep takes uploaded files to the scanner")


def scan(version: EvidenceVersion, *, at: datetime) -> bool:
    """Ask the scanner about a waiting file whose time has come, and note what it said.

    True when it is now known to be clean or infected; False when it waits on, or somebody else has it.
    """
    if not version.claim_scan(at=at):
        return False
    return _looked_at(version, at=at)


def _looked_at(version: EvidenceVersion, *, at: datetime) -> bool:
    try:
        signature = scanner.look_at(storage.path_of(version.storage_name))
    except NotLookedAt as problem:
        EvidenceVersion.objects.filter(pk=version.pk).wait_for_the_scanner(problem.trouble, at=at)
        logger.warning("The scanner has not looked at %s: %s", version.reference, problem)
        return False
    _decide(version, signature, at=at)
    return True


def _decide(version: EvidenceVersion, signature: str, *, at: datetime) -> None:
    """Keep what the scanner said. Of a refused file people are told, and it is moved out of reach."""
    if not signature:
        version.found_clean(at=at)
        return
    with transaction.atomic():
        if version.found_infected(signature, at=at):
            tell_of_refusal(version, at=at)
            logger.error("The scanner refused %s: %s", version.reference, signature)
    storage.set_aside(version.storage_name)


def scan_waiting(*, at: datetime, seconds: float) -> int:
    """Everything that waits and whose time has come, for so many seconds. Returns how many are now decided.

    A scanner that does not answer is asked once, and all of them wait on.
    """
    if not scanner.is_set_up():
        return 0
    ends, decided = time.monotonic() + seconds, 0
    while time.monotonic() < ends and (version := EvidenceVersion.objects.to_scan(at=at).first()):
        decided += scan(version, at=at)
        if EvidenceVersion.objects.filter(pk=version.pk, scan_trouble=Trouble.NO_ANSWER).exists():
            EvidenceVersion.objects.to_scan(at=at).wait_for_the_scanner(Trouble.NO_ANSWER, at=at)
            break
    return decided


def scan_again(*, at: datetime, before: datetime, seconds: float) -> int:
    """Recent files that were not looked at since ``before``: signatures get better. Returns how many are infected.

    An open file stays open when the scanner says nothing; the alarm of the scanner itself tells people.
    """
    since, infected = at - timedelta(days=settings.CLAMD_RESCAN_DAYS), 0
    if not scanner.is_set_up():
        return 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        version = EvidenceVersion.objects.to_look_at_again(since=since, before=before).first()
        if version is None:
            break
        try:
            signature = scanner.look_at(storage.path_of(version.storage_name))
        except NotLookedAt as problem:
            if problem.trouble == Trouble.NO_ANSWER:
                break
            version.could_not_look_again(problem.trouble, at=at)
            continue
        _decide(version, signature, at=at)
        infected += bool(signature)
    return infected


def set_refused_aside() -> None:
    """Refused files that are still in their place, because a worker ended between the row and the move."""
    for name in EvidenceVersion.objects.refused().values_list("storage_name", flat=True):
        storage.set_aside(name)


def look_again(version: EvidenceVersion, *, at: datetime) -> bool:
    """A refused file, back in quarantine for another look; True when there was one and its bytes are still kept."""
    storage.bring_back(version.storage_name)
    if not storage.path_of(version.storage_name).exists() or not version.look_again(at=at):
        return False
    nudge(version)
    return True

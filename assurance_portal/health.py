"""Is it alive, and is it ready? For load balancers and people on call. Says which part is down, nothing else."""

import smtplib
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import OperationalError

from accounts.capabilities import Can
from accounts.door import door
from chasing.daily import reminders_last_ran
from evidence import scanner


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    with Connection(settings.CELERY_BROKER_URL, connect_timeout=2, transport_options={"socket_timeout": 2}) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)


def _mail() -> None:
    mail = get_connection(timeout=3)
    mail.open()
    mail.close()


def _files() -> None:
    Path(settings.EVIDENCE_DIR).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.EVIDENCE_DIR) as file:
        file.write(b"ready")


class NotRun(Exception):
    """The daily run of the reminders is missing, broke off or hangs."""


def _reminders() -> None:
    ran = reminders_last_ran(at=timezone.now())
    if ran.late or ran.stuck or ran.problem:
        raise NotRun


PARTS: dict[str, Callable[[], None]] = {
    "database": _database,
    "job queue": _broker,
    "mail server": _mail,
    "file store": _files,
    "reminders": _reminders,
}
# Without these the portal cannot answer; without the others it answers, and heals by itself.
NEEDED = ("database", "file store")
DOWN = (DatabaseError, OperationalError, OSError, smtplib.SMTPException, NotRun)


@door(Can.PUBLIC, methods=("GET",))
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@door(Can.PUBLIC, methods=("GET",))
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part answers or only a waiting part is down; 503 when a needed part is down."""
    parts = PARTS | ({"virus scanner": scanner.ping} if scanner.is_set_up() else {})
    found = {name: _state(check) for name, check in parts.items()}
    down = [name for name, state in found.items() if state != "up"]
    status = 503 if set(down) & set(NEEDED) else 200
    return JsonResponse({"ready": status == 200, "parts": found, "down": down}, status=status)


def _state(check: Callable[[], None]) -> str:
    try:
        check()
    except DOWN:
        return "down"
    return "up"

"""The relay against an SMTP server that keeps nothing: letters claimed, checked again, written, sent and marked.

Beside it one connection that is handed finished bytes, and Django building and sending the same mail on one
connection. They take turns, a handful of mails at a time.
"""

import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from email.message import Message
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from assurance_portal.bench.figure import Figure
from assurance_portal.bench.planning import insert
from assurance_portal.bench.timing import seconds_of
from chasing import letters
from chasing.models import Letter
from chasing.planner import plan
from chasing.relay import AT_ONCE, deliver

SINK = Path(__file__).parent / "null_sink.py"
TURNS = 12


def measure(on: date, at: datetime, *, due: int, turns: int = TURNS) -> Iterator[Figure]:
    """Mails a second over the bare connection, and over Django's own mail, with so many things due to write about."""
    insert(due, due, on=on, at=at)
    plan(on, at=at)
    waiting = Letter.objects.filter(state=Letter.State.PENDING).count()
    began = perf_counter()

    def clock() -> datetime:
        return at + timedelta(seconds=1 + perf_counter() - began)

    with null_sink() as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        sample = _sample(clock())
        bare, django = _bare(port, sample), _django(sample)
        rates = _rates(min(turns, waiting // AT_ONCE - 1), clock, bare, django)
    yield Figure("mails sent by the relay, over a bare connection", rates["ours"], "mails/s", rates["bare"])
    yield Figure(
        "mails sent by the relay, over Django's mail", rates["ours"], "mails/s", rates["django"], "ratio >= 0.8"
    )


def _rates(
    turns: int, clock: Callable[[], datetime], bare: Callable[[], None], django: Callable[[], None]
) -> dict[str, float]:
    taken: dict[str, list[float]] = {"ours": [], "bare": [], "django": []}
    deliver(clock, rounds=1)
    for _ in range(turns):
        sent: list[int] = []
        seconds = seconds_of(lambda sent=sent: sent.append(deliver(clock, rounds=1)["sent"]))  # type: ignore[misc]
        taken["ours"].append(sent[0] / seconds)
        taken["bare"].append(AT_ONCE / seconds_of(bare))
        taken["django"].append(AT_ONCE / seconds_of(django))
    return {name: median(each) for name, each in taken.items()}


def _sample(at: datetime) -> EmailMultiAlternatives:
    """One letter of those waiting, as it would go."""
    for letter in Letter.objects.ready(at).order_by("pk")[:50]:
        message = letters.compose(letter, at)
        if not isinstance(message, str):
            return message
    raise RuntimeError("No letter is waiting to be sent")


def _bare(port: int, sample: EmailMultiAlternatives) -> Callable[[], None]:
    """One connection, finished bytes, so many at a time."""
    message: Message = sample.message()
    content, to = message.as_bytes(linesep="\r\n"), sample.recipients()  # type: ignore[call-arg]
    client = smtplib.SMTP("127.0.0.1", port, timeout=10)

    def send() -> None:
        for _ in range(AT_ONCE):
            client.sendmail("portal@localhost", to, content)

    return send


def _django(sample: EmailMultiAlternatives) -> Callable[[], None]:
    """One connection, the mail built each time as Django does."""
    connection = get_connection()
    connection.open()

    def send() -> None:
        for _ in range(AT_ONCE):
            _again(sample, connection).send()

    return send


def _again(sample: EmailMultiAlternatives, connection: Any) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        sample.subject, sample.body, sample.from_email, sample.to, connection=connection, headers=sample.extra_headers
    )
    mail.alternatives = sample.alternatives
    return mail


@contextmanager
def null_sink() -> Iterator[int]:
    """The server, for as long as it is needed; gives its port."""
    with subprocess.Popen([sys.executable, str(SINK)], stdout=subprocess.PIPE, text=True) as server:
        try:
            yield int(server.stdout.readline())  # type: ignore[union-attr]
        finally:
            server.terminate()

"""A relay that is killed in the middle of sending, as a process of its own, against a real mail server."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from django.conf import settings

from chasing import relay
from chasing.models import Letter
from chasing.models.letters import LEASE
from chasing.planner import plan
from tests.chasing.many import many_due
from tests.factories.chasing import seven_oclock
from tests.mail import Sink, running_sink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WEDNESDAY = date(2026, 11, 18)
MORNING = seven_oclock(WEDNESDAY)
PATIENCE = 60.0
# What the worker runs, with a clock that starts at the morning given and goes on ticking.
RELAY = """
import sys, time
from datetime import datetime, timedelta
import django
django.setup()
from chasing.relay import deliver
morning, began = datetime.fromisoformat(sys.argv[1]), time.monotonic()
deliver(lambda: morning + timedelta(seconds=time.monotonic() - began))
"""


class SlowSink(Sink):
    """Keeps each message, and answers a moment later; ``stall_at`` keeps that one and never answers."""

    stall_at = 0

    def __init__(self) -> None:
        super().__init__()
        self.stalled = threading.Event()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if self.stall_at and len(self.received) >= self.stall_at:
            self.stall_at = 0
            self.stalled.set()
            await asyncio.sleep(PATIENCE)
        await asyncio.sleep(0.01)
        return answer


@pytest.fixture
def sink():
    with running_sink(SlowSink()) as running:
        yield running


@pytest.fixture
def letters(db):
    """What is sent on a plain Wednesday: letters to three people of each of twenty providers."""
    many_due(40, 20, WEDNESDAY, days=2)
    plan(WEDNESDAY, at=MORNING)
    assert Letter.objects.filter(state="pending").count() == 40
    return dict(Letter.objects.values_list("message_id", "to_user__email"))


@contextmanager
def a_relay(sink: Sink, at: datetime):
    """The relay in a process of its own, over its own connection to the database, as the web role."""
    name = settings.DATABASES["default"]["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}",
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "DJANGO_SETTINGS_MODULE": "assurance_portal.settings.test",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", RELAY, at.isoformat()], env=environment, cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(true, process: subprocess.Popen) -> None:
    """Wait for something to become true while the process lives."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < end
        time.sleep(0.002)


def kill(process: subprocess.Popen) -> None:
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(PATIENCE) == -signal.SIGKILL


def arrived(sink: Sink) -> Counter:
    """How often each letter arrived, by Message-ID, at the person it was written to."""
    return Counter((message["Message-ID"], message["X-RcptTo"]) for message in sink.received)


def states() -> Counter:
    return Counter(Letter.objects.values_list("state", flat=True))


def test_relays_killed_while_they_send_lose_nothing_and_send_one_letter_twice_at_most_each(letters, sink):
    # Killed after the server kept the fourth letter, and before its yes came back.
    sink.stall_at = 4
    with a_relay(sink, MORNING) as process:
        until(sink.stalled.is_set, process)
        kill(process)
    kept = sink.received[3]["Message-ID"]
    assert states() == {"sent": 3, "leased": 22, "pending": 15}
    assert Letter.objects.get(message_id=kept).state == "leased"

    # While the leases of the dead one run, a second relay sends of the rest only. Killed wherever it happens to be.
    soon = MORNING + timedelta(seconds=20)
    assert relay.sweep(soon) == 0, "a lease that still runs was taken away"
    with a_relay(sink, soon) as process:
        until(lambda: len(sink.received) >= 4 + 6, process)
        kill(process)
    assert max(arrived(sink).values()) == 1
    assert states()["pending"] == 0

    # Their leases over, the sweeper frees what both held, and a third relay takes over. Killed as well.
    late = soon + LEASE + timedelta(minutes=1)
    assert relay.sweep(late) == states()["failed"] >= 22
    before = len(sink.received)
    with a_relay(sink, late) as process:
        until(lambda: len(sink.received) >= before + 9, process)
        kill(process)

    later = late + LEASE + timedelta(minutes=1)
    assert relay.sweep(later) > 0
    with a_relay(sink, later) as process:
        assert process.wait(PATIENCE) == 0, process.stderr.read()

    copies = arrived(sink)
    assert states() == {"sent": 40}
    assert set(copies) == set(letters.items()), "lost, or sent to somebody else"
    assert copies[kept, letters[kept]] >= 2
    assert sum(copies.values()) - len(letters) <= 3, "more copies than kills"

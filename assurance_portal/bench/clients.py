"""The overview asked by eight browsers at once of two web processes, over real connections.

First while nothing changes; then while something that figures are made of changes every second, so that every
process draws the page again for every reader. Nobody else works on the machine but PostgreSQL, the two processes and
the clients, which take their share of it.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Event, Thread
from time import monotonic, sleep

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.urls import reverse

from accounts.capabilities import Can, roles_granting
from accounts.models import Membership, User
from assurance.models import SelfAssessment
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.growing import DISTANCE
from assurance_portal.bench.visitor import Visitor

CLIENTS, PROCESSES = 8, 2
READY_SECONDS = 30


def measure(*, seconds: float) -> Iterator[Figure]:
    """Requests a second, and those that were not answered with the page."""
    path = reverse("assurance:overview")
    cookies = _cookies()
    with _web() as port:
        calm, failed = _asked(port, path, cookies, seconds)
        with _changing():
            lively, failed_meanwhile = _asked(port, path, cookies, seconds)
    said = f"overview at {CLIENTS} clients on {PROCESSES} workers"
    yield Figure(said, calm, "requests/s", target=">= 60")
    yield Figure(f"{said}, while figures change every second", lively, "requests/s")
    yield Figure(f"{said}, not answered", failed + failed_meanwhile, "requests", target="0")


def _cookies() -> list[str]:
    """A signed-in browser for each client, of different people as far as there are enough."""
    roles = roles_granting(Can.SEE_OVERVIEW)
    held = Membership.objects.live().filter(role__in=roles, user__lt=DISTANCE).values("user")
    people = list(User.objects.filter(pk__in=held).order_by("pk")[:CLIENTS])
    return [Visitor.signed_in(people[number % len(people)]).cookies for number in range(CLIENTS)]


@contextmanager
def _web() -> Iterator[int]:
    """The web server as it is run everywhere, on this database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "--config", "launcher/gunicorn_settings.py", "--bind", f"127.0.0.1:{port}",
        "assurance_portal.wsgi:application",
    ]  # fmt: skip
    around = {**os.environ, "WEB_CONCURRENCY": str(PROCESSES)}
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=around, stdout=sys.stderr)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(READY_SECONDS)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = monotonic() + READY_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None or monotonic() > deadline:
                raise RuntimeError("The web server did not start") from None
            sleep(0.1)


def _asked(port: int, path: str, cookies: list[str], seconds: float) -> tuple[float, int]:
    """Requests a second over so many seconds, after each client has seen the page twice; and failures."""
    for cookie in cookies:
        for _ in range(PROCESSES):
            _visits(port, path, cookie, monotonic(), [])
    counts: list[list[bool]] = [[] for _ in cookies]
    began = monotonic()
    threads = [
        Thread(target=_visits, args=(port, path, cookie, began + seconds, count))
        for cookie, count in zip(cookies, counts, strict=True)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    taken = monotonic() - began
    good = sum(sum(count) for count in counts)
    return good / taken, sum(map(len, counts)) - good


def _visits(port: int, path: str, cookie: str, until: float, count: list[bool]) -> None:
    """Ask again as soon as the answer is there, at least once; notes for each answer whether it was the page."""
    host = settings.ALLOWED_HOSTS[0]
    headers = {"Host": host, "Cookie": cookie, "X-Forwarded-Proto": "https"}
    browser = HTTPConnection("127.0.0.1", port, timeout=READY_SECONDS)
    while True:
        try:
            browser.request("GET", path, headers=headers)
            answer = browser.getresponse()
            body = answer.read()
            count.append(answer.status == 200 and b'id="matrix"' in body)
        except OSError:
            count.append(False)
            browser.close()
        if monotonic() >= until:
            break
    browser.close()


@contextmanager
def _changing() -> Iterator[None]:
    """Within the block one return changes every second."""
    over = Event()
    one = SelfAssessment.objects.order_by("pk").values_list("pk", flat=True)[0]

    def change() -> None:
        while not over.wait(1):
            SelfAssessment.objects.filter(pk=one).update(version=F("version") + 1)
        connection.close()

    thread = Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


__all__ = ["measure"]

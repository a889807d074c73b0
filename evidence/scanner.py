"""Asks clamd about a file, by its own protocol (INSTREAM) over TCP or a Unix socket. Knows no rows.

    if is_set_up(): signature = look_at(path)      # "" when nothing was found

raises ``NotLookedAt`` with a ``Trouble`` when the scanner said nothing about the file. ``CLAMD_URL`` names the
scanner: ``tcp://clamav:3310`` or ``unix:///run/clamav/clamd.ctl``; empty means that there is none.
"""

import re
import select
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings

from evidence.waiting import Trouble

CHUNK = 1 << 16
LONGEST_ANSWER = 4_096
PING_SECONDS = 3
FOUND = re.compile(r"^stream: (?P<signature>.+) FOUND$")
# With AlertExceedsMax clamd names its own limits like a virus: it has not looked at everything.
LIMITS = "Heuristics.Limits.Exceeded"


class NotLookedAt(Exception):
    """The scanner has not said anything about the file; ``trouble`` is why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.label)
        self.trouble = trouble


class Deadline:
    """One time limit for everything that is said to the scanner about one file."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    def hold(self, connection: socket.socket) -> socket.socket:
        """The same connection, which may take only the time that is left."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        return connection


def is_set_up() -> bool:
    """Is there a scanner at all?"""
    return bool(settings.CLAMD_URL)


def ping() -> None:
    """Nothing when the scanner answers; an OSError when it does not."""
    deadline = Deadline(PING_SECONDS)
    with _connected(deadline) as connection:
        deadline.hold(connection).sendall(b"zPING\0")
        if _answer(connection, deadline) != "PONG":
            raise ConnectionError("the scanner does not speak as clamd does")


def state() -> str:
    """For a page: ``none``, ``up`` or ``down``. Asks the scanner, and waits three seconds at most."""
    if not is_set_up():
        return "none"
    try:
        ping()
    except OSError:
        return "down"
    return "up"


def look_at(path: Path) -> str:
    """The signature that the scanner found in the file, or nothing; NotLookedAt when it did not say."""
    try:
        file = path.open("rb")
    except OSError as problem:
        raise NotLookedAt(Trouble.UNREADABLE) from problem
    with file:
        answer = _ask_about(file)
    if answer == "stream: OK":
        return ""
    if found := FOUND.match(answer):
        if found["signature"].startswith(LIMITS):
            raise NotLookedAt(Trouble.TOO_MUCH)
        return found["signature"][:200]
    raise NotLookedAt(Trouble.TOO_LONG if "size limit exceeded" in answer else Trouble.FAILED)


def _ask_about(file: BinaryIO) -> str:
    deadline = Deadline(settings.CLAMD_SECONDS)
    try:
        with _connected(deadline) as connection:
            _send(file, connection, deadline)
            return _answer(connection, deadline)
    except TimeoutError as problem:
        raise NotLookedAt(Trouble.TOO_SLOW) from problem
    except OSError as problem:
        raise NotLookedAt(Trouble.NO_ANSWER) from problem


@contextmanager
def _connected(deadline: Deadline) -> Iterator[socket.socket]:
    """A connection; a scanner that cannot be reached within seconds is a ConnectionError, not a slow one."""
    where = urlsplit(settings.CLAMD_URL)
    try:
        if where.scheme == "unix":
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(PING_SECONDS)
            connection.connect(where.path)
        else:
            connection = socket.create_connection((where.hostname, where.port or 3310), timeout=PING_SECONDS)
    except OSError as problem:
        raise ConnectionError("the scanner cannot be reached") from problem
    with connection:
        yield deadline.hold(connection)


def _send(file: BinaryIO, connection: socket.socket, deadline: Deadline) -> None:
    """The file in pieces, each after its length. A scanner that has heard enough answers early and hangs up."""
    try:
        deadline.hold(connection).sendall(b"zINSTREAM\0")
        while chunk := _read(file):
            if select.select([connection], [], [], 0)[0]:
                return
            deadline.hold(connection).sendall(struct.pack("!L", len(chunk)) + chunk)
        deadline.hold(connection).sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        return


def _read(file: BinaryIO) -> bytes:
    try:
        return file.read(CHUNK)
    except OSError as problem:
        raise NotLookedAt(Trouble.UNREADABLE) from problem


def _answer(connection: socket.socket, deadline: Deadline) -> str:
    """One line, ended by a zero byte; a scanner that hangs up without one is a ConnectionError."""
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER:
        part = deadline.hold(connection).recv(LONGEST_ANSWER)
        if not part:
            raise ConnectionError("the scanner hung up")
        said += part
    return said.split(b"\0")[0].decode("utf-8", "replace").strip()

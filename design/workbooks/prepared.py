"""A process that waits with everything loaded that reading needs, and forks a child of its own for every file.

Starting Python takes far longer than reading a workbook. The prepared process never opens a file: its children do, each
for one file, within their own limits, and answer through a pipe. It is started by the first file that a web process is
given, and ends with it. It knows nothing of what is read: to read something else, give another command.
"""

import atexit
import json
import os
import select
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

CHUNK = 1 << 16


class Prepared:
    """One prepared process per process of ours. ``command`` starts it; the number of its socket comes last."""

    def __init__(self, command: Callable[[], list[str]]) -> None:
        self._command, self._lock, self._owner = command, Lock(), 0
        self._line: socket.socket | None = None
        self._run: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    @property
    def pid(self) -> int | None:
        """The prepared process's number while there is one."""
        return self._run.pid if self._run else None

    def answer(self, *arguments: str, seconds: float) -> bytes:
        """What a child wrote about these arguments; nothing or half when its limits ended it.

        ``seconds`` is how long is waited: later is a TimeoutError, and the child's own clock ends it.
        """
        with self.asked(*arguments, seconds=seconds) as answer:
            return answer()

    @contextmanager
    def asked(self, *arguments: str, seconds: float) -> Iterator[Callable[[], bytes]]:
        """Let a child begin; what is given waits for its ``answer``. A child that nobody waits for is left to end."""
        here, there = os.pipe()
        try:
            try:
                self._ask(json.dumps(arguments).encode(), there)
            finally:
                os.close(there)
            yield lambda: _all_of(here, seconds)
        finally:
            os.close(here)

    def close(self) -> None:
        """Let the prepared process go; the next question starts another."""
        line, run, self._line, self._run = self._line, self._run, None, None
        if line is not None:
            line.close()
        if run is not None and self._owner == os.getpid():
            run.wait()

    def _ask(self, message: bytes, answer_to: int) -> None:
        with self._lock:
            try:
                socket.send_fds(self._there(), [message], [answer_to])
            except (BrokenPipeError, ConnectionError):  # it was ended from outside
                self.close()
                socket.send_fds(self._there(), [message], [answer_to])

    def _there(self) -> socket.socket:
        if self._line is None or self._owner != os.getpid():
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._run = subprocess.Popen(  # noqa: S603 - our own script
                    [*self._command(), str(theirs.fileno())],
                    pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL, env={}, start_new_session=True,
                )  # fmt: skip
            self._line, self._owner = ours, os.getpid()
        return self._line


def _all_of(pipe: int, seconds: float) -> bytes:
    """Everything until the other end is closed."""
    until, found, waiting = monotonic() + seconds, bytearray(), select.poll()
    waiting.register(pipe, select.POLLIN)
    while waiting.poll(max(0.0, until - monotonic()) * 1000):
        piece = os.read(pipe, CHUNK)
        if not piece:
            return bytes(found)
        found += piece
    raise TimeoutError

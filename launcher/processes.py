"""Starting a child so that it cannot outlive us, and reading what it says.

Linux sends a child a signal of our choice when its parent dies, even by kill -9. Each child leads a
session of its own, so that Ctrl-C reaches only us and a whole family can be ended at once.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from launcher.places import ROOT

PR_SET_PDEATHSIG = 1
LONGEST_LINE = 4096
_libc = ctypes.CDLL(None, use_errno=True)


def _anything() -> bool:
    return True


@dataclass
class Service:
    """One thing to keep running: how to start it, how to tell that it answers, how to end it."""

    name: str
    command: list[str]
    environment: Mapping[str, str] | None = None
    stop_signal: int = signal.SIGTERM
    firm_signal: int = signal.SIGKILL
    orphan_signal: int = signal.SIGTERM
    keep_open: tuple[int, ...] = ()
    answers: Callable[[], bool] = _anything
    patience: float = 30.0
    worth_showing: str = ""  # a regular expression: which of its lines the terminal gets; the file gets all


def die_with(parent: int, death_signal: int, *, own_session: bool) -> Callable[[], None]:
    """Make what a child does between fork and exec: tie its life to the parent's."""

    def tie() -> None:
        if own_session:
            os.setsid()
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:
            os._exit(1)

    return tie


@dataclass
class Child:
    """A running service and the unfinished line that it is in the middle of writing."""

    service: Service
    process: subprocess.Popen[bytes]
    started: float
    unfinished: bytes = b""
    failures: int = 0
    last_lines: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, service: Service, failures: int = 0) -> "Child":
        """Start the service with its output in a pipe that we read."""
        process = subprocess.Popen(
            service.command,
            cwd=ROOT,
            env=service.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=service.keep_open,
            preexec_fn=die_with(os.getpid(), service.orphan_signal, own_session=True),
        )
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        return cls(service, process, time.monotonic(), failures=failures)

    @property
    def pipe(self) -> int:
        """The descriptor to read."""
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def read(self) -> tuple[list[str], bool]:
        """The whole lines written since last time, and whether there may be more later."""
        try:
            piece = os.read(self.pipe, 65536)
        except BlockingIOError:
            return [], True
        *whole, self.unfinished = (self.unfinished + piece).split(b"\n")
        if self.unfinished and (not piece or len(self.unfinished) > LONGEST_LINE):
            whole, self.unfinished = [*whole, self.unfinished], b""
        lines = [line.decode(errors="replace").rstrip() for line in whole]
        self.last_lines = (self.last_lines + [line for line in lines if line])[-8:]
        return lines, bool(piece)

    def read_rest(self) -> list[str]:
        """All that is in the pipe now, the last unfinished line included."""
        everything: list[str] = []
        while True:
            lines, _ = self.read()
            if not lines and not self.unfinished:
                return everything
            everything += lines
            if self.unfinished and not lines:
                everything.append(self.unfinished.decode(errors="replace"))
                self.unfinished = b""

    def signal(self, number: int) -> None:
        """Send a signal to the service itself."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def end_family(self) -> None:
        """Kill whatever is left of the service and of the processes it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)

    def how_it_ended(self) -> str:
        """In words: the exit code, or the signal that ended it."""
        code = self.process.returncode
        return f"exit code {code}" if code >= 0 else f"ended by {signal.Signals(-code).name}"


def is_alive(number: int) -> bool:
    """Is there a process with this number?"""
    return number > 0 and Path(f"/proc/{number}").exists()

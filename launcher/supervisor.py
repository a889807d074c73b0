"""Keeps a set of services running as one process tree: starts, restarts, stops, and says so in plain words.

One thread and one loop: it waits for output, for a child that ended, or for a signal, whichever is first.
Children are started from the main thread only, because a child dies with the thread that started it.
"""

import contextlib
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from types import FrameType

from launcher.logs import Logs
from launcher.messages import Problem
from launcher.places import ROOT
from launcher.processes import Child, Service

STEADY_SECONDS = 60.0
LONGEST_WAIT = 30.0
FIRM_SECONDS = 2.0


class Stopped(Exception):
    """Somebody asked the whole tree to stop."""


class Supervisor:
    """The parent of everything that runs."""

    def __init__(self, logs: Logs) -> None:
        self.logs = logs
        self.children: dict[str, Child] = {}
        self.waiting: dict[str, tuple[float, Service, int]] = {}
        self.stop_asked = 0
        self._selector = selectors.DefaultSelector()
        self._listen_for_signals()
        self._guardian = subprocess.Popen(
            [sys.executable, "-m", "launcher.guardian"], cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True
        )

    def _tell_guardian(self, sign: str, child: Child) -> None:
        assert self._guardian.stdin is not None
        with contextlib.suppress(OSError):
            self._guardian.stdin.write(f"{sign}{child.process.pid}\n".encode())
            self._guardian.stdin.flush()

    def _listen_for_signals(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        self._wake = ours
        self._theirs = theirs
        self._selector.register(ours, selectors.EVENT_READ, None)
        signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, number: int, _frame: FrameType | None) -> None:
        self.stop_asked += 1

    # --- starting ---

    def start(self, service: Service, failures: int = 0) -> None:
        """Start a service and from now on start it again whenever it ends."""
        child = Child.start(service, failures)
        self.children[service.name] = child
        self._tell_guardian("+", child)
        self._selector.register(child.pipe, selectors.EVENT_READ, child)

    def wait_for(self, *services: Service) -> None:
        """Come back when all of these answer; a service that ends before that is a problem to report."""
        deadline = time.monotonic() + max(service.patience for service in services)
        pending = list(services)
        while pending:
            self.pump(0.03, restart=False)
            self._heed_stop()
            for service in pending:
                child = self.children[service.name]
                if child.process.poll() is not None or time.monotonic() > deadline:
                    self._report_stillborn(child)
            pending = [service for service in pending if not service.answers()]

    def finish(self, service: Service) -> int:
        """Run something once to its end, with its output in the logs; returns its exit code."""
        self.start(service)
        child = self.children[service.name]
        while child.process.poll() is None:
            self.pump(0.1, restart=False)
            self._heed_stop()
        self._drain(child)
        self._forget(child)
        return child.process.returncode

    def _report_stillborn(self, child: Child) -> None:
        self._drain(child)
        ended = child.process.poll() is not None
        how = f"ended at once ({child.how_it_ended()})" if ended else "does not answer"
        said = "\n".join(child.last_lines) or "It said nothing."
        raise Problem(f"{child.service.name} {how}. The last it said:\n{said}", code=1)

    def _heed_stop(self) -> None:
        if self.stop_asked:
            raise Stopped

    # --- running ---

    def run_until(self, finished: Callable[[], bool], every: float) -> None:
        """Keep everything running until somebody asks to stop or `finished` says so."""
        while not self.stop_asked and not finished():
            self.pump(every)

    def pump(self, patience: float, *, restart: bool = True) -> None:
        """One turn: pass on output, notice who ended, start again whoever is due."""
        due = min((moment for moment, _, _ in self.waiting.values()), default=None)
        if due is not None and restart:
            patience = max(0.0, min(patience, due - time.monotonic()))
        for key, _ in self._selector.select(patience):
            if key.data is None:
                self._wake.recv(4096)
            else:
                self._pass_on(key.data)
        if restart:
            for child in list(self.children.values()):
                if child.process.poll() is not None:
                    self._plan_restart(child)
            self._restart_due()

    def _pass_on(self, child: Child) -> None:
        lines, more = child.read()
        self.logs.write(child.service.name, lines, child.service.worth_showing)
        if not more:
            self._unregister(child)

    def _plan_restart(self, child: Child) -> None:
        self._drain(child)
        self._forget(child)
        steady = time.monotonic() - child.started > STEADY_SECONDS
        failures = 1 if steady else child.failures + 1
        pause = min(2.0 ** (failures - 1), LONGEST_WAIT)
        name = child.service.name
        self.logs.say(f"{name} stopped unexpectedly ({child.how_it_ended()}); starting it again in {pause:.0f} s")
        self.waiting[name] = (time.monotonic() + pause, child.service, failures)

    def _restart_due(self) -> None:
        for name, (due, service, failures) in list(self.waiting.items()):
            if time.monotonic() >= due:
                del self.waiting[name]
                self.start(service, failures)

    def _forget(self, child: Child) -> None:
        child.end_family()
        self._tell_guardian("-", child)
        self._unregister(child)
        del self.children[child.service.name]
        if child.process.stdout:
            child.process.stdout.close()

    def _unregister(self, child: Child) -> None:
        if child.pipe in self._selector.get_map():
            self._selector.unregister(child.pipe)

    def _drain(self, child: Child) -> None:
        self.logs.write(child.service.name, child.read_rest(), child.service.worth_showing)

    # --- stopping ---

    def stop(self, groups: Iterable[Iterable[str]], patience: float) -> None:
        """End each group in turn: politely, then firmly; a second request to stop makes it firm at once."""
        self.waiting.clear()
        asked = self.stop_asked
        named = [list(group) for group in groups]
        others = [name for name in self.children if not any(name in group for group in named)]
        for group in [others, *named]:
            members = [self.children[name] for name in group if name in self.children]
            for child in members:
                child.signal(child.service.stop_signal)
            self._await_end(members, patience, asked)
            for child in members:
                if child.process.poll() is None:
                    self.logs.say(f"{child.service.name} did not stop in time and was ended")
                self._drain(child)
                self._forget(child)
        signal.set_wakeup_fd(-1)
        if self._guardian.stdin:
            self._guardian.stdin.close()
        self._guardian.wait()

    def _await_end(self, members: list[Child], patience: float, asked: int) -> None:
        deadline = time.monotonic() + patience
        firm = False
        while any(child.process.poll() is None for child in members):
            self.pump(0.05, restart=False)
            if time.monotonic() < deadline and self.stop_asked <= asked:
                continue
            if firm:
                return
            firm, asked, deadline = True, self.stop_asked, time.monotonic() + FIRM_SECONDS
            for child in members:
                child.signal(child.service.firm_signal)

"""Nothing outlives the supervisor, what ends is started again, and what was said is kept."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from launcher.places import ROOT
from launcher.processes import Child, Service

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
TREE = """
import sys
from pathlib import Path
from launcher.logs import Logs
from launcher.processes import Service
from launcher.supervisor import Supervisor

supervisor = Supervisor(Logs(Path(sys.argv[1]), to_terminal=True))
supervisor.start(Service("short", ["true"]))
supervisor.start(Service("long", [sys.executable, "-c", sys.argv[2]]))
supervisor.run_until(lambda: False, every=0.1)
supervisor.stop([["long", "short"]], patience=0.3)
supervisor.logs.say("Stopped")
"""


@pytest.fixture
def tree(tmp_path: Path) -> subprocess.Popen[str]:
    """A supervisor with a child that ends by itself and one that ignores a polite request."""
    command = [sys.executable, "-c", TREE, str(tmp_path), STUBBORN]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def read_until(process: subprocess.Popen[str], words: str) -> str:
    said = ""
    assert process.stdout is not None
    while words not in said:
        line = process.stdout.readline()
        assert line, f"it ended without saying {words!r}: {said}"
        said += line
    return said


def stubborn_children() -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[2:3] == [STUBBORN.encode()]:
                found.append(int(entry.name))
    return found


@pytest.mark.slow
def test_what_ends_is_started_again_and_said_in_words(tree: subprocess.Popen[str]) -> None:
    said = read_until(tree, "starting it again in 2 s")
    assert "short stopped unexpectedly (exit code 0); starting it again in 1 s" in said
    tree.send_signal(signal.SIGTERM)
    assert tree.wait(10) == 0


@pytest.mark.slow
def test_a_child_that_will_not_stop_is_ended(tree: subprocess.Popen[str]) -> None:
    read_until(tree, "| up")
    tree.send_signal(signal.SIGINT)
    read_until(tree, "Stopped")
    assert tree.wait(10) == 0
    assert stubborn_children() == []


@pytest.mark.slow
def test_nothing_outlives_a_killed_supervisor(tree: subprocess.Popen[str]) -> None:
    read_until(tree, "| up")
    assert len(stubborn_children()) == 1
    tree.kill()
    tree.wait()
    deadline = time.monotonic() + 10
    while stubborn_children() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert stubborn_children() == []


def test_a_child_dies_with_the_process_that_started_it() -> None:
    starter = (
        "import os, time; from launcher.processes import *;"
        "c = Child.start(Service('x', ['sleep', '60'])); print(c.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", starter], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert Path(f"/proc/{child}/comm").read_text() == "sleep\n"
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(child)


def is_running(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_the_last_words_of_a_child_are_kept_even_without_an_end_of_line() -> None:
    child = Child.start(Service("x", ["printf", "one\\ntwo\\nthree"]))
    os.waitid(os.P_PID, child.process.pid, os.WEXITED | os.WNOWAIT)
    assert child.read_rest() == ["one", "two", "three"]
    assert child.last_lines == ["one", "two", "three"]
    child.end_family()

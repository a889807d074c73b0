"""Runs one of our scripts on an uploaded file in a process of its own, with bounded time and a bounded answer.

The script limits its own memory and processor time and can write no file (``design/inspection.py``,
``pictures.py``); it knows nothing of the portal and inherits nothing of its environment.
"""

import subprocess
import sys
import threading
from pathlib import Path

from evidence.refusals import refusal

SECONDS = 30


def answer_of(script: Path, path: Path, *, limit: int, packages: bool = False) -> tuple[int, bytes]:
    """The script's exit code and what it wrote; refused when it is ended by its limits or takes too long.

    One byte more than ``limit`` means that there was more, and that it was not read. With ``packages`` the script may
    import what is installed beside Python.
    """
    command = [sys.executable, "-I", *([] if packages else ["-S"]), str(script), str(path)]
    run = subprocess.Popen(  # noqa: S603 - our own script on a file with a random name
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    )
    stop = threading.Timer(SECONDS, run.kill)
    stop.start()
    with run:
        content = run.stdout.read(limit + 1) if run.stdout else b""
        if len(content) > limit:
            run.kill()
    stop.cancel()
    if run.returncode < 0 and len(content) <= limit:
        raise refusal("too_hard")
    return run.returncode, content

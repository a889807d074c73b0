"""A process of its own that makes one PDF, started before there is anything to lay out.

Half of what a short paper takes is the process loading the maker. Who has something to gather first starts it, gathers
meanwhile, and hands over what came of it; leaving the block ends the process, whether or not it was asked anything.
It ends by itself when whoever started it is gone, for then its question ends before it began.
"""

import base64
import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from django.conf import settings

SECONDS = 60
# What the process may know of the one around it: where fonts, temporary and compiled files are, and no secret.
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "LD_LIBRARY_PATH",
    "PYTHONPYCACHEPREFIX",
)


class NotMade(Exception):
    """The process ended without a file; says how."""


def passed_on() -> dict[str, str]:
    """The environment of a process that makes files."""
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ}


class Maker:
    """``with Maker() as maker: pdf.render(gathered(), title=…, apart=maker)``. Makes one file."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "design.pdf_maker"], cwd=settings.BASE_DIR, env=passed_on(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._process:  # closes its pipes and waits for it
            self._process.kill()

    def make(self, question: dict[str, Any]) -> tuple[bytes, list[str]]:
        """The file and the addresses that were refused. Raises TimeoutExpired after ``SECONDS``."""
        assets = {name: base64.b64encode(each).decode() for name, each in question["assets"].items()}
        asked = json.dumps({**question, "assets": assets}).encode()
        answer, problem = self._process.communicate(asked, timeout=SECONDS)
        if self._process.returncode:
            raise NotMade(f"exit {self._process.returncode}: {problem.decode(errors='replace')[-500:]}")
        refused, _, content = answer.partition(b"\n")
        return content, json.loads(refused)

"""What the children say: with a prefix to the terminal, and to one file each in the data folder's logs."""

import contextlib
import io
import re
import sys
import time
from pathlib import Path

LARGEST_FILE = 5_000_000
WIDTH = 8


class Logs:
    """Writes lines; a terminal that has gone or a disk that is full never stops the portal."""

    def __init__(self, folder: Path, *, to_terminal: bool) -> None:
        self.folder = folder
        self.to_terminal = to_terminal

    def write(self, name: str, lines: list[str], worth_showing: str = "") -> None:
        """Keep what a child said; the terminal gets the lines that say something worth showing."""
        if not lines:
            return
        with contextlib.suppress(OSError):
            path = self.folder / f"{name}.log"
            if path.exists() and path.stat().st_size > LARGEST_FILE:
                path.replace(path.with_suffix(".log.1"))
            with path.open("a") as file:
                file.write("".join(f"{line}\n" for line in lines))
        for line in lines:
            if line and re.search(worth_showing, line):
                self._show(f"{name:<{WIDTH}}| {line}")

    def say(self, text: str) -> None:
        """Say something of the launcher's own."""
        with contextlib.suppress(OSError), (self.folder / "portal.log").open("a") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")
        for line in text.splitlines():
            self._show(f"{'portal':<{WIDTH}}| {line}")

    def _show(self, line: str) -> None:
        if self.to_terminal:
            try:
                print(line, flush=True)
            except OSError:
                self.to_terminal = False
                sys.stdout = io.StringIO()  # so that the last flush cannot fail

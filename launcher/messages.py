"""How the launcher speaks: plain words on the error stream, so that a command's own output stays clean."""

import sys


class Problem(Exception):
    """Something a person must put right. The text says what is wrong and what to do."""

    def __init__(self, text: str, code: int = 3) -> None:
        super().__init__(text)
        self.code = code


def note(text: str) -> None:
    """Say one thing to the person at the terminal."""
    try:
        for line in text.splitlines():
            print(f"portal: {line}", file=sys.stderr, flush=True)
    except OSError:
        pass  # the terminal has gone; the logs have it too

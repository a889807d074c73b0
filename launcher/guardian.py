"""Makes sure that nothing outlives a supervisor that was killed: python -m launcher.guardian, numbers on its input.

The kernel tells every child when the supervisor dies, but a child in the middle of starting may not listen.
This process reads which families were started (+NUMBER) and which have ended (-NUMBER). When the input
closes, the supervisor has gone: whoever is left after GRACE seconds is ended.
"""

import contextlib
import os
import signal
import sys
import time

GRACE = 3.0


def main() -> None:
    """Listen until the supervisor has gone, then clear up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    families: set[int] = set()
    for line in sys.stdin:
        family = int(line[1:])
        if line.startswith("+"):
            families.add(family)
        else:
            families.discard(family)
    deadline = time.monotonic() + GRACE
    while any(_lives(family) for family in families) and time.monotonic() < deadline:
        time.sleep(0.1)
    for family in families:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(family, signal.SIGKILL)


def _lives(family: int) -> bool:
    try:
        os.killpg(family, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main()

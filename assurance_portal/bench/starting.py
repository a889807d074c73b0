"""How long until the first page: ``./portal run`` on a fresh data folder, and once more on the same one.

Measured from outside, as a person does: the command is started, and the address asked until it answers. What the
checkout has prepared already (Python packages, static files) is not counted; a fresh clone adds it once.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, sleep
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from django.conf import settings

from assurance_portal.bench.figure import Figure

PATIENCE = 300.0


def measure() -> Iterator[Figure]:
    """First and second start, to the first answer of the health page and of the sign-in page."""
    with tempfile.TemporaryDirectory(prefix="portal-start-") as folder:
        for name, target in (("first start", "< 90"), ("second start", "< 8")):
            health, page = _start(Path(folder) / "data")
            yield Figure(f"{name}, to the first answer", health, "s", target=target)
            yield Figure(f"{name}, to the sign-in page", page, "s", target=target)


def _start(data: Path) -> tuple[float, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(Path(settings.BASE_DIR) / "portal"), "run"]
    command += ["--data", str(data), "--port", str(port)]
    began = perf_counter()
    with subprocess.Popen(command, env=_environment(), stdout=sys.stderr, start_new_session=True) as portal:
        try:
            health = _until(f"http://127.0.0.1:{port}/healthz", portal, began)
            return health, _until(f"http://127.0.0.1:{port}/sign-in/", portal, began)
        finally:
            portal.send_signal(signal.SIGINT)
            portal.wait(60)


def _environment() -> dict[str, str]:
    """Without what the portal around us said: the one that is started brings its own servers."""
    ours = os.environ.get("PORTAL_SET_BY_LAUNCHER", "").split(",")
    return {name: value for name, value in os.environ.items() if name not in ours}


def _until(address: str, portal: "subprocess.Popen[bytes]", began: float) -> float:
    opener = build_opener(ProxyHandler({}))
    while perf_counter() - began < PATIENCE and portal.poll() is None:
        try:
            with opener.open(address, timeout=2) as answer:
                if answer.status == 200:
                    return perf_counter() - began
        except (HTTPError, OSError):
            sleep(0.05)
    raise RuntimeError(f"{address} did not answer")

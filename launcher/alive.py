"""Is the process in this container alive, and what says the portal about its parts? For health checks and people.

    python -m launcher.alive web              asks /healthz of the web process beside it
    python -m launcher.alive worker general   asks a worker of this container, over the queue, whether it answers
    python -m launcher.alive beat FILE        looks when the clock last wrote its file
    python -m launcher.alive ready            prints what /readyz says, part by part

Ends with 0 when all is well, otherwise with 1 and a line saying why. Standard library only.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

WEB = "http://127.0.0.1:8000"
# The clock writes its file every three minutes.
BEAT_SILENT = 600.0


def main(arguments: list[str]) -> int:
    """Do one check; prints one line."""
    match arguments:
        case ["web"]:
            return _said(*ask("/healthz"))
        case ["ready"]:
            return _said(*ask("/readyz"))
        case ["worker", name]:
            return _said(*worker_answers(name))
        case ["beat", file]:
            return _said(*beat_is_recent(Path(file), now=time.time()))
    print(__doc__)
    return 2


def ask(path: str, web: str = WEB) -> tuple[bool, str]:
    """Ask the web process, as the proxy would: under the first of its host names."""
    request = Request(web + path, headers={"Host": own_host()})
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=8) as answer:
            return answer.status == 200, answer.read().decode().strip()
    except HTTPError as refused:
        return False, f"{refused.code} {refused.read().decode(errors='replace')[:400].strip()}"
    except (URLError, OSError) as problem:
        return False, f"no answer from {web}{path}: {problem}"


def own_host() -> str:
    """The first name of ALLOWED_HOSTS; a name that stands for all names below it stands for itself."""
    return os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip("*.") or "localhost"


def worker_answers(name: str) -> tuple[bool, str]:
    """Ping one worker of this container through the queue."""
    command = ["celery", "--quiet", "-A", "assurance_portal.celery", "inspect", "--timeout", "5"]
    command += ["--destination", f"{name}@{socket.gethostname()}", "ping"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=25, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        return False, f"the worker could not be asked: {problem}"
    return done.returncode == 0, (done.stdout + done.stderr).strip()[-400:]


def beat_is_recent(file: Path, *, now: float) -> tuple[bool, str]:
    """Has the clock written its file lately? Python adds an ending of its own where it has another kind of database."""
    written = [each.stat().st_mtime for each in (file, *file.parent.glob(f"{file.name}.*")) if each.is_file()]
    if not written:
        return False, f"the clock has written nothing: there is no {file}"
    age = now - max(written)
    return age < BEAT_SILENT, f"the clock wrote {age:.0f} seconds ago"


def _said(well: bool, words: str) -> int:
    print(words)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

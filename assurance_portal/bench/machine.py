"""What the measurement ran on: interpreter, versions, machine and data, for the first line."""

import os
import platform
import sys
import timeit
from importlib.metadata import version
from typing import Any

from django.db import connection

# Words, lists and dictionaries, as a page is made of; nothing of it waits for a disk or another program.
WORK = "found = {str(n): [n] for n in range(3_000)}; [name for name, each in sorted(found.items()) if each[0] % 3]"
PACKAGES = ("django", "weasyprint", "psycopg2-binary", "gunicorn", "celery")


def about(**data: Any) -> dict[str, Any]:
    """Everything that somebody comparing figures needs to know."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (database,) = cursor.fetchone()
    return {
        "interpreter": f"{platform.python_implementation()} {platform.python_version()} ({sys.executable})",
        "pace_ms": pace(),
        "versions": {"postgresql": database.split()[0], **{name: version(name) for name in PACKAGES}},
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "machine": platform.machine(),
        "data": data,
    }


def pace() -> float:
    """Milliseconds that this interpreter takes here for a small fixed piece of work, at its best.

    Two machines differ by more than any change of ours: divide their figures by this before comparing them.
    """
    return round(min(timeit.repeat(WORK, number=20, repeat=7)) / 20 * 1_000, 2)

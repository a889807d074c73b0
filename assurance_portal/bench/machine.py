"""What the measurement ran on: interpreter, versions, machine and data, for the first line."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import connection

from launcher.environment import pace

PACKAGES = ("django", "weasyprint", "psycopg2-binary", "gunicorn", "celery")


def about(**data: Any) -> dict[str, Any]:
    """Everything that somebody comparing figures needs to know."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (database,) = cursor.fetchone()
    return {
        "interpreter": f"{platform.python_implementation()} {platform.python_version()} ({sys.executable})",
        "pace_ms": round(pace(Path(sys.executable)), 2),
        "versions": {"postgresql": database.split()[0], **{name: version(name) for name in PACKAGES}},
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "machine": platform.machine(),
        "data": data,
    }

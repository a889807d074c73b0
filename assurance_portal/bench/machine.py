"""What the measurement ran on: interpreter, versions, machine and data, for the first line."""

import os
import platform
import sys
import sysconfig
from importlib.metadata import version
from typing import Any

from django.db import connection

PACKAGES = ("django", "weasyprint", "psycopg2-binary", "gunicorn", "celery")


def about(**data: Any) -> dict[str, Any]:
    """Everything that somebody comparing figures needs to know."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (database,) = cursor.fetchone()
    options = sysconfig.get_config_var("CONFIG_ARGS") or ""
    return {
        "interpreter": f"{platform.python_implementation()} {platform.python_version()} ({sys.executable})",
        "optimised_build": "--enable-optimizations" in options,
        "versions": {"postgresql": database.split()[0], **{name: version(name) for name in PACKAGES}},
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "machine": platform.machine(),
        "data": data,
    }

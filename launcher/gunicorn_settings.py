"""How the web server runs, under ./portal run and in a container: two processes of four threads unless told otherwise.

The address comes from the command line. The application is loaded once and then shared by the processes.
WEB_CONCURRENCY and WEB_THREADS say how many of each.
"""

import os
from pathlib import Path

from gunicorn.http.wsgi import Response

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
preload_app = True
timeout = 60
graceful_timeout = 4
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None

_with_server_name = Response.default_headers


def _without_server_name(self: Response) -> list[str]:
    """Which server this is, is nobody's business."""
    return [line for line in _with_server_name(self) if not line.startswith("Server:")]


Response.default_headers = _without_server_name

"""How the web server runs under ./portal run: two processes of four threads, on the loopback.

The address comes from the command line. The application is loaded once and then shared by both processes.
"""

from pathlib import Path

from gunicorn.http.wsgi import Response

worker_class = "gthread"
workers = 2
threads = 4
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

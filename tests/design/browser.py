"""A page, its static files and a few answers on a loopback port, and a real Chromium to look at them.

The server speaks just enough HTTP for the look to be tested without a database: pages are html strings, static
files come from Django's finders, and a test may answer POSTs itself. Every answer carries the portal's own content
security policy, so that an inline style or script shows up as a console message.
"""

import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from django.contrib.staticfiles import finders
from playwright.sync_api import BrowserContext, Page

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; manifest-src 'self'"
)
Answer = tuple[int, str, str]


class Site:
    """What the server says: `pages` by path, and `posts`, a function from (path, body) to status, type and text."""

    def __init__(self) -> None:
        self.pages: dict[str, Callable[[], str]] = {}
        self.received: list[tuple[str, str]] = []
        # Everything that any browser asked or sent: method, path, headers, body.
        self.heard: list[tuple[str, str, str, str]] = []
        self.post: Callable[[str, str], Answer] = lambda path, body: (404, "text/plain", "")
        self.redirect_to = ""
        self.address = ""

    def get(self, path: str) -> tuple[int, str, bytes]:
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            return (200, kind, Path(str(found)).read_bytes()) if found else (404, "text/plain", b"")
        if path in self.pages:
            return 200, "text/html; charset=utf-8", self.pages[path]().encode()
        return 404, "text/plain", b""


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.heard.append(("GET", self.path, str(self.headers), ""))
            if site.redirect_to and not self.path.startswith(("/static/", site.redirect_to)):
                self.answer(302, "text/plain", b"", location=site.redirect_to)
                return
            self.answer(*site.get(self.path.split("?")[0]))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            site.received.append((self.path, body))
            site.heard.append(("POST", self.path, str(self.headers), body))
            status, kind, text = site.post(self.path, body)
            self.answer(status, kind, text.encode(), location=text if status == 302 else "")

        def answer(self, status: int, kind: str, body: bytes, location: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    # Standing still is asked for at every look around: with the half second of the library each test ends with a wait.
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_port}"
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


def open_page(context: BrowserContext, site: Site, path: str) -> tuple[Page, list[str]]:
    """The page, and a list that gathers every error the browser complains about."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    go_to(page, site, path)
    return page, complaints


def go_to(page: Page, site: Site, path: str) -> None:
    """Until its scripts have begun."""
    page.goto(site.address + path)
    page.wait_for_function("document.body.classList.contains('js-enabled')")


def axe(page: Page) -> list[str]:
    """Every accessibility violation as "rule: element". The page's context must bypass the policy to be looked into."""
    source = finders.find("vendor/axe/axe.js")
    page.add_script_tag(content=Path(str(source)).read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]

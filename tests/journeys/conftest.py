"""A real Chromium on a real server with the real policy; whatever the browser complains about fails the journey."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture
def portal() -> Iterator[str]:
    """The whole application on a loopback port, middleware, policy and hashed static files included."""
    server = LiveServerThread("127.0.0.1", static_handler=lambda application: application)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()


@cache
def barrier_finder() -> str:
    """The script that looks for barriers, read once."""
    return Path(str(finders.find("vendor/axe/axe.js"))).read_text(encoding="utf-8")


# The header folds what does not fit into its menu with the first drawing: colours are looked at after the second.
DRAWN = "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


class Visitor:
    """Somebody with a browser window. ``complaints`` gathers every error of the console."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address, self.complaints = address, []  # type: tuple[str, list[str]]
        self.opens_a_page(context)

    def opens_a_page(self, context: BrowserContext) -> None:
        """One to look at, and to listen to."""
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self._heard(said.type, said.text))

    def _heard(self, kind: str, words: str) -> None:
        # A form with a wrong box answers 422 and a save that came second 409; the browser remarks on both.
        if kind == "error" and not words.endswith(("422 (Unprocessable Entity)", "409 (Conflict)")):
            self.complaints.append(words)

    def goes_to(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def barriers(self) -> list[str]:
        """Every accessibility violation of the page as "rule: element"."""
        self.page.wait_for_load_state()  # a click returns when the next page begins to arrive
        if not self.page.evaluate("'axe' in window"):  # as it is after a part of the page has changed
            self.page.evaluate(barrier_finder())
        self.page.evaluate(DRAWN)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]

    def looks_right(self, name: str) -> None:
        """No barrier, no sideways scrolling, nothing in the console. PORTAL_PICTURES names a folder for its picture."""
        self.page.wait_for_load_state()
        if folder := os.environ.get("PORTAL_PICTURES"):
            width = self.page.viewport_size["width"]  # type: ignore[index]
            self.page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        assert (name, self.barriers(), self.is_too_wide(), self.complaints) == (name, [], False, [])

    def is_too_wide(self) -> bool:
        """Must the page be scrolled sideways?"""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.fixture
def visit(browser: Browser, portal: str, sign_in: Callable[..., Client]) -> Iterator[Callable[..., Visitor]]:
    """``visit(user)`` is that person's window, signed in; None has no account; ``width=390`` is a telephone."""
    opened: list[BrowserContext] = []

    def visiting(user: Any, *, width: int = 1280, javascript: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript, locale="en-GB"
        )
        opened.append(context)
        signed_in = sign_in(user).cookies.items() if user is not None else ()
        cookies = [{"name": name, "value": each.value, "url": portal} for name, each in signed_in]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        return Visitor(context, portal)

    yield visiting
    for context in opened:
        context.close()

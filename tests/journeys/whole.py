"""The portal as it is started from a terminal, with its demonstration, and its people in real browser windows.

One process tree for the whole session. ``PORTAL_JOURNEY_AT`` names the data folder of a portal that runs already,
to write a journey against without waiting; what the journey does to it stays done.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from playwright.sync_api import Browser, BrowserContext, Page

from launcher.places import ROOT
from launcher.ports import free_port
from tests.journeys.conftest import Visitor

READY_SECONDS = 240  # on a machine that is doing something else as well


@dataclass(frozen=True)
class Running:
    """A portal that answers: its address and its data folder."""

    address: str
    folder: Path

    @property
    def accounts(self) -> list[dict[str, str]]:
        """What the demonstration wrote down: role, e-mail address, password, organisation."""
        found: list[dict[str, str]] = json.loads((self.folder / "demonstration-accounts.json").read_text())
        return found

    def password(self, email: str) -> str:
        """The password of one account."""
        return next(each["password"] for each in self.accounts if each["email"] == email)


def answers(address: str) -> bool:
    """Does the web server say that it is well?"""
    try:
        build_opener(ProxyHandler({})).open(f"{address}/healthz", timeout=1).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def a_portal(folder: Path) -> Iterator[Running]:
    """``./portal run`` in a folder of its own, stopped by Ctrl-C's signal afterwards."""
    if there := os.environ.get("PORTAL_JOURNEY_AT"):
        facts = json.loads((Path(there) / "portal.json").read_text())
        yield Running(f"http://127.0.0.1:{facts['port']}", Path(there))
        return
    port = free_port()
    around = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, str(ROOT / "portal"), "run", "--data", str(folder), "--port", str(port)]
    said = folder.parent / "said.log"
    with said.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=around, stdout=out, stderr=subprocess.STDOUT)
        try:
            running = Running(f"http://127.0.0.1:{port}", folder)
            deadline = time.monotonic() + READY_SECONDS
            while not answers(running.address):
                assert process.poll() is None, said.read_text()[-3000:]
                assert time.monotonic() < deadline, said.read_text()[-3000:]
                time.sleep(0.3)
            yield running
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(40)


class Person(Visitor):
    """Somebody of the demonstration who has signed in through the pages."""

    def __init__(self, context: BrowserContext, running: Running, email: str) -> None:
        super().__init__(context, running.address)
        self.email, self.running, self.knows_the_pages = email, running, False
        self.page.set_default_timeout(30_000)

    def signs_in(self) -> None:
        """Password, then the code that an authenticator app would show now."""
        code = self._code()
        self.goes_to("/sign-in/")
        self.page.get_by_label("E-mail address").fill(self.email)
        self.page.get_by_label("Password", exact=True).fill(self.running.password(self.email))
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_role("heading", name="Second step", level=1).wait_for()
        self.page.locator("input[name=code]").fill(code)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda url: "second-step" not in url)
        if "this-device" in self.page.url:
            self.page.get_by_role("button", name="No, ask me every time").click()
            self.page.wait_for_url(lambda url: "this-device" not in url)

    def _code(self) -> str:
        """Not one of the last seconds of its half minute."""
        self.goes_to("/demonstration/accounts/")
        left = int(self.page.locator("[data-countdown]").get_attribute("data-countdown") or 0)
        if left < 4:
            self.page.goto("about:blank")  # the page of codes loads itself again when they change
            time.sleep(left + 0.5)
            self.goes_to("/demonstration/accounts/")
        row = self.page.get_by_role("row").filter(has_text=self.email)
        found = re.search(r"\b\d{6}\b", row.inner_text())
        assert found, row.inner_text()
        return found.group()

    def sees(self, *words: str) -> Page:
        """All of these words stand on the page, and nothing is wrong with it."""
        for each in words:
            self.page.get_by_text(each).first.wait_for()
        self.finds_nothing_wrong()
        return self.page

    def finds_nothing_wrong(self) -> None:
        """One heading, no barrier, no complaint of the browser, nothing to scroll sideways.

        Whoever ``knows_the_pages`` walks where another has looked for barriers in the same places.
        """
        self.page.wait_for_load_state()
        headings = self.page.get_by_role("heading", level=1).all_inner_texts()
        barriers = [] if self.knows_the_pages else self.barriers()
        found = (len(headings), barriers, self.complaints, self.is_too_wide())
        assert (headings, found) == (headings, (1, [], [], False))

    def fits_a_telephone(self) -> None:
        """Nor must it be scrolled sideways at 390 pixels, once the navigation has folded."""
        wide: Any = self.page.viewport_size
        self.page.set_viewport_size({"width": 390, "height": 844})
        for _ in range(40):
            if not self.is_too_wide():
                break
            self.page.wait_for_timeout(50)
        assert (self.page.url, self.is_too_wide()) == (self.page.url, False)
        self.page.set_viewport_size(wide)


class People:
    """Windows of the people of the demonstration: each signs in once, and comes back to the same window."""

    def __init__(self, browser: Browser, running: Running) -> None:
        self.browser, self.running = browser, running
        self.here: dict[str, Person] = {}

    def __call__(self, email: str) -> Person:
        if email not in self.here:
            context = self.browser.new_context(
                viewport={"width": 1280, "height": 900}, locale="en-GB", accept_downloads=True
            )
            self.here[email] = person = Person(context, self.running, email)
            person.signs_in()
        return self.here[email]

    def leave(self) -> None:
        """Close every window."""
        for each in self.here.values():
            each.page.context.close()

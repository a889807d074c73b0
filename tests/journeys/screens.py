"""Pictures of every page as every role, at a desk's and a telephone's width.

Made by ``./portal test tests/journeys/screens.py``; not one of the tests that run by themselves, as it takes about a
quarter of an hour. It starts the demonstration, signs in as one person of each role, follows every link until each
kind of page has been seen once, and writes ``docs/screens/ROLE/PAGE-WIDTH.png``. ``PORTAL_SCREENS`` names another
folder, and ``PORTAL_SCREENS_OF`` a part of an e-mail address to make only that person's. A page that does not open,
that has not one first heading or that must be scrolled sideways fails it.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils.text import slugify
from playwright.sync_api import Browser, Error

from launcher.places import ROOT
from tests.journeys.whole import People, Person, Running, a_portal

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = {1280: 900, 390: 844}
# What a link must not do while pictures are taken, and pages of the demonstration itself.
LEFT_OUT = re.compile(r"logout|sign-out|demonstration-|mail-")


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_portal(tmp_path_factory.mktemp("screens") / "data") as portal:
        yield portal


def one_of_each_role(running: Running) -> dict[str, str]:
    """E-mail addresses by role, the first of each."""
    wanted = os.environ.get("PORTAL_SCREENS_OF", "")
    found: dict[str, str] = {}
    for each in running.accounts:
        if wanted in each["email"]:
            found.setdefault(slugify(each["role"].partition(":")[0]), each["email"])
    return found


def kind_of(address: str) -> str:
    """The name of the page's route; empty when it is none of ours or is left out."""
    try:
        name = resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""
    return "" if LEFT_OUT.search(name) else slugify(name.replace(":", "-"))


def pages_of(person: Person) -> Iterator[tuple[str, str]]:
    """Every kind of page that links lead to, with the first address at which it opens."""
    waiting, seen, known = ["/"], set[str](), {"/"}
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if not kind or kind in seen:
            continue
        try:
            response = person.page.goto(person.address + path)
        except Error as problem:
            if "Download is starting" in str(problem):
                seen.add(kind)
                continue
            raise
        if response is None or "text/html" not in response.headers.get("content-type", ""):
            seen.add(kind)
            continue
        assert response.status == 200, (person.email, path, response.status)
        seen.add(kind)
        yield kind, path
        for href in person.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            there = urlsplit(href)
            address = there.path + (f"?{there.query}" if there.query else "")
            if href.startswith(person.address) and address not in known:
                known.add(address)
                waiting.append(address)


def test_every_page_as_every_role(browser: Browser, running: Running) -> None:
    folder, people, wrong = (
        Path(os.environ.get("PORTAL_SCREENS", ROOT / "docs" / "screens")),
        People(browser, running),
        [],
    )
    for role, email in one_of_each_role(running).items():
        person = people(email)
        (folder / role).mkdir(parents=True, exist_ok=True)
        for kind, path in list(pages_of(person)):
            person.goes_to(path)
            for width, height in WIDTHS.items():
                person.page.set_viewport_size({"width": width, "height": height})
                person.page.screenshot(path=folder / role / f"{kind}-{width}.png", full_page=True)
                if person.is_too_wide():
                    wrong.append(f"{role} {path}: too wide at {width}")
            if (headings := person.page.locator("h1").count()) != 1:
                wrong.append(f"{role} {path}: {headings} first headings")
        person.page.context.close()
    assert wrong == []

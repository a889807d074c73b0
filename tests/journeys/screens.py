"""Pictures of every page as every role, at a desk's and a telephone's width.

Made by ``./portal test tests/journeys/screens.py``; not one of the tests that run by themselves: it takes twelve
minutes. It starts the demonstration, signs in as one person of each role, follows every link until each kind of page
has been seen once, and writes ``docs/screens/ROLE/PAGE-WIDTH.png``; ``-wrong`` in the name is a form that was sent
empty, and ``-page-2`` the second page of a list. ``PORTAL_SCREENS`` names another folder, and ``PORTAL_SCREENS_OF`` a
part of an e-mail address to make only that person's. A page that does not open, that has not one first heading or that
must be scrolled sideways fails it.

The few that the guides show are cut out, made small and written to ``docs/images`` as well: run it before a release
and commit those that changed. ``CHOSEN`` says which they are.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils.text import slugify
from PIL import Image
from playwright.sync_api import Browser, Error

from launcher.places import ROOT
from tests.journeys.whole import People, Person, Running, a_portal

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = {1280: 900, 390: 844}
# What a link must not do while pictures are taken, and pages of the demonstration itself.
LEFT_OUT = re.compile(r"logout|sign-out|demonstration-|mail-")
# Forms that refuse to be empty: nothing is changed by sending them so.
SENT_EMPTY = {
    "accounts-cover-add",
    "assurance-return-withdraw",
    "assurance-round-add",
    "chasing-thing-pause",
    "evidence-item-add",
    "governance-report-add",
    "oversight-organisations-start",
    "providers-arrangement-add",
    "providers-contact-add",
    "providers-organisation-add",
}
TALLEST, SETTLED = 6000, 150  # pixels and milliseconds
# What the guides show: of whom and what, how much of its height, and the name in docs/images.
CHOSEN = {
    ("quality-team", "assurance-overview-1280"): (1500, "overview"),
    ("quality-team", "chasing-reminder-list-1280"): (1100, "reminders"),
    ("designated-professional", "home-1280"): (1150, "nurse-home"),
    ("designated-professional", "assurance-validation-criterion-1280"): (1400, "validation"),
    ("designated-professional", "oversight-profile-1280"): (1150, "profile"),
    ("director-of-nursing", "governance-report-builder-1280"): (1000, "report"),
    ("governing-body-member", "governance-report-detail-1280"): (1000, "report-read"),
    ("provider-safeguarding-lead-oakfield-grange-nursing-home", "assurance-provider-home-390"): (1000, "provider-home"),
    ("provider-safeguarding-lead-oakfield-grange-nursing-home", "assurance-return-standard-390"): (
        1500,
        "provider-question",
    ),
    ("system-administrator", "accounts-person-list-1280"): (900, "people"),
}


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_portal(tmp_path_factory.mktemp("screens") / "data") as portal:
        yield portal


def one_of_each_role(running: Running) -> dict[str, str]:
    """E-mail addresses by role, the first of each; of providers' roles by organisation too, as their returns differ.

    Nobody's is for the pages before signing in.
    """
    wanted = os.environ.get("PORTAL_SCREENS_OF", "")
    found = {} if wanted else {"nobody": ""}
    for each in running.accounts:
        if wanted in each["email"]:
            role = each["role"].partition(":")[0]
            place = f" {each['organisation']}" if role.startswith("Provider") else ""
            found.setdefault(slugify(role + place), each["email"])
    return found


def kind_of(address: str) -> str:
    """The name of the page's route; empty when it is none of ours or is left out."""
    try:
        name = resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""
    return "" if LEFT_OUT.search(name) else slugify(name.replace(":", "-"))


def opened(person: Person, path: str) -> bool:
    """Did a page come, rather than a file?"""
    try:
        response = person.page.goto(person.address + path)
    except Error as problem:
        if "Download is starting" in str(problem):
            return False
        raise
    if response is None or "text/html" not in response.headers.get("content-type", ""):
        return False
    assert response.status == 200, (person.email, path, response.status)
    return True


def pages_of(person: Person) -> Iterator[str]:
    """Open every kind of page that links lead to, once, and say its name."""
    waiting, seen, known = ["/"], set[str](), {"/"}
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if not kind or kind in seen:
            continue
        seen.add(kind)
        if not opened(person, path) or ((here := kind_of(person.page.url)) != kind and here in seen):
            continue
        seen.add(here)
        for href in person.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            there = urlsplit(href)
            address = there.path + (f"?{there.query}" if there.query else "")
            if href.startswith(person.address) and address not in known:
                known.add(address)
                waiting.append(address)
        yield here or kind
        if "page=2" in person.page.content() and opened(person, urlsplit(person.page.url).path + "?page=2"):
            yield f"{kind}-page-2"
        if kind in SENT_EMPTY and opened(person, path):
            person.page.locator("main form[method=post]").last.locator("button[type=submit]").last.click()
            person.page.locator(".nhsuk-error-summary").wait_for()
            yield f"{kind}-wrong"


def for_the_guides(taken: Path, height: int, name: str) -> None:
    """The upper part of a picture, of at most 880 pixels' width and few colours."""
    elsewhere = os.environ.get("PORTAL_SCREENS")
    with Image.open(taken) as whole:
        part = whole.convert("RGB").crop((0, 0, whole.width, min(height, whole.height)))
    part.thumbnail((880, height), Image.Resampling.LANCZOS)
    few = part.quantize(96, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)  # keeps the few reds and ambers
    few.save((Path(elsewhere) if elsewhere else ROOT / "docs" / "images") / f"{name}.png", optimize=True)


def pictures(person: Person, folder: Path, kind: str) -> Iterator[str]:
    """Take the page at both widths, no taller than anybody looks; what is wrong with it."""
    page = person.page
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(SETTLED)  # the navigation folds, and what has just come into sight is painted
        whole = page.evaluate("document.documentElement.scrollHeight")
        shown = {"x": 0, "y": 0, "width": width, "height": min(max(whole, height), TALLEST)}
        page.screenshot(path=folder / f"{kind}-{width}.png", full_page=True, clip=shown)  # type: ignore[arg-type]
        if person.is_too_wide():
            yield f"{page.url}: too wide at {width}"
        if chosen := CHOSEN.get((folder.name, f"{kind}-{width}")):
            for_the_guides(folder / f"{kind}-{width}.png", *chosen)
    page.set_viewport_size({"width": 1280, "height": 900})
    if (headings := page.locator("h1").count()) != 1:
        yield f"{page.url}: {headings} first headings"


def test_every_page_as_every_role(browser: Browser, running: Running) -> None:
    folder = Path(os.environ.get("PORTAL_SCREENS", ROOT / "docs" / "screens"))
    people, wrong = People(browser, running), []
    for role, email in one_of_each_role(running).items():
        person = people(email) if email else Person(browser.new_context(locale="en-GB"), running, email)
        (folder / role).mkdir(parents=True, exist_ok=True)
        for kind in pages_of(person):
            wrong += [f"{role} {each}" for each in pictures(person, folder / role, kind)]
        person.page.context.close()
    assert wrong == []

"""The time-out dialog and the keyboard shortcuts, in a real browser."""

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.design.browser import Site, axe, open_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGE = """{% extends "base.html" %}{% block title %}Validate{% endblock %}{% block content %}
<h1>Criterion 1.1</h1>
<label><input type="checkbox" data-shortcuts-toggle> Use keys</label>
<div data-shortcuts>
  <button type="button" data-key="a" id="agree">Agree</button>
  <label><input type="radio" name="g" value="h" data-key="h" id="higher">Higher</label>
  <label for="c">Comment</label><textarea id="c"></textarea>
</div>
<button type="button" id="outside">Elsewhere</button>
{% endblock %}"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(bypass_csp=True)
    yield context
    context.close()


@pytest.fixture
def visit(site: Site, context: BrowserContext) -> Callable[..., Page]:
    """Open the page with a session of so many seconds."""

    def opened(**session: int) -> Page:
        user = SimpleNamespace(is_authenticated=True, pk=7, name="Ann Example")
        site.pages["/page"] = lambda: (
            Template(PAGE)
            .render(Context({"user": user, **session}))
            .replace("<body", '<body data-extend-url="/extend"')
        )
        return open_page(context, site, "/page")[0]

    return opened


def test_dialog_opens_two_minutes_before_the_end_and_stays_away_after_extending(
    visit: Callable[..., Page], site: Site
) -> None:
    site.post = lambda path, body: (200, "application/json", json.dumps({"seconds": 1200}))
    page = visit(session_seconds=121)
    dialog = page.get_by_role("dialog", name="You will be signed out soon")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-time-left]")).to_have_text("2 minutes")
    assert axe(page) == []
    page.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    assert [path for path, _ in site.received] == ["/extend"]


def test_longest_session_cannot_be_extended(visit: Callable[..., Page]) -> None:
    page = visit(session_seconds=1200, session_ends_in=60)
    expect(page.get_by_text("The longest time you can stay signed in is nearly over.")).to_be_visible()
    assert page.get_by_role("button", name="Stay signed in").is_visible() is False


def test_no_dialog_while_there_is_time(visit: Callable[..., Page]) -> None:
    page = visit(session_seconds=1200)
    page.wait_for_timeout(1500)
    assert page.locator("dialog[open]").count() == 0


def test_end_of_the_session_keeps_a_page_on_which_something_was_typed(visit: Callable[..., Page]) -> None:
    page = visit(session_seconds=3)
    page.get_by_role("button", name="Close").first.click()
    page.get_by_label("Comment").fill("Unsaved words")
    expect(page.get_by_role("dialog", name="Sign in again to save")).to_be_visible(timeout=8000)
    assert page.get_by_label("Comment").input_value() == "Unsaved words"


def test_extending_in_one_tab_closes_the_dialog_in_the_other(
    visit: Callable[..., Page], site: Site, context: BrowserContext
) -> None:
    first = visit(session_seconds=121)
    expect(first.get_by_role("dialog")).to_be_visible()
    visit(session_seconds=1200)
    expect(first.locator("dialog[open]")).to_have_count(0)


@pytest.fixture
def keys(visit: Callable[..., Page]) -> Page:
    page = visit()
    page.evaluate("document.getElementById('agree').addEventListener('click', () => { document.title = 'agreed'; })")
    return page


def test_key_works_while_the_focus_is_inside(keys: Page) -> None:
    assert keys.locator("#agree").get_attribute("aria-keyshortcuts") == "a"
    keys.locator("#agree").focus()
    keys.keyboard.press("h")
    assert keys.locator("#higher").is_checked()
    keys.keyboard.press("a")
    assert keys.title() == "agreed"


@pytest.mark.parametrize("place", ["#outside", "#c"])
def test_key_is_only_a_letter_elsewhere_and_in_a_text_box(keys: Page, place: str) -> None:
    keys.locator(place).focus()
    keys.keyboard.press("a")
    assert keys.title() == "Validate – Safeguarding assurance"


def test_key_with_control_belongs_to_the_browser(keys: Page) -> None:
    keys.locator("#agree").focus()
    keys.keyboard.press("Control+a")
    assert keys.title() == "Validate – Safeguarding assurance"


def test_keys_can_be_turned_off_and_stay_off(keys: Page) -> None:
    keys.get_by_label("Use keys").uncheck()
    keys.reload()
    keys.wait_for_function("document.body.classList.contains('js-enabled')")
    assert keys.get_by_label("Use keys").is_checked() is False
    assert keys.locator("#agree").get_attribute("aria-keyshortcuts") is None
    keys.locator("#agree").focus()
    keys.keyboard.press("h")
    assert keys.locator("#higher").is_checked() is False

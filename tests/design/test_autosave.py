"""Typing is saved by itself, and whatever goes wrong on the way, nothing typed is lost."""

import json
from collections.abc import Iterator
from time import sleep
from types import SimpleNamespace
from urllib.parse import unquote_plus

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from playwright.sync_api import Browser, BrowserContext, Page, expect

from design.text_checks import Doubt, Mark
from tests.design.browser import Answer, Site, open_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGE = """{% extends "base.html" %}{% block title %}Return{% endblock %}{% block content %}
<h1>Standard 3</h1>
<form method="post" action="/send">
  <p data-autosave-status role="status"></p>
  <fieldset data-autosave="/answers/7"><legend>1.1</legend>
    <input type="hidden" name="version" value="{{ version }}" data-version>
    <label for="story">What is in place</label><textarea id="story" name="story">{{ story }}</textarea>
    <label><input type="radio" name="grade" value="g">Green</label>
    <label><input type="radio" name="grade" value="a">Amber</label>
  </fieldset>
  <button>Next</button>
</form>
<form action="/sign-out" method="post" data-sign-out><button>Sign out</button></form>
{% endblock %}"""
CONFLICT = {"by": "Bea Sample", "version": 9, "url": "/return", "rows": [
    {"label": "What is in place", "theirs": "Their words", "yours": "My words"}]}  # fmt: skip


DOUBT = Doubt(
    "story",
    "There is what looks like an NHS number",
    [Mark("Seen ", "943 476 5919", "", "an NHS number")],
    stamp="a1b2",
)


class Server:
    """The server's side of one answer: what it holds, and how it answers next."""

    def __init__(self, site: Site) -> None:
        self.site, self.story, self.version, self.user, self.mood = site, "", 1, 7, "well"
        site.pages["/return"] = self.page
        site.pages["/other"] = lambda: render_to_string("base.html", {"user": self.person()})
        site.pages["/sign-in"] = lambda: render_to_string("base.html")
        site.post = self.answer

    def person(self) -> SimpleNamespace:
        return SimpleNamespace(is_authenticated=True, pk=self.user, name="Ann Example")

    def page(self) -> str:
        context = {"user": self.person(), "story": self.story, "version": self.version, "csrf_token": "fresh"}
        return Template(PAGE).render(Context(context))

    def answer(self, path: str, body: str) -> Answer:
        if path != "/answers/7":
            return 302, "text/plain", "/sign-in" if path == "/sign-out" else "/other"
        if self.mood == "down":
            return 503, "text/plain", ""
        if self.mood == "slow":
            sleep(1.5)
        if self.mood == "signed out":
            return 302, "text/plain", "/sign-in"
        if self.mood == "refusing":
            return 422, "application/json", json.dumps({"errors": {"story": ["Write less than 10 words"]}})
        if self.mood == "doubting" and "943" in body and "A made-up number" not in body:
            said = {"errors": {"story": [DOUBT.message]}, "doubts": {"story": DOUBT.drawn()}}
            return 422, "application/json", json.dumps(said)
        if self.mood == "changed" and 'name="version"\r\n\r\n1' in body:
            return 409, "text/html", render_to_string("components/theirs_yours.html", {"conflict": CONFLICT})
        self.version += 1
        self.story = body.split('name="story"\r\n\r\n')[1].split("\r\n------")[0]
        return 200, "application/json", json.dumps({"saved_at": "10:42", "version": self.version})


@pytest.fixture
def server(site: Site) -> Server:
    return Server(site)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.set_default_timeout(8000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    return open_page(context, server.site, "/return")[0]


def status(page: Page, words: str) -> None:
    expect(page.locator("[data-autosave-status]")).to_have_text(words, timeout=8000)


def drafts(page: Page) -> list[str]:
    """What this browser holds that is not saved, as "user story"."""
    return page.evaluate("""() => new Promise((resolve) => {
        const opening = indexedDB.open("portal-drafts", 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore("edits", { keyPath: ["user", "url"] });
        opening.onsuccess = () => {
            const all = opening.result.transaction("edits").objectStore("edits").getAll();
            all.onsuccess = () => {
                opening.result.close();
                resolve(all.result.map((one) => one.user + " " + Object.fromEntries(one.entries).story));
            };
        };
    })""")


def test_pause_in_typing_saves_every_field_once(page: Page, server: Server) -> None:
    page.get_by_label("Amber").check()
    page.get_by_label("What is in place").press_sequentially("A policy", delay=20)
    status(page, "Saved 10:42")
    (path, body), *rest = server.site.received
    assert (path, rest) == ("/answers/7", [])
    wanted = ('name="grade"\r\n\r\na', 'name="story"\r\n\r\nA policy', "csrfmiddlewaretoken")
    assert [part in body for part in wanted] == [True, True, False]
    assert page.locator("[data-version]").input_value() == "2"
    assert drafts(page) == []


def test_server_that_is_down_is_tried_again(page: Page, server: Server) -> None:
    server.mood = "down"
    page.get_by_label("What is in place").fill("A policy")
    status(page, "Not saved – trying again")
    assert drafts(page) == ["7 A policy"]
    server.mood = "well"
    status(page, "Saved 10:42")
    assert server.story == "A policy"
    assert drafts(page) == []


def test_page_closed_too_early_gives_back_what_was_typed(page: Page, server: Server, context: BrowserContext) -> None:
    server.mood = "down"
    page.get_by_label("What is in place").fill("A policy")
    status(page, "Not saved – trying again")
    page.close(run_before_unload=False)
    again, _ = open_page(context, server.site, "/return")
    expect(again.get_by_label("What is in place")).to_have_value("A policy")
    server.mood = "well"
    status(again, "Saved 10:42")
    assert server.story == "A policy"


def test_next_person_at_the_same_computer_never_meets_the_draft(
    page: Page, server: Server, context: BrowserContext
) -> None:
    server.mood = "down"
    page.get_by_label("What is in place").fill("Mine")
    status(page, "Not saved – trying again")
    page.close(run_before_unload=False)
    server.user = 8
    theirs, _ = open_page(context, server.site, "/return")
    theirs.wait_for_timeout(300)
    assert theirs.get_by_label("What is in place").input_value() == ""
    assert drafts(theirs) == ["7 Mine"]
    assert server.story == ""


def test_leaving_asks_only_while_something_is_unsaved(page: Page, server: Server) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    server.mood = "down"
    page.get_by_label("What is in place").fill("A policy")
    status(page, "Not saved – trying again")
    page.goto(f"{server.site.address}/other")
    assert asked == ["beforeunload"]
    server.mood = "well"
    page.goto(f"{server.site.address}/return")
    status(page, "Saved 10:42")
    page.goto(f"{server.site.address}/other")
    assert asked == ["beforeunload"]


def test_session_that_ended_is_taken_up_again_in_place(page: Page, server: Server, context: BrowserContext) -> None:
    server.mood, server.site.redirect_to = "signed out", "/sign-in"
    page.get_by_label("What is in place").fill("A policy")
    dialog = page.get_by_role("dialog", name="Sign in again to save")
    expect(dialog).to_be_visible()
    status(page, "Not saved – sign in again")
    page.get_by_role("button", name="I have signed in").click()
    expect(dialog.get_by_text("You are still signed out.")).to_be_visible()
    server.mood, server.site.redirect_to = "well", ""
    page.get_by_role("button", name="I have signed in").click()
    expect(dialog).to_be_hidden()
    status(page, "Saved 10:42")
    assert page.locator("meta[name=csrf-token]").get_attribute("content") == "fresh"
    assert server.story == "A policy"


def test_somebody_else_signing_in_cannot_save_my_words(page: Page, server: Server) -> None:
    server.mood, server.site.redirect_to = "signed out", "/sign-in"
    page.get_by_label("What is in place").fill("Mine")
    expect(page.get_by_role("dialog")).to_be_visible()
    server.mood, server.site.redirect_to, server.user = "well", "", 8
    page.get_by_role("button", name="I have signed in").click()
    expect(page.get_by_text("Somebody else is signed in in this browser")).to_be_visible()
    assert server.story == ""


def test_stale_write_shows_theirs_and_mine_and_lets_me_choose(page: Page, server: Server) -> None:
    server.mood = "changed"
    page.get_by_label("What is in place").fill("My words")
    expect(page.get_by_text("Theirs, saved")).to_be_visible()
    status(page, "Not saved – somebody else changed this")
    assert page.get_by_label("What is in place").input_value() == "My words"
    page.get_by_role("button", name="Keep mine").click()
    status(page, "Saved 10:42")
    assert server.story == "My words"
    assert page.get_by_text("Theirs, saved").count() == 0


def test_refused_words_are_named_and_kept(page: Page, server: Server) -> None:
    server.mood = "refusing"
    page.get_by_label("What is in place").fill("Too many words")
    status(page, "Not saved – Write less than 10 words")
    assert drafts(page) == ["7 Too many words"]
    server.mood = "well"
    page.get_by_label("What is in place").fill("Few words")
    status(page, "Saved 10:42")


def test_whole_form_sent_in_a_hurry_keeps_the_draft_until_it_has_arrived(page: Page, server: Server) -> None:
    page.get_by_label("What is in place").fill("A policy")
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**/other")
    page.wait_for_function("document.body.classList.contains('js-enabled')")
    page.wait_for_timeout(300)
    assert unquote_plus(server.site.received[-1][1]) == "version=1&story=A policy"
    assert drafts(page) == []


def test_whoever_types_faster_than_the_line_is_no_stranger_to_themself(page: Page, server: Server) -> None:
    server.mood = "slow"
    with page.expect_request("**/answers/7"):
        page.get_by_label("What is in place").fill("A pol")
    page.get_by_label("What is in place").fill("A policy")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click(no_wait_after=True)
    page.wait_for_url("**/other")
    (_, saved), (path, sent) = server.site.received
    assert "A pol" in saved
    assert (path, unquote_plus(sent).split("&")[-2:]) == ("/send", ["version=2", "story=A policy"])


def test_signing_out_wipes_the_drafts(page: Page, server: Server) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    server.mood = "down"
    page.get_by_label("What is in place").fill("A policy")
    status(page, "Not saved – trying again")
    assert drafts(page) == ["7 A policy"]
    page.get_by_role("button", name="Sign out").last.click()
    page.wait_for_url("**/sign-in")
    page.wait_for_timeout(500)
    assert drafts(page) == []


def test_what_may_identify_a_person_is_marked_under_its_box_and_nothing_typed_is_lost(
    page: Page, server: Server
) -> None:
    server.mood = "doubting"
    story, doubt = page.get_by_label("What is in place"), page.locator("[data-doubt]")
    story.fill("Seen 943 476 5919")
    expect(doubt.locator("mark")).to_have_text("943 476 5919")
    status(page, "Not saved – There is what looks like an NHS number")
    expect(story).to_have_value("Seen 943 476 5919")
    expect(story).to_be_focused()
    # Taken out, the question goes away.
    story.fill("Seen on Monday")
    expect(doubt).to_have_count(0)
    assert server.story == "Seen on Monday"
    # Or somebody says why it is not about a person.
    story.fill("Seen 943 476 5919")
    doubt.get_by_label("This is not about a person").check()
    doubt.get_by_label("Why is it not about a person?").fill("A made-up number")
    expect(doubt).to_have_count(0)
    assert server.story == "Seen 943 476 5919"

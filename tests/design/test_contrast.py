"""What must be told apart by sight can be: marks of grades, tags, boxes, and where the keyboard is.

Text is axe's business (test_gallery); this is WCAG 2.2's 1.4.11 (3 to 1 for what carries meaning without being text)
and 2.4.7 and 2.4.11 (the focus is seen, and not under something that stays in sight).
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.design.browser import Site, open_page
from tests.design.gallery import gallery

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# For every element of a kind: its own colours, those of the shape inside, and the first background behind it.
COLOURS = """(kind) => [...document.querySelectorAll(kind)].filter((one) => one.checkVisibility()).map((one) => {
  const own = getComputedStyle(one), shape = one.querySelector(".portal-shape");
  let behind = one.parentElement;
  while (behind && getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
  return {name: one.className, ink: own.color, edge: own.borderTopColor, fill: own.backgroundColor,
    shape: shape ? getComputedStyle(shape).color : own.color, behind: getComputedStyle(behind).backgroundColor};
})"""
# Is the element that has the focus drawn otherwise than without it, and is it on top where it stands?
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const parts = [one, one.parentElement, ...one.children, one.nextElementSibling].filter(Boolean);
  const look = () => JSON.stringify(parts.map((part) => ["", "::before"].map((kind) => {
    const style = getComputedStyle(part, kind || null);
    const line = style.outlineStyle === "none" ? "" : style.outline;
    return [style.boxShadow, line, style.backgroundColor, style.borderTopColor];
  })));
  const focused = look(), box = one.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, innerHeight / 2));
  const labelled = [...(one.labels ?? [])].some((label) => label.contains(top));
  const covered = !(top && (one.contains(top) || top.contains(one) || labelled));
  one.blur(); const without = look(); one.focus({focusVisible: true, preventScroll: true});
  const name = `${one.tagName} ${one.id || one.className || one.textContent.trim().slice(0, 30)}`;
  return {name, covered, seen: focused !== without};
}"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Page:
    site.pages["/gallery"] = lambda: gallery()
    return open_page(context, site, "/gallery")[0]


def luminance(colour: str) -> float:
    """Of "rgb(0, 94, 184)", as WCAG counts it."""
    parts = [int(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def fill_of(each: dict[str, str]) -> str:
    return each["behind"] if each["fill"] == "rgba(0, 0, 0, 0)" else each["fill"]


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert round(contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)"), 2) == 21
    assert round(contrast("rgb(0, 94, 184)", "rgb(255, 255, 255)"), 2) == 6.38


@pytest.mark.parametrize("kind", [".portal-grade", ".portal-tag"])
def test_letters_and_shapes_of_marks_can_be_told_from_their_fill(page: Page, kind: str) -> None:
    marks: list[dict[str, str]] = page.evaluate(COLOURS, kind)
    assert len(marks) > 5
    faint = [each for each in marks if contrast(each["shape"], fill_of(each)) < 3]
    pale = [each for each in marks if contrast(each["ink"], fill_of(each)) < 4.5]
    assert (faint, pale) == ([], [])


def test_a_mark_has_an_edge_or_a_fill_that_can_be_seen(page: Page) -> None:
    marks: list[dict[str, str]] = page.evaluate(COLOURS, ".portal-grade, .portal-tag, .nhsuk-input, .nhsuk-select")
    faint = [
        each for each in marks
        if max(contrast(each["edge"], each["behind"]), contrast(fill_of(each), each["behind"])) < 3
    ]  # fmt: skip
    # Filled amber is told from outlined amber by the dark edge that only the outlined one has.
    assert {each["name"] for each in faint} <= {"portal-grade portal-grade--partly portal-grade--solid"}


def test_the_focus_is_seen_at_every_stop_and_never_under_what_stays_in_sight(page: Page) -> None:
    stops: list[dict[str, Any]] = []
    page.evaluate("document.activeElement.blur()")
    for _ in range(1000):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None:
            break
        stops.append(stop)
    assert {"INPUT", "SELECT", "TEXTAREA", "SUMMARY", "BUTTON"} <= {each["name"].split()[0] for each in stops}
    assert [each["name"] for each in stops if not each["seen"]] == []
    assert [each["name"] for each in stops if each["covered"]] == []


def test_with_forced_colours_every_mark_keeps_an_edge_and_its_letter(context: BrowserContext, page: Page) -> None:
    page.emulate_media(forced_colors="active")
    marks: list[dict[str, str]] = page.evaluate(COLOURS, ".portal-grade")
    assert [each for each in marks if contrast(each["ink"], fill_of(each)) < 4.5] == []
    assert [each for each in marks if contrast(each["edge"], each["behind"]) < 3] == []

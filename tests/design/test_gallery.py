"""One of everything in a real browser: nothing an accessibility checker minds, nothing the policy stops."""

from collections.abc import Iterator

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, BrowserContext, Page

from tests.design.browser import Site, axe, go_to, open_page, serving
from tests.design.gallery import EveryField, gallery

pytestmark = pytest.mark.browser
WRONG = {"staff": "many", "narrative": "Words", "due_on_day": "31", "due_on_month": "2", "due_on_year": "17"}
PAGES = {
    "/gallery": lambda: gallery(),
    "/gallery-with-errors": lambda: gallery(EveryField(WRONG, {})),
    **{f"/errors/{code}": lambda code=code: render_to_string(f"errors/{code}.html")
       for code in ("400", "403_csrf", "404", "409", "413", "415", "429", "500", "503")},
}  # fmt: skip


class Looking:
    """One browser window that goes from page to page; nothing is done to one that the next look would see."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.context, self.site, self.path = context, site, ""

    def at(self, path: str) -> tuple[Page, list[str]]:
        """The page, and what the browser complained about while it came."""
        if not self.path:
            self.page, self.complaints = open_page(self.context, self.site, path)
        elif self.path != path:
            self.complaints.clear()
            go_to(self.page, self.site, path)
        self.path = path
        return self.page, self.complaints


@pytest.fixture(scope="module")
def gallery_site() -> Iterator[Site]:
    with serving() as site:
        site.pages |= PAGES
        yield site


@pytest.fixture(scope="module", params=[1280, 390])
def looking(browser: Browser, gallery_site: Site, request: pytest.FixtureRequest) -> Iterator[Looking]:
    """Of one width, and without the policy, which the checker itself could not pass."""
    width: int = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    yield Looking(context, gallery_site)
    context.close()


@pytest.fixture(scope="module")
def bound(browser: Browser, gallery_site: Site) -> Iterator[Looking]:
    """With the policy, as at people's desks."""
    context = browser.new_context()
    yield Looking(context, gallery_site)
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_accessibility_violation(looking: Looking, path: str) -> None:
    page, complaints = looking.at(path)
    assert axe(page) == []
    assert complaints == []


@pytest.mark.slow
def test_open_details_have_no_accessibility_violation(looking: Looking) -> None:
    page, _ = open_page(looking.context, looking.site, "/gallery")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert axe(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/gallery", "/gallery-with-errors"])
def test_page_never_scrolls_sideways(looking: Looking, path: str) -> None:
    page, _ = looking.at(path)
    wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide == window


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_policy_stops_nothing(bound: Looking, path: str) -> None:
    _, complaints = bound.at(path)
    assert complaints == []


@pytest.mark.slow
def test_wide_table_can_be_scrolled_by_keyboard_and_a_narrow_one_is_no_stop(
    browser: Browser, gallery_site: Site
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 900})
    page, _ = open_page(context, gallery_site, "/gallery")
    region = page.locator(".portal-scroll:has(#matrix)")
    assert region.get_attribute("tabindex") == "0"
    page.set_viewport_size({"width": 1280, "height": 900})
    listing = page.locator(".portal-scroll:has(#providers)")
    page.wait_for_function("!document.querySelector('.portal-scroll:has(#providers)').hasAttribute('tabindex')")
    assert listing.get_attribute("aria-labelledby") == "providers-caption"
    context.close()


@pytest.mark.slow
def test_list_on_a_telephone_stands_row_by_row_and_keeps_its_meaning(browser: Browser, gallery_site: Site) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 900})
    page, _ = open_page(context, gallery_site, "/gallery")
    region = page.locator(".portal-scroll:has(#providers)")
    assert region.evaluate("one => one.scrollWidth > one.clientWidth") is False
    row = page.locator("#providers").get_by_role("row").nth(1)
    heading, cells = row.get_by_role("rowheader"), row.get_by_role("cell")
    assert page.locator("#providers").get_by_role("columnheader").count() == 1 + cells.count()
    assert heading.bounding_box()["y"] < cells.first.bounding_box()["y"]  # type: ignore[index]
    assert cells.first.get_attribute("data-label") == "Category"
    page.set_viewport_size({"width": 1280, "height": 900})
    assert heading.bounding_box()["y"] == cells.first.bounding_box()["y"]  # type: ignore[index]
    context.close()


@pytest.mark.slow
def test_error_summary_takes_the_focus_and_leads_to_the_box(browser: Browser, gallery_site: Site) -> None:
    context = browser.new_context()
    page, _ = open_page(context, gallery_site, "/gallery-with-errors")
    assert page.evaluate("document.activeElement.className") == "nhsuk-error-summary"
    page.get_by_role("link", name="The date the action is due must have a year of 4 numbers, like 2018").click()
    assert page.evaluate("document.activeElement.id") == "id_due_on_year"
    assert page.title() == "Error: Gallery – Safeguarding assurance"
    context.close()


@pytest.mark.slow
def test_page_works_without_javascript(browser: Browser, gallery_site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{gallery_site.address}/gallery")
    assert page.locator("dialog:visible").count() == 0
    assert page.get_by_label("Designated nurse").is_visible()
    assert page.get_by_role("button", name="Save and continue").is_visible()
    assert page.locator(".portal-scroll:has(#matrix)").get_attribute("tabindex") == "0"
    context.close()

"""The pages on paper, as Chromium lays them out for a printer: nothing to press, nothing closed, nothing cut."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.design.browser import Site, open_page
from tests.design.gallery import gallery

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PRESSED = (".nhsuk-button", ".nhsuk-pagination", ".portal-filter", ".nhsuk-back-link", ".nhsuk-footer")
A4 = 680  # pixels between the margins: 180 mm


@pytest.fixture
def paper(browser: Browser, site: Site) -> Iterator[Page]:
    site.pages["/gallery"] = lambda: gallery()
    context = browser.new_context(viewport={"width": A4, "height": 1000})
    page, complaints = open_page(context, site, "/gallery")
    page.emulate_media(media="print")
    assert complaints == []
    yield page
    context.close()


def test_paper_has_nothing_to_press_and_nothing_closed(paper: Page) -> None:
    for pressed in PRESSED:
        assert paper.locator(pressed).count() > 0, pressed
        assert [pressed for one in paper.locator(pressed).all() if one.is_visible()] == []
    closed = paper.locator("details:not([open], .portal-chart__figures, .portal-filter *) .nhsuk-details__text")
    assert closed.count() > 0
    assert [each.bounding_box()["height"] > 10 for each in closed.all()] == [True] * closed.count()  # type: ignore[index]


def test_no_table_is_wider_than_the_paper(paper: Page) -> None:
    widths = paper.evaluate("[...document.querySelectorAll('table')].map((one) => one.getBoundingClientRect().right)")
    assert [width for width in widths if width > A4 + 1] == []


def test_a_grade_keeps_its_fill_and_its_letter(paper: Page) -> None:
    kept = paper.evaluate(
        "[...document.querySelectorAll('.portal-grade')].map((one) => getComputedStyle(one).printColorAdjust)"
    )
    assert set(kept) == {"exact"}

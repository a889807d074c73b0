"""What a telephone shows first, in a real browser: lists before their filters, figures with what they count."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.design.browser import Site, open_page
from tests.design.gallery import gallery

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OPEN = "document.querySelector('.portal-filter details').open"


@pytest.fixture
def pages(browser: Browser, site: Site) -> Iterator[dict[int, Page]]:
    site.pages["/gallery"] = lambda: gallery()
    contexts = {width: browser.new_context(viewport={"width": width, "height": 900}) for width in (1280, 390)}
    yield {width: open_page(context, site, "/gallery")[0] for width, context in contexts.items()}
    for context in contexts.values():
        context.close()


def test_filters_wait_closed_on_a_telephone_until_they_are_used(pages: dict[int, Page]) -> None:
    assert (pages[1280].evaluate(OPEN), pages[390].evaluate(OPEN)) == (True, False)
    pages[390].goto(pages[390].url + "?level=none")
    pages[390].wait_for_selector("body.js-enabled")
    assert pages[390].evaluate(OPEN) is True


def test_figure_cards_stand_two_in_a_row_on_a_telephone(pages: dict[int, Page]) -> None:
    columns = "getComputedStyle(document.querySelector('.portal-cards:has(> .portal-figure)')).gridTemplateColumns"
    assert len(pages[390].evaluate(columns).split()) == 2

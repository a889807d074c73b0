"""Design knows no database: its pages are rendered with plain static addresses, as the finders name them."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.design.browser import Site, chromium, serving


@pytest.fixture(autouse=True)
def plain_static_names(settings: Any) -> None:
    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as serving_site:
        yield serving_site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running

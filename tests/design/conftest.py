"""Design knows no database: its pages are rendered with plain static addresses, as the finders name them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.design.browser import Site, serving


@pytest.fixture(autouse=True)
def plain_static_names(settings: Any) -> None:
    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as serving_site:
        yield serving_site

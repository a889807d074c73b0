"""What could mislead, and the guard against it, on every page at once (hazards 26 and 30).

The other hazards have their tests beside what they are about; these two are promises of every page.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.capabilities import Can
from assurance_portal.world import World
from tests.worlds import Apart, Principal, every_address, measured, routes, undone, world_apart

__all__ = ["measured", "world_apart"]

LONG_TEXT = re.compile(r"<textarea\b")
WORRIED = "Worried about someone now?"
BANNER = "Demonstration data"

pytestmark = pytest.mark.slow
both_sides = pytest.mark.parametrize("who", [Principal("DP", "A"), Principal("PL", "P1")], ids=lambda who: who.name)


@pytest.fixture
def pages(who: Principal, measured: World, world_apart: Apart, sign_in: Any) -> Iterator[tuple[str, str]]:
    """Every page that the person opens, the first of each route: its name and its words."""
    client, every = sign_in(world_apart.users[who]), every_address(measured)

    def opened() -> Iterator[tuple[str, str]]:
        for route in routes():
            can = Can(route.capability)
            if "GET" not in route.methods or (can != Can.OWN_ACCOUNT and not who.grant(can)):
                continue
            for address in every[route.name]:
                with undone(client):
                    response = client.get(address.url)
                    is_page = response.headers.get("Content-Type", "").startswith("text/html")
                    found = response.content.decode() if response.status_code == 200 and is_page else ""
                if found:
                    yield route.name, found
                    break

    return opened()


@both_sides
def test_hazards_26_and_30_every_page_that_takes_words_says_where_a_live_concern_goes_and_a_demonstration_says_so(
    who: Principal, pages: Iterator[tuple[str, str]], settings: Any, world_apart: Apart, sign_in: Any
) -> None:
    assert BANNER not in sign_in(world_apart.users[who]).get("/account/").content.decode()
    settings.PORTAL_DEMONSTRATION = True
    found = dict(pages)
    takes_words = [name for name, words in found.items() if LONG_TEXT.search(words)]
    assert [name for name in takes_words if WORRIED not in found[name]] == []
    assert [name for name, words in found.items() if BANNER not in words] == []
    assert (len(takes_words) >= 5, len(found) >= 30) == (True, True)

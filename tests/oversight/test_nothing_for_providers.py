"""Soft intelligence is nowhere on the provider's side: no page says a word of it, nor that it exists."""

import re
from typing import Any

import pytest

from accounts.capabilities import GRANTS, Can, Role
from design import pdf
from tests.worlds import Address, Apart, Principal, routes, undone

WORDS = re.compile(rb"(?i)soft intelligence|/intelligence/|/concerns/|weigh concerns")
INTELLIGENCE = {Can.SEE_INTELLIGENCE, Can.RECORD_INTELLIGENCE, Can.WEIGH_CONCERNS}


@pytest.mark.slow
@pytest.mark.parametrize("role", ["PL", "PC", "PE"])
def test_no_page_of_a_provider_says_that_intelligence_exists(
    role: str, every: dict[str, list[Address]], world_apart: Apart, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page that the provider opens, whatever it is about: the permission test reads them for canaries."""
    # Words drawn on paper could not be searched, so the typesetter hands back the text that it was given.
    monkeypatch.setattr(pdf, "render", lambda html, **_: html.encode())
    who = Principal(role, "P1")
    client = sign_in(world_apart.users[who])
    told, opened = [], 0
    for route in routes():
        if "GET" not in route.methods or (not who.grant(Can(route.capability)) and route.capability != "own_account"):
            continue
        for address in every[route.name][: 3 if role == "PL" else 1]:
            with undone(client):
                answer = client.get(address.url)
                content = b"".join(answer) if answer.streaming else answer.content
            opened += answer.status_code == 200
            if answer.status_code == 200 and re.search(WORDS, content):
                told.append(address.url)
    assert (told, opened > 20) == ([], True)
    assert not INTELLIGENCE & set(GRANTS[Role(role)])

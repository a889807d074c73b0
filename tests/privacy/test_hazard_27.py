"""Hazard 27, on every page at once: case detail that is typed anywhere is asked about before it is kept.

Every page with a text area is filled with an NHS number and sent by somebody who may: the answer marks it.
"""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.utils import timezone

from accounts.capabilities import GRANTS, OPEN, Can, Role
from assurance_portal.routes import Route
from assurance_portal.world import World
from oversight.models import IntelligenceItem
from privacy.models import Warned
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.worlds import Address, routes, undone

pytestmark = pytest.mark.slow
NUMBER = "943 476 5919"
SLIP = f"Seen with NHS number {NUMBER} on Monday"
# Its words are those that are to be removed; and the words of rules, which are lists of words.
ROLES = (Role.DESIGNATED_PROFESSIONAL, Role.DIRECTOR_OF_NURSING, Role.PROVIDER_LEAD)
ASKED_FOR = {"privacy:removal-add", "privacy:rule-add"}


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: their address, what stands in them, and their text areas."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.open: dict[str, Any] | None = None
        self.chosen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method", "").lower() == "post":
            self.open = {"action": said.get("action", ""), "data": {}, "areas": []}
            self.forms.append(self.open)
        elif self.open is None or not said.get("name"):
            return
        elif tag == "textarea":
            self.open["areas"].append(said["name"])
        elif tag == "input" and said.get("type") in ("radio", "checkbox"):
            if "checked" in said:
                self.open["data"][said["name"]] = said.get("value", "on")
        elif tag == "input" and said.get("type") not in ("file", "submit"):
            self.open["data"][said["name"]] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None


def written_in(page: str) -> list[dict[str, Any]]:
    parser = Forms()
    parser.feed(page)
    return [form for form in parser.forms if form["areas"]]


def theirs(role: Role, route: Route) -> bool:
    """Does the role take words there, and none of those before it?"""
    can = Can(route.capability)
    before = ROLES[: ROLES.index(role)]
    mine = can in OPEN or can in GRANTS[role]
    return mine and not any(can in OPEN or can in GRANTS[one] for one in before if one.side == role.side)


def unasked(client: Client, every: dict[str, list[Address]], role: Role) -> tuple[set[str], list[str]]:
    """The pages on which words were sent, and those that said nothing about the number in them."""
    tried: set[str] = set()
    wrong: list[str] = []
    for route in routes():
        if not {"GET", "POST"} <= set(route.methods) or route.name in ASKED_FOR or not theirs(role, route):
            continue
        for address in every[route.name]:
            with undone(client):
                response = client.get(address.url)
                html = response.headers.get("Content-Type", "").startswith("text/html")
                forms = written_in(response.content.decode()) if response.status_code == 200 and html else []
                if not forms:
                    continue
                form = forms[0]
                data = {**form["data"], **dict.fromkeys(form["areas"], SLIP)}
                sent = client.post(urljoin(address.url, form["action"]), data)
                tried.add(route.name)
                if f"<mark>{NUMBER}</mark>" not in sent.content.decode():
                    wrong.append(f"{route.name} ({address.url}): {sent.status_code}")
                break
    return tried, wrong


@pytest.mark.parametrize(
    ("role", "place", "least"),
    [(Role.DESIGNATED_PROFESSIONAL, "A", 15), (Role.DIRECTOR_OF_NURSING, "A", 1), (Role.PROVIDER_LEAD, "P1", 4)],
)
def test_hazard_27_every_page_that_takes_words_asks_about_an_nhs_number_in_them(
    role: Role, place: str, least: int, measured: World, every: dict[str, list[Address]], sign_in: Any
) -> None:
    tried, wrong = unasked(sign_in(measured.person(role, place)), every, role)
    assert wrong == []
    assert len(tried) >= least, sorted(tried)


@pytest.mark.django_db
def test_hazard_27_an_intelligence_item_that_names_an_nhs_number_is_not_recorded_and_nothing_typed_is_lost(
    sign_in: Any,
) -> None:
    ours = CommissionerFactory()
    oak = provider_of(ours)
    client = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, ours))
    page = client.get("/intelligence/new/", {"organisation": oak.reference, "commissioner": ours.reference})
    form = written_in(page.content.decode())
    url = "/intelligence/new/?" + page.request["QUERY_STRING"]
    data = {**(form[0]["data"] if form else {}), "summary": SLIP, "received_on_0": str(timezone.localdate().day)}
    sent = client.post(url, data)
    text = sent.content.decode()
    assert sent.status_code == 422
    assert f"<mark>{NUMBER}</mark>" in text
    assert SLIP in text
    assert IntelligenceItem.objects.count() == 0
    assert Warned.objects.get().commissioner == ours

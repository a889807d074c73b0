"""Every list of oversight asks the database as often when it is empty as with one row and with many, and seldom."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assurance_portal.bench.five_years import fill
from design import pdf
from tests.factories.accounts import someone
from tests.factories.providers import CategoryFactory, CommissionerFactory, provider_of
from tests.factories.visits import a_visit

pytestmark = pytest.mark.django_db
BUDGET = 12
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK TO", "SET ")
LISTS = """
visit-list report-list programme contact-list contact-counts contact-requests incident-list incident-themes
indicator-list intelligence-list concern-list concern-new surveillance-list escalation-list escalation-report
escalation-report-pdf escalation-report-book notice-list placement-list replacement-list mobilisation-list
""".split()  # noqa: SIM905 - one line a part
OF_ONE = ("meeting-sheet", "profile", "escalation-provider")
OF_A_VISIT = ("visit-pack", "visit-lines", "visit-write-up")


def asked(client: Any, urls: dict[str, str]) -> dict[str, int]:
    found = {}
    for name, url in urls.items():
        with CaptureQueriesContext(connection) as said:
            response = client.get(url)
        assert response.status_code == 200, name
        found[name] = sum(not each["sql"].startswith(NOT_COUNTED) for each in said)
    return found


@pytest.fixture(autouse=True)
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """The typesetter hands back the text that it was given: it asks the database nothing."""
    monkeypatch.setattr(pdf, "render", lambda html, **_: html.encode())


@pytest.fixture
def place(sign_in: Any) -> Iterator[Any]:
    commissioner = CommissionerFactory()
    trust = provider_of(commissioner, category=CategoryFactory(code="CHN"))
    person = someone("DP", commissioner)
    urls = {name: reverse(f"oversight:{name}") for name in LISTS}
    urls |= {name: reverse(f"oversight:{name}", args=[trust.reference]) for name in OF_ONE}
    visit = a_visit(trust, commissioner, lead=person)
    urls |= {name: reverse(f"oversight:{name}", args=[visit.reference]) for name in OF_A_VISIT}
    return commissioner, trust, person, sign_in(person), urls


def test_a_list_asks_the_same_when_it_is_empty_and_with_many_rows(place: Any) -> None:
    commissioner, trust, person, client, urls = place
    today = timezone.localdate()
    for url in urls.values():
        client.get(url)  # what is kept between requests is kept
    empty = asked(client, urls)
    rows = fill(trust, by=person, on=today)
    some = asked(client, urls)
    rows += fill(provider_of(commissioner), by=person, on=today)
    many = asked(client, urls)
    assert rows > 400
    assert {name: (n, some[name], many[name]) for name, n in empty.items() if {some[name], many[name]} != {n}} == {}
    assert {name: n for name, n in many.items() if n > BUDGET} == {}

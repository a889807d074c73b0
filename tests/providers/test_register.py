"""The list: search, filters, counts that add up, and the same queries for one row and thirty."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from providers.models import Category, Organisation
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, OrganisationFactory, provider_of

LIST = reverse("providers:organisation-list")


def listed(client, **query):
    return [str(each) for each in client.get(LIST, query).context["page"]]


def test_a_commissioner_lists_its_own_and_shared_providers_and_no_others(places, sign_in):
    assert listed(sign_in(places.analyst)) == ["Brook Street Surgery", "Shared Trust"]
    assert listed(sign_in(places.neighbour)) == ["Canary Lodge", "Shared Trust"]


def test_a_provider_lists_itself(places, sign_in):
    assert listed(sign_in(places.lead)) == ["Brook Street Surgery"]


def test_open_and_closed_add_up_to_all(places, sign_in):
    for n in range(3):
        provider_of(places.here, name=f"Gone {n}", closed_on=date(2026, 1, 1))
    page = sign_in(places.analyst).get(LIST)
    assert page.context["counted"] == {"total": 5, "open": 2, "closed": 3}
    assert listed(sign_in(places.analyst), state="closed") == ["Gone 0", "Gone 1", "Gone 2"]
    assert len(listed(sign_in(places.analyst), state="all")) == 5


@pytest.mark.parametrize("words", ["brook", "STREET surg", "e82", "av1 2cd", "AV12CD", "av1"])
def test_search_finds_by_name_code_and_postcode(places, sign_in, words):
    assert listed(sign_in(places.analyst), q=words) == ["Brook Street Surgery"]


@pytest.mark.parametrize("words", ["Canary", "N83001", "CN9 9CN", "%", "_"])
def test_search_never_finds_what_may_not_be_seen(places, sign_in, words):
    assert listed(sign_in(places.analyst), q=words) == []
    assert listed(sign_in(places.neighbour), q="Canary") == ["Canary Lodge"]


def test_filters_by_category_contract_part_and_commissioner(places, both, sign_in):
    gp = Category.objects.get(code="GP")
    provider_of(places.here, name="A practice", category=gp)
    alone = OrganisationFactory(name="Not commissioned", registered_by=places.here)
    client = sign_in(both)
    assert listed(client, category="GP") == ["A practice"]
    assert listed(client, part="associate") == ["Shared Trust"]
    assert listed(client, commissioner=places.there.reference) == ["Canary Lodge", "Shared Trust"]
    assert listed(client, contract="none") == [str(alone)]
    assert listed(client, contract="grant") == []


def test_one_commissioner_is_offered_no_choice_of_commissioner(places, sign_in):
    assert "commissioner" not in sign_in(places.analyst).get(LIST).context["filters"].fields


def test_nonsense_in_the_address_is_no_error(places, sign_in):
    page = sign_in(places.analyst).get(
        LIST, {"sort": "-wrong", "page": "x", "category": "Q", "state": "?", "q": "\x00"}
    )
    assert page.status_code == 200


def test_sorts_both_ways(places, sign_in):
    assert listed(sign_in(places.analyst), sort="-name") == ["Shared Trust", "Brook Street Surgery"]


def test_an_empty_register_says_what_to_do(db, sign_in):
    page = sign_in(someone("QA", CommissionerFactory())).get(LIST)
    assert b"No providers yet" in page.content
    assert b"Add an organisation" in page.content


def test_boards_and_commissioners_are_kept_apart_from_providers(places, sign_in):
    OrganisationFactory(kind="board", category=None, name="Board", registered_by=places.here)
    assert listed(sign_in(places.analyst), body="partner") == ["Board"]
    assert listed(sign_in(places.analyst), body="commissioner") == ["Here CCG"]


@pytest.mark.parametrize("role", ["GB", "SB", "CS", "NE"])
def test_roles_without_the_register_get_404(places, sign_in, role):
    assert sign_in(someone(role, places.here)).get(LIST).status_code == 404


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        client.get(url)
    return len([q for q in seen.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SET"))])


def test_thirty_rows_cost_what_one_row_costs(places, sign_in):
    client = sign_in(places.analyst)
    few = queries(client, LIST)
    for n in range(28):
        provider_of(places.here, name=f"Another {n}")
    assert Organisation.objects.permitted(places.analyst, "see_providers").count() == 31
    assert queries(client, LIST) == few <= 12

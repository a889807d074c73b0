"""What may not be seen is not there: pages, parts of pages, and every address that changes something."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.capabilities import Can
from providers.models import Arrangement, Contact, Organisation, ServiceAnswer, ServiceQuestion, Site
from tests.factories.accounts import someone
from tests.factories.providers import (
    ArrangementFactory,
    BoardFactory,
    ContactFactory,
    OrganisationFactory,
    PartnershipFactory,
    SiteFactory,
)

OF_ORGANISATION = [
    "organisation", "history", "organisation-edit", "organisation-close", "organisation-reopen", "succession-record",
    "service-profile", "site-add", "arrangement-add", "contact-add", "partnership-add",
]  # fmt: skip
OF_PART = {
    "site-edit": "sites", "site-close": "sites", "arrangement-edit": "arrangements", "arrangement-end": "arrangements",
    "contact-edit": "contacts", "contact-verify": "contacts", "contact-end": "contacts",
}  # fmt: skip


@pytest.mark.parametrize("name", OF_ORGANISATION)
def test_another_tenants_organisation_is_not_there(places, sign_in, name):
    url = reverse(f"providers:{name}", args=[places.theirs.reference])
    for user in (someone("DN", places.here), places.lead):
        assert sign_in(user).get(url).status_code == 404
        assert sign_in(user).post(url, {}).status_code == 404
    there = sign_in(someone("DN", places.there)).get(url)
    assert there.status_code in (200, 409)


@pytest.mark.parametrize("name", OF_PART)
def test_another_tenants_site_contract_and_contact_are_not_there(places, sign_in, name):
    part = getattr(places.theirs, OF_PART[name]).get()
    url = reverse(f"providers:{name}", args=[part.reference])
    for user in (someone("DN", places.here), places.lead):
        assert sign_in(user).post(url, {"version": part.version}).status_code == 404
    part.refresh_from_db()
    assert part.version == 1
    assert sign_in(someone("DN", places.there)).post(url, {"version": 1}).status_code in (302, 422)


@pytest.mark.parametrize("can", [Can.SEE_PROVIDERS, Can.EDIT_PROVIDERS, Can.EDIT_CONTACTS, Can.EDIT_SERVICES])
def test_parts_are_permitted_exactly_with_their_organisation(places, can):
    question = ServiceQuestion.objects.first()
    for organisation in (places.ours, places.theirs, places.shared):
        ServiceAnswer.objects.create(
            organisation=organisation, question=question, holds=True, stated_on=date(2026, 1, 1)
        )
    for user in (places.analyst, places.neighbour, places.lead):
        seen = set(Organisation.objects.permitted(user, can).values_list("pk", flat=True))
        for model in (Site, Contact, ServiceAnswer):
            with_parts = {pk for pk in seen if model.objects.filter(organisation=pk).exists()}
            rows = model.objects.permitted(user, can).values_list("organisation", flat=True)
            assert set(rows) == with_parts


def test_a_shared_provider_is_seen_by_both_and_each_sees_its_own_contract(places, sign_in):
    url = reverse("providers:organisation", args=[places.shared.reference])
    here, there = sign_in(places.analyst).get(url), sign_in(places.neighbour).get(url)
    assert [str(c.commissioner) for c in here.context["about"].contracts] == ["Here CCG"]
    assert [str(c.commissioner) for c in there.context["about"].contracts] == ["There CCG"]
    assert b"Led by Here CCG" in there.content
    for page in (here, there):
        assert b"Shared contact" in page.content
        assert b"Canary" not in page.content


def test_a_past_provider_is_read_and_no_longer_written(places):
    Arrangement.objects.filter(organisation=places.shared, commissioner=places.there).update(ends_on=date(2021, 4, 1))
    seen = Organisation.objects.permitted(places.neighbour, Can.SEE_PROVIDERS)
    written = Organisation.objects.permitted(places.neighbour, Can.EDIT_CONTACTS)
    assert (places.shared in seen, places.shared in written) == (True, False)
    assert places.shared in Organisation.objects.permitted(places.analyst, Can.EDIT_CONTACTS)


def test_boards_are_seen_by_their_commissioners_with_their_contacts(places):
    board = BoardFactory()
    PartnershipFactory(board=board, commissioner=places.here)
    desk = ContactFactory(organisation=board, kind="front_door_children", telephone="01632 960123")
    assert desk in Contact.objects.permitted(places.analyst, Can.SEE_PROVIDERS)
    assert desk not in Contact.objects.permitted(places.neighbour, Can.SEE_PROVIDERS)


def test_a_provider_sees_the_commissioners_people_as_data_only(places, sign_in):
    nurse = ContactFactory(organisation=places.here, kind="designated", name="Designated nurse here")
    ContactFactory(organisation=places.here, kind="executive", name="Executive nobody rings")
    client = sign_in(places.lead)
    page = client.get(reverse("providers:organisation", args=[places.ours.reference]))
    assert b"Designated nurse here" in page.content
    assert b"Executive nobody rings" not in page.content
    assert client.get(reverse("providers:organisation", args=[places.here.reference])).status_code == 404
    assert client.post(reverse("providers:contact-end", args=[nurse.reference]), {"version": 1}).status_code == 404


def test_a_provider_lead_keeps_contacts_and_services_and_nothing_else(places, sign_in):
    client = sign_in(places.lead)
    status = {
        name: client.get(reverse(f"providers:{name}", args=[places.ours.reference])).status_code
        for name in OF_ORGANISATION
    }
    assert {name for name, code in status.items() if code == 200} == {
        "organisation", "history", "service-profile", "contact-add",
    }  # fmt: skip


def test_an_organisation_page_costs_the_same_however_much_there_is(places, sign_in):
    client = sign_in(someone("DN", places.here))
    url = reverse("providers:organisation", args=[places.ours.reference])

    def cost():
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len([q for q in seen.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SET"))])

    few = cost()
    for n in range(30):
        SiteFactory(organisation=places.ours)
        ContactFactory(organisation=places.ours)
        ArrangementFactory(
            commissioner=places.here,
            organisation=places.ours,
            starts_on=date(1980 + n, 1, 1),
            ends_on=date(1981 + n, 1, 1),
        )
    assert cost() == few <= 12


def test_what_a_commissioner_registered_is_seen_before_it_has_a_contract(places):
    fresh = OrganisationFactory(registered_by=places.here)
    assert fresh in Organisation.objects.permitted(places.analyst, Can.EDIT_PROVIDERS)
    assert fresh not in Organisation.objects.permitted(places.neighbour, Can.SEE_PROVIDERS)


def test_the_provider_profile_is_offered_to_those_who_may_open_it(places, sign_in):
    url = reverse("providers:organisation", args=[places.ours.reference])
    offered = {
        role: b"Provider profile" in sign_in(someone(role, places.here)).get(url).content for role in ("QA", "SA")
    }
    assert offered == {"QA": True, "SA": False}
    assert b"Provider profile" not in sign_in(places.lead).get(url).content


def test_the_front_door_of_an_ended_link_is_no_longer_shown(places, sign_in):
    board = OrganisationFactory(kind="local_authority", category=None)
    link = PartnershipFactory(board=board, commissioner=places.here, kind="local_authority")
    ContactFactory(organisation=board, kind="front_door_adults", telephone="01632 960123")
    url = reverse("providers:organisation-close", args=[places.ours.reference])
    assert b"01632 960123" in sign_in(places.analyst).get(url).content
    link.end(on=date(2026, 1, 1))
    assert b"01632 960123" not in sign_in(places.analyst).get(url).content

"""Row 35 of the matrix, "read audit trail": who opens the history of an organisation and of a person.

The quality team and the Named GP have a dash there. The administrator reads the events of signing in and no others;
the Caldicott Guardian, who stands beside the matrix, reads the logs of access.
"""

import pytest
from django.urls import reverse

from accounts.capabilities import GRANTS, Can, Role, Scope
from tests.factories.accounts import UserFactory, someone
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db
CHANGES = {"DP", "DN", "AU", "CG"}  # for everything of the commissioner
SIGNING_IN = {"SA", "DN", "AU", "CG"}


def test_the_table_holds_row_35():
    held = {role.value: grants[Can.READ_HISTORY].scope for role, grants in GRANTS.items() if Can.READ_HISTORY in grants}
    assert held == {**dict.fromkeys(CHANGES, Scope.ALL), "PL": Scope.OWN}


@pytest.fixture
def commissioner():
    return CommissionerFactory()


@pytest.fixture
def provider(commissioner):
    return provider_of(commissioner)


@pytest.mark.parametrize("role", list(Role), ids=[role.value for role in Role])
def test_who_opens_which_history(role, sign_in, commissioner, provider):
    helper = someone(Role.PROVIDER_CONTRIBUTOR, provider)
    neighbour = provider_of(commissioner)
    stranger = someone(Role.PROVIDER_CONTRIBUTOR, neighbour)
    reader = someone(role, provider if role.side == "provider" else commissioner, strands=["adults"])
    client = sign_in(reader)

    def opens(name, reference):
        return client.get(reverse(name, args=[reference])).status_code == 200

    wide_changes, wide_people = role.value in CHANGES, role.value in SIGNING_IN
    own = role.value == "PL"
    assert opens("providers:history", provider.reference) is (wide_changes or own)
    assert opens("providers:history", neighbour.reference) is wide_changes
    assert opens("accounts:person-history", helper.reference) is (wide_people or own)
    assert opens("accounts:person-history", stranger.reference) is wide_people


def test_the_pages_that_lead_there_say_so_to_those_who_may(sign_in, commissioner, provider):
    helper = someone(Role.PROVIDER_CONTRIBUTOR, provider)
    director = sign_in(someone(Role.DIRECTOR_OF_NURSING, commissioner))
    analyst = sign_in(someone(Role.QUALITY_ANALYST, commissioner))
    about, history = (reverse(f"providers:{name}", args=[provider.reference]) for name in ("organisation", "history"))
    assert history in director.get(about).content.decode()
    assert history not in analyst.get(about).content.decode()
    person = reverse("accounts:person-page", args=[helper.reference])
    assert f"/people/{helper.reference}/history/" in director.get(person).content.decode()


def test_history_of_another_tenant_is_not_there(sign_in, commissioner):
    elsewhere = provider_of(CommissionerFactory())
    person = someone(Role.PROVIDER_LEAD, elsewhere)
    person.sign_ins.create(kind="signed_in", by=UserFactory(name="Planted"), at="2026-11-18T10:00:00Z")
    client = sign_in(someone(Role.DIRECTOR_OF_NURSING, commissioner))
    assert client.get(f"/people/{person.reference}/history/").status_code == 404
    own = sign_in(person).get(f"/people/{person.reference}/history/")
    assert (own.status_code, "Planted" in own.content.decode()) == (200, True)

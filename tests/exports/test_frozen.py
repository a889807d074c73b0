"""A frozen view shows for ever what the list showed, to those who may freeze, without names and named-people rows."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.capabilities import GRANTS, Can, Role
from exports.listings import listings
from exports.models import Export, FrozenView
from providers.models import Organisation
from tests.exports.conftest import CANARY, SECRET, Place, a_care_home, of_csv, of_xlsx, rows_of
from tests.factories.accounts import MembershipFactory, someone
from tests.factories.providers import CommissionerFactory

pytestmark = pytest.mark.django_db


def freeze(client: Any, name: str, query: str = "", **given: Any) -> FrozenView:
    response = client.post(f"/exports/list/{name}/freeze/{query}", {"why": "", **given})
    assert response.status_code == 302, response.content.decode()
    return FrozenView.objects.get(reference=response["Location"].split("/")[-2])


FREEZING = [each for each in listings() if each.freezes]
# What finds something in the lists that hold no names.
WORDS = {"contact-log": "consent", "incidents": "12345"}


@pytest.mark.parametrize("name", [each.name for each in FREEZING])
def test_it_shows_the_same_after_everything_has_changed(name: str, place: Place, sign_in: Any) -> None:
    client = sign_in(place.analyst)
    a_care_home(place)
    view = freeze(client, name, f"?q={WORDS.get(name, 'a')}", why="Committee")
    page = client.get(f"/exports/frozen/{view.reference}/")
    before = rows_of(page), [client.get(f"/exports/frozen/{view.reference}/file.{e}").content for e in ("csv", "xlsx")]
    assert before[0]
    for each in place.providers:
        Organisation.objects.filter(pk=each.pk).update(name=f"Renamed {each.pk}", postcode="")
    type(place.round).objects.filter(pk=place.round.pk).update(name="Renamed")
    again = client.get(f"/exports/frozen/{view.reference}/")
    after = rows_of(again), [client.get(f"/exports/frozen/{view.reference}/file.{e}").content for e in ("csv", "xlsx")]
    assert after == before
    assert view.is_whole
    assert "Frozen on" in again.content.decode()
    assert "no longer fits" not in again.content.decode()


def test_it_holds_what_the_list_holds_but_names_and_rows_for_named_people(place: Place, sign_in: Any) -> None:
    client = sign_in(place.nurse)
    _, now = of_csv(client.get("/exports/list/actions/file.csv"))
    view = freeze(client, "actions")
    stamp, kept = of_csv(client.get(f"/exports/frozen/{view.reference}/file.csv"))
    assert [line["Action"] for line in kept] == [line["Action"] for line in now if line["Action"] != SECRET]
    assert "Owner" in now[0]
    assert "Owner" not in kept[0]
    assert stamp["Frozen view"] == view.reference
    assert stamp["Check sum (SHA-256)"] == view.sha256
    page = client.get(f"/exports/frozen/{view.reference}/").content.decode()
    assert "Names of people are not kept" in page
    assert "named people only are never in a frozen view" in page
    assert SECRET not in page
    _, found = of_xlsx(client.get(f"/exports/frozen/{view.reference}/file.xlsx"))
    assert len(found) - 1 == len(kept) == view.count


def test_only_those_who_may_freeze_for_that_commissioner_find_it(place: Place, sign_in: Any) -> None:
    view = freeze(sign_in(place.analyst), "returns", why="Committee")
    url = f"/exports/frozen/{view.reference}/"
    roles = [role for role in Role if role.side == "commissioner"]
    codes = {role: sign_in(someone(role, place.ours)).get(url).status_code for role in roles}
    assert codes == {role: 200 if Can.FREEZE in GRANTS[role] else 404 for role in roles}
    other = CommissionerFactory()
    strangers = [
        someone(Role.QUALITY_ANALYST, other), someone(Role.PROVIDER_LEAD, place.providers[0]),
    ]  # fmt: skip
    for person in strangers:
        assert sign_in(person).get(url).status_code == 404
        assert sign_in(person).get(f"{url}file.csv").status_code == 404
    assert "Committee" in sign_in(place.nurse).get("/exports/").content.decode()
    assert "Committee" not in sign_in(strangers[0]).get("/exports/").content.decode()


def test_whoever_may_freeze_sees_every_list_that_can_be_frozen() -> None:
    """Then a frozen view shows nobody a list whose page they may not open."""
    freezing = [role for role in Role if Can.FREEZE in GRANTS[role]]
    assert freezing
    assert [(role, each.name) for role in freezing for each in FREEZING if each.see not in GRANTS[role]] == []
    assert [role for role in freezing if Can.EXPORT not in GRANTS[role]] == []


ONE_IS_PLANTED = ("placements", "figure-lines", "recovery-plans")


@pytest.mark.parametrize("name", [each.name for each in FREEZING])
def test_with_two_commissioners_one_is_chosen_and_the_view_is_of_that_one(
    name: str, place: Place, sign_in: Any
) -> None:
    theirs = Organisation.objects.get(name=f"{CANARY} commissioner")
    MembershipFactory(user=place.analyst, role=Role.QUALITY_ANALYST, organisation=theirs)
    client = sign_in(place.analyst)
    a_care_home(place)
    assert client.post(f"/exports/list/{name}/freeze/", {"why": ""}).status_code == 422
    ours = freeze(client, name, commissioner=place.ours.reference)
    assert ours.count >= (1 if name in ONE_IS_PLANTED else 3)
    assert CANARY not in str(ours.rows)
    other = freeze(client, name, commissioner=theirs.reference)
    assert other.commissioner == theirs
    assert "Alpha Trust" not in str(other.rows)
    assert CANARY in str(other.rows)


def test_twice_sent_it_is_frozen_once(place: Place, sign_in: Any) -> None:
    import uuid

    client, token = sign_in(place.analyst), str(uuid.uuid4())
    first = freeze(client, "returns", form_token=token)
    assert freeze(client, "returns", form_token=token) == first
    assert FrozenView.objects.count() == 1


@pytest.mark.parametrize("what", ["UPDATE exports_frozenview SET title = ''", "DELETE FROM exports_frozenview",
                                  "UPDATE exports_export SET rows = 0", "DELETE FROM exports_export"])  # fmt: skip
def test_the_database_changes_neither_a_frozen_view_nor_the_log(what: str, place: Place, sign_in: Any) -> None:
    client = sign_in(place.analyst)
    view = freeze(client, "returns")
    client.get(f"/exports/frozen/{view.reference}/file.csv")
    assert Export.objects.get().frozen == view.reference
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(what)
    assert (FrozenView.objects.count(), Export.objects.count()) == (1, 1)


def test_freezing_counts_towards_the_limit(place: Place, sign_in: Any) -> None:
    client = sign_in(place.analyst)
    codes = [client.post("/exports/list/returns/freeze/", {"why": ""}).status_code for _ in range(21)]
    assert codes == [302] * 20 + [429]

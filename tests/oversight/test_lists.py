"""Dated words and rules: an own word stands in place of the shipped one from its day, and nothing before it changes."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from oversight.models import ConcernMatrix, IncidentRule, Term
from oversight.models.concerns import level_of
from tests.factories.accounts import someone
from tests.factories.known import a_concern, a_term, an_item
from tests.factories.providers import CommissionerFactory, posted, provider_of

pytestmark = pytest.mark.django_db


def offered(commissioner: Any, on: Any) -> dict[str, str]:
    return dict(Term.objects.offered("theme", commissioner, on).values_list("code", "label"))


def test_an_own_word_holds_from_its_day_and_one_out_of_use_is_not_offered(sign_in: Any) -> None:
    commissioner, today = CommissionerFactory(), timezone.localdate()
    tomorrow = today + timedelta(days=1)
    item = an_item(commissioner, provider_of(commissioner))
    client = sign_in(someone(Role.QUALITY_ANALYST, commissioner))
    assert "Staffing and skill mix" in client.get("/lists/").content.decode()
    for word, label, in_use in (
        ("theme:staffing", "Staff", True), ("theme:new", "Night care", True), ("theme:access", "Access", False),
    ):  # fmt: skip
        sent = posted(client.get("/lists/word/"), word=word, label=label, in_use=in_use, valid_from=tomorrow)
        assert client.post("/lists/word/", sent).status_code == 302
    now, then = offered(commissioner, today), offered(commissioner, tomorrow)
    assert (now["staffing"], "night-care" in now, "access" in now) == ("Staffing and skill mix", False, True)
    assert (then["staffing"], then["night-care"], "access" in then) == ("Staff", "Night care", False)
    assert offered(CommissionerFactory(), tomorrow) == now
    item.refresh_from_db()
    assert str(item.theme) == "Staffing and skill mix"
    again = posted(client.get("/lists/word/"), word="theme:staffing", label="Staff", valid_from=tomorrow)
    assert client.post("/lists/word/", again).status_code == 422


def test_the_matrix_and_the_days_are_the_commissioners_own_from_their_day(sign_in: Any) -> None:
    commissioner, today = CommissionerFactory(), timezone.localdate()
    client = sign_in(someone(Role.QUALITY_ANALYST, commissioner))
    pair = (a_term("vulnerability", "low"), a_term("likelihood", "unlikely"))
    assert level_of(*pair, commissioner, today).code == "low"
    cell = {"vulnerability": "low", "likelihood": "unlikely", "level": "severe", "valid_from": today}
    client.post("/lists/matrix/", posted(client.get("/lists/matrix/"), **cell))
    assert level_of(*pair, commissioner, today).code == "severe"
    assert level_of(*pair, CommissionerFactory(), today).code == "low"
    days = posted(client.get("/lists/correction/"), correction_days=3, valid_from=today)
    client.post("/lists/correction/", days)
    assert IncidentRule.objects.in_force(commissioner, today)[0].correction_days == 3
    assert ConcernMatrix.objects.filter(commissioner=None).count() == 9
    assert a_concern(commissioner, provider_of(commissioner)).is_open


def test_who_may_not_change_settings_finds_no_lists(sign_in: Any) -> None:
    commissioner = CommissionerFactory()
    for person in (
        someone(Role.DESIGNATED_PROFESSIONAL, commissioner),
        someone(Role.PROVIDER_LEAD, provider_of(commissioner)),
    ):
        client = sign_in(person)
        assert [client.get(f"/lists/{page}").status_code for page in ("", "word/", "matrix/", "correction/")] == [
            404
        ] * 4

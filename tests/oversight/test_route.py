"""The rules of escalation on screen: read by those who escalate, changed from a day on, and what held is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.capabilities import Role
from oversight.models import EscalationPolicy, EscalationRule, TriggerRule
from tests.factories.accounts import someone
from tests.factories.chasing import a_place

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=3)
CHANGE = "/escalation/route/change/"


def words(response) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def starts(day):
    return {"starts_day": day.day, "starts_month": day.month, "starts_year": day.year}


@pytest.fixture
def place():
    return a_place()


def test_the_route_shows_steps_by_contract_triggers_notices_and_levels(place, sign_in):
    page = words(sign_in(someone(Role.AUDITOR, place.commissioner)).get("/escalation/route/"))
    for said in (
        "Step 6a: Information breach notice", "A return is more than 10 working days late", "More than 30 days",
        "2 quarters running", "meeting within 10 operational days",
        "put right within 28 days", "Rapid quality review", "within 20 days", "Contract query: from 1 April 2010",
    ):  # fmt: skip
        assert said in page
    assert "Change" not in page


@pytest.mark.parametrize(
    ("asked", "said", "model", "field", "now"),
    [
        ("?kind=numbers", {"human_contact_days": 5}, EscalationPolicy, "human_contact_days", 20),
        ("?kind=trigger&code=return_late", {"name": "Late", "days": 4, "working_days": "on", "step": "letter"},
         TriggerRule, "days", 10),
        ("?kind=step&code=letter",
         {"name": "Letter", "what": "Write", "who": ["DN"], "above_named_lead": "on", "contract_forms": ["full"],
          "response_days": 15}, EscalationRule, "response_days", 10),
    ],
)  # fmt: skip
def test_a_rule_holds_from_its_day_for_this_commissioner_only(place, sign_in, asked, said, model, field, now):
    client, ours = sign_in(place.analyst), {"commissioner": place.commissioner.pk}
    assert client.post(f"{CHANGE}{asked}", {**said, **ours, **starts(TODAY)}).status_code == 422
    assert client.post(f"{CHANGE}{asked}", {**said, **ours, **starts(SOON)}).status_code == 302
    again = client.post(f"{CHANGE}{asked}", {**said, **ours, **starts(SOON)})
    assert (again.status_code, "is set already" in words(again)) == (422, True)

    def holds(whose, day):
        rows = model.objects.in_force(whose, day)
        return getattr(rows.filter(code=asked.split("code=")[1]).first() if "code" in asked else rows.first(), field)

    new = said[field]
    other = a_place().commissioner
    found = [holds(place.commissioner, TODAY), holds(place.commissioner, SOON), holds(other, SOON)]
    assert found == [now, new, now]


def test_who_may_not_change_settings_and_an_unknown_rule(place, sign_in):
    assert sign_in(place.nurse).get(f"{CHANGE}?kind=numbers").status_code == 404
    assert sign_in(place.analyst).get(f"{CHANGE}?kind=nothing&code=x").status_code == 302
    assert sign_in(place.analyst).get(CHANGE).status_code == 302

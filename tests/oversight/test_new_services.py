"""New services: recorded by one, signed by another, live only then; and what the register says meanwhile."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from accounts.capabilities import Role
from accounts.door import Refused, Stale
from oversight.mobilising.marks import ASSURED_BEFORE
from oversight.models import MOBILISING, Mobilisation, MobilisationStep
from tests.at_once import both
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory
from tests.factories.providers import CommissionerFactory, posted, provider_of
from tests.factories.validation import submitted, validated

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Any:
    return CommissionerFactory(name="NHS Here")


@pytest.fixture
def nurse(ours: Any) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, ours, name="Nora Nurse")


@pytest.fixture
def second(ours: Any) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, ours, name="Sam Second")


@pytest.fixture
def service(ours: Any, nurse: Any, at: Any) -> Mobilisation:
    """Ready for sign-off, and due to go live that day."""
    return Mobilisation.objects.begin(
        ours, by=nurse, at=at, service="Eating disorder service", stage="mobilisation",
        organisation=provider_of(ours, name="New Trust"), question="How are staff supervised?", result="met",
        impact_assessed_on=date(2026, 10, 1), impact_answer="No worse for anybody.", go_live_on=at.date(),
    )  # fmt: skip


def test_nothing_goes_live_before_another_person_signed_it(
    service: Mobilisation, nurse: Any, second: Any, at: Any, on: date
) -> None:
    with pytest.raises(Refused, match="not signed off"):
        service.move("live", "", expected=1, by=nurse, at=at, on=on)
    with pytest.raises(Refused, match="You recorded the safeguarding part"):
        service.sign("Read", expected=1, by=nurse, at=at)
    service.sign("Read and agreed", expected=1, by=second, at=at)
    with pytest.raises(Refused, match="has not come"):
        service.move("live", "", expected=2, by=nurse, at=at, on=on - timedelta(days=1))
    service.move("live", "Opened", expected=2, by=nurse, at=at, on=on)
    assert [(step.stage, step.note) for step in service.steps.all()] == [("live", "Opened"), ("mobilisation", "")]
    with pytest.raises(Refused, match="its record is closed"):
        service.record(expected=3, by=nurse, at=at, score="9")
    with pytest.raises(ProgrammingError), transaction.atomic():
        MobilisationStep.objects.all().delete()


def test_a_change_of_the_safeguarding_part_takes_the_signature_away(
    service: Mobilisation, nurse: Any, second: Any, at: Any
) -> None:
    service.sign("Read", expected=1, by=second, at=at)
    service.record(expected=2, by=nurse, at=at, go_live_on=date(2027, 1, 4))
    assert service.signed_by == second
    service.record(expected=3, by=second, at=at, conditions="Supervision from day one")
    assert (service.signed_by, service.recorded_by) == (None, second)
    with pytest.raises(Refused, match="You recorded"):
        service.sign("Mine", expected=4, by=second, at=at)
    with pytest.raises(Stale):
        service.record(expected=2, by=nurse, at=at, score="Theirs")


@pytest.mark.parametrize(("field", "value"), [("result", "waiting"), ("impact_assessed_on", None)])
def test_what_is_not_answered_is_not_signed(
    service: Mobilisation, nurse: Any, second: Any, at: Any, field: str, value: Any
) -> None:
    service.record(expected=1, by=nurse, at=at, **{field: value})
    with pytest.raises(Refused, match="Record"):
        service.sign("Read", expected=2, by=second, at=at)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_it_at_once_one_is_told(at: Any, on: date) -> None:
    ours = CommissionerFactory()
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, ours)
    made = Mobilisation.objects.begin(ours, by=nurse, at=at, service="Beds")

    def to(stage: str) -> str:
        Mobilisation.objects.get(pk=made.pk).move(stage, "", expected=1, by=nurse, at=at, on=on)
        return "moved"

    assert both(lambda: to("procurement"), lambda: to("specification")) == ["moved", "refused"]
    assert MobilisationStep.objects.count() == 2


def test_a_service_is_recorded_changed_signed_and_moved_by_its_pages(
    ours: Any, nurse: Any, second: Any, sign_in: Any
) -> None:
    mine, theirs = sign_in(nurse), sign_in(second)
    page = mine.get("/new-services/add/")
    wrong = mine.post("/new-services/add/", posted(page, service="Beds in the north", result="conditions"))
    assert wrong.status_code == 422
    for words in ("Enter the question that this is the answer to", "Enter the conditions", "Beds in the north"):
        assert words in wrong.content.decode()
    right = posted(
        page, service="Beds in the north", result="conditions", question="Who leads?", conditions="A lead by May",
        impact_assessed_on=date(2026, 1, 5), organisation=provider_of(ours),
    )  # fmt: skip
    assert mine.post("/new-services/add/", right).status_code == 302
    service = Mobilisation.objects.get()
    here = f"/new-services/{service.reference}/"
    own = mine.post(f"{here}sign-off/", {"words": "Kept words"})
    assert (own.status_code, "You recorded" in own.content.decode(), "Kept words" in own.content.decode()) == (
        409, True, True,
    )  # fmt: skip
    early = mine.post(f"{here}stage/", {"stage": "live", "note": "Now"})
    assert (early.status_code, "not signed off" in early.content.decode()) == (409, True)
    assert theirs.post(f"{here}sign-off/", {"words": "Read"}).status_code == 302
    change = posted(mine.get(f"{here}change/"), score="8 of 10")
    assert mine.post(f"{here}change/", change).status_code == 302
    assert Mobilisation.objects.get().signed_by is None
    stale = mine.post(f"{here}change/", {**change, "form_token": "", "score": "9 of 10"})
    assert (stale.status_code, "9 of 10" in stale.content.decode()) == (409, True)
    abandoned = mine.post(f"{here}stage/", {"stage": "abandoned", "note": ""})
    assert (abandoned.status_code, "Say why it is abandoned" in abandoned.content.decode()) == (422, True)
    assert "Beds in the north" in mine.get("/new-services/?stage=unsigned").content.decode()
    assert "Beds in the north" not in mine.get("/new-services/?stage=live").content.decode()
    assert mine.get("/exports/list/new-services/file.csv").status_code == 200


def test_a_provider_that_is_not_live_yet_says_so_to_the_commissioner_only(
    service: Mobilisation, ours: Any, nurse: Any, at: Any, sign_in: Any
) -> None:
    assured = provider_of(ours, name="Old Trust")
    validated(at, assessment=submitted(at, round=RoundFactory(commissioner=ours), organisation=assured))
    Mobilisation.objects.begin(ours, by=nurse, at=at, service="More", stage="contract", organisation=assured)
    provider_of(ours, name="Plain Trust")
    client = sign_in(nurse)
    shown = {each.name: each.marks for each in client.get("/organisations/").context["page"]}
    assert shown == {"New Trust": [MOBILISING], "Old Trust": [ASSURED_BEFORE], "Plain Trust": []}
    assert MOBILISING in client.get(f"/organisations/{service.organisation.reference}/").content.decode()
    lead = sign_in(someone(Role.PROVIDER_LEAD, service.organisation))
    page = lead.get(f"/organisations/{service.organisation.reference}/")
    assert (page.status_code, MOBILISING in page.content.decode()) == (200, False)
    assert [lead.get(f"/new-services/{way}").status_code for way in ("", f"{service.reference}/")] == [404, 404]


def test_a_service_of_another_commissioner_is_not_there(service: Mobilisation, sign_in: Any) -> None:
    other = sign_in(someone(Role.QUALITY_ANALYST, CommissionerFactory()))
    ways = ("", "change/", "stage/")
    assert [other.get(f"/new-services/{service.reference}/{way}").status_code for way in ways] == [404] * 3
    assert "Eating disorder" not in other.get("/new-services/?stage=all").content.decode()

"""Due things, and people around them, for tests of reminders."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from accounts.capabilities import Role
from accounts.models import User
from actions.models import Action
from assurance.models import Round, SelfAssessment
from chasing.models import Ladder
from design.calendar import LONDON
from providers.models import Organisation
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory
from tests.factories.providers import CommissionerFactory, ContactFactory, provider_of

CANARY = "Canary wren narrative that no letter may hold"
OPENED = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)


@dataclass
class Place:
    """A commissioner with a designated professional, and one provider with a lead, a contributor and an executive."""

    commissioner: Organisation
    provider: Organisation
    nurse: User
    analyst: User
    lead: User
    contributor: User
    executive: User


def a_place(**provider: Any) -> Place:
    """Somewhere to be reminded: everybody has an account, and nobody else is written to."""
    commissioner = CommissionerFactory(telephone="01632 960100")
    organisation = provider_of(commissioner, **provider)
    ContactFactory(
        organisation=commissioner, kind="designated", name="Dee Signated", email="dee@example.nhs.uk",
        telephone="01632 960111",
    )  # fmt: skip
    return Place(
        commissioner=commissioner,
        provider=organisation,
        nurse=someone(Role.DESIGNATED_PROFESSIONAL, commissioner),
        analyst=someone(Role.QUALITY_ANALYST, commissioner),
        lead=someone(Role.PROVIDER_LEAD, organisation, name="Leah Lead"),
        contributor=someone(Role.PROVIDER_CONTRIBUTOR, organisation, name="Con Tributor"),
        executive=someone(Role.EXECUTIVE_SIGNATORY, organisation, name="Eve Executive"),
    )


def a_due_return(place: Place, due_on: date, round: Round | None = None, **fields: Any) -> SelfAssessment:
    """A return without answers: reminders look at dates and people only."""
    round = round or RoundFactory(commissioner=place.commissioner)
    fields = {"tier": "full", "original_due_on": due_on, "issued_at": OPENED, "organisation": place.provider, **fields}
    return SelfAssessment.objects.create(round=round, commissioner=place.commissioner, due_on=due_on, **fields)


def an_action(place: Place, due_on: date, **fields: Any) -> Action:
    """An open action of the provider, whose words are a canary."""
    fields = {
        "text": CANARY,
        "origin_kind": "criterion",
        "original_due_on": due_on,
        "opened_at": OPENED,
        "organisation": place.provider,
        **fields,
    }
    return Action.objects.create(commissioner=place.commissioner, due_on=due_on, **fields)


def seven_oclock(on: date) -> datetime:
    """When the daily plan runs: 07:00 in London."""
    return datetime.combine(on, time(7), tzinfo=LONDON)


def steps_of(kind: str) -> dict[int, str]:
    """The shipped steps of a kind: offset to audience."""
    ladder = Ladder.objects.get(kind=kind, commissioner=None)
    return dict(ladder.rungs.values_list("offset", "audience"))

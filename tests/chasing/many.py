"""Many due things at once, inserted in bulk, for measuring the plan."""

from datetime import date, timedelta

from django.utils.crypto import get_random_string

from accounts.capabilities import Role
from accounts.models import Membership, User
from actions.models import Action
from assurance.models import SelfAssessment
from providers.models import Arrangement, Organisation
from tests.factories.accounts import LONG_AGO, THEN
from tests.factories.assurance import RoundFactory
from tests.factories.chasing import OPENED
from tests.factories.providers import CategoryFactory, CommissionerFactory


def many_due(things: int, organisations: int, on: date, *, days: int = 40) -> None:
    """So many things, half of them returns, due over the ``days`` up to ``on``; three people at each organisation."""
    commissioner = CommissionerFactory()
    places = _places(commissioner, organisations)
    rounds = [RoundFactory(commissioner=commissioner) for _ in range(things // 2 // organisations + 1)]
    due = [on - timedelta(days=n % days) for n in range(things)]
    SelfAssessment.objects.bulk_create(
        (
            SelfAssessment(
                round=rounds[n // organisations], commissioner=commissioner, organisation=places[n % organisations],
                tier="full", due_on=due[n], original_due_on=due[n], issued_at=OPENED,
            )
            for n in range(things // 2)
        ),
        batch_size=1000,
    )  # fmt: skip
    Action.objects.bulk_create(
        (
            Action(
                commissioner=commissioner, organisation=places[n % organisations], text="Something promised",
                origin_kind="criterion", due_on=due[n], original_due_on=due[n], opened_at=OPENED,
            )
            for n in range(things - things // 2)
        ),
        batch_size=1000,
    )  # fmt: skip


def _places(commissioner: Organisation, organisations: int) -> list[Organisation]:
    category = CategoryFactory()
    places = Organisation.objects.bulk_create(
        Organisation(name=f"Place {n}", category=category) for n in range(organisations)
    )
    Arrangement.objects.bulk_create(
        Arrangement(commissioner=commissioner, organisation=place, contract_form="full", starts_on=LONG_AGO)
        for place in places
    )
    roles = (Role.PROVIDER_LEAD, Role.PROVIDER_CONTRIBUTOR, Role.EXECUTIVE_SIGNATORY)
    salt = get_random_string(6).lower()
    people = User.objects.bulk_create(
        User(email=f"{salt}-{role}-{place.pk}@example.nhs.uk".lower(), name=f"{role} {place.pk}", password="!")
        for place in places
        for role in roles
    )
    Membership.objects.bulk_create(
        Membership(
            user=person, role=roles[n % 3], side="provider", organisation=places[n // 3], starts_on=LONG_AGO,
            confirmed_at=THEN,
        )
        for n, person in enumerate(people)
    )  # fmt: skip
    return places

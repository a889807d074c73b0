"""Soft intelligence: who may know, a circle of two at least, concerns weighed over time, and the walls below."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.capabilities import Can, Role
from accounts.door import Refused
from oversight.models import Concern, IntelligenceItem
from tests.factories.accounts import DeclaredInterestFactory, someone
from tests.factories.known import a_circle, a_concern, an_item, weigh
from tests.factories.providers import CommissionerFactory, SiteFactory, provider_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def commissioner() -> Any:
    return CommissionerFactory()


@pytest.fixture
def provider(commissioner: Any) -> Any:
    return provider_of(commissioner)


@pytest.fixture
def two(commissioner: Any) -> tuple[Any, Any]:
    return (someone(Role.DESIGNATED_PROFESSIONAL, commissioner), someone(Role.DIRECTOR_OF_NURSING, commissioner))


def test_a_restricted_item_is_there_for_its_people_only_and_an_interest_refuses_everything(
    commissioner: Any, provider: Any, two: Any
) -> None:
    nurse, director = two
    plain = an_item(commissioner, provider, recorded_by=nurse)
    secret = an_item(commissioner, provider, recorded_by=nurse, circle=a_circle(commissioner, *two))
    analyst, partner = someone(Role.QUALITY_ANALYST, commissioner), someone(Role.NAMED_GP, commissioner)
    elsewhere = an_item(commissioner, provider_of(commissioner))

    def seen(user: Any) -> set[Any]:
        return set(IntelligenceItem.objects.permitted(user, Can.SEE_INTELLIGENCE))

    assert (seen(nurse), seen(director)) == ({plain, secret, elsewhere}, {plain, secret, elsewhere})
    assert (seen(analyst), seen(partner)) == ({plain, elsewhere}, {plain, elsewhere})
    DeclaredInterestFactory(user=partner, organisation=provider, declared_by=director)
    DeclaredInterestFactory(user=director, organisation=provider, declared_by=nurse)
    assert (seen(partner), seen(director)) == ({elsewhere}, {elsewhere})
    for role in (Role.PROVIDER_LEAD, Role.PROVIDER_CONTRIBUTOR, Role.EXECUTIVE_SIGNATORY):
        assert seen(someone(role, provider)) == set()
    assert seen(someone(Role.AUDITOR, commissioner)) == set()


def test_the_database_refuses_a_circle_of_one_and_another_commissioners_list(
    commissioner: Any, provider: Any, two: Any
) -> None:
    alone, theirs = a_circle(commissioner, two[0]), a_circle(CommissionerFactory(), *two)
    for circle in (alone, theirs):
        with pytest.raises(IntegrityError), transaction.atomic():
            an_item(commissioner, provider, circle=circle)
    with pytest.raises(IntegrityError), transaction.atomic():
        an_item(commissioner, provider, site=SiteFactory(organisation=provider_of(commissioner)))
    kept = an_item(commissioner, provider, site=SiteFactory(organisation=provider))
    with pytest.raises(IntegrityError), transaction.atomic():
        IntelligenceItem.objects.filter(pk=kept.pk).update(sensitivity="restricted")


def test_a_concern_holds_items_for_exactly_its_own_people(commissioner: Any, provider: Any, two: Any, at: Any) -> None:
    circle, another = a_circle(commissioner, *two), a_circle(commissioner, *two)
    plain, secret = an_item(commissioner, provider), an_item(commissioner, provider, circle=circle)
    open_to_all, restricted = a_concern(commissioner, provider), a_concern(commissioner, provider, secret)
    theirs = an_item(commissioner, provider, circle=another)
    for item, concern in ((theirs, open_to_all), (plain, restricted), (theirs, restricted)):
        with pytest.raises(Refused):
            item.join(concern)
        with pytest.raises(IntegrityError), transaction.atomic():
            IntelligenceItem.objects.filter(pk=item.pk).update(concern=concern)
    elsewhere = an_item(commissioner, provider_of(commissioner))
    for mixture in ((plain, elsewhere), (plain, theirs), (theirs, an_item(commissioner, provider, circle=circle))):
        with pytest.raises(Refused):
            a_concern(commissioner, provider, *mixture)
    with pytest.raises(Refused):
        secret.put_right({"circle": None}, expected=secret.version, by=two[0], at=at, reason="Known by now")
    assert (restricted.circle, list(restricted.items.all())) == (circle, [secret])
    analyst = someone(Role.QUALITY_ANALYST, commissioner)
    assert set(Concern.objects.permitted(analyst, Can.SEE_INTELLIGENCE)) == {open_to_all}


def test_a_concern_is_weighed_over_time_and_says_whether_it_grows(commissioner: Any, provider: Any, at: Any) -> None:
    concern = a_concern(commissioner, provider)
    said = []
    for pair in (("low", "possible"), ("medium", "likely"), ("high", "possible"), ("low", "unlikely")):
        weigh(concern, *pair)
        row = Concern.objects.with_levels().get(pk=concern.pk)
        said.append((row.level_now, row.trend))
    assert said == [
        ("Low concern", "Weighed once"), ("High concern", "Rising"), ("High concern", "Unchanged"),
        ("Low concern", "Falling"),
    ]  # fmt: skip
    first = concern.weighings.first()
    with pytest.raises(ProgrammingError), transaction.atomic():
        type(first).objects.filter(pk=first.pk).update(reasons="Something else")
    concern.close(expected=concern.version, by=concern.opened_by, at=at, outcome="Staffing is safe again")
    with pytest.raises(Refused):
        weigh(concern, "high", "likely")
    with pytest.raises(Refused):
        concern.close(expected=concern.version, by=concern.opened_by, at=at, outcome="Again")

"""Who reads which version: shipped ones everybody, a commissioner's own its people and providers."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from accounts.capabilities import Can, Role
from framework.models import FrameworkVersion
from tests.factories.accounts import someone
from tests.factories.framework import FrameworkFactory, VersionFactory, published
from tests.factories.providers import ArrangementFactory, BoardFactory, OrganisationFactory, provider_of
from tests.framework.conftest import Place, a_place

pytestmark = pytest.mark.django_db


def own(commissioner: Any) -> FrameworkVersion:
    return published(VersionFactory(framework=FrameworkFactory(commissioner=commissioner)))


def reads(user: Any, *versions: FrameworkVersion, can: Can = Can.READ_STANDARDS) -> list[FrameworkVersion]:
    allowed = FrameworkVersion.objects.permitted(user, can)
    return [version for version in versions if allowed.filter(pk=version.pk).exists()]


@pytest.mark.parametrize("role", ["SA", "DP", "NG", "QA", "DN", "GB", "AU", "CM", "CS"])
def test_people_of_the_commissioner_read_what_is_published(role: str, place: Place, latest: FrameworkVersion) -> None:
    mine = own(place.commissioner)
    theirs = own(a_place().commissioner)
    assert reads(someone(Role(role), place.commissioner), latest, mine, theirs) == [latest, mine]


@pytest.mark.parametrize("role", ["PL", "PC", "PE"])
def test_people_of_a_provider_read_their_commissioners_versions(
    role: str, place: Place, latest: FrameworkVersion
) -> None:
    other = a_place()
    ours, theirs = own(place.commissioner), own(other.commissioner)
    assert reads(someone(Role(role), place.provider), latest, ours, theirs) == [latest, ours]


@pytest.mark.parametrize("role", ["CG", "SB", "NE"])
def test_roles_without_the_standards_read_none(role: str, place: Place, latest: FrameworkVersion) -> None:
    board = BoardFactory() if role != "CG" else place.commissioner
    assert reads(someone(Role(role), board), latest, own(place.commissioner)) == []


def test_a_provider_of_two_commissioners_reads_both(place: Place) -> None:
    other = a_place()
    ArrangementFactory(commissioner=other.commissioner, organisation=place.provider, part="associate")
    both = [own(place.commissioner), own(other.commissioner)]
    assert reads(place.lead, *both) == both


def test_a_contract_that_has_ended_takes_the_commissioners_own_away(place: Place, latest: FrameworkVersion) -> None:
    left = OrganisationFactory()
    ArrangementFactory(commissioner=place.commissioner, organisation=left, ends_on=date(2021, 4, 1))
    assert reads(someone(Role.PROVIDER_LEAD, left), latest, own(place.commissioner)) == [latest]


def test_drafts_are_read_by_those_who_draft(place: Place, a_draft: Callable[[], FrameworkVersion]) -> None:
    draft = a_draft()
    director, member = (someone(Role(role), place.commissioner) for role in ("DN", "GB"))
    assert reads(place.drafter, draft) == reads(place.second, draft) == [draft]
    assert reads(director, draft) == reads(member, draft) == reads(place.lead, draft) == []


def test_another_commissioners_draft_is_never_there(a_draft: Callable[[], FrameworkVersion]) -> None:
    draft = a_draft()
    stranger = a_place()
    for can in (Can.READ_STANDARDS, Can.DEFINE_STANDARDS, Can.PUBLISH_STANDARDS):
        assert reads(stranger.drafter, draft, can=can) == []


def test_nobody_changes_the_shipped_versions(place: Place, latest: FrameworkVersion) -> None:
    for can in (Can.DEFINE_STANDARDS, Can.PUBLISH_STANDARDS):
        assert reads(place.drafter, latest, can=can) == []


def test_a_round_may_use_shipped_and_own_published_versions(
    place: Place, first: FrameworkVersion, latest: FrameworkVersion, a_draft: Callable[[], FrameworkVersion]
) -> None:
    mine, theirs, draft = own(place.commissioner), own(a_place().commissioner), a_draft()
    usable = FrameworkVersion.objects.usable_by(place.commissioner)
    assert set(usable) >= {first, latest, mine}
    assert not set(usable) & {theirs, draft}


def test_a_person_who_signed_out_reads_nothing(latest: FrameworkVersion) -> None:
    from django.contrib.auth.models import AnonymousUser

    assert reads(AnonymousUser(), latest) == []


def test_one_more_provider_is_no_further_query(place: Place, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        list(FrameworkVersion.objects.permitted(place.lead, Can.READ_STANDARDS))
    for _ in range(5):
        provider_of(place.commissioner)
        own(place.commissioner)
    with django_assert_num_queries(1):
        list(FrameworkVersion.objects.permitted(place.lead, Can.READ_STANDARDS))

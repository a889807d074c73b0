"""Pages for reading: the list, a version in the words of each kind of provider, changes, references, grades."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.capabilities import Role
from framework import changes
from framework.models import FrameworkVersion, Reference
from providers.models import Category, ServiceQuestion
from tests.factories.accounts import someone
from tests.factories.framework import FrameworkFactory, VersionFactory, published
from tests.factories.providers import provider_of
from tests.framework.conftest import Place, a_place

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def refs(response: Any) -> list[str]:
    return re.findall(r'<article class="portal-criterion" id="criterion-([\d.]+)"', response.content.decode())


@pytest.mark.parametrize(("tier", "count"), [("full", 98), ("small", 46), ("general_practice", 52), ("light", 14)])
def test_a_version_reads_whole_for_each_kind_of_provider(
    tier: str, count: int, sign_in: SignIn, place: Place, latest: FrameworkVersion
) -> None:
    page = sign_in(place.drafter).get(reverse("framework:version-detail", args=[latest.reference]), {"tier": tier})
    words = latest.criteria.get(ref="8.1").wordings
    assert page.status_code == 200
    assert len(refs(page)) == count
    said = text(page)
    for mine in words.filter(tier=tier):
        for part in (mine.text, mine.why, mine.do_not_send):
            assert part.replace("'", "&#x27;") in said
    for other in words.exclude(tier=tier):
        assert other.text.replace("'", "&#x27;") not in said


@pytest.mark.parametrize(("category", "count"), [("GP", 52), ("CHN", 14), ("ACUTE", 98)])
def test_a_provider_reads_its_own_standards_first(
    category: str, count: int, sign_in: SignIn, place: Place, latest: FrameworkVersion
) -> None:
    kind = Category.objects.get(code=category)
    organisation = provider_of(place.commissioner, category=kind)
    page = sign_in(someone(Role.PROVIDER_LEAD, organisation)).get(
        reverse("framework:version-detail", args=[latest.reference])
    )
    assert page.context["tier"].value == kind.tier
    assert page.context["who"].tiers[0].value == kind.tier
    assert len(refs(page)) == {"light": 14, "small": 46}.get(kind.tier, count)


def test_a_provider_sees_what_is_not_asked_of_it_and_why(
    sign_in: SignIn, place: Place, latest: FrameworkVersion, on: Any
) -> None:
    place.provider.services.create(
        question=ServiceQuestion.objects.get(key="looked_after_service"), holds=False, stated_on=on
    )
    own = sign_in(place.lead).get(reverse("framework:version-detail", args=[latest.reference]))
    nurse = sign_in(place.drafter).get(reverse("framework:version-detail", args=[latest.reference]))
    assert text(own).count("Not asked: no health service for looked after children") == 8
    assert "Not asked: no health service" not in text(nurse)


def test_a_tier_that_does_not_exist_shows_the_readers_own(
    sign_in: SignIn, place: Place, latest: FrameworkVersion
) -> None:
    page = sign_in(place.lead).get(reverse("framework:version-detail", args=[latest.reference]), {"tier": "x"})
    assert (page.status_code, page.context["tier"].value) == (200, "full")


def test_the_list_holds_what_the_person_may_read(sign_in: SignIn, place: Place, latest: FrameworkVersion) -> None:
    mine = published(VersionFactory(framework=FrameworkFactory(commissioner=place.commissioner, name="Ours")))
    theirs = published(VersionFactory(framework=FrameworkFactory(commissioner=a_place().commissioner, name="Theirs")))
    for user in (place.drafter, place.lead):
        page = sign_in(user).get(reverse("framework:version-list"))
        assert mine in page.context["rows"].object_list
        assert latest in page.context["rows"].object_list
        assert theirs not in page.context["rows"].object_list
    stranger = sign_in(place.drafter).get(reverse("framework:version-detail", args=[theirs.reference]))
    assert stranger.status_code == 404


def test_the_list_can_be_searched(sign_in: SignIn, place: Place) -> None:
    page = sign_in(place.drafter).get(reverse("framework:version-list"), {"q": "2017"})
    assert [row.label for row in page.context["rows"]] == ["2017-18 v1"]
    assert "No version found" in text(sign_in(place.drafter).get(reverse("framework:version-list"), {"q": "zzz"}))


def test_changes_are_shown_in_words_before_and_after(
    sign_in: SignIn, place: Place, first: FrameworkVersion, latest: FrameworkVersion
) -> None:
    page = sign_in(place.drafter).get(reverse("framework:version-changes", args=[latest.reference]), {"tier": "small"})
    said = text(page)
    assert first.criteria.get(ref="11.1").wordings.get(tier="small").text.replace("'", "&#x27;") in said
    assert latest.criteria.get(ref="11.1").wordings.get(tier="small").text.replace("'", "&#x27;") in said
    found = page.context["difference"]
    shown = [found.new, found.changed, found.reworded, found.references]
    assert sum(map(len, shown)) + found.unchanged == 46


def test_one_kind_of_providers_change_is_not_anothers(first: FrameworkVersion, latest: FrameworkVersion) -> None:
    """1.3 asks practices for a deputy now; for a care home nothing but references changed."""
    practice = changes.difference(first, latest, "general_practice")
    home = changes.difference(first, latest, "small")
    assert "1.3" in [each.criterion.ref for each in practice.changed]
    assert "1.3" in [each.criterion.ref for each in home.references]


def test_the_first_version_has_nothing_before_it(sign_in: SignIn, place: Place, first: FrameworkVersion) -> None:
    page = sign_in(place.drafter).get(reverse("framework:version-changes", args=[first.reference]))
    assert "Nothing to compare with" in text(page)


def test_a_version_is_not_compared_with_one_that_may_not_be_read(
    sign_in: SignIn, place: Place, latest: FrameworkVersion
) -> None:
    theirs = published(VersionFactory(framework=FrameworkFactory(commissioner=a_place().commissioner)))
    address = reverse("framework:version-changes", args=[latest.reference])
    assert sign_in(place.drafter).get(address, {"since": theirs.reference}).status_code == 404


def test_the_library_says_what_replaced_what_and_who_cites_it(
    sign_in: SignIn, place: Place, latest: FrameworkVersion
) -> None:
    page = sign_in(place.lead).get(reverse("framework:reference-list"), {"q": "working together", "kind": ""})
    titles = {row.key: row for row in page.context["rows"]}
    assert titles["working-together-2015"].superseded_by.key == "working-together-2018"
    wanted = latest.criteria.filter(citations__cited__key="working-together-2026")
    assert titles["working-together-2026"].cited_by == wanted.count() > 10
    one = sign_in(place.lead).get(reverse("framework:reference-detail", args=["working-together-2026"]))
    assert [row.ref for row in one.context["citing"]] == [row.ref for row in wanted.in_order()]
    assert f"– {wanted.count()} criteria" in one.content.decode()
    single = sign_in(place.lead).get(reverse("framework:reference-detail", args=["accessible-information-standard"]))
    assert "– 1 criterion" in single.content.decode()
    assert "1 criteria" not in single.content.decode()


def test_the_library_narrows_to_what_still_stands(sign_in: SignIn, place: Place) -> None:
    page = sign_in(place.lead).get(
        reverse("framework:reference-list"), {"kind": "statutory_guidance", "standing": "on"}
    )
    rows = list(page.context["rows"])
    assert {row.kind for row in rows} == {"statutory_guidance"}
    assert "working-together-2026" in {row.key for row in rows}
    assert "working-together-2023" not in {row.key for row in rows}


def test_a_draft_of_somebody_else_is_not_counted_as_citing(
    sign_in: SignIn, place: Place, a_draft: Callable[[], FrameworkVersion]
) -> None:
    address = reverse("framework:reference-detail", args=["care-act-2014"])
    before = len(sign_in(place.lead).get(address).context["citing"])
    mine = len(sign_in(place.drafter).get(address).context["citing"])
    a_draft()
    assert len(sign_in(place.lead).get(address).context["citing"]) == before > 20
    assert len(sign_in(place.drafter).get(address).context["citing"]) > mine


def test_grades_are_shown_with_their_meanings(sign_in: SignIn, place: Place, latest: FrameworkVersion) -> None:
    said = text(sign_in(place.lead).get(reverse("framework:scheme-list")))
    for grade in [*latest.grading.grades.all(), *latest.levels.grades.all()]:
        assert grade.label in said
        assert grade.meaning.replace("'", "&#x27;") in said


@pytest.mark.parametrize("role", [Role.SAFEGUARDING_BOARD, Role.CALDICOTT_GUARDIAN])
def test_readers_without_the_standards_find_nothing(role: Role, sign_in: SignIn, place: Place) -> None:
    client = sign_in(someone(role, place.commissioner if role == Role.CALDICOTT_GUARDIAN else a_place().commissioner))
    for name in ("version-list", "reference-list", "scheme-list"):
        assert client.get(reverse(f"framework:{name}")).status_code == 404


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len([one for one in caught if "SAVEPOINT" not in one["sql"]])


def test_pages_ask_as_many_queries_at_one_version_as_at_many(
    sign_in: SignIn, place: Place, latest: FrameworkVersion
) -> None:
    client = sign_in(place.lead)
    addresses = [
        reverse("framework:version-list"),
        reverse("framework:version-detail", args=[latest.reference]),
        reverse("framework:version-detail", args=[latest.reference]) + "?tier=light",
        reverse("framework:version-changes", args=[latest.reference]),
        reverse("framework:reference-list"),
        reverse("framework:reference-detail", args=["care-act-2014"]),
        reverse("framework:scheme-list"),
    ]
    few = [queries(client, address) for address in addresses]
    for _ in range(4):
        published(VersionFactory(framework=FrameworkFactory(commissioner=place.commissioner)))
    assert [queries(client, address) for address in addresses] == few
    assert few[1] == few[2]
    assert max(few) <= 12


def test_every_reference_has_a_page(sign_in: SignIn, place: Place) -> None:
    client = sign_in(place.lead)
    assert Reference.objects.count() >= 80
    for key in ("children-act-1989", "uksc-2026-16", "nicholson-letter-2009"):
        assert client.get(reverse("framework:reference-detail", args=[key])).status_code == 200
    assert client.get(reverse("framework:reference-detail", args=["not-there"])).status_code == 404

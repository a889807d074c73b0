"""Soft intelligence on its pages: recorded, restricted, weighed, without a hint to others (hazard 28)."""

import re
from datetime import timedelta
from difflib import unified_diff
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Circle
from oversight.models import Concern, IntelligenceItem
from oversight.profile import Profile
from tests.factories.accounts import DeclaredInterestFactory, someone
from tests.factories.known import a_concern, a_term, an_item, weigh
from tests.factories.providers import CommissionerFactory, SiteFactory, posted, provider_of

pytestmark = pytest.mark.django_db
ITEMS, CONCERNS = "/intelligence/", "/concerns/"
# What differs between two answers to the same question: tokens, and the count of seconds.
TOKENS = re.compile(r'(?:nonce|value|content|data-session[a-z-]*)="[^"]*"')


@pytest.fixture
def commissioner() -> Any:
    return CommissionerFactory()


@pytest.fixture
def provider(commissioner: Any) -> Any:
    return provider_of(commissioner, name="Ashdown House")


@pytest.fixture
def nurse(commissioner: Any) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, commissioner, name="Priya Nair")


@pytest.fixture
def director(commissioner: Any) -> Any:
    return someone(Role.DIRECTOR_OF_NURSING, commissioner, name="Dee Director")


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def heard(client: Any, provider: Any, **changes: Any) -> dict[str, Any]:
    """What somebody would send."""
    given = {
        "source": a_term("source", "whistleblower").pk, "theme": a_term("theme", "staffing").pk,
        "reliability": a_term("reliability", "first-hand").pk, "summary": "Nights run on agency staff.", **changes,
    }  # fmt: skip
    return posted(client.get(f"{ITEMS}new/?organisation={provider.reference}"), **given)


def record(client: Any, provider: Any, **changes: Any) -> Any:
    return client.post(f"{ITEMS}new/?organisation={provider.reference}", heard(client, provider, **changes))


def test_an_item_is_recorded_corrected_and_closed(sign_in: Any, provider: Any, nurse: Any) -> None:
    ward = SiteFactory(organisation=provider)
    client = sign_in(nurse)
    assert provider.reference in text(client.get(f"{ITEMS}new/"))
    assert record(client, provider, site=ward.pk).status_code == 302
    item = IntelligenceItem.objects.get()
    assert (item.organisation, item.site, item.circle, item.recorded_by) == (provider, ward, None, nurse)
    page = f"{ITEMS}{item.reference}/"
    sent = posted(client.get(f"{page}correct/"), summary="Nights run on agency staff alone.", reason="Left a word out")
    client.post(f"{page}correct/", sent)
    assert "Corrected: Left a word out" in text(client.get(page))
    client.post(f"{page}close/", posted(client.get(f"{page}close/"), outcome="Rota seen"))
    assert client.post(f"{page}close/", posted(client.get(f"{page}close/"), outcome="Again")).status_code == 409
    assert "Rota seen" in text(client.get(page))
    assert client.get(f"{ITEMS}?state=open").context["rows"].paginator.count == 0
    assert client.get(f"{ITEMS}?q=agency+alone").context["rows"].paginator.count == 1


def test_what_is_wrong_is_said_and_nothing_is_lost(
    sign_in: Any, commissioner: Any, provider: Any, nurse: Any, director: Any
) -> None:
    client, analyst = sign_in(nurse), someone(Role.QUALITY_ANALYST, commissioner, name="Quinn Analyst")
    DeclaredInterestFactory(user=analyst, organisation=provider, declared_by=director)
    cases = {
        "must be": {"received_on": timezone.localdate() + timedelta(days=1)},
        "never for one person alone": {"sensitivity": "restricted"},
        "Quinn Analyst has declared an interest": {"sensitivity": "restricted", "people": [analyst.pk]},
        "Enter what was heard": {"summary": ""},
        "valid choice": {"site": SiteFactory(organisation=provider_of(commissioner)).pk, "theme": 0},
    }
    for words, change in cases.items():
        answer = record(client, provider, **change)
        assert (answer.status_code, words in text(answer)) == (422, True), words
    assert (IntelligenceItem.objects.count(), Circle.objects.count()) == (0, 0)


def test_a_restricted_item_is_for_its_people_and_nobody_else_finds_a_hint(
    sign_in: Any, commissioner: Any, provider: Any, nurse: Any, director: Any
) -> None:
    analyst, deputy = someone(Role.QUALITY_ANALYST, commissioner), someone(Role.NAMED_GP, commissioner)
    an_item(commissioner, provider, summary="Plain talk")
    a_concern(commissioner, provider)
    watched = (
        ITEMS, f"{ITEMS}?q=agency", f"{ITEMS}?theme=staffing", CONCERNS, f"{CONCERNS}?state=all", "/contact-log/",
        f"/providers/{provider.reference}/", "/", f"/organisations/{provider.reference}/history/", "/exports/",
        f"{ITEMS}new/?organisation={provider.reference}",
    )  # fmt: skip
    others = {user: sign_in(user) for user in (analyst, deputy)}
    before = {(user, url): seen(client, url) for user, client in others.items() for url in watched}
    assert "Plain talk" in before[analyst, ITEMS]

    client = sign_in(nurse)
    assert record(client, provider, sensitivity="restricted", people=[director.pk]).status_code == 302
    item = IntelligenceItem.objects.exclude(circle=None).get()
    opened = posted(
        client.get(f"{CONCERNS}new/?item={item.reference}"), title="Nights", reasons="Twice now", **scales()
    )
    client.post(f"{CONCERNS}new/?item={item.reference}", opened)
    concern = Concern.objects.exclude(circle=None).get()

    changed = [
        (str(user), url, *unified_diff(page.splitlines(), seen(others[user], url).splitlines(), n=0, lineterm=""))
        for (user, url), page in before.items()
    ]
    assert [each for each in changed if len(each) > 2] == []
    pages = [f"{ITEMS}{item.reference}/{verb}" for verb in ("", "correct/", "withdraw/", "close/")]
    pages += [f"{CONCERNS}{concern.reference}/{verb}" for verb in ("", "weigh/", "take-in/", "close/")]
    assert [sign_in(analyst).get(url).status_code for url in pages] == [404] * 8
    assert [sign_in(director).get(url).status_code for url in pages] == [200] * 8
    assert items_on_profile(provider, analyst) == 2
    assert items_on_profile(provider, director) == 3
    assert "agency" not in text(client.get("/exports/list/intelligence.xlsx"))
    assert item.circle.name.startswith("Named people")


def items_on_profile(provider: Any, person: Any) -> int:
    """How many items the profile counts for the person."""
    return sum(n for _, n, _ in Profile(provider, person, timezone.localdate()).themes)


def scales() -> dict[str, Any]:
    return {"vulnerability": a_term("vulnerability", "high").pk, "likelihood": a_term("likelihood", "likely").pk}


def seen(client: Client, url: str) -> str:
    response = client.get(url)
    content = b"".join(response) if response.streaming else response.content
    return f"{response.status_code} {TOKENS.sub('', content.decode(errors='replace'))}"


def test_hazard_28_a_practice_is_not_judged_by_its_own_partner(
    sign_in: Any, commissioner: Any, provider: Any, nurse: Any
) -> None:
    partner = someone(Role.NAMED_GP, commissioner)
    item, concern = an_item(commissioner, provider), a_concern(commissioner, provider)
    client = sign_in(partner)
    pages = [f"{ITEMS}{item.reference}/", f"{CONCERNS}{concern.reference}/", f"{ITEMS}{item.reference}/correct/"]
    assert [client.get(url).status_code for url in pages] == [200, 200, 200]
    DeclaredInterestFactory(user=partner, organisation=provider, declared_by=nurse)
    assert [client.get(url).status_code for url in pages] == [404] * 3
    assert client.get(ITEMS).context["rows"].paginator.count == 0
    assert items_on_profile(provider, partner) == 0
    assert Profile(provider, partner, timezone.localdate()).known["concerns"] == []
    assert "Ashdown House" not in text(client.get(f"{ITEMS}new/"))
    refused = client.post(f"{ITEMS}new/?organisation={provider.reference}", {"summary": "About us"})
    assert "About which provider?" in text(refused)
    assert IntelligenceItem.objects.count() == 2


def test_a_concern_is_opened_weighed_and_closed_with_what_came_of_it(
    sign_in: Any, commissioner: Any, provider: Any, nurse: Any
) -> None:
    first, second = an_item(commissioner, provider), an_item(commissioner, provider, summary="Complaint about nights")
    third = an_item(commissioner, provider, summary="Agency again")
    client, url = sign_in(nurse), f"{CONCERNS}new/?item={first.reference}"
    shown = client.get(url)
    early = posted(shown, title="Nights", reasons="Two", review_on=timezone.localdate() - timedelta(days=1), **scales())
    assert client.post(url, early).status_code == 422
    items = [first.reference, second.reference]
    client.post(url, posted(client.get(url), title="Nights", items=items, reasons="Two sources", **scales()))
    concern = Concern.objects.get()
    assert set(concern.items.all()) == {first, second}
    page = f"{CONCERNS}{concern.reference}/"
    assert "Very high concern" in text(client.get(page))
    client.post(f"{page}take-in/", posted(client.get(f"{page}take-in/"), items=[third.reference]))
    lower = {"vulnerability": a_term("vulnerability", "low").pk, "likelihood": a_term("likelihood", "possible").pk}
    shown, also = client.get(f"{page}weigh/"), client.get(f"{page}weigh/")
    client.post(f"{page}weigh/", posted(shown, reasons="Rota is full again", **lower))
    stale = client.post(f"{page}weigh/", posted(also, reasons="Mine", **lower))
    assert (stale.status_code, "Mine" in text(stale)) == (409, True)
    found = text(client.get(page))
    assert ("Falling" in found, "Rota is full again" in found, "Agency again" in found) == (True, True, True)
    client.post(f"{page}close/", posted(client.get(f"{page}close/"), outcome="Staffed since June"))
    assert "Staffed since June" in text(client.get(page))
    assert client.get(CONCERNS).context["rows"].paginator.count == 0
    assert client.get(f"{CONCERNS}?state=closed").context["rows"].paginator.count == 1


def test_the_profile_is_given_counts_that_lead_to_as_many(
    sign_in: Any, commissioner: Any, provider: Any, nurse: Any, rf: Any
) -> None:
    today = timezone.localdate()
    for source in ("gp", "gp", "mp"):
        an_item(commissioner, provider, received_on=today, source=a_term("source", source))
    an_item(commissioner, provider, received_on=today - timedelta(days=800))
    weigh(a_concern(commissioner, provider, an_item(commissioner, provider, received_on=today)), "high", "likely")
    found = Profile(provider, nurse, today)
    assert found.themes == [("Staffing and skill mix", 4, ["GP feedback (3)", "Member of Parliament"])]
    assert [each["level_now"] for each in found.known["concerns"]] == ["Very high concern"]

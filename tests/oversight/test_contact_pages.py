"""The contact log's pages: a contact in under a minute, about what is owed, corrected, withdrawn, counted."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.capabilities import Role
from oversight.models import ContactEntry
from tests.factories.accounts import CircleFactory, someone
from tests.factories.actions import an_action
from tests.factories.known import a_contact
from tests.factories.providers import CommissionerFactory, posted, provider_of

pytestmark = pytest.mark.django_db
LOG = "/contact-log/"


@pytest.fixture
def commissioner() -> Any:
    return CommissionerFactory()


@pytest.fixture
def provider(commissioner: Any) -> Any:
    return provider_of(commissioner, name="Ashdown House")


@pytest.fixture
def nurse(commissioner: Any) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, commissioner, name="Priya Nair")


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def said(response: Any, *words: str) -> bool:
    found = text(response)
    return all(each in found for each in words)


def test_a_committee_is_logged_with_today_me_and_the_provider_of_last_time(
    sign_in: Any, commissioner: Any, provider: Any, nurse: Any
) -> None:
    a_contact(commissioner, provider, by=nurse)
    provider_of(commissioner, name="Aaron Ward")
    client, today = sign_in(nurse), timezone.localdate()
    chosen = client.get(f"{LOG}new/")
    assert f"{LOG}new/?kind=committee" in text(chosen)
    shown = client.get(f"{LOG}new/?kind=committee")
    sent = posted(shown, forum="Safeguarding committee", challenge="Why is supervision late?")
    assert (sent["organisation"], sent["by"], sent["happened_on_day"]) == (provider.reference, nurse.pk, today.day)
    answer = client.post(f"{LOG}new/?kind=committee", sent, follow=True)
    entry = ContactEntry.objects.latest("pk")
    assert (entry.organisation, entry.happened_on, entry.by, entry.forum, entry.challenge) == (
        provider, today, nurse, "Safeguarding committee", "Why is supervision late?",
    )  # fmt: skip
    assert "Saved in the contact log" in text(answer)
    assert client.post(f"{LOG}new/?kind=committee", sent, follow=True).status_code == 200
    assert ContactEntry.objects.count() == 2


def test_a_call_stands_beside_what_it_was_about(sign_in: Any, commissioner: Any, provider: Any, nurse: Any) -> None:
    action = an_action(commissioner, provider)
    an_action(commissioner, provider, circle=CircleFactory(commissioner=commissioner), text="SECRET")
    client = sign_in(nurse)
    reminders = f"/reminders/of/action/{action.reference}/"
    before = client.get(reminders)
    assert said(before, "Last human contact", "None is logged")
    url = f"{LOG}new/?kind=call&organisation={provider.reference}&thing=action:{action.reference}"
    assert url.replace("&", "&amp;").replace(":", "%3A") in text(before)
    shown = client.get(url)
    assert ("SECRET" in text(shown), f"Action {action.reference}: {action.text}" in text(shown)) == (False, True)
    client.post(url, posted(shown, with_whom="Leah Okafor, named nurse", points="Plan by Friday", spoke="True"))
    entry = ContactEntry.objects.get()
    assert (entry.about_kind, entry.about_thing, entry.spoke) == ("action", action.pk, True)
    assert list(ContactEntry.objects.human_contact(provider)) == [entry]
    assert said(client.get(reminders), "Leah Okafor, named nurse", "Calls about this")
    assert f"/reminders/of/action/{action.reference}/" in text(client.get(f"{LOG}{entry.reference}/"))


def test_the_list_of_what_is_overdue_says_when_they_were_last_spoken_to(
    sign_in: Any, commissioner: Any, provider: Any, nurse: Any
) -> None:
    today = timezone.localdate()
    an_action(commissioner, provider, due_on=today - timedelta(days=20))
    client, day = sign_in(nurse), today - timedelta(days=3)
    assert "Last spoken to" not in text(client.get("/reminders/"))
    a_contact(commissioner, provider, kind="call", happened_on=day, by=nurse)
    a_contact(commissioner, provider, kind="call", happened_on=today, spoke=False, by=nurse)
    assert f"Last spoken to {day:%-d %b %Y}" in text(client.get("/reminders/"))


def test_what_is_wrong_is_said_beside_the_box_and_nothing_is_lost(
    sign_in: Any, commissioner: Any, provider: Any, nurse: Any
) -> None:
    client, today = sign_in(nurse), timezone.localdate()
    url = f"{LOG}new/?kind=local_authority&organisation={provider.reference}"
    sent = posted(
        client.get(url),
        happened_on=today + timedelta(days=1),
        due_on=today,
        with_whom="The county",
        points="Chronology",
    )
    future = client.post(url, sent)
    assert (future.status_code, "must be" in text(future), "Chronology" in text(future)) == (422, True, True)
    early = client.post(url, posted(client.get(url), points="Chronology", due_on=today - timedelta(days=2)))
    assert (early.status_code, "cannot be due before it was asked for" in text(early)) == (422, True)
    elsewhere = provider_of(CommissionerFactory())
    theirs = client.post(url, posted(client.get(url), points="x", due_on=today) | {"organisation": elsewhere.reference})
    assert theirs.status_code == 422
    assert ContactEntry.objects.count() == 0
    nothing = client.get(f"{LOG}new/?kind=call&organisation={provider.reference}")
    assert "owes nothing now" in text(nothing)
    named = posted(client.get(f"{LOG}new/?kind=advice"), points="About 943 476 5919", with_whom="Dr Khan")
    warned = client.post(f"{LOG}new/?kind=advice", named)
    assert (warned.status_code, "943 476 5919" in text(warned)) == (422, True)
    assert ContactEntry.objects.count() == 0
    assert [client.get(f"{LOG}new/?kind={kind}").status_code for kind in ("nonsense", "call%00")] == [200, 200]


def test_an_entry_is_corrected_and_withdrawn_in_the_open(sign_in: Any, commissioner: Any, nurse: Any) -> None:
    entry = a_contact(commissioner, by=nurse)
    client, page = sign_in(nurse), f"{LOG}{entry.reference}/"
    shown, also = client.get(f"{page}correct/"), client.get(f"{page}correct/")
    assert client.post(f"{page}correct/", posted(shown, points="Other points")).status_code == 422
    client.post(f"{page}correct/", posted(shown, points="Other points", reason="Mixed up two meetings"))
    assert said(client.get(page), "Corrected: Mixed up two meetings", "Training plan agreed.", "Other points")
    stale = client.post(f"{page}correct/", posted(also, points="Mine", reason="Mine too"))
    assert (stale.status_code, "Theirs, saved" in text(stale), "Mine" in text(stale)) == (409, True, True)
    again = client.post(f"{page}correct/", posted(stale))
    assert (again.status_code, ContactEntry.objects.get().points) == (302, "Mine")
    away = client.get(f"{page}withdraw/")
    client.post(f"{page}withdraw/", posted(away, reason="Another provider"))
    assert "Withdrawn by Priya Nair" in text(client.get(page))
    assert client.post(f"{page}withdraw/", posted(client.get(page + "withdraw/"), reason="Again")).status_code == 409
    assert "No contacts to show" in text(client.get(LOG))
    assert entry.reference in text(client.get(f"{LOG}?state=withdrawn"))


def test_requests_are_listed_by_their_date_and_answered(sign_in: Any, commissioner: Any, nurse: Any) -> None:
    today = timezone.localdate()
    asked = {"kind": "local_authority", "happened_on": today - timedelta(days=9), "by": nurse, "forum": ""}
    late = a_contact(commissioner, due_on=today - timedelta(days=1), with_whom="County, Ann", **asked)
    a_contact(commissioner, due_on=today + timedelta(days=5), **asked)
    client = sign_in(nurse)
    assert "2 not answered, 1 of them overdue" in text(client.get(f"{LOG}requests/"))
    answer = f"{LOG}{late.reference}/answer/"
    client.post(answer, posted(client.get(answer), words="Chronology sent"))
    assert "1 not answered, 0 of them overdue" in text(client.get(f"{LOG}requests/"))
    assert client.post(answer, posted(client.get(answer), words="Twice")).status_code == 409
    assert [row.reference for row in client.get(f"{LOG}?state=answered").context["rows"]] == [late.reference]


def test_every_count_leads_to_as_many_as_it_says(sign_in: Any, commissioner: Any, provider: Any, nurse: Any) -> None:
    for kind, count in (("committee", 3), ("advice", 2)):
        for n in range(count):
            a_contact(commissioner, provider, kind=kind, by=nurse, happened_on=timezone.localdate() - timedelta(days=n))
    a_contact(commissioner, kind="advice", by=nurse, happened_on=date(2019, 5, 5))
    client = sign_in(nurse)
    page = client.get(f"{LOG}counts/?organisation={provider.reference}")
    told = [
        (row["kind"].code, cell["year"].slug, cell["n"])
        for row in page.context["rows"]
        for cell in row["cells"]
        if cell["n"]
    ]
    assert sum(n for _, _, n in told) == 5
    for kind, year, n in told:
        rows = client.get(f"{LOG}?kind={kind}&year={year}&organisation={provider.reference}").context["rows"]
        assert rows.paginator.count == n


def test_the_list_asks_as_often_for_many_as_for_one(sign_in: Any, commissioner: Any, nurse: Any) -> None:
    client = sign_in(nurse)
    a_contact(commissioner, by=nurse)
    client.get(LOG)
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as caught:
            client.get(LOG)
        asked.append(len(caught))
        for _ in range(5):
            a_contact(commissioner, by=nurse)
    assert asked[0] == asked[1] <= 12


@pytest.mark.parametrize("role", [Role.PROVIDER_LEAD, Role.PROVIDER_CONTRIBUTOR, Role.EXECUTIVE_SIGNATORY])
def test_the_provider_finds_no_log(sign_in: Any, commissioner: Any, provider: Any, nurse: Any, role: Role) -> None:
    entry = a_contact(commissioner, provider, by=nurse)
    pages = (LOG, f"{LOG}new/", f"{LOG}counts/", f"{LOG}requests/", f"{LOG}{entry.reference}/")
    verbs = tuple(f"{LOG}{entry.reference}/{verb}/" for verb in ("correct", "withdraw", "answer"))
    client = sign_in(someone(role, provider))
    assert [client.get(url).status_code for url in (*pages, *verbs)] == [404] * 8
    assert [sign_in(nurse).get(url).status_code for url in pages] == [200] * 5
    assert client.get("/exports/contact-log.xlsx").status_code == 404

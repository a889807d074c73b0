"""Serious incidents from both sides, and other indicators: told the same day, looked at, counted, corrected openly."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from chasing.letters import answering_kinds, compose
from chasing.models import Letter
from oversight.models import Indicator, SeriousIncident
from tests.at_once import both
from tests.factories.accounts import someone
from tests.factories.chasing import a_place
from tests.factories.known import a_term, an_incident
from tests.factories.providers import CommissionerFactory, SiteFactory, posted, provider_of

pytestmark = pytest.mark.django_db
PAGE = "/incidents/"


@pytest.fixture
def commissioner() -> Any:
    return CommissionerFactory()


@pytest.fixture
def provider(commissioner: Any) -> Any:
    return provider_of(commissioner, name="Ashdown House")


@pytest.fixture
def lead(provider: Any) -> Any:
    return someone(Role.PROVIDER_LEAD, provider, name="Leah Lead")


@pytest.fixture
def nurse(commissioner: Any) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, commissioner, name="Priya Nair")


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def told(client: Any, **changes: Any) -> dict[str, Any]:
    """What the provider would send."""
    yesterday = timezone.localdate() - timedelta(days=1)
    given = {
        "number": f"{yesterday.year}/12345", "happened_on": yesterday, "reported_on": yesterday, "strand": "children",
        "category": a_term("incident_category", "child-protection").pk, **changes,
    }  # fmt: skip
    return posted(client.get(f"{PAGE}report/"), **given)


def test_a_report_reaches_the_designated_team_the_same_day_without_a_case_word(
    sign_in: Any, provider: Any, lead: Any, nurse: Any
) -> None:
    ward = SiteFactory(organisation=provider, name="Willow Ward")
    client = sign_in(lead)
    sent = told(client, site=ward.pk)
    answer = client.post(f"{PAGE}report/", sent, follow=True)
    assert "The designated team has been told" in text(answer)
    incident = SeriousIncident.objects.get()
    assert (incident.site, incident.told_by, incident.commissioner) == (
        ward,
        lead,
        nurse.memberships.get().organisation,
    )
    client.post(f"{PAGE}report/", sent)
    assert (SeriousIncident.objects.count(), Letter.objects.count()) == (1, 1)
    message = compose(Letter.objects.get(), timezone.now())
    html = message.alternatives[0][0]
    words = f"{message.subject} {message.body} {html}"
    assert (message.to, "incident_reported" in answering_kinds()) == ([nurse.email], True)
    assert incident.reference in message.subject
    assert f"/incidents/{incident.reference}/" in message.body
    for case in (incident.number, "Willow Ward", "Child protection", "Strand"):
        assert case not in words


def test_what_is_wrong_is_said_and_nothing_is_lost(sign_in: Any, commissioner: Any, provider: Any, lead: Any) -> None:
    client, today = sign_in(lead), timezone.localdate()
    known = an_incident(commissioner, provider, number=f"{today.year}/777", told_by=lead)
    tomorrow = today + timedelta(days=1)
    cases = {
        "Enter the StEIS number as the year": {"number": "12345"},
        "is in the future. Check the number": {"number": f"{today.year + 1}/12345"},
        "has been reported already": {"number": known.number},
        "The date of the incident must be": {"happened_on": tomorrow, "reported_on": tomorrow},
        "cannot have been reported before it happened": {"reported_on": today - timedelta(days=30)},
        "Select a valid choice": {"site": SiteFactory(organisation=provider_of(commissioner)).pk},
    }
    for words, change in cases.items():
        answer = client.post(f"{PAGE}report/", told(client, **change))
        assert (answer.status_code, words in text(answer)) == (422, True), words
    assert list(SeriousIncident.objects.all()) == [known]
    elsewhere = sign_in(someone(Role.PROVIDER_LEAD, provider_of(commissioner)))
    same = elsewhere.post(f"{PAGE}report/", told(elsewhere, number=known.number))
    assert same.status_code == 302


def test_the_form_takes_no_story(sign_in: Any, lead: Any) -> None:
    page = text(sign_in(lead).get(f"{PAGE}report/"))
    assert "<textarea" not in page
    assert "Worried about someone now?" in page


def test_somebody_looks_and_a_correction_is_looked_at_again(
    sign_in: Any, commissioner: Any, provider: Any, lead: Any, nurse: Any
) -> None:
    incident = an_incident(commissioner, provider, told_by=lead, told_at=timezone.now())
    page, theirs, ours = f"{PAGE}{incident.reference}/", sign_in(lead), sign_in(nurse)
    shown = ours.get(page)
    assert "I have looked at it" in text(shown)
    assert "I have looked at it" not in text(theirs.get(page))
    look = {"version": incident.version, "form_token": ""}
    ours.post(f"{page}look/", look)
    assert "Priya Nair" in text(theirs.get(page))
    again = ours.post(f"{page}look/", look)
    assert (again.status_code, "acknowledged in the meantime" in text(again)) == (409, True)
    assert theirs.post(f"{page}look/", look).status_code == 404
    correct = theirs.get(f"{page}correct/")
    theirs.post(f"{page}correct/", posted(correct, strand="adults", reason="Wrong strand"))
    assert "Corrected: Wrong strand" in text(ours.get(page))
    assert "1 that nobody has looked at yet" in text(ours.get(PAGE))
    away = theirs.get(f"{page}withdraw/")
    theirs.post(f"{page}withdraw/", posted(away, reason="Another home"))
    assert "Withdrawn by Leah Lead" in text(ours.get(page))
    assert [ours.get(f"{page}{verb}/").status_code for verb in ("correct", "withdraw")] == [404, 404]


def test_after_its_time_a_report_is_not_corrected_any_more(
    sign_in: Any, commissioner: Any, provider: Any, lead: Any
) -> None:
    incident = an_incident(commissioner, provider, told_by=lead, told_at=timezone.now() - timedelta(days=11))
    client, page = sign_in(lead), f"{PAGE}{incident.reference}/"
    assert "Correct it" not in text(client.get(page))
    late = client.post(f"{page}correct/", posted(client.get(f"{page}correct/"), strand="adults", reason="Late"))
    assert (late.status_code, "can be corrected for 10 days" in text(late)) == (409, True)
    assert SeriousIncident.objects.get().strand == "children"


def test_themes_count_and_lead_to_as_many(sign_in: Any, commissioner: Any, provider: Any, nurse: Any) -> None:
    today = timezone.localdate()
    for n in range(3):
        an_incident(commissioner, provider, number=f"2026/1{n}", happened_on=today, reported_on=today)
    fall = a_term("incident_category", "fall")
    other = an_incident(commissioner, number="2026/99", category=fall, happened_on=today, reported_on=today)
    client = sign_in(nurse)
    page = client.get(f"{PAGE}themes/")
    cells = [
        (f"{key}={row['code']}&year={cell['year'].slug}", cell["n"])
        for key, rows in (("category", page.context["categories"]), ("organisation", page.context["providers"]))
        for row in rows
        for cell in row["cells"]
        if cell["n"]
    ]
    assert sorted(n for _, n in cells) == [1, 1, 3, 3]
    for query, n in cells:
        assert client.get(f"{PAGE}?{query}").context["rows"].paginator.count == n
    own = sign_in(someone(Role.PROVIDER_LEAD, other.organisation)).get(f"{PAGE}themes/")
    assert [row["label"] for row in own.context["providers"]] == [other.organisation.name]
    assert client.get(f"{PAGE}?q=/99").context["rows"].object_list[0] == other


def test_an_indicator_is_entered_and_corrected_without_overwriting(
    sign_in: Any, commissioner: Any, provider: Any, nurse: Any, lead: Any
) -> None:
    client, today = sign_in(nurse), timezone.localdate()
    given = {
        "organisation": provider.reference, "kind": a_term("indicator", "complaints").pk, "n": 5, "d": 4, "on": today,
        "source": "Quality report",
    }  # fmt: skip
    wrong = client.post("/indicators/new/", posted(client.get("/indicators/new/"), **given))
    assert (wrong.status_code, "5 cannot be part of 4" in text(wrong)) == (422, True)
    late = posted(client.get("/indicators/new/"), **given | {"d": 40, "on": today + timedelta(days=1)})
    assert client.post("/indicators/new/", late).status_code == 422
    client.post("/indicators/new/", posted(client.get("/indicators/new/"), **given | {"d": 40}))
    first = Indicator.objects.get()
    correct = f"/indicators/{first.reference}/correct/"
    shown, also = client.get(correct), client.get(correct)
    client.post(correct, posted(shown, n=6, reason="One more"))
    assert client.post(correct, posted(also, n=7, reason="Two more")).status_code == 409
    assert sorted(Indicator.objects.values_list("n", flat=True)) == [5, 6]
    page = text(client.get(f"/indicators/{first.reference}/"))
    assert ("Replaced" in page, "Correction: One more" in page) == (True, True)
    assert client.get("/indicators/").context["rows"].paginator.count == 1
    theirs = sign_in(lead)
    assert [theirs.get(url).status_code for url in ("/indicators/", "/indicators/new/", correct)] == [404] * 3


@pytest.mark.django_db(transaction=True)
def test_of_two_who_report_the_same_number_at_once_one_is_told(sign_in: Any) -> None:
    place = a_place()
    lead = someone(Role.PROVIDER_LEAD, place.provider)
    clients = [sign_in(lead), sign_in(lead)]
    sent = [told(client, number="2026/4711") for client in clients]
    doings = [lambda n=n: clients[n].post(f"{PAGE}report/", sent[n]).status_code for n in range(2)]
    assert both(*doings) in ([302, 409], [302, 422])
    assert SeriousIncident.objects.count() == 1

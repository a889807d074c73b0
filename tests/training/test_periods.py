"""Periods through the pages: prepared, seen, issued, added to, closed; the counts always add up."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from tests.factories.accounts import someone
from tests.factories.providers import ArrangementFactory, CommissionerFactory, posted, provider_of
from tests.factories.training import a_figures_return, a_line, a_period, lead_of, submitted
from training.models import FigureReturn, Period, days_of

pytestmark = pytest.mark.django_db
LIST, ADD = "/figures/periods/", "/figures/periods/add/"


@pytest.fixture(scope="module")
def ground(beneath):
    with beneath():
        commissioner = CommissionerFactory()
        ArrangementFactory(commissioner=commissioner, organisation=commissioner)
        providers = [provider_of(commissioner, name=f"Provider {n}") for n in "ABC"]
        yield commissioner, someone(Role.QUALITY_ANALYST, commissioner), providers


def last_quarter():
    first, _ = days_of("quarter", timezone.localdate())
    return days_of("quarter", first - timedelta(days=1))


def test_a_period_is_prepared_seen_and_issued(ground, sign_in):
    commissioner, analyst, providers = ground
    client, (_, ends) = sign_in(analyst), last_quarter()
    assert f"Prepare {Period(ends_on=ends).label}" in client.get(LIST).content.decode()
    due = timezone.localdate() + timedelta(days=20)
    sent = posted(client.get(ADD), period=f"quarter {ends}", due_on=due)
    preview = client.post(ADD, sent, follow=True)
    period = Period.objects.get()
    assert (period.commissioner, period.ends_on, period.due_on, period.state) == (commissioner, ends, due, "draft")
    assert "4 on the register: 4 are asked, 0 are not." in preview.content.decode()
    detail = client.post(reverse("training:period-preview", args=[period.reference]), {"submit": "1"}, follow=True)
    assert "4 returns issued." in detail.content.decode()
    assert ">0</a> of" in detail.content.decode()
    assert set(period.returns.values_list("organisation", flat=True)) == {commissioner.pk, *(p.pk for p in providers)}
    again = client.post(ADD, sent | {"form_token": ""})
    assert (again.status_code, "There is a period for this already" in again.content.decode()) == (422, True)


def test_the_counts_always_add_up_and_lead_to_their_lists(ground, sign_in):
    commissioner, analyst, providers = ground
    on, line = timezone.localdate(), a_line(commissioner)
    past, ahead = on - timedelta(days=3), on + timedelta(days=3)
    period = a_period(commissioner, ends_on=last_quarter()[1])

    def owed(organisation, due, first=None):
        return a_figures_return(period, organisation, [line], due_on=due, original_due_on=first or due)

    submitted(owed(providers[0], past), children_2=(1, 1))
    owed(providers[1], past)
    owed(providers[2], ahead, past)
    owed(commissioner, ahead)
    gone = owed(provider_of(commissioner, name="Gone"), past)
    gone.withdraw(by=analyst, at=timezone.now(), reason="It closed")
    returns = FigureReturn.objects.filter(period=period)
    counts = returns.progress(on=on)
    assert counts == {"total": 5, "returned": 1, "late": 1, "extended": 1, "not_yet_due": 1, "withdrawn": 1}
    client = sign_in(analyst)
    words = client.get(reverse("training:period-detail", args=[period.reference])).content.decode()
    assert ("Provider B" in words, "It closed" in words, "1 late" in words) == (True, True, True)
    for progress in ("returned", "late", "extended", "not_yet_due"):
        page = client.get("/figures/returns/", {"period": period.reference, "progress": progress})
        assert page.context["returns"].paginator.count == 1
    assert "1 of 5, 1 late, 1 withdrawn" in client.get(LIST).content.decode()


def test_a_late_return_is_added_and_the_period_closed(ground, sign_in):
    commissioner, analyst, providers = ground
    period, client = a_period(commissioner), sign_in(analyst)
    add = reverse("training:period-addition", args=[period.reference])
    due = timezone.localdate() + timedelta(days=40)
    client.post(add, posted(client.get(add), organisation=providers[0].reference, due_on=due))
    assert FigureReturn.objects.get(period=period).due_on == due
    close = reverse("training:period-close", args=[period.reference])
    client.post(close, posted(client.get(close)))
    period.refresh_from_db()
    assert period.state == "closed"
    assert client.post(close, {"submit": "1"}).status_code == 409
    assert "only while a period is open" in client.get(add).content.decode()


def test_another_due_date_while_it_is_prepared(ground, sign_in):
    commissioner, analyst, _ = ground
    period, client = a_period(commissioner, state="draft"), sign_in(analyst)
    edit = reverse("training:period-edit", args=[period.reference])
    due, page = timezone.localdate() + timedelta(days=9), client.get(edit)
    client.post(edit, posted(page, due_on=due))
    period.refresh_from_db()
    assert period.due_on == due
    assert client.post(edit, posted(page, due_on=due + timedelta(days=1), form_token="")).status_code == 409
    period.begin_issuing(by=analyst, at=timezone.now())
    assert client.get(edit).status_code == 409


def test_a_provider_sees_no_period_and_a_reader_of_figures_prepares_none(ground, sign_in):
    commissioner, _, providers = ground
    period = a_period(commissioner, state="draft")
    assert sign_in(lead_of(providers[0])).get(LIST).status_code == 404
    reader = sign_in(someone(Role.GOVERNING_BODY, commissioner))
    page = reader.get(reverse("training:period-detail", args=[period.reference])).content.decode()
    assert ("Nothing has been sent" in page, "See who is asked" in page) == (True, False)
    assert reader.get(reverse("training:period-preview", args=[period.reference])).status_code == 404

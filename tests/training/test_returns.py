"""One figures return through the pages: where it stands, its versions, its dates, and typing what arrived."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from chasing.models import Letter
from tests.factories.accounts import MembershipFactory, someone
from tests.factories.providers import CommissionerFactory, posted, provider_of
from tests.factories.training import (
    SUBMITTED,
    a_figures_return,
    a_line,
    a_period,
    corrected,
    lead_of,
    submitted,
)
from training.models import Cell

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def ground(beneath):
    with beneath():
        commissioner = CommissionerFactory()
        provider = provider_of(commissioner, mailbox="desk@example.org")
        lead_of(provider)
        lines = [a_line(commissioner), a_line(commissioner, "referrals", form="count", direction="none")]
        yield a_period(commissioner), provider, lines, someone(Role.QUALITY_ANALYST, commissioner)


@pytest.fixture
def owed(ground):
    period, provider, lines, _ = ground
    return a_figures_return(period, provider, lines, threshold=90)


@pytest.fixture
def analyst(ground, sign_in):
    return sign_in(ground[3])


def at(owed, name, *more):
    return reverse(f"training:return-{name}", args=[owed.reference, *more])


def test_a_draft_is_the_providers_own_and_its_state_is_not(owed, analyst, sign_in):
    page = analyst.get(at(owed, "detail")).content.decode()
    assert ("is its own until it is submitted" in page, "No return received" in page) == (True, True)
    assert analyst.get(at(owed, "version", 1)).status_code == 404
    other = sign_in(lead_of(provider_of(owed.commissioner)))
    assert (other.get(at(owed, "detail")).status_code, other.get("/figures/returns/").status_code) == (404, 200)
    assert owed.organisation.name not in other.get("/figures/returns/").content.decode()
    own = sign_in(lead_of(owed.organisation)).get("/figures/returns/").content.decode()
    lists = [("Our figures returns" in page, '<th scope="col">Provider' in page, "id_category" in page)
             for page in (own, analyst.get("/figures/returns/").content.decode())]  # fmt: skip
    assert lists == [(True, False, False), (False, True, True)]


def test_both_versions_are_read_and_compared(owed, analyst):
    submitted(owed, children_2=(45, 50), referrals=7)
    corrected(owed, at=SUBMITTED + timedelta(days=2), reason="Two counted twice", children_2=(43, 50), referrals=7)
    page = analyst.get(at(owed, "detail")).content.decode()
    assert ("Version 2" in page, "corrected: Two counted twice" in page, "Submitted (version 1)" in page) == (True,) * 3
    second = analyst.get(at(owed, "version", 2))
    changed = [(each.line, each.part, each.before, each.after) for each in second.context["changed"]]
    assert changed == [("Line children-2", "Everybody", "45 of 50", "43 of 50")]
    assert "86.0 %" in second.content.decode()
    assert "45 of 50" in analyst.get(at(owed, "version", 1)).content.decode()
    assert analyst.get(at(owed, "receipt", 2)).content.startswith(b"%PDF")
    to = Letter.objects.filter(kind="figures_receipt").values_list("to_user", "to_organisation")
    assert list(to) == [(lead_of(owed.organisation).pk, None), (None, owed.organisation_id)] * 2


def test_a_later_date_is_agreed_and_the_first_stays(owed, ground, analyst):
    first, to = owed.due_on, timezone.localdate() + timedelta(days=10)
    page = analyst.get(at(owed, "extend"))
    analyst.post(at(owed, "extend"), posted(page, due_on=to, reason="Merger", agreed_by=ground[3].pk))
    owed.refresh_from_db()
    assert (owed.due_on, owed.original_due_on, owed.due_version) == (to, first, 2)
    assert "Merger" in analyst.get(at(owed, "detail")).content.decode()
    refused = analyst.post(
        at(owed, "extend"), posted(page, due_on=first, reason="Kept", agreed_by=ground[3].pk) | {"form_token": ""}
    )
    assert (refused.status_code, "Kept" in refused.content.decode()) == (422, True)


def test_a_withdrawn_return_stays_with_its_reason_and_the_provider_is_told(owed, analyst):
    analyst.post(at(owed, "withdraw"), posted(analyst.get(at(owed, "withdraw")), reason="The home closed"))
    owed.refresh_from_db()
    assert (owed.state, owed.settled_at is not None) == ("withdrawn", True)
    assert "The home closed" in analyst.get(at(owed, "detail")).content.decode()
    assert Letter.objects.get(kind="figures_withdrawn").to_organisation == owed.organisation
    assert analyst.post(at(owed, "withdraw"), {"reason": "Again"}).status_code == 409


def test_what_arrived_on_paper_is_begun_given_back_and_never_typed_over(owed, analyst):
    page = analyst.get(at(owed, "receive"))
    said = {"channel": "paper", "received_from": "Pat Paper", "received_on": timezone.localdate()}
    analyst.post(at(owed, "receive"), posted(page, **said))
    owed.refresh_from_db()
    assert (owed.entering, owed.entries.get().received_from) == (True, "Pat Paper")
    assert "Received on paper from Pat Paper" in analyst.get(at(owed, "detail")).content.decode()
    analyst.post(at(owed, "give-back"), posted(analyst.get(at(owed, "give-back"))))
    owed.refresh_from_db()
    # Nothing was typed, so what arrives after all can be; where something stands it is the provider's.
    assert (owed.entering, owed.state) == (False, "issued")
    analyst.post(at(owed, "receive"), posted(analyst.get(at(owed, "receive")), **said))
    assert "What the provider is writing" not in analyst.get(at(owed, "detail")).content.decode()
    Cell.objects.filter(asked__figure_return=owed).update(numerator=1, written_at=timezone.now())
    analyst.post(at(owed, "give-back"), posted(analyst.get(at(owed, "give-back"))))
    owed.refresh_from_db()
    assert (owed.entering, owed.state) == (False, "in_progress")
    detail = analyst.get(at(owed, "detail")).content.decode()
    assert (at(owed, "receive") in detail, "has begun to write here" in detail) == (False, True)
    assert analyst.get(at(owed, "receive")).status_code == 409


def test_the_list_asks_as_much_for_many_as_for_one(ground, analyst, django_assert_max_num_queries):
    period, _, lines, _ = ground
    for _ in range(3):
        a_figures_return(period, provider_of(period.commissioner), lines)
    with django_assert_max_num_queries(12):
        page = analyst.get("/figures/returns/")
    assert page.context["returns"].paginator.count == 3


def test_the_filter_says_whose_a_period_is_where_two_commissioners_ask(ground, owed, analyst):
    period, _, lines, person = ground
    other = CommissionerFactory(name="NHS Elsewhere")
    labels = [words for _, words in analyst.get("/figures/returns/").context["filters"].fields["period"].choices]
    assert labels == ["All periods", str(period)]
    theirs = a_figures_return(a_period(other), provider_of(other), lines)
    MembershipFactory(user=person, organisation=other, role=Role.QUALITY_ANALYST)
    page = analyst.get("/figures/returns/", {"period": theirs.period.reference})
    labels = [words for _, words in page.context["filters"].fields["period"].choices]
    assert set(labels[1:]) == {f"{period}, {period.commissioner}", f"{period}, NHS Elsewhere"}
    assert list(page.context["returns"]) == [theirs]

"""Serious incidents and other indicators: one number once, corrected for a while, looked at, counted."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.capabilities import Role
from accounts.door import Refused
from oversight.models import IncidentRule, Indicator, SeriousIncident
from tests.factories.accounts import someone
from tests.factories.known import THEN, a_term, an_incident, an_indicator
from tests.factories.providers import CommissionerFactory, SiteFactory, provider_of

pytestmark = pytest.mark.django_db


def test_a_number_is_reported_once_by_a_provider_until_it_is_withdrawn(at: Any) -> None:
    first = an_incident()
    an_incident()  # another provider may report the same: that it did is nobody else's business
    same = {"commissioner": first.commissioner, "organisation": first.organisation}
    with pytest.raises(IntegrityError), transaction.atomic():
        an_incident(**same)
    first.withdraw(expected=1, by=first.told_by, at=at, reason="Another provider's")
    again = an_incident(**same)
    assert list(SeriousIncident.objects.of(first.organisation).standing()) == [again]
    for wrong in (
        {"reported_on": date(2026, 11, 11)},
        {"site": SiteFactory(organisation=provider_of(first.commissioner))},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            an_incident(**same, number="2026/99", **wrong)


def test_a_correction_is_looked_at_again_and_ends_with_its_time(at: Any) -> None:
    incident, rule = an_incident(), IncidentRule.objects.get(commissioner=None)
    nurse = someone(Role.DESIGNATED_PROFESSIONAL, incident.commissioner)
    incident.look(expected=1, by=nurse, at=at)
    with pytest.raises(Refused):
        incident.look(expected=1, by=nurse, at=at)
    assert list(SeriousIncident.objects.unread()) == []
    told = {"by": incident.told_by, "reason": "Wrong strand", "strand": "adults"}
    incident.put_right(rule, expected=2, at=THEN + timedelta(days=10), **told)
    assert (list(SeriousIncident.objects.unread()), incident.strand) == ([incident], "adults")
    with pytest.raises(Refused):
        incident.put_right(rule, expected=3, at=THEN + timedelta(days=10, seconds=1), **told)


def test_an_indicator_is_replaced_and_never_overwritten() -> None:
    commissioner = CommissionerFactory()
    provider = provider_of(commissioner)
    first = an_indicator(commissioner, provider)
    right = an_indicator(commissioner, provider, n=4, replaces=first, because="One more was found")
    later = an_indicator(commissioner, provider, on=date(2026, 11, 15), n=2)
    infection = an_indicator(commissioner, provider, kind=a_term("indicator", "infection"), d=None)
    assert set(Indicator.objects.of(provider).standing()) == {right, later, infection}
    assert set(Indicator.objects.of(provider).newest_of_each()) == {later, infection}
    for change in ({"n": 9}, {"because": "x"}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Indicator.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        an_indicator(commissioner, provider, n=41)
    with pytest.raises(IntegrityError), transaction.atomic():
        an_indicator(commissioner, provider, replaces=first, because="Corrected twice")

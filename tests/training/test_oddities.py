"""The checks over what was submitted: the same questions, with what the provider said, and nothing of a draft."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.capabilities import Role
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.training import ENDS, a_figures_return, a_line, a_period, fill, lead_of, submitted
from training.models import FigureReturn
from training.models.writing import explain
from training.oddities import oddities_of

pytestmark = pytest.mark.django_db


def asked(returns: list[FigureReturn], on: date) -> list[tuple[str, str, str, str]]:
    ours = FigureReturn.objects.filter(pk__in=[each.pk for each in returns]).select_related("period").order_by("pk")
    return [
        (each.figure_return.organisation.name, each.asked.code, each.question.words, each.question.explained)
        for each in oddities_of(list(ours), on=on)
    ]


def test_what_was_submitted_is_asked_about_and_drafts_are_not(on: date, at: Any) -> None:
    commissioner = CommissionerFactory()
    line, before, now = a_line(commissioner), a_period(commissioner, ends_on=date(2026, 6, 30)), a_period(commissioner)
    places = [provider_of(commissioner, name=name) for name in ("Alpha", "Beta", "Gamma")]
    for place in places:
        submitted(a_figures_return(before, place, [line]), children_2=(70, 80))
    alpha, beta, gamma = (a_figures_return(now, place, [line]) for place in places)
    words = "It was out of 80 in Q1 2026-27, and is out of 97 now, 21.3 % more. What changed?"
    fill(alpha, children_2=(90, 97))
    explain(alpha, {(alpha.lines.get().pk, "jump", ""): (words, "A ward joined us.")}, by=lead_of(places[0]), at=at)
    submitted(alpha)
    submitted(beta, children_2=(90, 97))
    fill(gamma, children_2=(90, 970))
    all_three = [alpha, beta, gamma]
    expected = [("Alpha", "children-2", words, "A ward joined us."), ("Beta", "children-2", words, "")]
    assert asked(all_three, on) == expected
    alpha.begin_correction("Counted wrongly", by=lead_of(places[0]), at=at)
    fill(alpha, children_2=(1, 2))
    explain(alpha, {(alpha.lines.get().pk, "jump", ""): (words, "")}, by=lead_of(places[0]), at=at)
    assert asked(all_three, on) == expected
    assert now.ends_on == ENDS


def test_many_returns_are_asked_about_in_as_many_queries_as_one(on: date) -> None:
    commissioner = CommissionerFactory()
    line, period = a_line(commissioner), a_period(commissioner)
    for _ in range(3):
        submitted(a_figures_return(period, provider_of(commissioner), [line]), children_2=(85, 100))
    ours = FigureReturn.objects.filter(period=period).select_related("period")
    returns = list(ours)
    with CaptureQueriesContext(connection) as one:
        assert len(oddities_of(returns[:1], on=on)) == 1
    with CaptureQueriesContext(connection) as three:
        assert len(oddities_of(returns, on=on)) == 3
    assert (len(one), len(three)) == (6, 6)


def test_the_page_names_what_is_odd_and_hides_what_was_explained(
    sign_in: Callable[..., Client], on: date, at: Any
) -> None:
    commissioner = CommissionerFactory()
    line, period = a_line(commissioner), a_period(commissioner)
    words = "It is out of exactly 100 (85 of 100). Are these people, or a per cent?"
    for name in ("Alpha", "Beta", "Gamma"):
        owed = fill(a_figures_return(period, provider_of(commissioner, name=name), [line]), children_2=(85, 100))
        if name == "Alpha":
            explain(
                owed,
                {(owed.lines.get().pk, "percent", ""): (words, "A hundred work here.")},
                by=lead_of(owed.organisation),
                at=at,
            )
        if name != "Gamma":
            submitted(owed)
    submitted(fill(a_figures_return(period, commissioner, [line]), children_2=(85, 100)))
    client = sign_in(someone(Role.QUALITY_ANALYST, commissioner))
    address = f"/figures/periods/{period.reference}/oddities/"
    client.get(address)
    with CaptureQueriesContext(connection) as asked_for:
        page = client.get(address)
    text = page.content.decode()
    assert (text.count(words), "Beta" in text, "Alpha" in text, "Gamma" in text) == (2, True, False, False)
    assert text.count("/queries/ask/") == 1  # of one's own people there is nobody else to ask
    assert "1 question on this page is explained" in text
    assert len([each for each in asked_for if "django_session" not in each["sql"]]) <= 12
    everything = client.get(address, {"show": "all"}).content.decode()
    assert (everything.count(words), "A hundred work here." in everything) == (3, True)
    assert sign_in(lead_of(owed.organisation)).get(address).status_code == 404
    theirs = someone(Role.QUALITY_ANALYST, CommissionerFactory())
    assert sign_in(theirs).get(address).status_code == 404

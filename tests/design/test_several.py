"""Rows of several models with one question are what each question gives by itself."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assurance_portal.bench.five_years import fill
from design.several import ask_several
from oversight.models import IntelligenceItem, Visit, VisitFinding
from providers.models import Organisation, Post, RegulatorRating
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db


def columns(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_each_list_is_as_its_own_question_gives_it() -> None:
    commissioner = CommissionerFactory()
    trust = provider_of(commissioner)
    fill(trust, by=someone("DP", commissioner), on=timezone.localdate())
    asked = {
        "visits": Visit.objects.order_by("-planned_on").select_related("organisation__category", "site", "lead")[:3],
        "findings": VisitFinding.objects.concerns().select_related("visit")[:5],
        "items": IntelligenceItem.objects.select_related("theme", "source"),
        "posts": Post.objects.as_on(timezone.localdate()).order_by("title"),
        "ratings": RegulatorRating.objects.annotate(whose=F("organisation__name")),
        "nobody": Organisation.objects.filter(pk__in=[]),
        "none": Organisation.objects.filter(name="Nobody"),
    }
    with CaptureQueriesContext(connection) as statements:
        found = ask_several(asked)
    assert len(statements) == 1
    assert {name: len(rows) for name, rows in found.items()} == {name: len(rows) for name, rows in asked.items()}
    assert [(found[name], asked[name].count()) for name in ("nobody", "none")] == [([], 0)] * 2
    for name, rows in asked.items():
        assert [columns(each) for each in found[name]] == [columns(each) for each in rows]
    with CaptureQueriesContext(connection) as more:
        said = [(each.organisation.category.name, each.site, each.lead.name) for each in found["visits"]]
        said += [(each.visit.planned_on, each.get_judgement_display()) for each in found["findings"]]
        said += [(each.theme.label, each.source.label) for each in found["items"]]
        said += [(each.holder_name, each.vacant_since, each.checked_on) for each in found["posts"]]
        said += [(each.whose, each._state.adding) for each in found["ratings"]]
    assert len(more) == 0
    plain = [(each.organisation.category.name, each.site, each.lead.name) for each in asked["visits"]]
    plain += [(each.visit.planned_on, each.get_judgement_display()) for each in asked["findings"]]
    plain += [(each.theme.label, each.source.label) for each in asked["items"]]
    plain += [(each.holder_name, each.vacant_since, each.checked_on) for each in asked["posts"]]
    plain += [(each.whose, False) for each in asked["ratings"]]
    assert said == plain


def test_nothing_is_asked_when_nothing_can_be_found() -> None:
    with CaptureQueriesContext(connection) as statements:
        assert ask_several({"nobody": Organisation.objects.filter(pk__in=[])}) == {"nobody": []}
    assert len(statements) == 0

"""Two people at the same visit at the same moment: one is told, and nothing is written twice."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from oversight.models import Visit, VisitReport
from oversight.models.visit_reports import sign_final
from oversight.models.visit_writing import save_line
from oversight.visiting.document import document_of, seen_of
from tests.at_once import both
from tests.factories.accounts import someone
from tests.factories.framework import published
from tests.factories.visits import a_finding, a_visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LINE = {"asked": "Supervision", "judgement": "concern", "criterion": None, "site": None}


def test_of_two_who_fill_the_same_empty_line_one_sees_the_other() -> None:
    visit, key, at = a_visit(), uuid.uuid4(), timezone.now()
    nurse = visit.lead
    said = both(
        lambda: save_line(visit, key, {**LINE, "text": "One"}, seen=0, place=1, by=nurse, at=at).text,
        lambda: save_line(visit, key, {**LINE, "text": "Other"}, seen=0, place=1, by=nurse, at=at).text,
    )
    assert "refused" in said
    assert [line.text for line in visit.findings.all()] == [each for each in said if each != "refused"]


def test_of_two_who_sign_one_signs() -> None:
    published()
    visit = a_visit(state="with_provider", planned_on=timezone.localdate() - timedelta(days=30))
    a_finding(visit, "compliant")
    director, at = someone(Role.DIRECTOR_OF_NURSING, visit.commissioner), timezone.now()
    document = document_of(visit)

    def sign() -> str:
        mine = Visit.objects.get(pk=visit.pk)
        return sign_final(mine, document, seen_of(mine), by=director, at=at).kind

    assert list(both(sign, sign)) == ["final", "refused"]
    assert VisitReport.objects.filter(visit=visit).count() == 1

"""Two people at the same visit at the same moment: one is told, and nothing is written twice."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from oversight.models import Visit, VisitMember, VisitReport
from oversight.models.visit_plan import change_plan
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


def test_a_plan_that_changes_and_a_line_that_is_written_at_the_same_moment_are_never_both_kept() -> None:
    visit, at = a_visit(team=[VisitMember(name="Jo Bird", comes_from="County Council")]), timezone.now()

    def change() -> str:
        mine = Visit.objects.get(pk=visit.pk)
        plan = {"planned_on": mine.planned_on, "kind": "virtual", "notice_given_on": None, "lead": mine.lead}
        change_plan(mine, team=[], reason="By video", by=mine.lead, at=at, **plan)
        return "changed"

    def write() -> str:
        return save_line(visit, uuid.uuid4(), {**LINE, "text": "One"}, seen=0, place=1, by=visit.lead, at=at).text

    said = list(both(change, write))
    visit.refresh_from_db()
    # Whichever came first: a plan never changes under a line that is there, and either all of it changes or nothing.
    assert "One" in said
    changed = "changed" in said
    assert (visit.kind, visit.team.count(), visit.version) == (("virtual", 0, 2) if changed else ("announced", 1, 1))
    assert list(both(change, change)) == ["refused", "refused"]
    assert visit.steps.filter(what="team").count() == changed


def test_of_two_who_change_the_plan_one_is_told() -> None:
    visit, at = a_visit(), timezone.now()
    seen = [Visit.objects.get(pk=visit.pk) for _ in range(2)]

    def change(mine: Visit, kind: str) -> str:
        plan = {"planned_on": mine.planned_on, "kind": kind, "notice_given_on": None, "lead": mine.lead}
        change_plan(mine, team=[], reason="Another kind", by=mine.lead, at=at, **plan)
        return kind

    said = list(both(lambda: change(seen[0], "virtual"), lambda: change(seen[1], "joint")))
    visit.refresh_from_db()
    assert sorted(said) == sorted(["refused", visit.kind])
    assert visit.version == 2

"""Every result row and level recomputed from the ratings: no difference, and one that somebody made is told."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assurance import recount
from assurance.models import LevelResult, StandardResult
from assurance.models.deciding import Override
from tests.factories.assurance import a_return
from tests.factories.validation import answer, decide_all, grade, nurse_of, submitted, validated

pytestmark = pytest.mark.django_db


def test_verbs_leave_no_difference(at):
    from assurance.models.regrading import regrade

    a_return()
    submitted(at, r1_2="amber")
    regraded = validated(at)
    regrade(
        regraded, answer(regraded, "2.1").criterion_version_id, grade=grade(regraded, "red"), reason="Why",
        evidence=None, by=nurse_of(regraded), at=at,
    )  # fmt: skip
    judged = submitted(at)
    nurse = nurse_of(judged)
    for strand in ("children", "adults", "looked_after"):
        decide_all(judged, strand, by=nurse, at=at).sign_off(by=nurse, at=at, level=Override("limited", "Not sure."))
    out = StringIO()
    call_command("check_results", stdout=out)
    assert out.getvalue() == "0 differences in 3 returns\n"


def test_a_row_that_was_changed_and_one_that_is_missing_are_told(at):
    assessment = validated(at)
    StandardResult.objects.filter(self_assessment=assessment, basis="validated", standard__number=1).update(met=1)
    LevelResult.objects.filter(self_assessment=assessment, strand="adults").delete()
    found = list(recount.differences())
    assert [line.split(": ", 2)[2] for line in found] == ["is missing", "met is 1, the ratings say 3"] or [
        line.split(": ", 2)[2] for line in found
    ] == ["met is 1, the ratings say 3", "is missing"]
    with pytest.raises(CommandError, match="2 differences in 1 returns"):
        call_command("check_results", stdout=StringIO())


def test_the_number_of_queries_does_not_grow_with_returns(at, django_assert_max_num_queries):
    validated(at)
    with django_assert_max_num_queries(20) as one:
        assert list(recount.differences()) == []
    for _ in range(4):
        validated(at)
    with django_assert_max_num_queries(20) as five:
        assert list(recount.differences()) == []
    assert len(five.captured_queries) == len(one.captured_queries)

"""Grades from a commissioner's records stand beside a criterion: labelled, the newest period, never as validated."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.capabilities import Role
from assurance.models import Rating, StandardResult
from assurance.models.questions import grades_of, questions_of
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory, a_return, recorded
from tests.factories.links import holder, sent, small_return
from tests.factories.providers import provider_of
from tests.factories.validation import nurse_of, review, submitted, validated

pytestmark = pytest.mark.django_db
SAID = "Entered from your records, not validated here."


def under_review(at: Any, assessment: Any = None) -> tuple[Any, Any]:
    assessment = assessment or submitted(at)
    nurse = nurse_of(assessment)
    review(assessment, "children", by=nurse, at=at)
    return assessment, nurse


def criterion(client: Any, assessment: Any, ref: str) -> str:
    where = reverse("assurance:validation-criterion", args=[assessment.reference, "children", ref])
    return client.get(where).content.decode()


def across(client: Any, assessment: Any, ref: str = "1.2") -> Any:
    where = f"{reverse('assurance:validation-across')}?round={assessment.round.reference}&criterion={ref}"
    with CaptureQueriesContext(connection) as asked:
        page = client.get(where)
    return page.content.decode(), len(asked.captured_queries)


def standard(client: Any, assessment: Any) -> str:
    return client.get(reverse("assurance:return-standard", args=[assessment.reference, 1])).content.decode()


def test_the_newest_period_stands_beside_the_criterion_and_is_no_validated_grade(at: Any, sign_in: Any) -> None:
    assessment, nurse = under_review(at)
    recorded(assessment, "2023-24", r1_1="red", r1_2="red")
    recorded(assessment, "2024-25", r1_1="amber", s1="green")
    recorded(assessment, "2026-27", r1_1="green")  # the return's own year is no earlier one
    client = sign_in(nurse)
    first, second = criterion(client, assessment, "1.1"), criterion(client, assessment, "1.2")
    assert f"<dt>Last period, from records</dt><dd>Partly met in 2024-25. {SAID}" in first
    assert f"<dt>Last period, from records</dt><dd>Met in 2024-25, for the whole of standard 1. {SAID}" in second
    assert "Never validated before" in first
    assert Rating.objects.exclude(basis="self_assessed").count() == 0
    assert "from records" not in criterion(client, assessment, "2.1")


def test_it_stands_beside_every_provider_across_with_as_many_queries(at: Any, sign_in: Any) -> None:
    round = RoundFactory()
    first, nurse = under_review(at, submitted(at, round=round))
    client = sign_in(nurse)
    across(client, first)
    before = across(client, first)[1]
    second = submitted(at, round=round, organisation=provider_of(round.commissioner))
    recorded(first, "2024-25", r1_2="red")
    recorded(second, "2025-26", s1="amber")
    said, queries = across(client, first)
    assert queries == before <= 12
    assert said.count("Last period, from records<") == 2
    assert f"Not met in 2024-25. {SAID}" in said
    assert f"Partly met in 2025-26, for the whole of standard 1. {SAID}" in said


def test_what_was_validated_here_since_takes_its_place(at: Any, sign_in: Any) -> None:
    then = at - timedelta(days=400)
    earlier = submitted(then, issued_at=then - timedelta(days=20), round=RoundFactory(year="2025-26"))
    recorded(earlier, "2024-25", r1_1="red")
    validated(then + timedelta(days=10), assessment=earlier)
    round = RoundFactory(commissioner=earlier.commissioner, framework_version=earlier.round.framework_version)
    assessment, nurse = under_review(at, submitted(at, round=round, organisation=earlier.organisation))
    client = sign_in(nurse)
    assert "Never validated before" not in criterion(client, assessment, "1.1")
    assert "from records" not in criterion(client, assessment, "1.1")
    recorded(assessment, "2025-26", r1_2="red")  # the year that was validated here
    assert "from records" not in criterion(client, assessment, "1.2")


def test_the_provider_sees_what_its_commissioner_entered_and_nobody_elses(sign_in: Any) -> None:
    ours = a_return()
    other = a_return(ours.round)
    foreign = a_return(organisation=ours.organisation)
    recorded(ours, "2024-25", r1_1="red")
    recorded(other, "2024-25", r1_2="red")
    recorded(foreign, "2024-25", r1_10="red")
    said = standard(sign_in(someone(Role.PROVIDER_LEAD, ours.organisation)), ours)
    assert f"In the records of {ours.commissioner}:</strong> Not met in 2024-25. They entered it" in said
    assert said.count("In the records of") == 1
    assert "R-red" not in said


def test_an_answer_given_here_since_takes_its_place_on_the_form() -> None:
    assessment = a_return()
    last = a_return(
        RoundFactory(
            commissioner=assessment.commissioner, framework_version=assessment.round.framework_version, year="2025-26"
        ),
        assessment.organisation,
    )
    recorded(assessment, "2024-25", r1_1="red", r1_2="red")
    mine = assessment.answers.get(criterion_version__ref="1.1")
    mine.carried_from = last.answers.get(criterion_version__ref="1.1")
    mine.save()
    found = {each.criterion.ref: each for each in questions_of(assessment, grades_of(assessment), standard=1)}
    assert found["1.1"].recorded is None
    assert found["1.2"].recorded is not None
    assert found["1.2"].recorded.words == "Not met in 2024-25"
    assert {each.recorded for each in questions_of(assessment, grades_of(assessment))} == {None}


def test_a_replaced_grade_is_not_shown(on: date, sign_in: Any) -> None:
    assessment = a_return()
    first = recorded(assessment, "2024-25", r1_1="red")
    second = recorded(assessment, "2023-24", r1_2="red")
    first.grades.update(replaced_in=second)
    said = standard(sign_in(someone(Role.PROVIDER_LEAD, assessment.organisation)), assessment)
    assert "Not met in 2023-24" in said
    assert "2024-25" not in said
    assert StandardResult.objects.count() == 0


def test_whoever_answers_by_link_sees_the_grade_and_no_words_of_the_records() -> None:
    assessment = small_return()
    recorded(assessment, "2024-25", r1_1="red")
    link = sent(assessment)
    address = reverse("assurance:link-standard", kwargs={"reference": link.reference, "number": 1})
    said = holder(link).get(address).content.decode()
    assert f"In the records of {assessment.commissioner}:</strong> Not met in 2024-25." in said
    assert "R-red" not in said

"""Which criteria are asked, given what a provider said about its services."""

import pytest

from framework import applicability
from framework.models import FrameworkVersion
from providers.models import ServiceQuestion

pytestmark = pytest.mark.django_db


def refs(version: FrameworkVersion, tier: str, **services: bool) -> list[str]:
    return [row.ref for row in applicability.criteria_for(version, tier, services)]


def test_nothing_known_asks_everything(latest: FrameworkVersion) -> None:
    assert len(refs(latest, "full")) == 98
    assert refs(latest, "full")[8:11] == ["1.9", "1.10", "1.11"]


def test_a_plain_no_takes_criteria_out_and_yes_does_not(latest: FrameworkVersion) -> None:
    without = {"1.7", "10.1", "10.2", "10.3", "10.4", "10.5", "10.6", "10.7"}
    assert set(refs(latest, "full")) - set(refs(latest, "full", looked_after_service=False)) == without
    assert refs(latest, "full", looked_after_service=True) == refs(latest, "full")


def test_an_answer_about_something_else_changes_nothing(latest: FrameworkVersion) -> None:
    assert refs(latest, "small", maternity=False) == refs(latest, "small")


def test_the_light_set_leaves_out_what_is_not_there(latest: FrameworkVersion) -> None:
    whole = refs(latest, "light")
    assert len(whole) == 14
    assert refs(latest, "light", deprives_of_liberty=False) == [ref for ref in whole if ref != "8.2"]


def test_what_is_not_asked_comes_with_its_reason(latest: FrameworkVersion) -> None:
    split = applicability.applicability(latest, "general_practice", {"children_seen": False})
    assert {row.ref: why for row, why in split.not_asked} == dict.fromkeys(
        ["2.14", "6.2", "9.2", "9.7"], "not asked: no children or young people are seen"
    )
    assert len(split.asked) == 48


def test_a_question_of_ones_own_is_quoted() -> None:
    question = ServiceQuestion(key="prison_health", question="Is there prison health care?")
    assert applicability.absence(question) == "the answer to “Is there prison health care?” is no"


def test_one_query_whatever_the_answers(latest: FrameworkVersion, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1):
        split = applicability.applicability(latest, "full", {"maternity": False, "inpatient_beds": False})
        assert all(row.standard.title for row in split.asked)
    with django_assert_num_queries(0):
        applicability.split([*split.asked, *(row for row, _ in split.not_asked)], {"children_seen": False})


def test_the_conditions_of_a_version_are_its_questions(latest: FrameworkVersion) -> None:
    assert [question.key for question in applicability.conditions_of(latest)] == [
        "looked_after_service", "children_seen", "unscheduled_care", "child_protection_medicals", "inpatient_beds",
        "deprives_of_liberty",
    ]  # fmt: skip

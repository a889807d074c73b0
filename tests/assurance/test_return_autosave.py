"""One answer saving itself, and somebody else saving in between: nothing typed is lost on either side."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from accounts.capabilities import Role
from assurance.models import SelfAssessment
from assurance.models.answers import Entry
from assurance.models.recording import GradeNotOffered, StaleAnswers
from tests.assurance.test_return_standard import answer, filled, url, writer
from tests.factories.accounts import someone
from tests.factories.assurance import a_return, answer_all
from tests.factories.providers import provider_of

pytestmark = pytest.mark.django_db


def save_url(assessment: SelfAssessment, ref: str = "1.1") -> str:
    kwargs = {"reference": assessment.reference, "answer": answer(assessment, ref).pk}
    return reverse("assurance:return-save", kwargs=kwargs)


def typed(assessment: SelfAssessment, ref: str = "1.1", version: int = 1, **said: str) -> dict[str, str]:
    pk = answer(assessment, ref).pk
    said = {"grade": "green", "narrative": "Mine", "seen": "as it was", **said}
    return {f"version-{pk}": str(version), **{f"{name}-{pk}": value for name, value in said.items()}}


def test_autosave_keeps_a_draft_and_says_when_and_which_version(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    saved = client.post(save_url(assessment), typed(assessment, grade="amber", narrative=""))
    assert saved.status_code == 200
    assert saved.json().keys() == {"saved_at", "version"}
    assert saved.json()["version"] == 2
    assert answer(assessment, "1.1").grade == "amber"
    again = client.post(save_url(assessment), typed(assessment, version=2, grade="amber", narrative=""))
    assert (again.status_code, again.json()["version"]) == (200, 2)


def test_autosave_of_a_wrong_grade_is_422_by_field(sign_in: Any) -> None:
    assessment = a_return()
    saved = writer(assessment, sign_in).post(save_url(assessment), typed(assessment, grade="purple"))
    assert saved.status_code == 422
    assert list(saved.json()["errors"]) == [f"grade-{answer(assessment, '1.1').pk}"]
    assert answer(assessment, "1.1").version == 1


def test_stale_autosave_is_409_with_theirs_and_yours(sign_in: Any) -> None:
    assessment = a_return()
    colleague = someone(Role.PROVIDER_CONTRIBUTOR, assessment.organisation, name="Colleague Example")
    sign_in(colleague).post(save_url(assessment), typed(assessment, narrative="Theirs came first"))
    late = writer(assessment, sign_in).post(save_url(assessment), typed(assessment, narrative="Mine came second"))
    text = late.content.decode()
    assert late.status_code == 409
    for words in ("data-conflict", "Colleague Example", "Theirs came first", "Mine came second", 'data-version="2"'):
        assert words in text
    assert "<html" not in text
    assert answer(assessment, "1.1").narrative == "Theirs came first"


def test_stale_page_shows_both_keeps_everything_typed_and_saves_on_the_next_try(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    page = client.get(url(assessment))
    sign_in(someone(Role.PROVIDER_CONTRIBUTOR, assessment.organisation)).post(
        save_url(assessment), typed(assessment, narrative="Theirs")
    )
    mine = {"grade": "red", "narrative": "Mine"}
    both = client.post(url(assessment), filled(page, "stay", r1_1=mine, r1_2={"narrative": "Elsewhere on the page"}))
    assert both.status_code == 409
    for words in ("Theirs", "Mine", "Elsewhere on the page"):
        assert words in both.content.decode()
    assert answer(assessment, "1.2").narrative == ""
    assert client.post(url(assessment), filled(both, "stay")).status_code == 302
    assert (answer(assessment, "1.1").narrative, answer(assessment, "1.2").narrative) == (
        "Mine",
        "Elsewhere on the page",
    )


def test_what_a_writer_left_alone_does_not_undo_a_colleagues_save(sign_in: Any) -> None:
    assessment = a_return()
    client = writer(assessment, sign_in)
    page = client.get(url(assessment))
    sign_in(someone(Role.PROVIDER_CONTRIBUTOR, assessment.organisation)).post(
        save_url(assessment), typed(assessment, narrative="Theirs")
    )
    assert client.post(url(assessment), filled(page, "stay", r1_2={"narrative": "Only this one"})).status_code == 302
    assert (answer(assessment, "1.1").narrative, answer(assessment, "1.2").narrative) == ("Theirs", "Only this one")


def test_another_returns_answer_cannot_be_saved_through_mine(sign_in: Any) -> None:
    mine = a_return()
    other = a_return(mine.round, provider_of(mine.commissioner))
    client = writer(mine, sign_in)
    theirs = answer(other, "1.1")
    kwargs = {"reference": mine.reference, "answer": theirs.pk}
    assert client.post(reverse("assurance:return-save", kwargs=kwargs), typed(other)).status_code == 404
    assert answer(other, "1.1").version == 1


def test_record_answers_refuses_a_grade_outside_the_scheme_and_saves_nothing(at: datetime) -> None:
    assessment = a_return()
    by = someone(Role.PROVIDER_LEAD, assessment.organisation)
    good, bad = answer(assessment, "1.1"), answer(assessment, "1.2")
    with pytest.raises(GradeNotOffered, match="purple"):
        assessment.record_answers(
            [Entry(good.pk, {"grade": "green"}), Entry(bad.pk, {"grade": "purple"})], by=by, at=at
        )
    assert {each.version for each in assessment.answers.all()} == {1}


def test_record_answers_of_a_whole_return_takes_few_statements(
    at: datetime, django_assert_max_num_queries: Any
) -> None:
    assessment = a_return()
    by = someone(Role.PROVIDER_LEAD, assessment.organisation)
    entries = [Entry(each.pk, {"grade": "green"}, "Yes", version=1) for each in assessment.answers.all()]
    with django_assert_max_num_queries(9):
        assert assessment.record_answers(entries, by=by, at=at) == 5
    with django_assert_max_num_queries(9):
        assert assessment.record_answers(entries, by=by, at=at) == 0
    with pytest.raises(StaleAnswers) as problem:
        assessment.record_answers([Entry(entries[0].answer, {"grade": "red"}, "No", version=1)], by=by, at=at)
    assert [conflict.answer.pk for conflict in problem.value.conflicts] == [entries[0].answer]


def test_drafts_leave_no_history_and_changes_after_a_submission_do(at: datetime) -> None:
    from assurance.models import Answer

    assessment = a_return()
    answer_all(assessment)
    events = Answer.pgh_event_model.objects  # type: ignore[attr-defined]
    assert events.count() == 0
    assessment.answers.update(submitted_before=True)
    answer_all(assessment, "amber")
    assert events.count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_who_save_one_answer_at_once_one_is_told(at: datetime) -> None:
    assessment = a_return()
    by = someone(Role.PROVIDER_LEAD, assessment.organisation)
    pk = answer(assessment, "1.1").pk

    def save(words: str) -> str:
        try:
            SelfAssessment.objects.get(pk=assessment.pk).record_answers(
                [Entry(pk, {"grade": "green"}, words, version=1)], by=by, at=at
            )
        except StaleAnswers:
            return "told"
        finally:
            connection.close()
        return words

    with ThreadPoolExecutor(2) as both:
        found = [done.result() for done in [both.submit(save, "one"), both.submit(save, "two")]]
    assert sorted(found)[-1] == "two" or sorted(found)[0] == "one"
    assert found.count("told") == 1
    assert answer(assessment, "1.1").narrative in found

"""Re-grading in the year and grades in question: reason, evidence, history, levels; allowed, refused, two at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts.door import Refused, Stale
from actions.models import Action
from assurance.models import InQuestion, Rating
from assurance.models.in_question import put_in_question
from assurance.models.judging import ActionTerms
from assurance.models.regrading import regrade
from tests.factories.accounts import DeclaredInterestFactory, someone
from tests.factories.validation import answer, grade, nurse_of, submitted, validated


def criterion(assessment, ref):
    return answer(assessment, ref).criterion_version_id


def change(assessment, nurse, at, code="red", **more):
    more = {"reason": "The lead has left.", "evidence": None, "by": nurse, "at": at, **more}
    return regrade(assessment, criterion(assessment, "2.1"), grade=grade(assessment, code), **more)


@pytest.mark.django_db
def test_a_re_grade_to_red_opens_an_action_and_settles_the_question(at):
    assessment = validated(at)
    nurse = nurse_of(assessment)
    lead = someone("PL", assessment.organisation)
    doubt = put_in_question(
        assessment, criterion(assessment, "2.1"), since=at.date(), reason="The lead has left.", by=nurse, at=at
    )
    change(assessment, nurse, at, terms=ActionTerms("Name a lead", lead, "", at.date() + timedelta(days=20), "Letter"))
    action = Action.objects.get(organisation=assessment.organisation)
    doubt.refresh_from_db()
    assert (action.text, action.owner, action.evidence_required) == ("Name a lead", lead, "Letter")
    assert (doubt.settled_by, doubt.settled_reason) == (nurse, "Re-graded: The lead has left.")


@pytest.mark.django_db
def test_a_re_grade_of_what_was_only_accepted_is_reviewed_from_then_on(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    for strand in ("adults", "children", "looked_after"):
        found = assessment.strand_reviews.get(strand=strand)
        found.begin(by=nurse, at=at)
        found.sample = [] if strand != "looked_after" else found.sample
        found.save()
        for line in found.lines(on=at.date()):
            if line.is_exception and not line.is_decided:
                found.judge(line.answer, grade=grade(assessment, "green"), comment="", by=nurse, at=at, seen=None)
        found.accept_rest(by=nurse, at=at)
        found.sign_off(by=nurse, at=at)
    assessment.refresh_from_db()
    before = assessment.levels.get(strand="overall").reviewed
    regrade(
        assessment, criterion(assessment, "2.2"), grade=grade(assessment, "green"), reason="Read it in August.",
        evidence=None, by=nurse, at=at,
    )  # fmt: skip
    assert assessment.levels.get(strand="overall").reviewed == before + 1
    assert not Rating.objects.filter(criterion_version__ref="2.2", basis="accepted_as_declared", current=True).exists()


@pytest.mark.django_db
def test_a_stale_re_grade_is_refused_with_both_sides(at):
    assessment = validated(at)
    nurse, other = nurse_of(assessment), nurse_of(assessment)
    held = assessment.ratings.get(criterion_version__ref="2.1", basis="evidence_reviewed", current=True)
    theirs = change(assessment, nurse, at, seen=held.pk)
    with pytest.raises(Stale) as stale:
        change(assessment, other, at, code="amber", seen=held.pk)
    assert stale.value.theirs == theirs


@pytest.mark.django_db
def test_a_grade_is_put_in_question_once_and_settled_once(at):
    assessment = validated(at)
    nurse = nurse_of(assessment)
    told = {"since": at.date(), "reason": "Policy expired.", "by": nurse, "at": at}
    doubt = put_in_question(assessment, criterion(assessment, "1.2"), **told)
    with pytest.raises(Refused, match="in question already"):
        put_in_question(assessment, criterion(assessment, "1.2"), **told)
    doubt.settle("A new policy came.", by=nurse, at=at)
    with pytest.raises(Refused, match="settled"):
        doubt.settle("Again.", by=nurse, at=at)
    assert put_in_question(assessment, criterion(assessment, "1.2"), **told).settled_at is None


@pytest.mark.django_db
def test_a_grade_that_is_not_validated_cannot_be_in_question(at):
    assessment = submitted(at)
    with pytest.raises(Refused):
        put_in_question(
            assessment, criterion(assessment, "1.2"), since=at.date(), reason="Why", by=nurse_of(assessment), at=at
        )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_re_grades_at_once_leave_one_grade(at):
    assessment = validated(at)
    nurses = [nurse_of(assessment), nurse_of(assessment)]
    held = assessment.ratings.get(criterion_version__ref="2.1", basis="evidence_reviewed", current=True)
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def work(nurse, code):
        barrier.wait()
        try:
            change(assessment, nurse, at, code=code, seen=held.pk)
            outcomes.append("saved")
        except Stale:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in zip(nurses, ("red", "amber"), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]
    assert Rating.objects.filter(criterion_version__ref="2.1", basis="evidence_reviewed", current=True).count() == 1


# --- The pages -------------------------------------------------------------------------------


def url(name, assessment, *more):
    return reverse(f"assurance:{name}", args=[assessment.reference, *more])


TERMS = {
    "text": "Name a lead", "owner": "", "owner_name": "Ann Other", "due_on_day": "1", "due_on_month": "6",
    "due_on_year": "2099",    "evidence_required": "",
}  # fmt: skip


@pytest.mark.django_db
def test_a_nurse_re_grades_on_screen_and_the_history_says_who_when_from_to_and_why(at, sign_in):
    assessment = validated(at)
    nurse = nurse_of(assessment, name="Nora Nurse")
    client = sign_in(nurse)
    form = client.get(url("result-regrade", assessment, "2.1")).context["form"]
    told = {"grade": "red", "reason": "The lead has left.", "seen": form.initial.get("seen", form["seen"].value())}
    assert client.post(url("result-regrade", assessment, "2.1"), {**told, "reason": ""}).status_code == 422
    answered = client.post(url("result-regrade", assessment, "2.1"), {**told, **TERMS})
    assert answered["Location"] == url("result-criterion", assessment, "2.1")
    page = client.get(answered["Location"])
    rows = [(row.by, row.grade, row.current, row.comment) for row in page.context["history"]]
    assert rows[0] == (nurse, "red", True, "The lead has left.")
    assert [row[1:3] for row in rows] == [("red", True), ("green", False)]


@pytest.mark.django_db
def test_re_grading_is_refused_to_other_strands_named_gps_interests_and_the_provider(at, sign_in):
    assessment = validated(at)
    interested = nurse_of(assessment)
    DeclaredInterestFactory(user=interested, organisation=assessment.organisation, declared_by=interested)
    people = {
        "other strand": nurse_of(assessment, "looked_after"),
        "named GP": someone("NG", assessment.commissioner),
        "interest": interested,
        "provider": someone("PL", assessment.organisation),
        "director": someone("DN", assessment.commissioner),
    }
    codes = {
        who: sign_in(user).get(url("result-regrade", assessment, "2.1")).status_code for who, user in people.items()
    }
    assert codes == dict.fromkeys(people, 404)
    assert sign_in(nurse_of(assessment, "adults")).get(url("result-regrade", assessment, "2.1")).status_code == 200


@pytest.mark.django_db
def test_the_provider_never_sees_why_a_grade_is_in_question(at, sign_in):
    assessment = validated(at)
    nurse, lead = nurse_of(assessment), someone("PL", assessment.organisation)
    client = sign_in(nurse)
    answered = client.post(
        url("result-question", assessment, "1.2"),
        {"since_day": "18", "since_month": "11", "since_year": "2026", "reason": "canary wren in question"},
    )
    assert answered.status_code == 302
    assert InQuestion.objects.permitted(lead, "see_result").count() == 0
    for page in (url("result", assessment), url("result-criterion", assessment, "1.2")):
        assert b"canary wren" not in sign_in(lead).get(page).content
    assert b"canary wren" in client.get(url("result-criterion", assessment, "1.2")).content

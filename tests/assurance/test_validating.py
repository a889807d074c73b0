"""The verbs of validation: allowed, refused, two at once; and what the figures say afterwards."""

import threading
from datetime import date

import pytest
from django.db import connection

from accounts.door import Refused, Stale
from actions.models import Action
from assurance.models import LevelResult, Rating, SelfAssessment, StandardResult, StrandReview
from assurance.models.judging import CommentNeeded, Unchanged
from assurance.models.regrading import regrade
from assurance.models.reviews import NotReady
from assurance.models.scoring import write_results
from chasing.models import Letter
from framework.models import Grade
from tests.factories.accounts import someone
from tests.factories.assurance import a_return, answer_all

DUE = date(2026, 12, 18)


def submitted(at, **grades):
    """A return as ``submit`` leaves it: answers frozen, self-assessed ratings, strands prepared."""
    assessment = a_return()
    answer_all(assessment, **grades)
    lead = someone("PL", assessment.organisation)
    Rating.objects.bulk_create(
        Rating(
            commissioner=assessment.commissioner, organisation=assessment.organisation, self_assessment=assessment,
            criterion_version_id=answer.criterion_version_id, basis="self_assessed", grade=answer.value["grade"],
            outcome="declared", by=lead, at=at, on=at.date(),
        )
        for answer in assessment.answers.all()
    )  # fmt: skip
    assessment._move(assessment.EDITABLE, "submitted", submitted_at=at, first_submitted_at=at, settled_at=at)
    StrandReview.prepare(assessment)
    write_results(assessment, at=at)
    return assessment


def nurse_of(assessment, *strands):
    return someone("DP", assessment.commissioner, strands=list(strands or ("children", "adults", "looked_after")))


def review(assessment, strand, *, by, at):
    found = assessment.strand_reviews.get(strand=strand)
    found.begin(by=by, at=at)
    return found


def grade(assessment, code):
    return Grade.objects.get(scheme=assessment.round.framework_version.grading, code=code)


def answer(assessment, ref):
    return assessment.answers.select_related("criterion_version").get(criterion_version__ref=ref)


def judge(found, ref, code, *, by, at, comment="", seen=None):
    assessment = found.self_assessment
    chosen = grade(assessment, code) if code else None
    return found.judge(answer(assessment, ref), grade=chosen, comment=comment, by=by, at=at, seen=seen)


@pytest.mark.django_db
def test_beginning_lists_exceptions_with_their_reasons(at):
    assessment = submitted(at, r1_2="red", r2_2="not_applicable")
    nurse = nurse_of(assessment)
    found = review(assessment, "adults", by=nurse, at=at)
    reasons = {line.answer.criterion_version.ref: line.reasons for line in found.lines(on=at.date())}
    assert reasons == {
        "1.1": ["critical"],
        "1.2": ["self-assessed not met"],
        "2.1": ["critical"],
        "2.2": ["marked not applicable"],
    }
    assessment.refresh_from_db()
    assert assessment.state == "under_review"


@pytest.mark.django_db
def test_agreeing_needs_no_comment_and_lower_does(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    found = review(assessment, "adults", by=nurse, at=at)
    assert judge(found, "1.1", "green", by=nurse, at=at).outcome == "agreed"
    with pytest.raises(CommentNeeded):
        judge(found, "2.1", "red", by=nurse, at=at)
    lower = judge(found, "2.1", "red", by=nurse, at=at, comment="The policy is from 2014.")
    assert (lower.outcome, lower.grade, lower.basis) == ("lower", "red", "evidence_reviewed")


@pytest.mark.django_db
def test_a_validated_red_opens_one_action_with_owner_body_and_date(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    found = review(assessment, "adults", by=nurse, at=at)
    first = judge(found, "2.1", "red", by=nurse, at=at, comment="Out of date.")
    judge(found, "2.1", "amber", by=nurse, at=at, comment="A draft exists.", seen=first.pk)
    action = Action.objects.get(organisation=assessment.organisation)
    assert (action.state, action.due_on, action.criterion_link.rating) == ("open", date(2027, 2, 16), first)


@pytest.mark.django_db
def test_a_judgement_that_somebody_else_made_meanwhile_is_not_overwritten(at):
    assessment = submitted(at)
    nurse, doctor = nurse_of(assessment), nurse_of(assessment)
    found = review(assessment, "adults", by=nurse, at=at)
    theirs = judge(found, "1.1", "green", by=nurse, at=at)
    with pytest.raises(Stale) as stale:
        judge(found, "1.1", "red", by=doctor, at=at, comment="I disagree.")
    assert (stale.value.theirs, stale.value.yours) == (theirs, "I disagree.")
    assert list(Rating.objects.filter(basis="evidence_reviewed", current=True)) == [theirs]


@pytest.mark.django_db
def test_accepting_the_rest_never_counts_as_reviewed(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    for strand in ("children", "adults", "looked_after"):
        found = review(assessment, strand, by=nurse, at=at)
        for line in found.lines(on=at.date()):
            if line.is_exception and not line.is_decided and "critical" in line.reasons:
                judge(found, line.answer.criterion_version.ref, "green", by=nurse, at=at)
        found.sample = []
        found.save()
        found.accept_rest(by=nurse, at=at)
        found.sign_off(by=nurse, at=at)
    assessment.refresh_from_db()
    results = StandardResult.objects.filter(self_assessment=assessment, basis="validated").order_by("standard__number")
    assert [(row.met, row.reviewed) for row in results] == [(3, 1), (2, 1)]
    overall = LevelResult.objects.get(self_assessment=assessment, strand="overall")
    assert (assessment.state, overall.level, overall.reviewed, overall.asked) == ("validated", "significant", 2, 5)


@pytest.mark.django_db
def test_signing_off_too_early_names_what_is_missing(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    found = review(assessment, "looked_after", by=nurse, at=at)
    with pytest.raises(NotReady, match=r"1 criterion is not decided yet: 1\.10"):
        found.sign_off(by=nurse, at=at)


@pytest.mark.django_db
def test_the_last_strand_validates_the_return_and_writes_the_result_letter(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    for strand, refs in {"children": ["1.1", "1.2", "2.1"], "adults": ["2.2"], "looked_after": ["1.10"]}.items():
        found = review(assessment, strand, by=nurse, at=at)
        for ref in refs:
            judge(found, ref, "green", by=nurse, at=at)
        last = found.sign_off(by=nurse, at=at)
        assert last is (strand == "looked_after")
    assert Letter.objects.filter(kind="result", organisation=assessment.organisation).count() == 1


@pytest.mark.django_db
def test_sending_back_opens_the_answers_again_with_a_new_date_and_keeps_the_original(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    found = review(assessment, "children", by=nurse, at=at)
    found.send_back(notes="Add the policy.", due_on=DUE, by=nurse, at=at)
    assessment.refresh_from_db()
    assert (assessment.state, assessment.due_on, assessment.original_due_on, assessment.due_version) == (
        "sent_back",
        DUE,
        date(2026, 11, 30),
        2,
    )
    answer_all(assessment)
    with pytest.raises(Refused):
        judge(found, "1.1", "green", by=nurse, at=at)


@pytest.mark.django_db
def test_regrading_keeps_the_old_grade_and_rewrites_the_level(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    for strand, refs in {"children": ["1.1", "1.2", "2.1"], "adults": ["2.2"], "looked_after": ["1.10"]}.items():
        found = review(assessment, strand, by=nurse, at=at)
        for ref in refs:
            judge(found, ref, "green", by=nurse, at=at)
        found.sign_off(by=nurse, at=at)
    assessment.refresh_from_db()
    target = answer(assessment, "2.1").criterion_version_id
    change = {"grade": grade(assessment, "red"), "evidence": None, "by": nurse, "at": at}
    with pytest.raises(CommentNeeded):
        regrade(assessment, target, reason=" ", **change)
    regrade(assessment, target, reason="The lead has left.", **change)
    with pytest.raises(Unchanged):
        regrade(assessment, target, reason="Again.", **change)
    history = assessment.ratings.filter(criterion_version=target, basis="evidence_reviewed").order_by("id")
    assert [(rating.grade, rating.current) for rating in history] == [("green", False), ("red", True)]
    assert assessment.levels.get(strand="overall").level == "limited"


@pytest.mark.django_db
def test_marking_not_applicable_is_always_looked_at(at):
    assessment = submitted(at, r1_2="not_applicable")
    nurse = nurse_of(assessment)
    found = review(assessment, "children", by=nurse, at=at)
    found.accept_rest(by=nurse, at=at)
    assert not assessment.ratings.filter(criterion_version__ref="1.2", basis="accepted_as_declared").exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_validators_at_once_leave_one_grade_and_one_is_told(at):
    assessment = submitted(at)
    people = [nurse_of(assessment), nurse_of(assessment)]
    found = review(assessment, "adults", by=people[0], at=at)
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def work(person):
        mine = StrandReview.objects.get(pk=found.pk)
        barrier.wait()
        try:
            judge(mine, "1.1", "green", by=person, at=at)
            outcomes.append("saved")
        except Stale:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]
    assert Rating.objects.filter(basis="evidence_reviewed", current=True).count() == 1


@pytest.mark.django_db
def test_a_return_that_is_not_submitted_cannot_be_validated(at):
    assessment = a_return()
    StrandReview.prepare(assessment)
    found = assessment.strand_reviews.get(strand="children")
    nurse = nurse_of(assessment)
    with pytest.raises(Refused):
        found.begin(by=nurse, at=at)
    with pytest.raises(Refused):
        found.sign_off(by=nurse, at=at)
    assessment.refresh_from_db()
    assert assessment.state == SelfAssessment.State.ISSUED

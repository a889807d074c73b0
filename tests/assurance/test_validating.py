"""The verbs of validation: allowed, refused, two at once; and what the figures say afterwards."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.door import Refused, Stale
from actions.models import Action
from assurance.models import (
    AnswerEvidence,
    AssurancePolicy,
    LevelResult,
    Rating,
    SelfAssessment,
    StandardResult,
    StrandReview,
)
from assurance.models.asks import asked_of
from assurance.models.deciding import BetterThanWorst, Override, ReasonNeeded
from assurance.models.evidence_verdicts import give_verdict, opinion_of
from assurance.models.judging import CommentNeeded, Unchanged
from assurance.models.regrading import regrade
from assurance.models.reviews import NotReady
from chasing.models import Letter
from tests.factories.assurance import RoundFactory, a_return, answer_all
from tests.factories.evidence import a_file
from tests.factories.validation import (
    answer,
    decide_all,
    declare,
    grade,
    judge,
    nurse_of,
    review,
    submitted,
    validated,
)

DUE = date(2026, 12, 18)


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
            if line.is_exception and not line.is_decided and ("critical" in line.reasons or strand == "looked_after"):
                judge(found, line.answer.criterion_version.ref, "green", by=nurse, at=at)
        found.sample = []
        found.save()
        found.accept_rest(by=nurse, at=at)
        found.sign_off(by=nurse, at=at)
    assessment.refresh_from_db()
    results = StandardResult.objects.filter(self_assessment=assessment, basis="validated").order_by("standard__number")
    assert [(row.met, row.reviewed) for row in results] == [(3, 2), (2, 1)]
    overall = LevelResult.objects.get(self_assessment=assessment, strand="overall")
    assert (assessment.state, overall.level, overall.reviewed, overall.asked) == ("validated", "significant", 3, 5)


@pytest.mark.django_db
def test_one_criterion_is_drawn_even_where_the_policy_draws_none(at):
    AssurancePolicy.objects.update(sample_size=0)
    assessment = submitted(at)
    found = review(assessment, "looked_after", by=(nurse := nurse_of(assessment)), at=at)
    assert [(line.ref, line.reasons) for line in found.lines(on=at.date())] == [("1.10", ["drawn at random"])]
    assert found.accept_rest(by=nurse, at=at) == 0


@pytest.mark.django_db
def test_what_is_drawn_is_looked_at_also_when_another_strand_accepted_it(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    children = review(assessment, "children", by=nurse, at=at)
    StrandReview.objects.filter(pk=children.pk).update(sample=[])
    children = assessment.strand_reviews.get(strand="children")
    assert children.accept_rest(by=nurse, at=at) == 1
    adults = review(assessment, "adults", by=nurse, at=at)
    lines = {line.ref: line for line in adults.lines(on=at.date())}
    accepted = lines["1.2"].now
    assert (accepted.basis, lines["1.2"].is_accepted, lines["1.2"].is_decided) == ("accepted_as_declared", False, False)
    for ref in ("1.1", "2.1", "2.2"):
        judge(adults, ref, "green", by=nurse, at=at)
    with pytest.raises(NotReady, match=r"1 criterion is not decided yet: 1\.2"):
        adults.sign_off(by=nurse, at=at)
    judge(adults, "1.2", "green", by=nurse, at=at)
    assert [line.ref for line in adults.lines(on=at.date()) if not line.is_decided] == []
    assert adults.sign_off(by=nurse, at=at) is False  # children waits


@pytest.mark.django_db
def test_a_strand_accepted_as_a_whole_is_not_signed_off(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    found = review(assessment, "looked_after", by=nurse, at=at)
    found.sample = []
    found.save()
    found.accept_rest(by=nurse, at=at)
    with pytest.raises(NotReady, match="Nothing in this strand has been reviewed"):
        found.sign_off(by=nurse, at=at)
    judge(found, "1.10", "green", by=nurse, at=at)
    assert found.sign_off(by=nurse, at=at) is False


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


def refs(lines):
    return [line.ref for line in lines]


def reasons(found, ref, at):
    return next(line.reasons for line in found.lines(on=at.date()) if line.ref == ref)


def sent_back(at):
    """1.1 judged, more asked for 1.2, sent back; the provider has not written yet."""
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    found = review(assessment, "children", by=nurse, at=at)
    judge(found, "1.1", "green", by=nurse, at=at)
    judge(found, "1.2", "", by=nurse, at=at, comment="Send the audit.")
    found.send_back(notes="Two things.", due_on=DUE, by=nurse, at=at + timedelta(minutes=1))
    assessment.refresh_from_db()
    return assessment, nurse


@pytest.mark.django_db
def test_the_provider_is_told_what_was_asked_and_nothing_else(at):
    assessment, _ = sent_back(at)
    asked = asked_of(assessment)
    assert (asked.back.notes, asked.by_criterion) == (
        "Two things.",
        {answer(assessment, "1.2").criterion_version_id: "Send the audit."},
    )


@pytest.mark.django_db
def test_what_changed_since_we_asked_is_listed_again_and_what_did_not_stays_judged(at):
    assessment, _ = sent_back(at)
    told = answer(assessment, "1.1")
    told.narrative = "Another policy altogether."
    told.save()
    later = at + timedelta(days=2)
    declare(assessment, at=later)
    found = assessment.strand_reviews.get(strand="children")
    nurse = nurse_of(assessment, "children")
    found.begin(by=nurse, at=later)
    lines = {line.ref: line for line in found.lines(on=later.date())}
    assert (lines["1.1"].is_decided, "changed since we asked" in lines["1.1"].reasons) == (False, True)
    assert lines["1.2"].reasons == ["more evidence was asked for"]
    judge(found, "1.1", "green", by=nurse, at=later, seen=lines["1.1"].now.pk)
    assert "1.1" not in refs(line for line in found.lines(on=later.date()) if not line.is_decided)


@pytest.mark.django_db
def test_an_accepted_answer_that_changed_is_not_accepted_any_more(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    found = review(assessment, "adults", by=nurse, at=at)
    found.sample = []
    found.save()
    assert found.accept_rest(by=nurse, at=at) == 2
    found.send_back(notes="More.", due_on=DUE, by=nurse, at=at + timedelta(minutes=1))
    told = answer(assessment, "2.2")
    told.narrative = "New words."
    told.save()
    assessment.refresh_from_db()
    declare(assessment, at=at + timedelta(days=1))
    found.begin(by=nurse, at=at + timedelta(days=1))
    lines = {line.ref: line for line in found.lines(on=at.date())}
    assert [(ref, lines[ref].is_accepted, lines[ref].reasons) for ref in ("1.2", "2.2")] == [
        ("1.2", True, []),
        ("2.2", False, ["changed since we asked"]),
    ]


@pytest.mark.django_db
def test_a_new_version_of_evidence_lists_the_criterion_again_and_the_verdict_stays_with_the_old_one(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    file = a_file(commissioner=assessment.commissioner, organisation=assessment.organisation)
    use = AnswerEvidence.objects.create(
        commissioner=assessment.commissioner, organisation=assessment.organisation,
        answer=answer(assessment, "1.2"), item=file.item, added_by=nurse, added_at=at,
    )  # fmt: skip
    found = review(assessment, "children", by=nurse, at=at)
    give_verdict(found, use, "supports", version=file.pk, by=nurse, at=at)
    judge(found, "1.2", "green", by=nurse, at=at)
    assert opinion_of(use, file).words == "Supports the grade"
    second = a_file(item=file.item)
    opinion = opinion_of(use, second)
    assert (opinion.words.startswith("Version 2 not reviewed"), opinion.holds) == (True, False)
    assert "evidence replaced since it was judged" in reasons(found, "1.2", at)
    with pytest.raises(Stale):
        give_verdict(found, use, "supports", version=file.pk, by=nurse, at=at)
    use.refresh_from_db()
    assert use.verdict_on == file


@pytest.mark.django_db
def test_undoing_the_acceptance_opens_the_rest_again_and_deletes_nothing(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    found = review(assessment, "adults", by=nurse, at=at)
    found.sample = []
    found.save()
    found.accept_rest(by=nurse, at=at)
    assert found.undo_accept() == 2
    accepted = assessment.ratings.filter(basis="accepted_as_declared")
    assert [rating.current for rating in accepted] == [False, False]
    assert found.accept_rest(by=nurse, at=at) == 2


@pytest.mark.django_db
def test_what_another_strand_was_signed_off_on_stays_accepted(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    children, adults = (review(assessment, strand, by=nurse, at=at) for strand in ("children", "adults"))
    for found in (children, adults):
        found.sample = []
        found.save()
    children.accept_rest(by=nurse, at=at)
    decide_all(assessment, "adults", by=nurse, at=at)
    assessment.strand_reviews.get(strand="adults").sign_off(by=nurse, at=at)
    assert children.undo_accept() == 0


@pytest.mark.django_db
def test_a_shared_criterion_is_not_changed_under_the_signature_of_another_strand(at):
    assessment = submitted(at)
    nurse, other = nurse_of(assessment), nurse_of(assessment)
    decide_all(assessment, "adults", by=nurse, at=at).sign_off(by=nurse, at=at)
    children = review(assessment, "children", by=other, at=at)
    held = assessment.ratings.get(criterion_version__ref="1.1", basis="evidence_reviewed", current=True)
    with pytest.raises(Refused, match="adults has been signed off"):
        judge(children, "1.1", "red", by=other, at=at, comment="Not for me.", seen=held.pk)
    assert judge(children, "1.1", "green", by=other, at=at, seen=held.pk).outcome == "agreed"


@pytest.mark.django_db
def test_a_criterion_of_another_strand_is_refused(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    children = review(assessment, "children", by=nurse, at=at)
    with pytest.raises(Refused, match="not part of the strand"):
        judge(children, "2.2", "green", by=nurse, at=at)
    assert not assessment.ratings.filter(basis="evidence_reviewed").exists()


def ready_to_finish(at, **codes):
    """Children and adults signed off; looked after children decided."""
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    for strand in ("children", "adults"):
        decide_all(assessment, strand, by=nurse, at=at, **codes).sign_off(by=nurse, at=at)
    return assessment, nurse, decide_all(assessment, "looked_after", by=nurse, at=at)


@pytest.mark.django_db
def test_no_assurance_is_given_by_judgement_and_overall_follows(at):
    assessment, nurse, last = ready_to_finish(at)
    last.sign_off(by=nurse, at=at, level=Override("none", "No named doctor since May."))
    found = {row.strand: (row.computed, row.level, row.override_reason) for row in assessment.levels.all()}
    assert found["looked_after"] == ("significant", "none", "No named doctor since May.")
    assert found["overall"] == ("significant", "none", "follows looked after children: No named doctor since May.")
    assert found["children"] == ("significant", "significant", "")


@pytest.mark.django_db
def test_overall_is_never_better_than_the_worst_strand_by_judgement_either(at):
    assessment, nurse, last = ready_to_finish(at, r2_1="red")
    with pytest.raises(BetterThanWorst):
        last.sign_off(by=nurse, at=at, overall=Override("significant", "They are good people."))
    assessment.refresh_from_db()
    assert (assessment.state, assessment.levels.count()) == ("under_review", 0)


@pytest.mark.django_db
def test_overall_may_be_judged_worse_with_a_reason(at):
    assessment, nurse, last = ready_to_finish(at)
    with pytest.raises(ReasonNeeded):
        Override("limited", " ")
    last.sign_off(by=nurse, at=at, overall=Override("limited", "The board has not met."))
    overall = assessment.levels.get(strand="overall")
    assert (overall.level, overall.override_reason, overall.decided_by) == ("limited", "The board has not met.", nurse)


@pytest.mark.django_db
def test_sending_back_forgets_signatures_and_levels_but_no_judgement(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    adults = decide_all(assessment, "adults", by=nurse, at=at)
    adults.sign_off(by=nurse, at=at, level=Override("limited", "Not convinced."))
    children = review(assessment, "children", by=nurse, at=at)
    children.send_back(notes="More.", due_on=DUE, by=nurse, at=at)
    assessment.refresh_from_db()
    declare(assessment, at=at + timedelta(days=1))
    adults.refresh_from_db()
    assert (adults.signed_off_at, adults.level, adults.level_reason) == (None, "", "")
    assert assessment.ratings.filter(basis="evidence_reviewed", current=True).count() == 4


@pytest.mark.django_db
def test_the_last_validated_grade_is_this_commissioners_and_an_earlier_returns(at):
    earlier = validated(at, r1_2="amber")
    later = submitted(
        at + timedelta(days=30), organisation=earlier.organisation, issued_at=at + timedelta(days=10),
        round=RoundFactory(),
    )  # fmt: skip
    assert later.commissioner != earlier.commissioner
    found = later.strand_reviews.get(strand="children")
    assert [line.last for line in found.lines(on=at.date())] == [None, None, None]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_sign_offs_at_once_validate_once_and_write_one_letter(at):
    _, nurse, last = ready_to_finish(at)
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def work():
        mine = StrandReview.objects.get(pk=last.pk)
        barrier.wait()
        try:
            mine.sign_off(by=nurse, at=at)
            outcomes.append("signed")
        except Refused:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["signed", "told"]
    assert Letter.objects.filter(kind="result").count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_who_accept_the_rest_at_once_accept_it_once(at):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    found = review(assessment, "adults", by=nurse, at=at)
    StrandReview.objects.filter(pk=found.pk).update(sample=[])
    counts: list[int] = []
    barrier = threading.Barrier(2)

    def work():
        mine = StrandReview.objects.get(pk=found.pk)
        barrier.wait()
        try:
            counts.append(mine.accept_rest(by=nurse, at=at))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 2]

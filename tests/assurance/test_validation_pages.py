"""The pages of validation: what is on them, who may open them, and how many questions they ask of the database."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.door import Refused
from actions.models import Action
from assurance.models import AnswerEvidence, AssurancePolicy, Rating, SelfAssessment, StrandReview
from chasing.models import Letter
from tests.factories.accounts import CircleFactory, CoverFactory, DeclaredInterestFactory, someone
from tests.factories.assurance import RoundFactory
from tests.factories.evidence import EvidenceItemFactory, a_file
from tests.factories.providers import ArrangementFactory, CommissionerFactory, provider_of
from tests.factories.validation import answer, decide_all, judge, nurse_of, review, submitted, validated

pytestmark = pytest.mark.django_db
QUEUE, ACROSS = "assurance:validation-queue", "assurance:validation-across"
TERMS = {
    "text": "Write the policy", "owner": "", "owner_name": "Ann Other", "due_on_day": "1", "due_on_month": "6",
    "due_on_year": "2099", "evidence_required": "The policy",
}  # fmt: skip


def url(name, assessment, *more):
    return reverse(f"assurance:{name}", args=[assessment.reference, *more])


def criterion_url(assessment, ref, strand="children"):
    return url("validation-criterion", assessment, strand, ref)


def queries(client, address):
    """The statements of one warm request, without SAVEPOINT and SET."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return [q["sql"] for q in found.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SET"))]


def under_review(at, **grades):
    assessment = submitted(at, **grades)
    nurse = nurse_of(assessment)
    review(assessment, "children", by=nurse, at=at)
    assessment.refresh_from_db()
    return assessment, nurse


def test_every_page_opens_before_and_after_somebody_began(at, sign_in):
    assessment = submitted(at, r1_2="amber")
    nurse = nurse_of(assessment)
    client = sign_in(nurse)
    pages = [
        reverse(QUEUE),
        reverse(ACROSS),
        reverse("assurance:validation-sign-offs"),
        url("validation-strand", assessment, "children"),
        url("validation-strand", assessment, "children") + "?show=all",
        criterion_url(assessment, "1.2"),
        url("validation-accept", assessment, "children"),
        url("validation-send-back", assessment, "children"),
        url("validation-sign-off", assessment, "children"),
        reverse(ACROSS) + f"?round={assessment.round.reference}&criterion=1.2",
    ]
    for _ in range(2):
        for page in pages:
            answered = client.get(page)
            assert (page, answered.status_code, answered.content.count(b"<h1")) == (page, 200, 1)
        StrandReview.objects.get(self_assessment=assessment, strand="children").begin(by=nurse, at=at)


# --- The queue ---------------------------------------------------------------------------------


def test_the_queue_is_oldest_first_and_of_ones_own_strands(at, sign_in):
    round = RoundFactory()
    newer = submitted(at.replace(day=17), round=round, organisation=provider_of(round.commissioner, name="Newer"))
    older = submitted(at.replace(day=3), round=round, organisation=provider_of(round.commissioner, name="Older"))
    client = sign_in(nurse_of(newer, "adults"))
    page = client.get(reverse(QUEUE))
    assert [(row.self_assessment, row.strand) for row in page.context["reviews"]] == [
        (older, "adults"),
        (newer, "adults"),
    ]
    everything = client.get(reverse(QUEUE) + "?strand=all")
    assert len(everything.context["reviews"]) == 6
    assert everything.content.count(b"Not yours") == 4
    assert [row.strand for row in client.get(reverse(QUEUE) + "?q=old").context["reviews"]] == ["adults"]


def test_the_queue_filters_by_category_and_by_who_began(at, sign_in):
    assessment, nurse = under_review(at)
    client = sign_in(nurse)
    count = lambda query: len(client.get(reverse(QUEUE) + query).context["reviews"])  # noqa: E731
    assert [count(f"?begun={who}") for who in ("me", "nobody", "others")] == [1, 2, 0]
    assert count(f"?category={assessment.organisation.category.code}") == 3
    page = client.get(reverse(QUEUE) + "?q=nobody-is-called-that")
    assert "No return that waits for validation fits these filters" in page.content.decode()


def test_the_queue_asks_the_same_number_of_queries_at_one_and_at_many_and_pages(at, sign_in):
    round = RoundFactory()
    client = sign_in(nurse_of(submitted(at, round=round)))
    one = queries(client, reverse(QUEUE))
    for _ in range(9):
        submitted(at, round=round)
    many = queries(client, reverse(QUEUE))
    assert len(many) == len(one) <= 12
    page = client.get(reverse(QUEUE))
    assert (len(page.context["reviews"]), page.context["reviews"].paginator.count) == (25, 30)


# --- Who may -------------------------------------------------------------------------------------


def test_only_the_designated_professionals_of_the_commissioner_open_a_validation(at, sign_in):
    assessment, nurse = under_review(at)
    interested = nurse_of(assessment)
    DeclaredInterestFactory(user=interested, organisation=assessment.organisation, declared_by=nurse)
    elsewhere = someone("DP", CommissionerFactory(), strands=["children"])
    people = {
        "nurse": (nurse, 200),
        "named GP": (someone("NG", assessment.commissioner), 404),
        "analyst": (someone("QA", assessment.commissioner), 404),
        "director": (someone("DN", assessment.commissioner), 404),
        "provider": (someone("PL", assessment.organisation), 404),
        "interest": (interested, 404),
        "elsewhere": (elsewhere, 404),
    }
    codes = {
        who: sign_in(user).get(url("validation-strand", assessment, "children")).status_code
        for who, (user, _) in people.items()
    }
    assert codes == {who: code for who, (_, code) in people.items()}


def test_a_declared_interest_hides_one_provider_and_not_the_next(at, sign_in):
    round = RoundFactory()
    theirs = submitted(at, round=round, organisation=provider_of(round.commissioner, name="Canary Partnership"))
    other = submitted(at, round=round, organisation=provider_of(round.commissioner, name="Other"))
    nurse = nurse_of(theirs, "children")
    client = sign_in(nurse)
    assert b"Canary Partnership" in client.get(reverse(QUEUE)).content
    DeclaredInterestFactory(user=nurse, organisation=theirs.organisation, declared_by=nurse)
    assert b"Canary Partnership" not in client.get(reverse(QUEUE)).content
    across = reverse(ACROSS) + f"?round={round.reference}&criterion=1.2"
    assert [row.assessment for row in client.get(across).context["rows"]] == [other]
    assert client.get(url("validation-sign-off", theirs, "children")).status_code == 404


def test_another_strand_is_read_and_not_written(at, sign_in):
    assessment, _ = under_review(at)
    review(assessment, "adults", by=nurse_of(assessment), at=at)
    client = sign_in(nurse_of(assessment, "children"))
    page = client.get(criterion_url(assessment, "2.2", "adults"))
    assert (page.status_code, page.context["form"], b"Not yours" in page.content) == (200, None, True)
    posts = {
        criterion_url(assessment, "2.2", "adults"): {"agree": "1"},
        url("validation-accept", assessment, "adults"): {"count": 1},
        url("validation-undo-accept", assessment, "adults"): {},
        url("validation-begin", assessment, "adults"): {},
        url("validation-send-back", assessment, "adults"): {"notes": "x"},
        url("validation-sign-off", assessment, "adults"): {"adults": "significant"},
    }
    assert {address: client.post(address, data).status_code for address, data in posts.items()} == dict.fromkeys(
        posts, 404
    )
    assert not Rating.objects.exclude(basis="self_assessed").exists()


def test_who_covers_for_a_designated_professional_validates_in_their_place(at, sign_in):
    assessment, nurse = under_review(at)
    cover = someone("QA", assessment.commissioner)
    client = sign_in(cover)
    assert client.get(criterion_url(assessment, "1.2")).status_code == 404
    CoverFactory(absent=nurse, covered_by=cover, agreed_by=nurse)
    assert client.post(criterion_url(assessment, "1.2"), {"agree": "1"}).status_code == 302
    assert Rating.objects.get(basis="evidence_reviewed").by == cover


# --- Judging -------------------------------------------------------------------------------------


def test_agreeing_goes_on_to_the_next_that_waits(at, sign_in):
    assessment, nurse = under_review(at)
    client = sign_in(nurse)
    answered = client.post(criterion_url(assessment, "1.1"), {"agree": "1"})
    following = client.get(answered["Location"])
    assert following.context["desk"].current.ref in ("1.2", "2.1")
    rating = Rating.objects.get(basis="evidence_reviewed")
    assert (rating.grade, rating.outcome, rating.by) == ("green", "agreed", nurse)


def test_the_same_form_sent_twice_saves_once_and_shows_the_first_result(at, sign_in):
    assessment, nurse = under_review(at)
    client = sign_in(nurse)
    token = client.get(criterion_url(assessment, "1.1")).context["form"]["form_token"].value()
    first, second = (client.post(criterion_url(assessment, "1.1"), {"agree": "1", "form_token": token}) for _ in "ab")
    assert (first.status_code, second["Location"]) == (302, first["Location"])
    assert Rating.objects.filter(basis="evidence_reviewed").count() == 1


def test_lower_without_a_comment_is_422_and_what_was_typed_stays(at, sign_in):
    assessment, nurse = under_review(at)
    client = sign_in(nurse)
    told = {**TERMS, "decision": "red", "comment": "", "text": "Typed words that stay"}
    answered = client.post(criterion_url(assessment, "2.1"), told)
    assert answered.status_code == 422
    assert "Write a comment" in answered.content.decode()
    assert "Typed words that stay" in answered.content.decode()
    assert not Rating.objects.filter(basis="evidence_reviewed").exists()


def test_a_red_needs_who_and_when_and_opens_the_action_as_agreed(at, sign_in):
    assessment, nurse = under_review(at)
    lead = someone("PL", assessment.organisation, name="Leah Lead")
    client = sign_in(nurse)
    told = {**TERMS, "decision": "red", "comment": "Out of date."}
    missing = client.post(criterion_url(assessment, "2.1"), {**told, "owner_name": "", "due_on_year": "2001"})
    assert missing.status_code == 422
    assert set(missing.context["form"].errors) == {"owner_name", "due_on"}
    assert client.post(criterion_url(assessment, "2.1"), {**told, "owner": lead.reference}).status_code == 302
    action = Action.objects.get()
    assert (action.text, action.owner, action.due_on, action.evidence_required, action.origin_kind) == (
        "Write the policy",
        lead,
        date(2099, 6, 1),
        "The policy",
        "validation",
    )


def test_a_grade_that_is_not_in_the_scheme_is_refused_beside_the_box(at, sign_in):
    assessment, nurse = under_review(at)
    answered = sign_in(nurse).post(criterion_url(assessment, "2.1"), {"decision": "purple", "comment": "x"})
    assert (answered.status_code, "decision" in answered.context["form"].errors) == (422, True)


def test_a_judgement_in_between_shows_theirs_and_yours_and_the_next_save_wins(at, sign_in):
    assessment, nurse = under_review(at)
    client = sign_in(nurse)
    other = nurse_of(assessment, name="Olive Other")
    found = assessment.strand_reviews.get(strand="children")
    theirs = judge(found, "1.1", "green", by=other, at=at)
    told = {**TERMS, "decision": "red", "comment": "Mine, typed for an hour", "seen": ""}
    answered = client.post(criterion_url(assessment, "1.1"), told)
    text = answered.content.decode()
    assert (answered.status_code, "Olive Other" in text, "Mine, typed for an hour" in text) == (409, True, True)
    assert answered.context["form"]["seen"].value() == str(theirs.pk)
    assert client.post(criterion_url(assessment, "1.1"), {**told, "seen": theirs.pk}).status_code == 302
    assert Rating.objects.get(basis="evidence_reviewed", current=True).comment == "Mine, typed for an hour"


def test_judging_what_is_signed_off_is_409(at, sign_in):
    assessment, nurse = under_review(at)
    decide_all(assessment, "children", by=nurse, at=at).sign_off(by=nurse, at=at)
    client = sign_in(nurse)
    assert client.get(criterion_url(assessment, "1.1")).context["form"] is None
    assert client.post(criterion_url(assessment, "1.1"), {"agree": "1"}).status_code == 409


def test_the_criterion_page_asks_at_most_twelve_queries_whatever_is_on_it(at, sign_in):
    assessment, nurse = under_review(at, r1_2="amber")
    client = sign_in(nurse)
    bare = queries(client, criterion_url(assessment, "1.2"))
    for _ in range(5):
        file = a_file(commissioner=assessment.commissioner, organisation=assessment.organisation, by=nurse)
        use(assessment, "1.2", file.item, nurse, at)
        someone("PL", assessment.organisation)
    found = assessment.strand_reviews.get(strand="children")
    judge(found, "2.1", "red", by=nurse, at=at, comment="x")
    full = queries(client, criterion_url(assessment, "1.2"))
    assert (len(full), len(full) <= 12) == (len(bare), True)


def use(assessment, ref, item, by, at):
    return AnswerEvidence.objects.create(
        commissioner=assessment.commissioner, organisation=assessment.organisation, answer=answer(assessment, ref),
        item=item, added_by=by, added_at=at,
    )  # fmt: skip


def test_evidence_says_its_version_scan_and_expiry_and_the_verdict_is_kept_with_the_version(at, sign_in):
    assessment, nurse = under_review(at)
    client = sign_in(nurse)
    file = a_file(
        commissioner=assessment.commissioner, organisation=assessment.organisation, by=nurse,
        valid_until=date(2026, 1, 1), title="Lone working policy",
    )  # fmt: skip
    used = use(assessment, "1.2", file.item, nurse, at)
    text = client.get(criterion_url(assessment, "1.2")).content.decode()
    for words in ("Lone working policy", "Not scanned", "Expired", "Not reviewed", "evidence expired"):
        assert words in text
    address = url("validation-evidence", assessment, "children", used.pk)
    assert client.post(address, {"verdict": "out_of_date", "version": file.pk}).status_code == 302
    used.refresh_from_db()
    assert (used.verdict, used.verdict_on, used.verdict_by) == ("out_of_date", file, nurse)
    a_file(item=file.item, by=nurse)
    assert "Version 2 not reviewed" in client.get(criterion_url(assessment, "1.2")).content.decode()
    assert client.post(address, {"verdict": "supports", "version": file.pk}).status_code == 409


def test_evidence_for_named_people_is_not_named_to_others(at, sign_in):
    assessment, nurse = under_review(at)
    item = EvidenceItemFactory(
        commissioner=assessment.commissioner, organisation=assessment.organisation, title="Canary review report",
        circle=CircleFactory(commissioner=assessment.commissioner),
    )  # fmt: skip
    used = use(assessment, "1.2", item, nurse, at)
    client = sign_in(nurse)
    for page in (criterion_url(assessment, "1.2"), across_url(assessment)):
        text = client.get(page).content.decode()
        assert ("Canary review report" in text, "for named people only" in text) == (False, True)
    address = url("validation-evidence", assessment, "children", used.pk)
    assert client.post(address, {"verdict": "supports"}).status_code == 404


def test_a_provider_never_sees_a_validation_in_progress_and_sees_the_comment_afterwards(at, sign_in):
    assessment, nurse = under_review(at)
    lead = someone("PL", assessment.organisation)
    found = assessment.strand_reviews.get(strand="children")
    judge(found, "1.2", "amber", by=nurse, at=at, comment="canary wren comment")
    client = sign_in(lead)
    pages = [url("assessment-detail", assessment), url("return-answers", assessment), url("result", assessment)]
    for page in [*pages, url("result-file", assessment), url("validation-strand", assessment, "children")]:
        assert b"canary wren" not in client.get(page).content
    assert not Rating.objects.permitted(lead, "see_result").exclude(basis="self_assessed").exists()
    validated(at, by=nurse, assessment=assessment)
    assert b"canary wren comment" in client.get(url("result", assessment)).content


# --- The rest, sending back, signing off -----------------------------------------------------------


def without_sample(assessment, strand):
    StrandReview.objects.filter(self_assessment=assessment, strand=strand).update(sample=[])


def test_accepting_the_rest_is_confirmed_with_its_number_and_undone(at, sign_in):
    assessment, nurse = under_review(at)
    without_sample(assessment, "children")
    client = sign_in(nurse)
    address = url("validation-accept", assessment, "children")
    assert client.get(address).context["form"]["count"].value() == 1
    assert client.post(address, {"count": 7}).status_code == 422
    assert client.post(address, {"count": 1}).status_code == 302
    rating = Rating.objects.get(basis="accepted_as_declared")
    assert (rating.current, rating.strand) == (True, "children")
    page = client.get(url("validation-strand", assessment, "children"))
    assert (page.context["desk"].counts["reviewed"], page.context["desk"].counts["accepted"]) == (0, 1)
    client.post(url("validation-undo-accept", assessment, "children"))
    rating.refresh_from_db()
    assert rating.current is False


def test_sending_back_needs_notes_and_a_day_to_come_and_tells_the_provider(at, sign_in):
    assessment, nurse = under_review(at)
    client = sign_in(nurse)
    address = url("validation-send-back", assessment, "children")
    told = {"notes": "The audit, please.", "due_on_day": "1", "due_on_month": "6", "due_on_year": "2001"}
    wrong = client.post(address, told)
    assert (wrong.status_code, "The audit, please." in wrong.content.decode()) == (422, True)
    assert client.post(address, {**told, "due_on_year": "2099"}).status_code == 302
    assessment.refresh_from_db()
    assert (assessment.state, assessment.due_on) == ("sent_back", date(2099, 6, 1))
    assert Letter.objects.filter(kind="sent_back").count() == 1
    assert client.post(address, {**told, "due_on_year": "2099"}).status_code == 409


def test_signing_off_shows_the_level_with_reasons_and_takes_another_with_one_sentence(at, sign_in):
    assessment, nurse = under_review(at)
    for strand in ("children", "adults"):
        decide_all(assessment, strand, by=nurse, at=at).sign_off(by=nurse, at=at)
    decide_all(assessment, "looked_after", by=nurse, at=at)
    client = sign_in(nurse)
    address = url("validation-sign-off", assessment, "looked_after")
    page = client.get(address)
    assert "every critical criterion met with evidence reviewed" in page.content.decode()
    assert "has validated the" in page.content.decode()
    told = {"looked_after": "limited", "looked_after_reason": "", "overall": "significant", "overall_reason": ""}
    assert client.post(address, told).status_code == 422
    better = {**told, "looked_after_reason": "No doctor.", "overall": "significant"}
    done = client.post(address, better)
    assert done["Location"] == url("result", assessment)
    levels = {row.strand: row.level for row in assessment.levels.all()}
    assert levels == {
        "children": "significant",
        "adults": "significant",
        "looked_after": "limited",
        "overall": "limited",
    }
    text = client.get(done["Location"]).content.decode()
    assert "No doctor." in text


def test_signing_off_while_something_waits_is_409_and_says_what(at, sign_in):
    assessment, nurse = under_review(at)
    client = sign_in(nurse)
    address = url("validation-sign-off", assessment, "children")
    text = client.get(address).content.decode()
    assert "not decided yet" in text
    assert f'<a href="{criterion_url(assessment, "1.1")}?show=all">1.1</a>' in text
    answered = client.post(address, {"children": "limited"})
    assert (answered.status_code, "1.1" in answered.content.decode()) == (409, True)


def test_the_director_signs_off_and_does_not_judge(at, sign_in):
    assessment, nurse = under_review(at)
    decide_all(assessment, "children", by=nurse, at=at)
    director = someone("DN", assessment.commissioner)
    client = sign_in(director)
    page = client.get(reverse("assurance:validation-sign-offs"))
    assert [(row.self_assessment, row.strand) for row in page.context["reviews"]] == [(assessment, "children")]
    assert (
        url("validation-strand", assessment, "adults")
        not in client.get(url("validation-sign-off", assessment, "adults")).content.decode()
    )
    level = client.get(url("validation-sign-off", assessment, "children")).context["preview"].computed["children"]
    answered = client.post(url("validation-sign-off", assessment, "children"), {"children": level})
    assert answered.status_code == 302
    assert assessment.strand_reviews.get(strand="children").signed_off_by == director
    assert client.post(criterion_url(assessment, "1.1"), {"agree": "1"}).status_code == 404


def test_the_history_of_a_return_says_when_it_was_validated(at, sign_in):
    waiting, done = under_review(at)[0], validated(at)
    told = [
        [
            line.heading
            for line in sign_in(someone("QA", each.commissioner)).get(url("assessment-detail", each)).context["history"]
        ]
        for each in (waiting, done)
    ]
    assert [headings.count("Validated") for headings in told] == [0, 1]
    assert told[1][0] == "Validated"


def test_the_result_is_read_by_associates_without_the_providers_own_words(at, sign_in):
    assessment = validated(at)
    associate = CommissionerFactory()
    ArrangementFactory(commissioner=associate, organisation=assessment.organisation, part="associate")
    client = sign_in(someone("DP", associate, strands=["children"]))
    page = client.get(url("result", assessment))
    assert (page.status_code, {line.own for line in page.context["result"].lines}) == (200, {None})
    assert (
        sign_in(someone("DP", CommissionerFactory(), strands=["children"])).get(url("result", assessment)).status_code
        == 404
    )


def test_the_result_pages_ask_at_most_twelve_queries(at, sign_in):
    assessment = validated(at, r2_1="red")
    client = sign_in(nurse_of(assessment))
    for page in (url("result", assessment), url("result-criterion", assessment, "2.1")):
        assert len(queries(client, page)) <= 12


# --- Across ----------------------------------------------------------------------------------------


def across_url(assessment, ref="1.2", **more):
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    return reverse(ACROSS) + f"?round={assessment.round.reference}&criterion={ref}{extra}"


def test_across_lists_the_category_and_asks_as_many_queries_at_one_as_at_a_page(at, sign_in):
    round = RoundFactory()
    first = submitted(at, round=round)
    nurse = nurse_of(first)
    client = sign_in(nurse)
    one = queries(client, across_url(first, category="ACUTE"))
    for _ in range(26):
        each = submitted(at, round=round)
        use(
            each, "1.2", EvidenceItemFactory(commissioner=round.commissioner, organisation=each.organisation), nurse, at
        )
    many = queries(client, across_url(first, category="ACUTE"))
    assert (len(many), len(many) <= 12) == (len(one), True)
    page = client.get(across_url(first))
    assert (len(page.context["rows"]), page.context["found"].paginator.count) == (25, 27)


def test_across_says_when_the_round_does_not_ask_the_criterion(at, sign_in):
    assessment, nurse = under_review(at)
    answered = sign_in(nurse).get(across_url(assessment, "9.9"))
    assert "asks no criterion 9.9" in answered.content.decode()


def test_across_leaves_what_the_single_page_leaves(at, sign_in):
    round = RoundFactory()
    single, across = submitted(at, round=round), submitted(at, round=round)
    nurse = nurse_of(single)
    client = sign_in(nurse)
    review(single, "adults", by=nurse, at=at)
    told = {**TERMS, "decision": "amber", "comment": "Half of it."}
    assert client.post(criterion_url(single, "1.2", "adults"), told).status_code == 302
    assert client.post(across_url(single), {**told, "return": across.reference}).status_code == 302
    columns = ("grade", "outcome", "comment", "basis", "by", "strand", "on", "ground")
    rows = Rating.objects.filter(basis="evidence_reviewed").order_by("self_assessment")
    assert rows.values_list(*columns)[0] == rows.values_list(*columns)[1]
    actions = Action.objects.values_list("text", "owner_name", "due_on", "evidence_required", "origin_kind")
    assert actions[0] == actions[1]
    across.refresh_from_db()
    assert across.state == "under_review"


def test_across_keeps_what_was_typed_and_marks_only_the_form_that_was_sent(at, sign_in):
    round = RoundFactory()
    first, second = submitted(at, round=round), submitted(at, round=round)
    client = sign_in(nurse_of(first))
    told = {**TERMS, "decision": "red", "comment": "", "text": "Typed here", "return": second.reference}
    answered = client.post(across_url(first), told)
    assert (answered.status_code, answered.content.decode().count("Typed here")) == (422, 1)
    assert [row.form.is_bound for row in answered.context["rows"]] == [False, True]


def test_across_shows_both_sides_when_somebody_was_faster(at, sign_in):
    assessment, nurse = under_review(at)
    other = nurse_of(assessment, name="Olive Other")
    judge(assessment.strand_reviews.get(strand="children"), "1.2", "green", by=other, at=at)
    told = {**TERMS, "decision": "red", "comment": "Typed across", "seen": "", "return": assessment.reference}
    answered = sign_in(nurse).post(across_url(assessment), told)
    text = answered.content.decode()
    assert (answered.status_code, "Olive Other" in text, "Typed across" in text) == (409, True, True)


def test_across_does_not_judge_another_strand(at, sign_in):
    assessment = submitted(at)
    client = sign_in(nurse_of(assessment, "children"))
    page = client.get(across_url(assessment, "2.2"))
    assert [row.may_write for row in page.context["rows"]] == [False]
    assert client.post(across_url(assessment, "2.2"), {"agree": "1", "return": assessment.reference}).status_code == 404
    assert SelfAssessment.objects.get().state == "submitted"


# --- Hazards ---------------------------------------------------------------------------------------


def test_hazard_2_not_applicable_is_counted_and_shown(at, sign_in):
    assessment = validated(at, assessment=submitted(at, r1_2="not_applicable"), r1_2="not_applicable")
    page = sign_in(someone("PL", assessment.organisation)).get(url("result", assessment))
    assert (page.context["result"].counts["not_applicable"], "1 not applicable" in page.content.decode()) == (1, True)


def test_hazard_2_a_critical_criterion_is_not_left_out_by_a_validator(at, sign_in):
    assessment, nurse = under_review(at)
    client = sign_in(nurse)
    offered = {ref: set(client.get(criterion_url(assessment, ref)).context["form"].grades) for ref in ("1.1", "1.2")}
    assert {ref: "not_applicable" in codes for ref, codes in offered.items()} == {"1.1": False, "1.2": True}
    found = assessment.strand_reviews.get(strand="children")
    with pytest.raises(Refused, match="service profile"):
        judge(found, "1.1", "not_applicable", by=nurse, at=at, comment="Leave it out.")


def test_hazard_3_accepted_has_its_own_mark_and_is_not_in_reviewed(at, sign_in):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    for strand in ("children", "adults", "looked_after"):
        found = review(assessment, strand, by=nurse, at=at)
        if strand != "looked_after":
            without_sample(assessment, strand)
        found.refresh_from_db()
        for line in found.lines(on=at.date()):
            if line.is_exception and not line.is_decided:
                judge(found, line.ref, "green", by=nurse, at=at)
        found.accept_rest(by=nurse, at=at)
        found.sign_off(by=nurse, at=at)
    page = sign_in(nurse).get(url("result", assessment))
    assert page.context["result"].counts == {"asked": 5, "reviewed": 3, "accepted": 2, "not_applicable": 0}
    text = page.content.decode().split("portal-results")[1]  # below the key
    assert (text.count("portal-grade--dashed"), text.count("portal-grade--solid")) == (2, 3)


def test_hazard_3_a_strand_in_which_nothing_was_reviewed_is_not_signed_off(at, sign_in):
    assessment = submitted(at)
    nurse = nurse_of(assessment)
    found = review(assessment, "looked_after", by=nurse, at=at)
    without_sample(assessment, "looked_after")
    found.refresh_from_db()
    found.accept_rest(by=nurse, at=at)
    client = sign_in(nurse)
    text = client.get(url("validation-sign-off", assessment, "looked_after")).content.decode()
    assert ("all of it was accepted as declared" in text, "Level and signature" in text) == (True, False)
    sent = client.post(url("validation-sign-off", assessment, "looked_after"), {"looked_after": "reasonable"})
    found.refresh_from_db()
    assert (sent.status_code, found.signed_off_at) == (409, None)
    judge(found, "1.10", "green", by=nurse, at=at)
    assert "Level and signature" in client.get(url("validation-sign-off", assessment, "looked_after")).content.decode()


def test_hazard_4_a_self_grade_is_outlined_until_somebody_reviewed_it(at, sign_in):
    assessment, nurse = under_review(at)
    client = sign_in(nurse)
    assert b"portal-grade--solid" not in client.get(url("validation-strand", assessment, "children")).content
    judge(assessment.strand_reviews.get(strand="children"), "1.1", "green", by=nurse, at=at)
    assert b"portal-grade--solid" in client.get(url("validation-strand", assessment, "children")).content


# --- Policy ----------------------------------------------------------------------------------------


def test_numbers_of_ones_own_hold_from_their_day_and_old_ones_are_kept(at, sign_in):
    commissioner = CommissionerFactory()
    client = sign_in(someone("QA", commissioner))
    told = {
        "commissioner": commissioner.pk, "valid_from_day": "1", "valid_from_month": "4", "valid_from_year": "2098",
        "reds_for_limited": "3", "sample_size": "8", "rating_stale_months": "12", "action_days": "60",
        "link_days": "30", "regulator_days": "40",
    }  # fmt: skip
    address = reverse("assurance:policy-add")
    assert client.post(address, {**told, "valid_from_year": "2001"}).status_code == 422
    assert client.post(address, told).status_code == 302
    assert client.post(address, told).status_code == 422
    assert client.post(address, {**told, "valid_from_year": "2099", "sample_size": "9"}).status_code == 302
    rows = AssurancePolicy.objects.filter(commissioner=commissioner).order_by("valid_from")
    assert [(row.valid_from, row.valid_to, row.sample_size) for row in rows] == [
        (date(2098, 4, 1), date(2099, 4, 1), 8),
        (date(2099, 4, 1), None, 9),
    ]
    page = client.get(reverse("assurance:policy-list"))
    assert page.context["policies"][0].in_force.commissioner_id is None


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("rating_stale_months", "32767", "Enter a number from 1 to 120"),
        ("action_days", "0", "Enter a number from 1 to 730"),
        ("sample_size", "many", "Enter how many criteria are drawn at random, as a number"),
        ("reds_for_limited", "", "Enter how many criteria may be “not met” before the level is limited"),
    ],
)
def test_numbers_that_no_rule_could_use_are_said_at_their_box_and_kept(sign_in, name, typed, says):
    commissioner = CommissionerFactory()
    told = {
        "commissioner": commissioner.pk, "valid_from_day": "1", "valid_from_month": "4", "valid_from_year": "2098",
        "reds_for_limited": "3", "sample_size": "8", "rating_stale_months": "12", "action_days": "60",
        "link_days": "30", "regulator_days": "40", name: typed,
    }  # fmt: skip
    answered = sign_in(someone("QA", commissioner)).post(reverse("assurance:policy-add"), told)
    assert (answered.status_code, answered.context["form"].errors) == (422, {name: [says]})
    assert answered.context["form"][name].value() == typed
    assert not AssurancePolicy.objects.filter(commissioner=commissioner).exists()


def test_numbers_are_not_set_for_another_commissioner_or_by_a_nurse(at, sign_in):
    ours, theirs = CommissionerFactory(), CommissionerFactory()
    told = {
        "commissioner": theirs.pk, "valid_from_day": "1", "valid_from_month": "4", "valid_from_year": "2098",
        "reds_for_limited": "3", "sample_size": "8", "rating_stale_months": "12", "action_days": "60",
        "link_days": "30", "regulator_days": "40",
    }  # fmt: skip
    address = reverse("assurance:policy-add")
    assert sign_in(someone("QA", ours)).post(address, told).status_code == 422
    assert sign_in(someone("DP", ours)).get(address).status_code == 404
    assert not AssurancePolicy.objects.filter(commissioner=theirs).exists()

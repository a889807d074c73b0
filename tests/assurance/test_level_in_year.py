"""Another level in the year: reason, history, letter, as at a past day; allowed, refused, stale, two at once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.door import Refused, Stale
from assurance.asat import as_at
from assurance.models import LevelDecision, SelfAssessment
from assurance.models.deciding import BetterThanWorst, Override, decide_in_year
from assurance.models.judging import Unchanged
from assurance.models.regrading import regrade
from assurance.recount import differences
from chasing.models import Letter
from tests.factories.accounts import DeclaredInterestFactory, someone
from tests.factories.validation import answer, grade, nurse_of, submitted, validated

DAY = timedelta(days=1)
WHY = "The visit in spring found two serious things."


def change(assessment: SelfAssessment, at: Any, level: str = "limited", strand: str = "adults", **more: Any) -> Any:
    held = assessment.levels.get(strand=strand)
    more = {"seen": held.version, "by": more.pop("by", None) or nurse_of(assessment), **more}
    return decide_in_year(assessment, strand, Override(level, WHY), at=at, **more)


def levels(assessment: SelfAssessment) -> dict[str, tuple[str, str]]:
    return {row.strand: (row.level, row.computed) for row in assessment.levels.all()}


@pytest.mark.django_db
def test_the_computed_level_and_its_reasons_stay_and_overall_follows(at):
    assessment = validated(at)
    before = assessment.levels.get(strand="adults")
    decision = change(assessment, at + DAY, by=(nurse := nurse_of(assessment)))
    held = assessment.levels.get(strand="adults")
    assert (held.level, held.computed, held.reasons) == ("limited", "significant", before.reasons)
    assert (held.override_reason, held.decided_by, held.decided_at) == (WHY, nurse, at + DAY)
    assert levels(assessment)["overall"] == ("limited", "significant")
    assert (decision.was, decision.level, decision.computed, decision.reasons, decision.reason) == (
        "significant", "limited", "significant", before.reasons, WHY,
    )  # fmt: skip
    assert list(differences()) == []


@pytest.mark.django_db
def test_every_state_of_a_level_is_kept_and_figures_of_a_past_day_read_it(at):
    assessment = validated(at)
    change(assessment, at + 10 * DAY)
    change(assessment, at + 20 * DAY, "significant")
    told = {}
    for days in (0, 9, 10, 19, 20):
        stood = as_at([assessment], day=(at + days * DAY).date())[assessment.pk]
        told[days] = (stood.levels["adults"].level, stood.levels["adults"].judged, stood.standing)
    assert told == {
        0: ("significant", "", "significant"),
        9: ("significant", "", "significant"),
        10: ("limited", WHY, "limited"),
        19: ("limited", WHY, "limited"),
        20: ("significant", "", "significant"),
    }
    assert [each.level for each in assessment.levels.get(strand="adults").events.order_by("pgh_id")] == [
        "significant", "limited", "significant",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["assurance_levelresultevent", "assurance_leveldecision"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET level = 'limited'", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_was_decided_cannot_be_rewritten(at, table, statement):
    change(validated(at), at)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.django_db
def test_a_re_grade_that_changes_what_the_rules_give_ends_the_judgement_and_one_that_does_not_keeps_it(at):
    assessment = validated(at)
    change(assessment, at + DAY)
    nurse = nurse_of(assessment)
    held = {"evidence": None, "by": nurse, "reason": "Read again."}
    one = answer(assessment, "1.2").criterion_version_id
    regrade(assessment, one, grade=grade(assessment, "amber"), at=at + 2 * DAY, **held)
    kept = assessment.levels.get(strand="adults")
    assert (kept.level, kept.decided_at, kept.computed_at) == ("limited", at + DAY, at + 2 * DAY)
    assert as_at([assessment], day=(at + DAY).date())[assessment.pk].levels["adults"].level == "limited"
    regrade(
        assessment, answer(assessment, "2.1").criterion_version_id, grade=grade(assessment, "red"), at=at + 3 * DAY,
        **held,
    )  # fmt: skip
    ended = assessment.levels.get(strand="adults")
    assert (ended.level == ended.computed, ended.override_reason) == (True, "")
    assert LevelDecision.objects.filter(self_assessment=assessment).count() == 1
    assert list(differences()) == []


@pytest.mark.django_db
def test_overall_alone_may_be_judged_worse_and_never_better(at):
    assessment = validated(at)
    change(assessment, at, "limited", strand="overall")
    assert levels(assessment)["overall"] == ("limited", "significant")
    change(assessment, at, "none")
    assert levels(assessment)["overall"] == ("none", "significant")
    with pytest.raises(BetterThanWorst):
        change(assessment, at, "reasonable", strand="overall")


@pytest.mark.django_db
def test_it_is_refused_before_the_validation_without_a_change_and_when_stale(at):
    assessment = validated(at)
    with pytest.raises(Unchanged):
        change(assessment, at, "significant")
    held = assessment.levels.get(strand="adults")
    change(assessment, at)
    with pytest.raises(Stale) as stale:
        change(assessment, at, "none", seen=held.version)
    assert stale.value.theirs.level == "limited"
    with pytest.raises(Refused):
        decide_in_year(submitted(at), "adults", Override("none", WHY), seen=1, by=nurse_of(assessment), at=at)
    assert LevelDecision.objects.count() == 1


@pytest.mark.django_db
def test_the_provider_gets_a_letter_without_the_level_and_reads_the_reason(at, sign_in):
    assessment = validated(at)
    change(assessment, at + DAY)
    letter = Letter.objects.get(kind="level_changed")
    assert letter.to_organisation == assessment.organisation
    lead = someone("PL", assessment.organisation)
    text = sign_in(lead).get(reverse("assurance:result", args=[assessment.reference])).content.decode()
    assert WHY in text
    assert "Significant assurance became limited assurance; the rules gave significant assurance" in text
    assert "Change this level" not in text


def url(assessment: SelfAssessment, strand: str = "adults") -> str:
    return reverse("assurance:result-level", args=[assessment.reference, strand])


@pytest.mark.django_db
def test_the_page_saves_asks_for_the_reason_and_shows_both_sides(at, sign_in, django_assert_max_num_queries):
    assessment = validated(at)
    client = sign_in(nurse_of(assessment, "adults"))
    with django_assert_max_num_queries(12):
        shown = client.get(url(assessment))
    seen = shown.context["form"]["seen"].value()
    without = client.post(url(assessment), {"level": "limited", "reason": "", "seen": seen})
    assert (without.status_code, "Write the reason for the new level" in without.content.decode()) == (422, True)
    foreign = client.post(url(assessment), {"level": "brilliant", "reason": WHY, "seen": seen})
    assert foreign.status_code == 422
    saved = client.post(url(assessment), {"level": "limited", "reason": WHY, "seen": seen})
    assert (saved.status_code, levels(assessment)["adults"]) == (302, ("limited", "significant"))
    stale = client.post(url(assessment), {"level": "none", "reason": "Something else", "seen": seen})
    text = stale.content.decode()
    assert (stale.status_code, WHY in text, "Something else" in text) == (409, True, True)
    again = {"level": "none", "reason": "Something else", "seen": stale.context["form"].data["seen"]}
    assert client.post(url(assessment), again).status_code == 302
    with django_assert_max_num_queries(12):
        assert (
            "Change this level" in client.get(reverse("assurance:result", args=[assessment.reference])).content.decode()
        )


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["other_strand", "QA", "DN", "PL", "NG", "interest", "foreign"])
def test_nobody_else_may_and_it_looks_like_not_there(at, sign_in, who):
    assessment = validated(at)
    match who:
        case "other_strand":
            person = nurse_of(assessment, "children")
        case "interest":
            person = nurse_of(assessment)
            DeclaredInterestFactory(user=person, organisation=assessment.organisation, declared_by=person)
        case "foreign":
            person = nurse_of(validated(at))
        case _:
            person = someone(who, assessment.organisation if who == "PL" else assessment.commissioner)
    client = sign_in(person)
    assert client.get(url(assessment)).status_code == 404
    assert client.post(url(assessment), {"level": "none", "reason": WHY, "seen": 1}).status_code == 404
    assert levels(assessment)["adults"] == ("significant", "significant")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_decides_and_the_other_is_shown_it(at):
    assessment = validated(at)
    nurses, outcomes = [nurse_of(assessment), nurse_of(assessment)], []
    seen = assessment.levels.get(strand="adults").version
    ready = threading.Barrier(2)

    def judge(nurse: Any, level: str) -> None:
        ready.wait()
        try:
            change(assessment, at, level, by=nurse, seen=seen)
            outcomes.append("decided")
        except Stale:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=judge, args=pair) for pair in zip(nurses, ("limited", "none"), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["decided", "stale"]
    assert LevelDecision.objects.count() == 1
    assert Letter.objects.filter(kind="level_changed").count() == 1

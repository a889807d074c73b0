"""Facts of a hand-made year with exact numbers: each thing that can happen to a return, once."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from assurance.models import InQuestion, RecordedSet, SelfAssessment
from assurance.models.regrading import regrade
from assurance.standing import STANDINGS, counts, of_year, register, with_standing
from framework.models import Grade
from governance.facts import gather, one_moment
from governance.facts.fact import ACTION, ASSOCIATE, LATE, LEFT, PROVIDER, STANDARD
from tests.factories import governance as made
from tests.factories.accounts import CircleFactory
from tests.factories.assurance import recorded


def facts_of(place, kind, *, at=made.NOW, **fields):
    report = made.AnnualReport(commissioner=place.commissioner, year=made.YEAR, cut_off=made.CUT_OFF, **fields)
    return {fact.label: fact.attributes for fact in gather(report, at=at) if fact.kind == kind}


@pytest.mark.django_db
def test_every_provider_of_the_register_is_in_exactly_one_state():
    place = made.a_year()
    made.beside(place)
    found = facts_of(place, PROVIDER)
    assert {name: told["standing"] for name, told in found.items()} == {
        "Riverside": "significant",
        "Hillview": "limited",
        "Oak House": "reasonable",
        "Elm Lodge": "none",
        "Ash Court": "awaiting",
        "High Street": "overdue",
        "Mill Lane": "not_due",
        "Station Road": "significant",
        "Park View": "withdrawn",
        "Church Walk": "overdue",
        "New Build": "not_asked",
    }


@pytest.mark.django_db
def test_the_states_are_those_of_the_overview():
    place = made.a_year()
    place.commissioner.refresh_from_db()
    ours = [place.commissioner.pk]
    returns = of_year(SelfAssessment.objects.all(), ours, made.YEAR, as_at=made.CUT_OFF)
    overview = counts(
        with_standing(returns, as_at=made.CUT_OFF), register(ours, as_at=made.CUT_OFF).count(), as_at=made.CUT_OFF
    )
    states = [told["standing"] for told in facts_of(place, PROVIDER).values()]
    assert {each.key: states.count(each.key) for each in STANDINGS} == {
        each.key: overview.of(each.key) for each in STANDINGS
    }


@pytest.mark.django_db
def test_on_time_is_said_by_the_original_and_by_the_agreed_date():
    found = facts_of(made.a_year(), PROVIDER)
    late_but_agreed = found["Station Road"]
    assert (late_but_agreed["on_time_original"], late_but_agreed["on_time_agreed"]) == (False, True)
    assert (late_but_agreed["original_due"], late_but_agreed["agreed_due"]) == ("2024-11-30", "2024-12-31")
    assert (found["Hillview"]["on_time_original"], found["Hillview"]["on_time_agreed"]) == (False, False)
    assert found["Mill Lane"]["extended"] is True


@pytest.mark.django_db
def test_a_date_given_when_a_return_is_sent_back_makes_no_late_one_look_on_time():
    place = made.a_locality()
    place.add("Late", made.CategoryFactory(code="ACUTE"))
    late = made.received(place, "Late", at=made.LATER)
    review = late.strand_reviews.create(
        commissioner=late.commissioner, organisation=late.organisation, strand="adults", begun_at=made.LATER
    )
    review.send_back(notes="More, please", due_on=date(2025, 2, 28), by=place.nurse, at=made.LATER + timedelta(days=5))
    told = facts_of(place, PROVIDER)["Late"]
    assert (told["standing"], told["on_time_original"], told["on_time_agreed"]) == ("sent_back", False, False)
    assert told["extensions"] == 0


@pytest.mark.django_db
def test_accepted_as_declared_is_counted_apart_and_never_as_met():
    place = made.a_year()
    oak = facts_of(place, PROVIDER)["Oak House"]
    assert (oak["reviewed"], oak["accepted"], oak["criteria"], oak["nothing_reviewed"]) == (0, 5, 5, True)
    homes = facts_of(place, STANDARD)["Standard 1, Care homes"]
    told = {name: homes[name] for name in ("met", "partly", "not_met", "accepted", "graded", "providers")}
    assert told == {"met": 2, "partly": 1, "not_met": 0, "accepted": 3, "graded": 3, "providers": 2}


@pytest.mark.django_db
def test_a_judgement_is_told_with_its_reason_and_what_the_rules_gave():
    elm = facts_of(made.a_year(), PROVIDER)["Elm Lodge"]
    assert (elm["level"], elm["computed"], elm["overridden"]) == ("none", "significant", True)
    assert elm["override_reason"] == "Two serious findings on the visit"
    assert elm["decided_by"] == "Designated professional"


@pytest.mark.django_db
def test_who_does_not_count_is_said_with_why():
    place = made.a_year()
    made.beside(place)
    assert facts_of(place, LATE)["Church Walk"]["arrived_on"] == "2025-04-10"
    assert facts_of(place, LATE, at=made.AFTER - timedelta(days=1)) == {}
    assert facts_of(place, LEFT)["Old Surgery"]["why"] == "Merged into Mill Lane on 1 September 2024"
    shared = facts_of(place, ASSOCIATE)["Shared Trust"]
    assert (shared["lead"], shared["words"]) == ("Southshire CCG", "Significant assurance")
    assert "Shared Trust" not in facts_of(place, PROVIDER)
    assert facts_of(place, PROVIDER)["Park View"]["withdrawn_reason"] == "Contract is ending"


@pytest.mark.django_db
def test_a_later_regrade_does_not_change_the_report_as_at_the_cut_off():
    place = made.a_year()
    before = facts_of(place, PROVIDER), facts_of(place, STANDARD)
    returned = place.returns["Riverside"]
    critical = returned.answers.get(criterion_version__ref="1.1").criterion_version_id
    red = Grade.objects.get(scheme=returned.round.framework_version.grading, code="red")
    regrade(returned, critical, grade=red, reason="Policy gone", evidence=None, by=place.nurse, at=made.AFTER)
    assert returned.levels.get(strand="overall").level == "limited"
    assert (facts_of(place, PROVIDER), facts_of(place, STANDARD)) == before


@pytest.mark.django_db
def test_an_earlier_regrade_does_change_it():
    place = made.a_year()
    returned = place.returns["Riverside"]
    critical = returned.answers.get(criterion_version__ref="1.1").criterion_version_id
    red = Grade.objects.get(scheme=returned.round.framework_version.grading, code="red")
    at = made.VALIDATED + timedelta(days=20)
    regrade(returned, critical, grade=red, reason="Policy gone", evidence=None, by=place.nurse, at=at)
    told = facts_of(place, PROVIDER)["Riverside"]
    assert (told["level"], told["since"]) == ("limited", "2025-02-04")


@pytest.mark.django_db
def test_what_was_done_after_the_cut_off_is_as_it_was_before():
    place = made.a_year()
    before = facts_of(place, PROVIDER)
    place.returns["High Street"].extend(
        date(2025, 5, 31), by=place.analyst, at=made.AFTER, reason="Later", agreed_by=place.nurse
    )
    place.returns["Mill Lane"].withdraw(by=place.analyst, at=made.AFTER, reason="Merged")
    assert facts_of(place, PROVIDER) == before


@pytest.mark.django_db
def test_actions_keep_their_original_date_and_say_how_often_it_moved():
    place = made.a_year()
    made.an_action(place, "Oak House", date(2024, 12, 1), moved=(date(2025, 2, 1), date(2025, 6, 1)))
    made.an_action(place, "Hillview", date(2025, 3, 1))
    made.an_action(place, "Riverside", date(2025, 5, 1), state="complete_awaiting_verification",
                   completed_at=made.VALIDATED)  # fmt: skip
    done = made.an_action(place, "Elm Lodge", date(2025, 2, 1))
    done.close("superseded", "Asked again", by=place.nurse, at=made.VALIDATED + timedelta(days=3))
    closed_later = made.an_action(place, "Elm Lodge", date(2025, 2, 20))
    closed_later.close("superseded", "Asked again", by=place.nurse, at=made.AFTER)
    report = made.a_report(place)
    found = [fact for fact in gather(report, at=made.NOW) if fact.kind == ACTION]
    told = [
        (fact.label, *(fact.attributes[name] for name in ("state", "overdue", "moves", "age", "open")))
        for fact in found
    ]
    assert told == [
        ("Oak House", "Open", False, 2, "over-90", True),
        ("Elm Lodge", "Superseded", False, 0, "", False),
        ("Elm Lodge", "Open", True, 0, "31-90", True),
        ("Hillview", "Open", True, 0, "1-30", True),
        ("Riverside", "Complete, awaiting verification", False, 0, "not-past", True),
    ]
    providers = {fact.label: fact.attributes for fact in gather(report, at=made.NOW) if fact.kind == PROVIDER}
    assert (providers["Elm Lodge"]["open_actions"], providers["Elm Lodge"]["overdue_actions"]) == (1, 1)


@pytest.mark.django_db
def test_a_restricted_action_counts_and_names_nobody():
    place = made.a_year()
    made.an_action(place, "Hillview", date(2025, 3, 1), circle=CircleFactory(commissioner=place.commissioner))
    report = made.a_report(place)
    facts = gather(report, at=made.NOW)
    (action,) = [fact for fact in facts if fact.kind == ACTION]
    assert action.label == "Restricted: named people only"
    assert (action.attributes["provider"], action.attributes["action"]) == ("", "")
    assert action.attributes["overdue"] is True
    hillview = next(fact for fact in facts if fact.label == "Hillview")
    assert hillview.attributes["overdue_actions"] == 0


@pytest.mark.django_db
def test_no_fact_holds_an_answer_or_a_comment_or_a_name_of_a_person():
    place = made.a_year()
    made.an_action(place, "Hillview", date(2025, 3, 1))
    told = repr(gather(made.a_report(place), at=made.NOW))
    assert made.CANARY not in told
    assert place.nurse.name not in told


@pytest.mark.django_db
def test_grades_in_question_at_the_cut_off_are_counted():
    place = made.a_year()
    returned = place.returns["Riverside"]
    criterion = returned.answers.get(criterion_version__ref="1.2").criterion_version_id
    doubt = InQuestion.objects.create(
        commissioner=place.commissioner, organisation=returned.organisation, self_assessment=returned,
        criterion_version_id=criterion, since=date(2025, 2, 1), reason="Lead has left", raised_by=place.nurse,
        raised_at=made.VALIDATED,
    )  # fmt: skip
    doubt.settle("New lead", by=place.nurse, at=made.AFTER)
    assert facts_of(place, PROVIDER)["Riverside"]["in_question"] == 1


@pytest.mark.django_db
def test_last_year_is_what_was_told_last_year():
    place = made.a_year()
    made.approved(place)
    later = made.a_report(place, year="2025-26", cut_off=date(2026, 3, 31), at=made.NOW + timedelta(days=365))
    found = gather(later, at=made.NOW + timedelta(days=365))
    (source,) = [fact.label for fact in found if fact.kind == "previous"]
    assert source == "the report for 2024-25, version 1, as at 31 March 2025"
    before = {fact.label: fact.attributes["standing"] for fact in found if fact.kind == "previous_provider"}
    assert before == {label: told["standing"] for label, told in facts_of(place, PROVIDER).items()}


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_register(django_assert_num_queries):
    place = made.a_locality()
    category = made.CategoryFactory(code="ACUTE")
    place.add("One", category)
    made.validated(place, "One")
    report = made.a_report(place)
    with django_assert_num_queries(QUERIES):
        gather(report, at=made.NOW)
    for n in range(6):
        place.add(f"More {n}", category)
        made.validated(place, f"More {n}")
    with django_assert_num_queries(QUERIES):
        gather(report, at=made.NOW)


QUERIES = 27


@pytest.mark.django_db(transaction=True)
def test_everything_is_read_in_one_moment():
    place = made.a_locality()
    seen = []

    def somebody_else():
        place.commissioner.__class__.objects.filter(pk=place.commissioner.pk).update(name="Renamed meanwhile")
        connection.close()

    def name():
        return type(place.commissioner).objects.values_list("name", flat=True).get(pk=place.commissioner.pk)

    with one_moment():
        seen.append(name())
        other = threading.Thread(target=somebody_else)
        other.start()
        other.join()
        seen.append(name())
    assert seen == ["Northshire CCG", "Northshire CCG"]
    assert name() == "Renamed meanwhile"


@pytest.mark.django_db
def test_grades_from_records_are_counted_apart_and_change_nothing_else():
    """The year before and this one: from records where nothing was validated, and in no other fact."""
    place, year = made.a_year(), timedelta(days=366)
    plain, standards = facts_of(place, PROVIDER), facts_of(place, STANDARD)
    version = place.round.framework_version
    last = made.RoundFactory(commissioner=place.commissioner, framework_version=version, year="2023-24")
    then = replace(place, round=last, returns={})
    made.issued(then, "Oak House", issued_at=made.ISSUED - year)
    made.validated(then, "Oak House", at=made.VALIDATED - year, returned=made.IN_TIME - year)
    brought = {"Oak House": "2023-24", "Riverside": "2023-24", "Hillview": "2022-23", "New Build": "2024-25"}
    for key, of in brought.items():
        about = SelfAssessment(round=place.round, commissioner=place.commissioner, organisation=place.providers[key])
        recorded(about, of, r1_1="red", r1_2="green", s2="amber")
    RecordedSet.objects.update(recorded_at=made.ISSUED)
    found = facts_of(place, PROVIDER)
    told = ("before", "recorded_before", "grades_before", "recorded")
    known = {name: each for name, each in found.items() if each["before"] or each["recorded"]}
    assert {name: tuple(each[key] for key in told) for name, each in known.items()} == {
        "Oak House": ("validated", 0, 5, False),
        "Riverside": ("records", 3, 3, False),
        "New Build": ("", 0, 0, True),
    }
    counted = ("standing", "level", "reviewed", "accepted", "criteria", "rank")
    assert {name: [each.get(key) for key in counted] for name, each in found.items()} == {
        name: [each.get(key) for key in counted] for name, each in plain.items()
    }
    assert facts_of(place, STANDARD) == standards


@pytest.mark.django_db
def test_grades_recorded_after_the_cut_off_are_not_known_at_it():
    place = made.a_year()
    about = SelfAssessment(
        round=place.round, commissioner=place.commissioner, organisation=place.providers["New Build"]
    )
    recorded(about, "2024-25", r1_1="red")
    assert facts_of(place, PROVIDER)["New Build"]["recorded"] is False
    RecordedSet.objects.update(recorded_at=made.ISSUED)
    assert facts_of(place, PROVIDER)["New Build"]["recorded"] is True

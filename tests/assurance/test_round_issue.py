"""Issuing a round: who gets a return and why, counts that add up, and twice or two at once making no second."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from time import sleep
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.capabilities import Role
from assurance import issuing
from assurance.models import Answer, Round, SelfAssessment
from assurance.models.rounds import RoundMoved
from chasing.models import Letter
from providers.models import Organisation
from tests.factories.accounts import someone
from tests.factories.assurance import RoundFactory, a_return, answer_all
from tests.factories.framework import published
from tests.factories.providers import (
    ArrangementFactory,
    CategoryFactory,
    CommissionerFactory,
    ContactFactory,
    OrganisationFactory,
    provider_of,
)

pytestmark = pytest.mark.django_db


def draft(commissioner: Any = None, **fields: Any) -> Round:
    return RoundFactory(commissioner=commissioner or CommissionerFactory(), state=Round.State.DRAFT, **fields)


def outcome_of(round: Round, organisation: Organisation) -> str:
    found = [each for each in issuing.preview(round).candidates if each.organisation == organisation]
    assert len(found) == 1
    return f"{found[0].outcome}: {found[0].reason}"


def test_preview_says_of_everybody_on_the_register_whether_and_why() -> None:
    ours, neighbour = CommissionerFactory(name="NHS Ours CCG"), CommissionerFactory(name="NHS Next Door CCG")
    round = draft(ours)
    asked = provider_of(ours)
    shared = provider_of(ours, part="associate")
    ArrangementFactory(commissioner=neighbour, organisation=shared)
    closed = provider_of(ours, closed_on=date(2026, 9, 1), closed_reason="Retired")
    past = OrganisationFactory()
    ArrangementFactory(commissioner=ours, organisation=past, ends_on=date(2026, 9, 30))
    spot = provider_of(ours, category=CategoryFactory(code="ZSPOT", plural="Taxi firms", assured=False))
    provider_of(neighbour)
    preview = issuing.preview(round)
    assert outcome_of(round, asked) == f"asked: {asked.category}: full standards"
    assert outcome_of(round, shared) == "collected by the lead: Collected by NHS Next Door CCG"
    assert outcome_of(round, closed) == "closed: It closed on 1 September 2026"
    assert outcome_of(round, past) == "no contract: No contract in force on 1 October 2026"
    assert outcome_of(round, spot) == "category not asked: Taxi firms are not asked for returns"
    assert sum(preview.counts.values()) == len(preview.candidates) == 5
    assert preview.counts["asked"] == len(preview.asked) == 1


def test_round_may_be_narrowed_to_tiers_and_categories() -> None:
    ours = CommissionerFactory()
    practice = provider_of(
        ours, category=CategoryFactory(code="ZGP", name="GP practice", plural="GP practices", tier="general_practice")
    )
    trust = provider_of(ours)
    by_tier, by_category = draft(ours, tiers=["general_practice"]), draft(ours)
    by_category.categories.add(trust.category)
    assert [each.organisation for each in issuing.preview(by_tier).asked] == [practice]
    assert outcome_of(by_tier, trust) == "standards not in this round: Full standards are not in this round"
    assert [each.organisation for each in issuing.preview(by_category).asked] == [trust]
    assert outcome_of(by_category, practice) == "category not in this round: GP practice is not in this round"


def test_issue_makes_one_return_with_every_asked_criterion_and_opens_the_round(at: datetime, on: date) -> None:
    round = draft()
    lead = someone(Role.QUALITY_ANALYST, round.commissioner)
    organisations = [provider_of(round.commissioner) for _ in range(3)]
    assert issuing.issue(round, by=lead, at=at, on=on) == 3
    returns = SelfAssessment.objects.filter(round=round)
    assert sorted(each.organisation_id for each in returns) == sorted(each.pk for each in organisations)
    assert {each.answers.count() for each in returns} == {5}
    assert {(each.due_on, each.original_due_on, each.state) for each in returns} == {
        (round.due_on, round.due_on, "issued")
    }
    assert (round.state, round.issued_by, round.issued_at) == ("open", lead, at)


def test_issue_twice_makes_nothing_the_second_time(at: datetime, on: date) -> None:
    round = draft()
    lead = someone(Role.QUALITY_ANALYST, round.commissioner)
    organisation = provider_of(round.commissioner)
    someone(Role.PROVIDER_LEAD, organisation)
    assert issuing.issue(round, by=lead, at=at, on=on) == 1
    assert issuing.issue(round, by=lead, at=at, on=on) == 0
    assert (SelfAssessment.objects.count(), Answer.objects.count(), Letter.objects.count()) == (1, 5, 1)
    assert outcome_of(round, organisation) == "already has one: It already has a return in this round"


def test_issue_writes_to_preparers_and_contacts_once_each(at: datetime, on: date) -> None:
    round = draft()
    organisation = provider_of(round.commissioner)
    lead = someone(Role.PROVIDER_LEAD, organisation, email="lead@example.nhs.uk")
    someone(Role.EXECUTIVE_SIGNATORY, organisation)
    ContactFactory(organisation=organisation, email="LEAD@example.nhs.uk", receives_reminders=True)
    desk = ContactFactory(organisation=organisation, email="desk@example.nhs.uk", receives_reminders=True)
    ContactFactory(organisation=organisation, email="other@example.nhs.uk", receives_reminders=False)
    issuing.issue(round, by=someone(Role.QUALITY_ANALYST, round.commissioner), at=at, on=on)
    letters = Letter.objects.filter(kind="round_opened")
    assert {(letter.to_user_id, letter.to_contact_id) for letter in letters} == {(lead.pk, None), (None, desk.pk)}
    assert {frozenset(letter.about) for letter in letters} == {frozenset({"self_assessment"})}


def test_issue_takes_the_same_few_statements_for_one_and_for_many(at: datetime, on: date) -> None:
    def statements(organisations: int) -> int:
        round = draft()
        by = someone(Role.QUALITY_ANALYST, round.commissioner)
        for _ in range(organisations):
            someone(Role.PROVIDER_LEAD, provider_of(round.commissioner))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            issuing.issue(round, by=by, at=at, on=on)
        return len(seen)

    assert statements(1) == statements(12) <= 24


def test_issue_carries_last_years_validated_answer_beside_the_question_not_into_it(at: datetime, on: date) -> None:
    version = published()
    before = a_return(RoundFactory(framework_version=version, year="2025-26"))
    older = a_return(RoundFactory(commissioner=before.commissioner, framework_version=version), before.organisation)
    answer_all(before, "amber")
    answer_all(older, "red")
    SelfAssessment.objects.filter(pk=older.pk).update(
        state="validated", submitted_at=at, first_submitted_at=at, validated_at=at - timedelta(days=365), settled_at=at
    )
    SelfAssessment.objects.filter(pk=before.pk).update(
        state="validated", submitted_at=at, first_submitted_at=at, validated_at=at, settled_at=at
    )
    neighbour = CommissionerFactory()
    round = draft(before.commissioner, framework_version=version)
    issuing.issue(round, by=someone(Role.QUALITY_ANALYST, round.commissioner), at=at, on=on)
    now = round.assessments.get(organisation=before.organisation)
    assert {a.carried_from.self_assessment_id for a in now.answers.all()} == {before.pk}
    pairs = [(a.carried_from.criterion_version.ref, a.criterion_version.ref, a.grade) for a in now.answers.all()]
    assert sorted(pairs) == sorted((ref, ref, None) for ref in ("1.1", "1.2", "1.10", "2.1", "2.2"))
    # The next commissioner to lead does not see what the provider told the last one.
    before.organisation.arrangements.update(ends_on=date(2026, 11, 1))
    ArrangementFactory(commissioner=neighbour, organisation=before.organisation, starts_on=date(2026, 11, 1))
    elsewhere = draft(neighbour, framework_version=version, opens_on=date(2026, 11, 2))
    issuing.issue(elsewhere, by=someone(Role.QUALITY_ANALYST, neighbour), at=at, on=on)
    assert {a.carried_from_id for a in Answer.objects.filter(self_assessment__round=elsewhere)} == {None}


def test_late_addition_has_a_due_date_of_its_own_and_is_made_once(at: datetime, on: date) -> None:
    round = draft()
    by = someone(Role.QUALITY_ANALYST, round.commissioner)
    provider_of(round.commissioner)
    issuing.issue(round, by=by, at=at, on=on)
    new = OrganisationFactory()
    ArrangementFactory(commissioner=round.commissioner, organisation=new, starts_on=date(2026, 11, 1))
    late = date(2027, 1, 29)
    assert [each.organisation for each in issuing.late_candidates(round, on=on)] == [new]
    assert issuing.add_late(round, new, due_on=late, by=by, at=at, on=on) == 1
    assert issuing.add_late(round, new, due_on=late, by=by, at=at, on=on) == 0
    added = round.assessments.get(organisation=new)
    assert (added.due_on, added.original_due_on, added.answers.count()) == (late, late, 5)


def test_late_addition_is_refused_to_somebody_elses_provider_and_to_a_closed_round(at: datetime, on: date) -> None:
    round = RoundFactory()
    by = someone(Role.QUALITY_ANALYST, round.commissioner)
    stranger = provider_of(CommissionerFactory())
    assert issuing.add_late(round, stranger, due_on=date(2027, 1, 29), by=by, at=at, on=on) == 0
    round.close()
    with pytest.raises(RoundMoved):
        issuing.add_late(round, provider_of(round.commissioner), due_on=date(2027, 1, 29), by=by, at=at, on=on)
    with pytest.raises(RoundMoved):
        round.close()
    assert SelfAssessment.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_at_once_make_one_return_each(at: datetime, on: date) -> None:
    round = draft()
    by = someone(Role.QUALITY_ANALYST, round.commissioner)
    for _ in range(4):
        someone(Role.PROVIDER_LEAD, provider_of(round.commissioner))

    def issue() -> int:
        try:
            return issuing.issue(Round.objects.get(pk=round.pk), by=by, at=at, on=on)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        made = [done.result() for done in [both.submit(issue), both.submit(issue)]]
    assert sum(made) == SelfAssessment.objects.count() == 4
    assert (Answer.objects.count(), Letter.objects.count()) == (20, 4)


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_left_in_the_middle_is_finished_with_one_return_each(
    monkeypatch: pytest.MonkeyPatch, at: datetime, on: date
) -> None:
    """The worker's connection is cut while its second batch waits; what the first one wrote stays."""
    monkeypatch.setattr(issuing, "BATCH", 2)
    round = draft()
    by = someone(Role.QUALITY_ANALYST, round.commissioner)
    organisations = [provider_of(round.commissioner, name=f"Surgery {n}") for n in range(5)]
    for each in organisations:
        someone(Role.PROVIDER_LEAD, each)
    round.begin_issuing(by=by, at=at)
    worker: list[int] = []

    def issue() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            worker.append(cursor.fetchone()[0])
        try:
            return issuing.issue(Round.objects.get(pk=round.pk), by=by, at=at, on=on)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        with transaction.atomic(), connection.cursor() as cursor:
            Organisation.objects.select_for_update().get(pk=organisations[2].pk)
            running = elsewhere.submit(issue)
            waiting = "SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%s) AND wait_event_type = 'Lock'"
            for _ in range(200):
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(waiting, [worker])
                if cursor.fetchone():
                    break
                sleep(0.02)
            assert SelfAssessment.objects.count() == 2
            cursor.execute("SELECT pg_terminate_backend(%s)", worker)
        with pytest.raises((OperationalError, InterfaceError)):
            running.result()
    assert (Round.objects.get().state, SelfAssessment.objects.count(), Letter.objects.count()) == ("issuing", 2, 2)
    assert issuing.issue(Round.objects.get(), by=by, at=at, on=on) == 3
    assert set(SelfAssessment.objects.values_list("organisation", flat=True)) == {each.pk for each in organisations}
    assert (Answer.objects.count(), Letter.objects.count(), Round.objects.get().state) == (25, 5, "open")

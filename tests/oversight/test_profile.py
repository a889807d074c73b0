"""The provider profile: what each side reads of a provider, what is not known, and what only named people see."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.capabilities import Role
from assurance.models import Round
from chasing.models import Chase, Ladder
from oversight.profile import Profile
from tests.factories.accounts import CircleFactory, CircleMemberFactory, someone
from tests.factories.actions import an_action
from tests.factories.assurance import a_return, answer_all
from tests.factories.providers import CommissionerFactory, ContactFactory, provider_of, shared_provider
from tests.factories.validation import STRANDS, declare, nurse_of, submitted, validated

pytestmark = pytest.mark.django_db
NO_VISIT = "No visit is recorded: nothing here was seen on site."
NO_RESULT = "No return has been validated: what is shown is the provider's own word, if anything."
NO_ADDRESS = "Nobody receives reminders: there is no working address."


def profile(client: Client, organisation: Any) -> Profile:
    found: Profile = client.get(f"/providers/{organisation.reference}/").context["profile"]
    return found


def proposed(action: Any, at: datetime) -> Chase:
    """A reminder step about the action."""
    rung = Ladder.objects.filter(kind="action", commissioner__isnull=True)[0].rungs.all()[0]
    return Chase.objects.create(
        kind="action", thing=action.pk, due_version=action.due_version, rung=rung, due_on=action.due_on,
        outcome=Chase.Outcome.PROPOSED, planned_on=timezone.localdate(at), commissioner=action.commissioner,
        organisation=action.organisation, circle=action.circle,
    )  # fmt: skip


def headings(found: Profile) -> list[str]:
    return sorted(each.heading for each in found.timeline)


def test_a_provider_of_which_nothing_is_known_says_so(sign_in: Any) -> None:
    ours = CommissionerFactory()
    found = profile(sign_in(someone(Role.QUALITY_ANALYST, ours)), provider_of(ours))
    assert found.sentence == "No return asked for. No level has been given; no visit is recorded."
    assert found.warnings == ["No return has been asked for.", NO_ADDRESS]
    questions = found.questions[1]
    assert questions > 0
    assert found.unknowns == [
        NO_VISIT,
        NO_RESULT,
        "No training figures or key indicators have been asked for.",
        "No conversation with anybody there is recorded.",
        "No post is recorded: who leads on what is not known.",
        f"{questions} of {questions} questions about services unanswered: their criteria are asked.",
        "No contact is recorded.",
    ]
    assert (found.levels, found.strip, found.timeline, found.actions, found.last_signed_in) == ([], [], [], [], None)


def test_its_commissioner_reads_everything_and_its_associate_what_is_shared(
    sign_in: Any, now: datetime, this_year: Round
) -> None:
    lead, associate = this_year.commissioner, CommissionerFactory()
    shared = shared_provider(lead, associate, name="Shared Trust")
    issued = now - timedelta(days=30)
    validated(now, assessment=submitted(now, round=this_year, organisation=shared, issued_at=issued))
    proposed(an_action(lead, shared, at=issued, text="Mend the rota"), now)
    ours, theirs = (
        profile(sign_in(someone(Role.DESIGNATED_PROFESSIONAL, one, strands=list(STRANDS))), shared)
        for one in (lead, associate)
    )
    levels = [("overall", "significant"), *((strand, "significant") for strand in STRANDS)]
    for found in (ours, theirs):
        assert [(each.strand, each.level) for each in found.levels] == levels
        assert found.sentence.startswith("Significant assurance, decided")
    assert [each.text for each in ours.actions] == ["Mend the rota"]
    assert headings(ours) == ["Action opened", "Reminder: proposed to a person", "Return validated"]
    assert [standard["number"] for standard, _ in ours.strip] == [1, 2]
    assert (theirs.actions, headings(theirs), theirs.strip) == ([], [], [])


def test_nobody_else_finds_the_page(sign_in: Any, now: datetime) -> None:
    ours = CommissionerFactory()
    organisation = provider_of(ours)
    address = f"/providers/{organisation.reference}/"
    readers = {
        role: sign_in(someone(role, ours)).get(address).status_code
        for role in (Role.CONTRACT_MANAGER, Role.AUDITOR, Role.GOVERNING_BODY, Role.SYSTEM_ADMINISTRATOR)
    }
    assert readers == {
        Role.CONTRACT_MANAGER: 200, Role.AUDITOR: 200, Role.GOVERNING_BODY: 404, Role.SYSTEM_ADMINISTRATOR: 404
    }  # fmt: skip
    assert sign_in(someone(Role.PROVIDER_LEAD, organisation)).get(address).status_code == 404
    stranger = someone(Role.DESIGNATED_PROFESSIONAL, CommissionerFactory())
    assert sign_in(stranger).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_what_an_access_list_holds_is_in_no_list_count_or_timeline_of_others(
    sign_in: Any, now: datetime, this_year: Round
) -> None:
    ours = this_year.commissioner
    organisation = provider_of(ours, mailbox="desk@example.org")
    circle = CircleFactory(commissioner=ours)
    named, other = (someone(Role.DESIGNATED_PROFESSIONAL, ours, strands=list(STRANDS)) for _ in range(2))
    CircleMemberFactory(circle=circle, user=named, added_by=other)
    long_ago, today = now - timedelta(days=90), timezone.localdate(now)
    secret = an_action(
        ours, organisation, at=long_ago, due_on=today - timedelta(days=40), circle=circle, text="About the secret"
    )
    proposed(secret, now)
    a_return(this_year, organisation, issued_at=now - timedelta(days=30))
    seen, unseen = (profile(sign_in(each), organisation) for each in (named, other))
    late = f"1 action overdue, the oldest since {today - timedelta(days=40):%-d %B %Y}."
    assert (seen.warnings, [each.text for each in seen.actions]) == ([late], ["About the secret"])
    assert headings(seen) == ["Action opened", "Reminder: proposed to a person"]
    assert (unseen.warnings, unseen.actions, unseen.timeline) == ([], [], [])
    page = sign_in(other).get(f"/providers/{organisation.reference}/").content.decode()
    assert "secret" not in page


def test_a_draft_is_the_providers_own_and_a_late_return_is_named(sign_in: Any, now: datetime, this_year: Round) -> None:
    today = timezone.localdate(now)
    due = today - timedelta(days=3)
    assessment = a_return(this_year, issued_at=now - timedelta(days=30), due_on=due, original_due_on=due)
    answer_all(assessment, grade="red")
    client = sign_in(someone(Role.DESIGNATED_PROFESSIONAL, this_year.commissioner))
    found = profile(client, assessment.organisation)
    assert found.standing.words == "No return received, overdue"
    assert found.warnings == ["No return received: 3 days overdue.", NO_ADDRESS]
    assert {cell.letter for _, cell in found.strip} == {"NR"}
    assert (
        "In place and reviewed this year."
        not in client.get(f"/providers/{assessment.organisation.reference}/").content.decode()
    )


def test_what_was_only_accepted_is_said_to_be_unread(sign_in: Any, now: datetime, this_year: Round) -> None:
    assessment = a_return(this_year, issued_at=now - timedelta(days=30))
    answer_all(assessment)
    declare(assessment, at=now)
    nurse, today = nurse_of(assessment, name="Nora Nurse"), timezone.localdate(now)
    ContactFactory(organisation=assessment.organisation, verified_on=today)
    ContactFactory(organisation=assessment.organisation, verified_on=None)
    for strand in STRANDS:
        review = assessment.strand_reviews.get(strand=strand)
        review.begin(by=nurse, at=now)
        review.sample = []
        review.save()
        waiting = [line for line in review.lines(on=today) if not line.is_decided]
        for line in [line for line in waiting if line.is_exception] or waiting[:1]:
            review.judge(line.answer, grade=line.grade, comment="", by=nurse, at=now, seen=None)
        if any(not line.is_decided for line in review.lines(on=today)):
            review.accept_rest(by=nurse, at=now)
        review.sign_off(by=nurse, at=now)
    found = profile(sign_in(nurse), assessment.organisation)
    assert assessment.ratings.filter(current=True, basis="accepted_as_declared").count() == 1
    assert "1 criterion was accepted as declared: its evidence was not read." in found.unknowns
    assert "1 of 2 contacts not verified in the last 12 months." in found.unknowns
    assert "by Nora Nurse" in found.sentence
    assert NO_RESULT not in found.unknowns

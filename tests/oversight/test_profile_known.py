"""What the profile joins beside the return: every source with its words, and each person's own view of them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import DeclaredInterest, Membership
from design import statements
from design.calendar import Quarter
from oversight.beside import SOURCES
from oversight.models import Visit
from oversight.profile import Profile
from oversight.profile_words import many
from reviews.models import Asked, Contribution
from tests.factories.accounts import someone
from tests.factories.escalation import a_level, a_milestone, a_notice, a_proposal, a_suspension
from tests.factories.figures import a_line, planted
from tests.factories.known import a_circle, a_concern, a_contact, a_term, an_incident, an_indicator, an_item
from tests.factories.posts import PostFactory, RegulatorRatingFactory, held_post
from tests.factories.providers import CommissionerFactory, provider_of, shared_provider
from tests.factories.reviews import a_part, a_recommendation, a_review
from tests.factories.visits import a_finding, a_visit
from training.models import FigureQuery, Trajectory, TrajectoryPoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(now: datetime) -> date:
    return timezone.localdate(now)


def nurse_of(commissioner: Any) -> Any:
    return someone(Role.DESIGNATED_PROFESSIONAL, commissioner, strands=["children", "adults"])


def read_by(person: Any, organisation: Any, on: date) -> Profile:
    """As in a request: the roles are read once, and statements are kept."""
    Membership.objects.noted(person)
    return Profile(organisation, person, on)


def everything(commissioner: Any, organisation: Any, nurse: Any, on: date) -> None:
    """One of each, a month ago or in force."""
    ago = on - timedelta(days=30)
    visit = a_visit(organisation, commissioner, state="done", planned_on=ago, lead=nurse)
    a_finding(visit)
    Visit.objects.filter(pk=visit.pk).update(state="final")
    a_visit(organisation, commissioner, planned_on=on + timedelta(days=20), lead=nurse)
    a_contact(commissioner, organisation, by=nurse, happened_on=ago)
    an_incident(commissioner, organisation, happened_on=ago, reported_on=ago)
    an_indicator(commissioner, organisation, on=ago)
    an_item(commissioner, organisation, received_on=ago, recorded_by=nurse)
    ward = an_item(commissioner, organisation, received_on=ago, recorded_by=nurse, source=a_term("source", "regulator"))
    a_concern(commissioner, organisation, ward, by=nurse, review_on=on + timedelta(days=9))
    a_level(commissioner, organisation, by=nurse, on=ago)
    a_proposal(commissioner, organisation, proposed_on=ago)
    notice = a_notice(commissioner, organisation, by=nurse, issued_on=ago)
    a_milestone(notice, on - timedelta(days=2))
    a_suspension(commissioner, organisation, by=nurse, starts_on=ago)
    held_post(organisation)
    PostFactory(organisation=organisation, kind="prevent_lead", title="Prevent lead", starts_on=ago)
    RegulatorRatingFactory(organisation=organisation)
    review = a_review(commissioner, nurse, someone(Role.QUALITY_ANALYST, commissioner), referred_on=ago)
    a_part(a_recommendation(review), organisation, due_on=on + timedelta(days=20))
    now, due = timezone.now(), on + timedelta(days=20)
    Contribution.objects.ask(review, "imr", [Asked(organisation, None, "Senior nurse")], due_on=due, by=nurse, at=now)
    some_figures(commissioner, organisation, nurse, on)


def some_figures(commissioner: Any, organisation: Any, nurse: Any, on: date) -> None:
    """Level 3 below for two quarters, as at the second with a plan that it is behind and a question open."""
    last = Quarter.last_complete(on)
    world = planted(a_line("l3", name="Children level 3"), commissioner=commissioner)
    level = {"l3": (Decimal(90), Decimal(10))}
    for quarter, n in ((last.previous, 86), (last, 82)):
        made = world.submit(world.quarter(quarter.ends), organisation, {"l3": (n, 96)}, thresholds=level)
    plan = Trajectory.objects.create(
        commissioner=commissioner, organisation=organisation, code="l3", why_below="Leave", what_is_done="Courses",
        made_by=nurse, made_at=timezone.now(),
    )  # fmt: skip
    TrajectoryPoint.objects.create(
        commissioner=commissioner, organisation=organisation, trajectory=plan, by_day=last.ends, planned=Decimal(88)
    )
    FigureQuery.objects.create(
        commissioner=commissioner, organisation=organisation, figure_return=made, asked=made.lines.get(),
        asked_by=nurse, question="Why fewer?", asked_at=timezone.now(), due_on=on, original_due_on=on,
    )  # fmt: skip


def test_every_source_stands_on_the_profile_in_words(today: date) -> None:
    ours = CommissionerFactory()
    nurse, organisation = nurse_of(ours), provider_of(ours, mailbox="desk@example.org")
    everything(ours, organisation, nurse, today)
    found, ago = read_by(nurse, organisation, today), f"{today - timedelta(days=30):%-d %B %Y}"
    assert {name: len(rows) for name, rows in found.known.items()} == {
        **dict.fromkeys(SOURCES, 1), "figures": 2, "visits": 2, "intelligence": 2, "posts": 2, "mobilising": 0,
        "authority": 0, "people": 0,
    }  # fmt: skip
    assert (
        found.sentence.endswith(f"No level has been given; last visit {ago}, 1 month ago.")
        or "this month" in found.sentence
    )
    assert found.warnings == [
        "No return has been asked for.",
        f"Enhanced surveillance since {ago}.",
        f"New placements suspended since {ago}, by the local authority.",
        f"Contract performance notice CPN {organisation.pk} is open, issued on {ago}; "
        f"a promise of its plan was due on {today - timedelta(days=2):%-d %B %Y}.",
        "Children level 3 below its threshold for 2 quarters running: 82 of 96, 85.4 %.",
        f"Prevent lead vacant since {ago}, not covered.",
        "1 serious incident that nobody of yours has looked at.",
    ]
    assert "No visit is recorded: nothing here was seen on site." not in found.unknowns
    days = (today - date(2026, 2, 3)).days
    assert (
        f"The regulator’s rating comes from a file brought in {days} days ago: look it up on its page."
        in found.unknowns
    )
    assert [(n, sources) for _, n, sources in found.themes] == [(2, sorted(found.themes[0][2]))]
    assert [each["concerns"] for each in found.known["visits"]] == [0, 1]
    assert {each.heading for each in found.timeline} == {
        "Action opened", "Announced: visited", "Provider safeguarding committee", "Serious incident reported",
        "Soft intelligence: Staffing and skill mix", "Concern opened", "Surveillance: Enhanced",
        f"Contract performance notice CPN {organisation.pk} issued", "New placements suspended",
    }  # fmt: skip


def test_figures_stand_with_their_period_their_plan_and_what_was_asked(today: date) -> None:
    ours = CommissionerFactory()
    nurse, organisation = nurse_of(ours), provider_of(ours)
    some_figures(ours, organisation, nurse, today)
    last = Quarter.last_complete(today)
    (told,) = read_by(nurse, organisation, today).figures.parts
    (line,) = told.lines
    assert (told.period, told.is_missing, told.awaited, line.said, line.below) == (
        last.label, False, None, "82 of 96, 85.4 %, near threshold, 5 short", 2,
    )  # fmt: skip
    assert line.compared is not None
    assert (line.compared.planned_said, line.compared.is_behind) == ("88.0 %", True)


def test_hazard_9_a_quarter_that_has_not_come_shows_the_one_before_in_words_only(today: date, sign_in: Any) -> None:
    ours = CommissionerFactory()
    nurse, organisation, silent, never = nurse_of(ours), *(provider_of(ours) for _ in range(3))
    last = Quarter.last_complete(today).previous  # its date has passed on every day
    world = planted(a_line("l3", name="Children level 3"), commissioner=ours)
    before, newest = (world.quarter(each.ends) for each in (last.previous, last))
    world.submit(before, organisation, {"l3": (82, 96)}, thresholds={"l3": (Decimal(90), Decimal(10))})
    world.asked(newest, organisation)
    world.asked(newest, silent)
    found = read_by(nurse, organisation, today)
    (line,) = found.figures.parts[0].lines
    # The gap neither counts nor ends the run: it was below in the one quarter that is known.
    assert (line.said, line.below) == (f"No return received; last known 82 of 96, {last.previous.label}", 1)
    late = many((today - newest.due_on).days, "day")
    assert f"No figures received for {last.label}: {late} overdue." in found.warnings
    assert f"1 line of figures without a figure for {last.label}." in found.unknowns
    unknowns = {each.pk: read_by(nurse, each, today).unknowns for each in (silent, never)}
    assert "No training figures or key indicators have ever been received." in unknowns[silent.pk]
    assert "No training figures or key indicators have been asked for." in unknowns[never.pk]
    page = sign_in(nurse).get(reverse("oversight:profile", args=[organisation.reference])).content.decode()
    assert f"Last known 82 of 96, {last.previous.label}" in page
    assert "85.4" not in page


def test_an_associate_reads_the_final_visit_and_nothing_of_ours(today: date) -> None:
    lead, associate = CommissionerFactory(), CommissionerFactory()
    shared = shared_provider(lead, associate)
    everything(lead, shared, nurse_of(lead), today)
    found = read_by(nurse_of(associate), shared, today)
    assert {name: len(rows) for name, rows in found.known.items() if rows} == {"visits": 1, "posts": 2, "ratings": 1}
    assert [each["state"] for each in found.known["visits"]] == ["final"]
    assert [each.heading for each in found.timeline] == ["Announced: visited"]


def test_hazard_28_restricted_items_and_declared_interests_leave_no_trace(today: date) -> None:
    ours = CommissionerFactory()
    organisation = provider_of(ours)
    named, second, other, partner = (nurse_of(ours) for _ in range(4))
    circle = a_circle(ours, named, second)
    an_item(ours, organisation, circle=circle, received_on=today, recorded_by=named)
    an_item(ours, organisation, received_on=today, recorded_by=named, theme=a_term("theme", "culture"))
    DeclaredInterest.objects.create(
        user=partner, organisation=organisation, nature="Partner", declared_by=other, starts_on=date(2020, 1, 1)
    )
    found = {each: read_by(each, organisation, today) for each in (named, other, partner)}
    assert {who: sum(n for _, n, _ in each.themes) for who, each in found.items()} == {named: 2, other: 1, partner: 0}
    assert {who: len(each.timeline) for who, each in found.items()} == {named: 2, other: 1, partner: 0}


def test_one_kept_statement_answers_for_each_provider_and_never_for_another_person(today: date) -> None:
    ours, next_door = CommissionerFactory(), CommissionerFactory()
    nurse, stranger = nurse_of(ours), nurse_of(next_door)
    one, two = provider_of(ours), provider_of(ours)
    a_contact(ours, one, by=nurse, happened_on=today, forum="Of one")
    a_contact(ours, two, by=nurse, happened_on=today, forum="Of two")
    statements._kept.clear()
    heard = {
        (who.pk, about.pk): [each["forum"] for each in read_by(who, about, today).known["contacts"]]
        for who in (nurse, stranger) for about in (one, two)
    }  # fmt: skip
    assert heard == {
        (nurse.pk, one.pk): ["Of one"], (nurse.pk, two.pk): ["Of two"],
        (stranger.pk, one.pk): [], (stranger.pk, two.pk): [],
    }  # fmt: skip
    # One for each person, and the one that asks who somebody is.
    assert len(statements._kept) == 3
    with CaptureQueriesContext(connection) as asked:
        assert [each["forum"] for each in read_by(nurse, two, today).known["contacts"]] == ["Of two"]
    assert len(asked) == 2


def test_a_role_that_ended_is_not_answered_from_what_was_kept(today: date) -> None:
    ours = CommissionerFactory()
    nurse, organisation = nurse_of(ours), provider_of(ours)
    a_contact(ours, organisation, by=nurse, happened_on=today)
    assert len(read_by(nurse, organisation, today).known["contacts"]) == 1
    nurse.memberships.all().end(by=None, at=timezone.now())
    assert read_by(nurse, organisation, today).known["contacts"] == []

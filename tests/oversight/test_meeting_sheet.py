"""The contract meeting sheet: one page also for a provider with much, what stands on it, the associate's part."""

import re
import subprocess
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from assurance.models import SelfAssessment
from design.calendar import Quarter
from oversight.meeting_sheet import sheet_of
from oversight.models import PlacementSuspension
from providers.models import PostHolder
from tests.factories.accounts import someone
from tests.factories.actions import an_action
from tests.factories.assurance import RoundFactory
from tests.factories.figures import a_line, planted
from tests.factories.posts import PostFactory, held_post
from tests.factories.providers import CategoryFactory, CommissionerFactory, shared_provider
from training.models import FigureQuery, Trajectory, TrajectoryPoint

pytestmark = pytest.mark.django_db


def text_of(content):
    info = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout.decode()
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return int(re.search(r"Pages:\s+(\d+)", info)[1]), told.stdout.decode()


@pytest.fixture
def place():
    lead, associate = CommissionerFactory(name="Here CCG"), CommissionerFactory(name="There CCG")
    trust = shared_provider(lead, associate, name="Shire Trust", category=CategoryFactory(code="ACUTE"))
    return lead, associate, trust, someone("DP", lead)


def owe(lead, trust, days, name="Annual return"):
    due = timezone.localdate() - timedelta(days=days)
    round_ = RoundFactory(commissioner=lead, name=name)
    return SelfAssessment.objects.create(
        round=round_, commissioner=lead, organisation=trust, tier="full", due_on=due, original_due_on=due,
        issued_at=timezone.now(),
    )  # fmt: skip


def some_figures(lead, trust, nurse, *, count=1, long=""):
    """Lines below for two quarters, a question open, a plan behind, and a third quarter that has not come."""
    first = Quarter.last_complete(timezone.localdate()).previous.previous
    world = planted(*(a_line(f"l{n}", name=f"Line {n} {long}"[:120].strip()) for n in range(count)), commissioner=lead)
    held = {code: (Decimal(90), Decimal(3)) for code in world.lines}
    for quarter in (first.previous, first):
        made = world.submit(
            world.quarter(quarter.ends), trust, dict.fromkeys(world.lines, (1_682, 1_996)), thresholds=held
        )
    asked, whose = made.lines.first(), {"commissioner": lead, "organisation": trust}
    now, due = timezone.now(), timezone.localdate()
    FigureQuery.objects.create(
        **whose, figure_return=made, asked=asked, asked_by=nurse, question="Why?", asked_at=now, due_on=due,
        original_due_on=due,
    )  # fmt: skip
    plan = Trajectory.objects.create(
        **whose, code=asked.code, why_below="Leave", what_is_done="Courses", made_by=nurse, made_at=now
    )
    TrajectoryPoint.objects.create(**whose, trajectory=plan, by_day=first.ends, planned=Decimal(88))
    return world, first


def test_a_sheet_says_how_training_stands_and_asks_for_figures_that_have_not_come(place, sign_in):
    lead, _, trust, nurse = place
    world, last = some_figures(lead, trust, nurse)
    (part,) = [each for each in sheet_of(trust, nurse, on=timezone.localdate()).parts if "Training" in each.heading]
    due = timezone.localdate()
    assert part.lines == [
        f"Line 0, {last.label}: 1,682 of 1,996, 84.3 %, threshold 90 %, 115 short, 2 quarters running, "
        "planned 88.0 %, behind it",
        f"Asked about Line 0, {last.label}: answer due {due:%-d %B %Y}",
    ]
    following = world.quarter(last.ends + timedelta(days=1))
    world.asked(following, trust)
    found = {each.heading: each for each in sheet_of(trust, nurse, on=due).parts}
    late = (due - following.due_on).days
    assert found["Owed to us"].lines == [
        f"Figures for {following.label}: due {following.due_on:%-d %B %Y}, {late} days overdue"
    ]
    assert f"When will we have the figures for {following.label}?" in found["For the next meeting"].lines
    # Hazard 9: what was said of the quarter before does not stand in for it.
    assert "1,682" not in " ".join(found["Training and key indicators"].lines)


def test_a_sheet_says_what_is_owed_vacant_live_and_what_to_ask(place, sign_in):
    lead, _, trust, nurse = place
    today = timezone.localdate()
    owe(lead, trust, 12)
    an_action(lead, trust, text="Publish the chaperone policy", due_on=today - timedelta(days=5))
    post = PostFactory(organisation=trust, starts_on=today - timedelta(days=100))
    PostHolder.objects.create(post=post, organisation=trust, part="cover", name="A Deputy", starts_on=today)
    PlacementSuspension.objects.suspend(
        commissioner=lead, organisation=trust, authority="la", starts_on=today, reason="x", recorded_by=nurse,
        recorded_at=timezone.now(),
    )  # fmt: skip
    response = sign_in(nurse).get(reverse("oversight:meeting-sheet", args=[trust.reference]))
    pages, text = text_of(response.content)
    assert (pages, response.headers["Content-Type"], response.headers["Cache-Control"]) == (
        1, "application/pdf", "no-store",
    )  # fmt: skip
    expected = (
        "12 days overdue", "5 days overdue: Publish the chaperone policy",
        "Named nurse, safeguarding children: vacant since", "covered by A Deputy",
        "New placements suspended by The local authority", "Nobody is known to have spoken",
        "When will we have the return Annual return", "What stands in the way of “Publish the chaperone policy”?",
    )  # fmt: skip
    for words in expected:
        assert words in " ".join(text.split())
    assert "associate" not in text


def test_a_provider_with_much_of_everything_still_gets_one_page(place, sign_in):
    lead, _, trust, nurse = place
    long = "a very long wording that goes on and on about what was promised " * 4
    trust.name = ("Shire and Neighbouring Counties Integrated Acute, Community and Mental Health Trust " * 3)[:200]
    trust.save()
    some_figures(lead, trust, nurse, count=9, long=long)
    for n in range(9):
        owe(lead, trust, n + 1, name=f"Return {n} {long}"[:110])
        an_action(lead, trust, text=f"{n} {long}", due_on=timezone.localdate() - timedelta(days=n + 1))
        PostFactory(organisation=trust, kind="", title=f"Post {n} {long}"[:120])
    sheet = sheet_of(trust, nurse, on=timezone.localdate())
    assert [(part.heading, len(part.lines), part.more) for part in sheet.parts[:2]] == [
        ("Owed to us", 4, 5), ("Open actions", 4, 5),
    ]  # fmt: skip
    assert [(part.heading, len(part.lines), part.more) for part in sheet.parts[2:3]] == [
        ("Training and key indicators", 5, 5),
    ]  # fmt: skip
    pages, text = text_of(sign_in(nurse).get(reverse("oversight:meeting-sheet", args=[trust.reference])).content)
    assert (pages, [text.count(f"and {n} more") for n in (5, 7)]) == (1, [3, 0])


def test_an_associate_gets_the_shared_part_only(place, sign_in):
    lead, associate, trust, _nurse = place
    owe(lead, trust, 12, name="Canary return")
    an_action(lead, trust, text="Canary action")
    held_post(trust)
    other = someone("DP", associate)
    _, text = text_of(sign_in(other).get(reverse("oversight:meeting-sheet", args=[trust.reference])).content)
    assert ("Canary" in text, "shared with you" in text, "led by Here CCG" in text) == (False, True, True)
    lead_person = someone("PL", trust)
    url = reverse("oversight:meeting-sheet", args=[trust.reference])
    assert sign_in(lead_person).get(url).status_code == 404

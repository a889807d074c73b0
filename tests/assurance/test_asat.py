"""How returns stood on a day in the past: ratings held, levels laid over, and states, each from rows alone."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from assurance.asat import Rated, as_at, held, standing_at
from assurance.models import SelfAssessment
from assurance.standing import end_of, with_standing
from tests.factories import governance as made

END = datetime(2025, 4, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def rated(pk, days, *, basis="evidence_reviewed", grade="green", outcome="agreed", criterion=1):
    """A rating so many days before (negative) or after the end."""
    at = END + days * DAY
    return Rated(pk, criterion, basis, grade, outcome, at, at.date())


@pytest.mark.parametrize(
    ("ratings", "grade"),
    [
        ([], None),
        ([rated(1, -9)], "green"),
        ([rated(1, -9), rated(2, -3, grade="red")], "red"),
        ([rated(2, -3, grade="red"), rated(1, -9)], "red"),
        ([rated(1, -9), rated(2, 0, grade="red")], "green"),
        ([rated(1, 1)], None),
        ([rated(1, -9), rated(2, -9, grade="amber")], "amber"),
        ([rated(1, -9, basis="accepted_as_declared"), rated(2, -12, grade="red")], "red"),
        ([rated(1, -12, basis="seen_on_visit", grade="amber"), rated(2, -3)], "amber"),
        ([rated(1, -12, basis="seen_on_visit", grade="amber"), rated(2, -3, outcome="regraded")], "green"),
        ([rated(1, -12, basis="seen_on_visit", grade="amber"), rated(2, 3, outcome="regraded")], "amber"),
        ([rated(1, -9, outcome="more_evidence")], None),
        ([rated(1, -9, basis="self_assessed")], None),
    ],
)
def test_the_rating_held_just_before_a_moment(ratings, grade):
    found = held(ratings, before=END)
    assert (found[1].grade if found else None) == grade


def test_each_criterion_is_held_for_itself():
    found = held([rated(1, -2), rated(2, -1, criterion=2, grade="red")], before=END)
    assert {criterion: rating.grade for criterion, rating in found.items()} == {1: "green", 2: "red"}


ON = date(2025, 3, 31)


@pytest.mark.parametrize(
    ("moments", "more", "key"),
    [
        ({}, {}, "not_due"),
        ({}, {"due_on": ON}, "not_due"),
        ({}, {"due_on": ON - DAY}, "overdue"),
        ({"withdrawn_at": -1}, {"due_on": ON - DAY}, "withdrawn"),
        ({"withdrawn_at": 0}, {"due_on": ON - DAY}, "overdue"),
        ({"first_submitted_at": -1}, {}, "awaiting"),
        ({"first_submitted_at": 0}, {"due_on": ON - DAY}, "overdue"),
        ({"first_submitted_at": -2}, {"sent_back": True}, "sent_back"),
        ({"first_submitted_at": -2, "validated_at": -1}, {"level": "limited"}, "limited"),
        ({"first_submitted_at": -2, "validated_at": 0}, {"level": "limited"}, "awaiting"),
    ],
)
def test_the_state_at_the_end_of_a_day(moments, more, key):
    """Moments in hours from the end of the day: the first of them after it does not count."""
    row = SimpleNamespace(withdrawn_at=None, first_submitted_at=None, validated_at=None)
    for name, hours in moments.items():
        setattr(row, name, end_of(ON) + timedelta(hours=hours))
    given = {"due_on": ON + 20 * DAY, "level": "", "sent_back": False, **more}
    assert standing_at(row, as_at=ON, **given) == key


@pytest.mark.django_db
def test_on_the_day_itself_it_says_what_the_overview_says():
    place = made.a_year()
    rows = SelfAssessment.objects.filter(commissioner=place.commissioner).select_related("round__framework_version")
    overview = {row.pk: row.standing for row in with_standing(rows, as_at=made.CUT_OFF)}
    assert {pk: stood.standing for pk, stood in as_at(list(rows), day=made.CUT_OFF).items()} == overview
    assert len(set(overview.values())) == 8


@pytest.mark.django_db
def test_before_anything_was_validated_nothing_has_a_level():
    place = made.a_year()
    rows = list(
        SelfAssessment.objects.filter(commissioner=place.commissioner).select_related("round__framework_version")
    )
    found = as_at(rows, day=made.IN_TIME.date())
    assert {stood.standing for stood in found.values()} == {"awaiting", "not_due"}
    assert not any(stood.levels or stood.facts for stood in found.values())

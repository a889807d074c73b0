"""Two people at the same report of a review at the same moment: one is told, and nothing happens twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import CircleMember
from reviews.models import Asked, Contribution
from tests.at_once import both
from tests.factories.accounts import someone
from tests.factories.providers import CommissionerFactory, provider_of
from tests.factories.reviews import a_review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_the_same_report_is_asked_for_once_and_ends_in_one_way() -> None:
    now, commissioner = timezone.now(), CommissionerFactory()
    review, place = a_review(commissioner), provider_of(commissioner)
    by, author, today = review.registered_by, someone(Role.PROVIDER_LEAD, place), timezone.localdate(now)

    def ask() -> str:
        due = today + timedelta(days=20)
        Contribution.objects.ask(review, "panel", [Asked(place, author)], due_on=due, by=by, at=now)
        return "asked"

    assert both(ask, ask) == ["asked", "refused"]
    assert CircleMember.objects.filter(user=author).count() == 1
    first, second = Contribution.objects.get(), Contribution.objects.get()
    ended = both(
        lambda: first.submit(today, "Minutes of the panel", expected=1, by=author, at=now),
        lambda: second.withdraw("Not needed", expected=1, by=by, at=now),
    )
    one = Contribution.objects.get()
    assert (ended, one.version, one.notes.count()) == ([None, "refused"], 2, 2)
    assert (one.submitted_on is None) != (one.withdrawn_on is None)

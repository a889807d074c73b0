"""Issuing one round to the whole register, as the worker does it: returns, a row per asked criterion, letters."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from time import perf_counter

from django.db.models import Count

from accounts.models import User
from assurance import issuing
from assurance.models import Answer, Round
from assurance_portal.bench.figure import Figure


def measure(on: date, at: datetime) -> Iterator[Figure]:
    """One figure: from the worker's first look until the round is open. Everybody has years behind them."""
    before = Round.objects.annotate(n=Count("assessments")).order_by("-n", "-opens_on")[0]
    round = Round.objects.create(
        commissioner_id=before.commissioner_id, framework_version_id=before.framework_version_id, year=before.year,
        name="Measured round", opens_on=on, due_on=on + timedelta(days=60),
    )  # fmt: skip
    by = User.objects.filter(memberships__organisation=before.commissioner_id, memberships__role="QA").order_by("pk")[0]
    round.begin_issuing(by=by, at=at)
    began = perf_counter()
    made = issuing.issue(round, by=by, at=at, on=on)
    taken = perf_counter() - began
    rows = Answer.objects.filter(self_assessment__round=round).count()
    yield Figure(f"round of {made:,} returns with {rows:,} answers, issued", taken, "s", target="< 15 at 1,200 x 98")

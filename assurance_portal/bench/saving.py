"""Saving a whole return of sixty answers through the product's verb, beside the same rows in one bare statement."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from django.db import transaction

from accounts.capabilities import Role
from accounts.models import User
from assurance.models import Answer, SelfAssessment
from assurance.models.answers import Entry
from assurance_portal.bench.figure import Figure
from assurance_portal.bench.floors import save_sql
from assurance_portal.bench.timing import alternate, counting

ANSWERS = 60
ROUNDS = 15


def measure(at: datetime, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """How long one save takes, and of how many statements it consists."""
    assessment = SelfAssessment.objects.filter(state="in_progress").order_by("pk")[0]
    by = User.objects.filter(
        memberships__organisation=assessment.organisation, memberships__role=Role.PROVIDER_LEAD
    ).order_by("pk")[0]
    keys = list(Answer.objects.filter(self_assessment=assessment).order_by("pk").values_list("pk", flat=True)[:ANSWERS])
    words = (f"What is in place, said for the {n}th time." for n in count(1))

    def ours() -> None:
        text = next(words)
        assessment.record_answers([Entry(key, {"grade": "green"}, text) for key in keys], by=by, at=at)

    def floor() -> None:
        with transaction.atomic():
            save_sql(keys, [next(words)] * len(keys))

    taken = alternate({"ours": ours, "floor": floor}, rounds=rounds)
    with counting() as statements:
        ours()
    name = f"saving {len(keys)} answers of a return"
    yield Figure(f"{name}, time", taken["ours"] * 1000, "ms", taken["floor"] * 1000)
    yield Figure(f"{name}, queries", len(statements), "queries", target="<= 15")

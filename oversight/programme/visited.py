"""The last visit to each provider, and the next that is planned: two parts of the programme's one statement."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F

from oversight.models import Visit
from oversight.programme.reasons import Asked, Fact, Rows, told

LAST, PLANNED = "last visit", "planned visit"


@dataclass(frozen=True, slots=True)
class Visited:
    """One visit, as far as the programme says it: the day, and its address."""

    on: date
    reference: str


def visits(asked: Asked) -> tuple[tuple[str, Rows], tuple[str, Rows]]:
    """By provider, the newest visit that was done, and the next that is planned."""
    ours = asked.here(Visit.objects)
    soonest = ours.coming().order_by("organisation_id", "planned_on", "pk").distinct("organisation_id")
    return (
        (LAST, told(ours.newest_by_organisation(), since=F("ended_on"), what=F("reference"))),
        (PLANNED, told(soonest, since=F("planned_on"), what=F("reference"))),
    )


def seen(fact: Fact | None) -> Visited | None:
    """The visit behind the fact."""
    return Visited(fact.since, fact.what) if fact is not None and fact.since else None

"""Where to place somebody: what is known about each care home, on one line (St Helens; domain.md 4.2.3).

The regulator's rating with its date, the local authority's status, a suspension of placements, the last visit. What
is not known says so. Open concerns from intelligence are not here: they are read where intelligence is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Can
from assurance.models.policy import SHIPPED_DAYS, regulator_days_of_leads
from oversight.models import AuthorityConcern, PlacementSuspension, Visit
from providers.models import Organisation, RegulatorRating

if TYPE_CHECKING:
    from accounts.models import User

TONES = {"outstanding": "good", "good": "good", "requires_improvement": "partly", "inadequate": "bad"}


@dataclass
class Home:
    """One care home; what is None is not known."""

    organisation: Organisation
    on: date
    check_after: int
    rating: RegulatorRating | None = None
    before: RegulatorRating | None = None
    status: AuthorityConcern | None = None
    suspensions: list[PlacementSuspension] = field(default_factory=list)
    visited_on: date | None = None
    # Everything there was, newest first.
    ratings: list[RegulatorRating] = field(default_factory=list)
    statuses: list[AuthorityConcern] = field(default_factory=list)
    suspended: list[PlacementSuspension] = field(default_factory=list)

    def settle(self) -> None:
        """Of everything there was, what holds today."""
        whole = [row for row in self.ratings if row.site_id is None]
        self.rating, self.before = (*whole, None, None)[:2]
        self.status = next((row for row in self.statuses if _holds(row, self.on)), None)
        self.suspensions = [row for row in self.suspended if _holds(row, self.on)]

    @property
    def must_be_checked(self) -> bool:
        """The rating was brought in too long ago to be relied on (hazard 16)."""
        return self.rating is not None and self.rating.must_be_checked(self.on, after_days=self.check_after)

    @property
    def tone(self) -> str:
        """The tone of the rating's tag."""
        return TONES.get(self.rating.overall, "quiet") if self.rating else "quiet"

    @property
    def fell(self) -> bool:
        """The rating is worse than the one before it."""
        return bool(self.rating and self.before and self.rating.is_worse_than(self.before))

    @property
    def regulator_page(self) -> str:
        """Where to look the rating up; empty without an id."""
        if self.rating:
            return self.rating.page
        key = self.organisation.cqc_location_id
        return RegulatorRating(regulator_id=key).page if key else ""


def _holds(row: Any, on: date) -> bool:
    return row.starts_on <= on and (row.ends_on is None or row.ends_on > on)


def homes_in_sight(user: "User", *, on: date) -> Any:
    """The homes that this person may see: open, by name. Which kinds of provider they are stands in the category."""
    seen = Organisation.objects.permitted(user, Can.SEE_OVERVIEW, on=on).filter(category__placed_in=True)
    return seen.open(on=on).select_related("category").order_by("name", "pk")


def homes_of(bodies: Iterable[Organisation], user: "User", *, on: date) -> list[Home]:
    """What is known of each. Five queries, however many homes."""
    bodies = list(bodies)
    keys = [each.pk for each in bodies]
    days = _days(keys, on=on)
    found = {each.pk: Home(each, on, days.get(each.pk, SHIPPED_DAYS)) for each in bodies}
    rows = RegulatorRating.objects.permitted(user, Can.SEE_PROVIDERS, on=on).filter(organisation__in=keys)
    for row in rows.select_related("site").order_by("-published_on", "-pk"):
        found[row.organisation_id].ratings.append(row)
    statuses = AuthorityConcern.objects.permitted(user, Can.SEE_OVERVIEW, on=on).filter(organisation__in=keys)
    for status in statuses.select_related("status", "noted_by").order_by("-starts_on", "-pk"):
        found[status.organisation_id].statuses.append(status)
    held = PlacementSuspension.objects.permitted(user, Can.SEE_NOTICES, on=on).filter(organisation__in=keys)
    for each in held.select_related("site").order_by("-starts_on", "-pk"):
        found[each.organisation_id].suspended.append(each)
    for home in found.values():
        home.settle()
    for visit in Visit.objects.known_to(user, on=on).filter(organisation__in=keys).newest_by_organisation():
        found[visit.organisation_id].visited_on = visit.ended_on
    return list(found.values())


def _days(keys: list[int], *, on: date) -> dict[int, int]:
    """After how many days a rating must be looked up, by organisation with a lead commissioner. One query."""
    rows = regulator_days_of_leads(keys, on=on).values_list("organisation_id", "days")
    return {body: days or SHIPPED_DAYS for body, days in rows}

"""Where to place somebody: what is known about each care home, on one line (St Helens; domain.md 4.2.3).

The regulator's rating with its date, the local authority's status, a suspension of placements, the last visit. What
is not known says so. Open concerns from intelligence are not here: they are read where intelligence is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from accounts.capabilities import Can
from assurance.models.policy import AssurancePolicy
from oversight.models import AuthorityConcern, PlacementSuspension, Visit
from providers.models import Arrangement, Organisation, RegulatorRating

if TYPE_CHECKING:
    from accounts.models import User

# Categories of the register in which people are placed.
PLACED_IN = ("CHN", "CHR", "CHRES")
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


def homes_in_sight(user: "User", *, on: date) -> Any:
    """The care homes that this person may see here: open, by name."""
    seen = Organisation.objects.permitted(user, Can.SEE_OVERVIEW, on=on).filter(category__code__in=PLACED_IN)
    return seen.open(on=on).select_related("category").order_by("name", "pk")


def homes_of(bodies: Iterable[Organisation], user: "User", *, on: date) -> list[Home]:
    """What is known of each. Six queries, however many homes."""
    bodies = list(bodies)
    keys = [each.pk for each in bodies]
    days = _days(keys, on=on)
    found = {each.pk: Home(each, on, days.get(each.pk, days[0])) for each in bodies}
    whole = RegulatorRating.objects.permitted(user, Can.SEE_PROVIDERS, on=on).whole().filter(organisation__in=keys)
    for row in whole.order_by("published_on", "pk"):
        home = found[row.organisation_id]
        home.before, home.rating = home.rating, row
    statuses = AuthorityConcern.objects.permitted(user, Can.SEE_OVERVIEW, on=on).holding(on=on)
    for status in statuses.filter(organisation__in=keys).select_related("status"):
        found[status.organisation_id].status = status
    if user.may(Can.SEE_NOTICES):
        live = PlacementSuspension.objects.permitted(user, Can.SEE_NOTICES, on=on).live(on=on)
        for each in live.filter(organisation__in=keys).select_related("site"):
            found[each.organisation_id].suspensions.append(each)
    for visit in _visits(user, on=on).filter(organisation__in=keys).newest_by_organisation():
        found[visit.organisation_id].visited_on = visit.ended_on
    return list(found.values())


def _visits(user: "User", *, on: date) -> Any:
    """Whoever works on visits sees all that took place; others those whose report is final."""
    can = Can.SEE_VISIT_WORK if user.may(Can.SEE_VISIT_WORK) else Can.SEE_VISIT_REPORTS
    return Visit.objects.permitted(user, can, on=on)


def _days(keys: list[int], *, on: date) -> dict[int, int]:
    """After how many days a rating must be looked up, by organisation; 0 is the shipped number. Two queries."""
    rows = AssurancePolicy.objects.filter(valid_from__lte=on).exclude(valid_to__lte=on)
    by_commissioner = {row.commissioner_id or 0: row.regulator_days for row in rows}
    shipped = by_commissioner.get(0, 40)
    leads = Arrangement.objects.live(on=on).leading().filter(organisation__in=keys)
    pairs = leads.values_list("organisation_id", "commissioner_id")
    return {0: shipped, **{body: by_commissioner.get(whose, shipped) for body, whose in pairs}}

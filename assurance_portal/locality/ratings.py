"""What the regulator and the local authority say of the demonstration's providers: good, fallen, stale, not known."""

import random
from datetime import date, datetime, timedelta

from assurance_portal.locality.people import People
from assurance_portal.locality.places import Locality
from oversight.models import AuthorityConcern, Term
from providers.models import Organisation, RegulatorRating

# Categories that the regulator rates by place; others by provider.
PLACES = ("CHN", "CHR", "DOM", "CHRES", "GP", "HOSP")
RATINGS = ("good", "good", "good", "requires_improvement", "outstanding")
# Of the care homes, in the order of the register: what is special about the first ones.
FATES = ("fell", "stale", "unknown", "watched", "embargo")


def load(locality: Locality, people: People, *, on: date, at: datetime) -> None:
    """Ids, ratings with history and statuses; three statements for the ratings however many providers."""
    analyst = people.get("analyst")
    if analyst is None:
        return
    chance = random.Random("ratings")  # noqa: S311
    bodies = list(locality.providers.values())
    homes = [each for each in bodies if each.category and each.category.code in ("CHN", "CHR", "CHRES")]
    fates = dict(zip([each.pk for each in homes], FATES, strict=False))
    for n, body in enumerate(bodies, 1):
        of_place = body.category is not None and body.category.code in PLACES
        body.cqc_location_id, body.cqc_provider_id = (f"1-1{n:09d}", "") if of_place else ("", f"1-2{n:09d}")
    Organisation.objects.bulk_update(bodies, ["cqc_location_id", "cqc_provider_id"], batch_size=500)
    RegulatorRating.objects.bulk_create(
        RegulatorRating(
            organisation=body, regulator_id=body.cqc_location_id or body.cqc_provider_id, overall=overall,
            domains={"safe": overall, "well_led": "good"}, published_on=published, imported_by=analyst,
            imported_on=brought, file_dated=brought - timedelta(days=2), file_name="care-directory-with-ratings.csv",
        )
        for body in bodies
        for overall, published, brought in _ratings(fates.get(body.pk, ""), chance, on)
    )  # fmt: skip
    for body in homes:
        _status(locality, body, fates.get(body.pk, ""), people, on=on, at=at)


def _ratings(fate: str, chance: random.Random, on: date) -> list[tuple[str, date, date]]:
    """Rating, publication and import, oldest first; nothing for a home that nobody looked up."""
    if fate == "unknown":
        return []
    brought = on - timedelta(days=63 if fate == "stale" else 12)
    before = (chance.choice(RATINGS), on - timedelta(days=chance.randrange(900, 1500)), brought)
    if fate == "fell":
        return [("good", before[1], brought), ("inadequate", on - timedelta(days=40), brought)]
    return [before, (chance.choice(RATINGS), on - timedelta(days=chance.randrange(120, 800)), brought)]


def _status(locality: Locality, body: Organisation, fate: str, people: People, *, on: date, at: datetime) -> None:
    words = {"watched": ("monitoring",), "embargo": ("provider-concerns", "embargo"), "fell": ("monitoring",)}
    analyst = people["analyst"]
    for n, code in enumerate(words.get(fate, ())):
        AuthorityConcern.objects.say(
            commissioner=locality.commissioners[locality.place_of(body.pk).lead], organisation=body,
            status=Term.objects.get(kept_in=Term.List.AUTHORITY_STATUS, commissioner=None, code=code),
            starts_on=on - timedelta(days=90 - 60 * n), source="The council’s weekly list", by=analyst, at=at,
        )  # fmt: skip

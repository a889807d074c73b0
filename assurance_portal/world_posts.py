"""The posts of the measuring world: at each provider and commissioner one that is held, and the regulator's rating."""

from datetime import timedelta
from typing import TYPE_CHECKING

from oversight.models import AuthorityConcern, Term
from providers.models import CapacityStatement, Post, PostHolder, RegulatorRating

if TYPE_CHECKING:
    from assurance_portal.world import World

PLACES = ("A", "B", "P1", "P2", "P3", "shared")


def make(world: "World") -> None:
    """The same everywhere; nothing is public, so none of it stands on a page that anybody may open."""
    for key in PLACES:
        organisation = world.organisations[key]
        post = Post.objects.create(
            organisation=organisation, kind="mca_lead", title=world.canary("post", "title"), starts_on=world.long_ago
        )
        world.keep(post)
        holder = PostHolder.objects.create(
            post=post, organisation=organisation, name=world.canary("post", "holder"),
            successor=world.canary("post", "successor"), starts_on=world.long_ago,
        )  # fmt: skip
        world.keep(holder)
        whose = key if key in ("A", "B") else "B" if key == "P3" else "A"
        analyst = world.person("QA", whose)
        if key == whose:
            words = world.canary("capacity", "words")
            statement = CapacityStatement.objects.create(
                commissioner=organisation, stated_on=world.on, words=words, stated_by=analyst
            )
            world.keep(statement, about=organisation)
            continue
        day = world.on - timedelta(days=60)
        rating = RegulatorRating.objects.create(
            organisation=organisation, regulator_id="1-1234567890", overall="good", published_on=day, file_dated=day,
            file_name=world.canary("rating", "file"), imported_on=day, imported_by=analyst,
        )  # fmt: skip
        world.keep(rating)
        status = Term.objects.get(kept_in=Term.List.AUTHORITY_STATUS, commissioner=None, code="monitoring")
        concern = AuthorityConcern.objects.create(
            commissioner=world.organisations[whose], organisation=organisation, status=status, starts_on=day,
            source=world.canary("authority", "source"), noted_by=analyst, noted_at=world.at,
        )  # fmt: skip
        world.keep(concern)

"""Reviews of the measuring world: for each commissioner one on which its designated professional is named, and one on
which nobody is whose role reads reviews. Canaries in every text; a clock runs, was moved, and was looked at.
"""

from typing import TYPE_CHECKING, Any

from accounts.models import Circle
from reviews.models import Clock, ClockRule, EmergencyAccess, Review, ReviewRead

if TYPE_CHECKING:
    from assurance_portal.world import World


def make(world: "World") -> None:
    """Two for each commissioner."""
    for key in ("A", "B"):
        # The guardian reads who looked, never what is written.
        for label, people in (("named", ("DP", "SA")), ("others", ("SA", "GB"))):
            _review(world, key, label, [world.person(role, key) for role in people])


def _review(world: "World", key: str, label: str, people: list[Any]) -> None:
    commissioner, by = world.organisations[key], people[0]
    circle = Circle.objects.create(commissioner=commissioner, name=f"Review {label}", reason="Oversees the review")
    for person in people:
        circle.members.create(user=person, starts_on=world.long_ago, added_by=by, reason="Named")
    texts = {
        name: world.canary("review", name)
        for name in (
            "pseudonym", "local_reference", "board_name", "locality", "chair", "reviewer", "methodology",
            "not_published_because",
        )
    }  # fmt: skip
    review = Review.objects.create(
        commissioner=commissioner, circle=circle, kind="sar", stage="commissioned", strands=["adults"],
        referred_on=world.long_ago, registered_by=by, registered_at=world.at, **texts,
    )  # fmt: skip
    said = {"by": by, "at": world.at}
    note, reason = world.canary("milestone", "note"), world.canary("review", "reason")
    review.milestones.create(event="decided", on=world.long_ago, note=note, **said)
    review.stage_moves.create(before="referred", after="commissioned", on=world.long_ago, reason=reason, **said)
    rule = ClockRule.objects.get(commissioner=None, kind="sar", step="complete")
    due = rule.due(world.long_ago)
    clock = Clock.objects.create(
        commissioner=commissioner, review=review, rule=rule, anchor_on=world.long_ago, original_due_on=due, due_on=due
    )
    clock.moves.create(
        kind="paused", due_before=due, due_after=due, on=world.long_ago, approved_by=world.canary("clock", "approved"),
        reason=world.canary("clock", "reason"), **said,
    )  # fmt: skip
    EmergencyAccess.objects.create(
        review=review, user=people[1], reason=world.canary("emergency", "reason"), at=world.at, on=world.long_ago,
        until=world.on,
    )  # fmt: skip
    ReviewRead.objects.create(review=review, reader=by, at=world.at, what="The review")
    kept = world.keep(review, label=label)
    held = world.thing_of(kept).canaries
    held += [
        note,
        reason,
        *clock.moves.values_list("reason", flat=True),
        *clock.moves.values_list("approved_by", flat=True),
    ]
    held += review.emergencies.values_list("reason", flat=True)

"""Reviews of the measuring world: for each commissioner one on which its designated professional is named, and one on
which nobody is whose role reads reviews. Canaries in every text; a clock runs, was moved, and was looked at.
"""

from typing import TYPE_CHECKING, Any

from accounts.models import Circle, CircleMember
from actions.models import Action
from reviews.models import (
    Clock,
    ClockRule,
    Contribution,
    EmergencyAccess,
    ImpactReview,
    Implication,
    Position,
    Recommendation,
    RecommendationAction,
    RecommendationTheme,
    Review,
    ReviewRead,
    ReviewTheme,
)  # fmt: skip

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
    _recommendation(world, key, review, label, by)
    kept = world.keep(review, label=label)
    held = world.thing_of(kept).canaries
    held += [
        note,
        reason,
        *clock.moves.values_list("reason", flat=True),
        *clock.moves.values_list("approved_by", flat=True),
    ]
    held += review.emergencies.values_list("reason", flat=True)
    _asked(world, review, key, label)


# Whose providers do something about a recommendation: a person of the first is named for their own part.
PROVIDERS = {"A": ("P1", "P2"), "B": ("P3", "shared")}


def _recommendation(world: "World", key: str, review: Review, label: str, by: Any) -> None:
    """One recommendation, an action of two providers each, a look at what it changed, and a position."""
    names = ("agency_name", "answer_reason", "implication")
    texts = {name: world.canary("recommendation", name) for name in names}
    asked = world.canary("recommendation", "text")
    made = Recommendation.objects.create(
        commissioner=review.commissioner, review=review, number="1.1", text=asked, addressed_to="agency",
        answer="partly", answered_by=by, answered_at=world.at, commissioning_implication=True, recorded_by=by,
        recorded_at=world.at, **texts,
    )  # fmt: skip
    whose = {"commissioner": review.commissioner, "recommendation": made}
    RecommendationTheme.objects.create(**whose, theme=ReviewTheme.objects.filter(commissioner=None)[0])
    held = {name: world.canary("implication", name) for name in ("committee", "decision", "change_made")}
    days = dict.fromkeys(("reported_on", "decided_on", "changed_on"), world.on)
    implied = Implication.objects.create(**whose, **held, **days, recorded_by=by, recorded_at=world.at)
    world.keep(implied, label=label)
    world.keep(made, label=label)
    # A provider reads the words of a recommendation above its own action, so they belong to that.
    world.things[-1].canaries.remove(asked)
    if label == "named":
        lead = world.person("PL", PROVIDERS[key][0])
        listed = {"starts_on": world.long_ago, "added_by": by, "reason": "Own part"}
        review.circle.members.create(user=lead, scope=CircleMember.Reach.OWN, **listed)
    for n, place in enumerate(PROVIDERS[key]):
        shown = _part(world, place, made, label, by)
        if not n:
            shown.canaries.append(asked)


def _part(world: "World", place: str, recommendation: Recommendation, label: str, by: Any) -> Any:
    """What one provider does about it; back comes what is remembered of its action."""
    review, organisation = recommendation.review, world.organisations[place]
    action = Action.objects.open_for(
        review.commissioner, organisation, world.canary("review_action", "text"), due_on=world.on, by=by, at=world.at,
        origin_kind="review", circle=review.circle, owner_name=world.canary("review_action", "owner"),
    )  # fmt: skip
    whose = {"commissioner": review.commissioner, "organisation": organisation}
    more = {name: world.canary("review_part", name) for name in ("milestones", "outcome")}
    part = RecommendationAction.objects.create(**whose, recommendation=recommendation, action=action, **more)
    world.keep(action, label=label)
    shown = world.things[-1]
    shown.canaries += more.values()
    impact = ImpactReview.objects.create(
        **whose, part=part, circle=review.circle, months=6, due_on=world.on, original_due_on=world.on,
        outcome="partly", what_changed=world.canary("impact", "changed"), by=by, settled_at=world.at,
        ended_because=world.canary("impact", "ended"),
    )  # fmt: skip
    world.keep(impact, label=label)
    said = {"statement": world.canary("position", "statement"), "as_at": world.on, "by": by, "at": world.at}
    world.keep(
        Position.objects.create(**whose, recommendation=recommendation, position="in_place", **said), label=label
    )
    return shown


def _asked(world: "World", review: Review, key: str, label: str) -> None:
    """Reports of two providers: of the first its lead is named on the list, of the other nobody. Each in another state,
    with a canary in every text."""
    by = review.registered_by
    for place in PROVIDERS[key]:
        texts = ("author_name", "signed_name", "signed_role", "same_person_because", "held_in")
        asked = Contribution.objects.create(
            commissioner=review.commissioner, organisation=world.organisations[place], circle=review.circle,
            review=review, part="imr", due_on=world.on, original_due_on=world.long_ago, asked_on=world.long_ago,
            asked_by=by, **{name: world.canary("report", name) for name in texts},
        )  # fmt: skip
        words = world.canary("reportnote", "words")
        asked.notes.create(kind="said", on=world.on, words=words, by=by, at=world.at)
        world.thing_of(world.keep(asked, label=label)).canaries.append(words)

"""Learning of the measuring world: on the website, for providers only, withdrawn, and drafts that name a review."""

from typing import TYPE_CHECKING, Any

from reviews.models import Acknowledgement, Learning, LearningAsk, Review

if TYPE_CHECKING:
    from assurance_portal.world import World

WORDS = ("title", "happened", "matters", "to_do", "questions", "links")
PLACES = {"A": ("P1", "P2", "shared"), "B": ("P3", "shared")}


def make(world: "World") -> None:
    """For each commissioner one of each, after its reviews."""
    for key in ("A", "B"):
        named, others = Review.objects.filter(commissioner=world.organisations[key]).order_by("pk")
        public = _learning(world, key, "public", named, state="published")
        _learning(world, key, "inside", others, state="published")
        gone = {"withdrawn_by": world.person("DN", key), "withdrawn_at": world.at}
        why = world.canary("learning", "withdrawn")
        _learning(world, key, "withdrawn", None, state="withdrawn", withdrawn_because=why, **gone)
        _learning(world, key, "named", named)
        _learning(world, key, "others", others, draft=True)
        _asked(world, key, public)


def _learning(
    world: "World", key: str, label: str, review: Review | None, *, draft: bool = False, **more: Any
) -> Learning:
    by, published = world.person("DP", key), "state" in more
    if published:
        more |= {"published_by": world.person("DN", key), "published_at": world.at}
    made = Learning.objects.create(
        commissioner=world.organisations[key], review=review, kind="lesson", strands=["adults"], categories=["ACUTE"],
        themes=["neglect"], written_by=by, written_at=world.at, action_needed=True, answer_by=world.on,
        **{name: world.canary("learning", name) for name in WORDS}, **more,
    )  # fmt: skip
    world.keep(made, label=label, draft=draft)
    note = world.canary("passed", "note") if published else ""
    passed = made.disseminations.create(
        commissioner=made.commissioner, medium="website" if label == "public" else "newsletter", on=world.on, note=note,
        categories=["ACUTE"], recorded_by=by, recorded_at=world.at,
    )  # fmt: skip
    if note:
        world.keep(passed)
    return made


def _asked(world: "World", key: str, learning: Learning) -> None:
    for place in PLACES[key]:
        whose = {"commissioner": world.organisations[key], "organisation": world.organisations[place]}
        ask = LearningAsk.objects.create(learning=learning, due_on=world.on, original_due_on=world.on, **whose)
        world.keep(ask)
        if place == "shared":
            LearningAsk.objects.filter(pk=ask.pk).update(settled_at=world.at)
            said = {"by": world.person("PL", place), "at": world.at, "text": world.canary("answer", "text")}
            world.keep(Acknowledgement.objects.create(ask=ask, **said, **whose))

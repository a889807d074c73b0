"""Recommendations of the demonstration's reviews, and what organisations do about them: every status is there."""

from typing import TYPE_CHECKING, Any

from actions.models import Action
from assurance_portal.locality.places import read
from chasing.models import Letter
from evidence.models import EvidenceItem
from reviews.models import ImpactReview, Position, Recommendation, RecommendationAction, Review
from reviews.models.parts import Doer

if TYPE_CHECKING:
    from assurance_portal.locality.reviews import Maker


def load(maker: "Maker", reviews: list[Review]) -> None:
    """Of each review that has some. Letters of the time are not sent now."""
    named = {review.pseudonym: review for review in reviews}
    for pseudonym, rows in read("recommendations").items():
        for row in rows:
            _recommendation(maker, named[pseudonym], row)
    Letter.objects.filter(kind="action_opened", state=Letter.State.PENDING).update(
        state=Letter.State.DROPPED, problem="Loaded with the demonstration: never sent"
    )


def _recommendation(maker: "Maker", review: Review, row: dict[str, Any]) -> None:
    by, at = review.registered_by, maker.at(row["recorded"])
    implication = row.get("implication", "")
    one = Recommendation.objects.add(
        review, number=row["number"], text=row["text"], addressed_to=row["to"], agency_name=row.get("agency", ""),
        commissioning_implication=bool(implication), implication=implication, by=by, at=at,
        themes=[maker.themes[code] for code in row["themes"]],
    )  # fmt: skip
    for each in row.get("for", ()):
        _part(maker, one, row, each, by=by, at=at)
    for each in row.get("positions", ()):
        _positions(maker, one, each, by=by)
    if row["answer"] != "not_answered":
        one.give_answer(row["answer"], expected=1, reason=row.get("reason", ""), by=by, at=at)


def _place(maker: "Maker", key: str) -> Any:
    return maker.commissioner if key == "own" else maker.locality.providers.get(key)


def _person(maker: "Maker", place: Any, who: str) -> Any:
    return maker.people.leads.get(place.pk) if who == "lead" else maker.people.get(who)


def _part(maker: "Maker", one: Recommendation, row: dict[str, Any], each: dict[str, Any], *, by: Any, at: Any) -> None:
    place = _place(maker, each["at"])
    if place is None:
        return
    owner = _person(maker, place, each["who"])
    doer = Doer(place, owner, "" if owner else each["who"])
    said = {"due_on": maker.ago(row["due"]), "evidence_required": row.get("proof", ""), "by": by, "at": at}
    (part,) = RecommendationAction.objects.fan_out(one, [doer], row["action"], plan={}, **said)
    action, ours = part.action, one.review.circle.members.filter(scope="whole").order_by("pk")
    people = [member.user for member in ours.select_related("user")]
    judge = next(person for person in people if person != owner)
    for what, when, *words in each.get("steps", ()):
        _step(maker, part, action, what, maker.at(when), words, owner=owner or by, judge=judge, people=people)


def _step(
    maker: "Maker", part: RecommendationAction, action: Action, what: str, at: Any, words: list[Any], *, owner: Any,
    judge: Any, people: list[Any],
) -> None:  # fmt: skip
    """One thing that happened, told in a line of the file."""
    action.refresh_from_db()
    if what == "report":
        action.report(words[0], outlook=words[1], by=owner, at=at)
    elif what == "proof":
        item = EvidenceItem.objects.create(
            commissioner=action.commissioner, organisation=action.organisation, circle=action.circle, kind="seen",
            title=words[0], seen_where="Shown at the meeting on the plan", added_by=owner, added_at=at,
        )  # fmt: skip
        action.prove(item, by=owner, at=at)
    elif what == "complete":
        action.complete(words[0], by=owner, at=at)
    elif what == "verify":
        action.verify(words[0], by=judge, at=at)
    elif what == "gone":
        action.evidence.get().item.withdraw(words[0], by=owner, at=at)
    elif what == "later":
        agreed_by = next(person for person in people if person != judge)
        action.move_date(maker.ago(words[0]), reason=words[1], agreed_by=agreed_by, by=judge, at=at)
    else:
        look = ImpactReview.objects.filter(part=part).outstanding().earliest("due_on")
        due_on = maker.ago(words[2]) if len(words) > 2 else None
        look.record(words[0], words[1], by=judge, at=at, due_on=due_on)


def _positions(maker: "Maker", one: Recommendation, each: dict[str, Any], *, by: Any) -> None:
    """Asked, and what was said since."""
    place = _place(maker, each["at"])
    if place is None:
        return
    whose = {"commissioner": one.commissioner, "organisation": place, "recommendation": one}
    Position.objects.create(**whose, as_at=maker.ago(each["asked"]), by=by, at=maker.at(each["asked"]))
    owner = _person(maker, place, each.get("who", ""))
    circle = one.review.circle
    if owner is not None and not circle.members.filter(user=owner).exists():
        circle.add(owner, scope="own", reason="States the organisation’s position", by=by, at=maker.at(each["asked"]))
    for when, where, words in each.get("said", ()):
        said = {"position": where, "statement": words, "as_at": maker.ago(when), "by": owner, "at": maker.at(when)}
        Position.objects.create(**whose, **said)

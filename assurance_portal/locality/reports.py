"""Reports asked for in the reviews of the demonstration, at every step: waiting, late, sent back, signed, submitted."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from chasing.models import Chase, Letter, Rung
from chasing.steps import step_date
from reviews.letters import ASKED
from reviews.models import Asked, Contribution, Review

if TYPE_CHECKING:
    from assurance_portal.locality.reviews import Maker


def ask(maker: "Maker", review: Review, rows: list[dict[str, Any]]) -> None:
    """Each report of one review, and how far it came. Who was asked by mail then is not written to now."""
    for row in rows:
        place = maker.commissioner if row["at"] == "own" else maker.locality.providers.get(row["at"])
        if place is None:
            continue
        account = maker.people.leads.get(place.pk) if row["who"] == "lead" else maker.people.get(row["who"])
        whom = Asked(place, account, "" if account else row["who"])
        (one,) = Contribution.objects.ask(
            review, row["part"], [whom], due_on=maker.ago(row["due"]), hours=row.get("hours"),
            by=review.registered_by, at=maker.at(row["asked"]),
        )  # fmt: skip
        _afterwards(maker, review, one, row)
    Letter.objects.filter(kind=ASKED, state=Letter.State.PENDING).update(
        state=Letter.State.DROPPED, problem="Loaded with the demonstration: never sent"
    )


def _afterwards(maker: "Maker", review: Review, one: Contribution, row: dict[str, Any]) -> None:
    """The steps that it took, in the order of their days."""
    author, ours = one.author or review.registered_by, review.circle.members.filter(scope="whole").order_by("pk")
    people = [each.user for each in ours.select_related("user")]
    reader = next(each for each in people if each != one.author)
    for verb, when, *words in row.get("steps", ()):
        said: dict[str, Any] = {"expected": one.version, "at": maker.at(when)}
        day = maker.ago(when)
        if verb == "draft":
            one.draft_in(day, by=author, words=words[0] if words else "", **said)
        elif verb == "later":
            one.extend(maker.ago(words[0]), reason=words[1], agreed_by=people[0], by=people[0], **said)
        elif verb == "signed":
            one.sign_off(day, words[0], words[1], by=author, **said)
        elif verb == "submitted":
            one.submit(day, words[0], by=author, **said)
        elif verb == "withdrawn":
            one.withdraw(words[0], by=people[0], **said)
        else:
            one.assure(verb, day, by=reader, words=words[0] if words else "", **said)


def passed(maker: "Maker", waiting: Iterable[Any], kind: str) -> None:
    """The reminder steps reached until today are noted as passed, so that the first morning does not storm."""
    rungs = list(Rung.objects.filter(ladder__kind=kind, ladder__commissioner=None))
    chases = []
    for one in waiting:
        reached = [rung for rung in rungs if step_date(one.due_on, rung.offset) <= maker.on]
        if reached:
            day = step_date(one.due_on, reached[-1].offset)
            chases.append(
                Chase(
                    kind=one.kind_code, thing=one.pk, due_version=one.due_version, rung=reached[-1],
                    commissioner_id=one.commissioner_id, organisation_id=one.organisation_id, circle_id=one.circle_id,
                    outcome=Chase.Outcome.SKIPPED, due_on=one.due_on, planned_on=day,
                    skipped=[rung.offset for rung in reached[:-1]],
                )
            )  # fmt: skip
    Chase.objects.bulk_create(chases)

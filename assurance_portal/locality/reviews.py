"""Reviews of the demonstration: invented cases of two years at every stage, each for its named people, and a look at
one of them in an emergency.
"""

from datetime import date, timedelta
from typing import Any

from accounts.models import Cover
from actions.models import Action
from assurance_portal.locality import learning, recommendations, reports
from assurance_portal.locality.places import Locality, read
from assurance_portal.locality.years import past
from providers.models import Organisation, Partnership
from reviews.forms.details import strands_of
from reviews.models import Contribution, EmergencyAccess, Review, ReviewRead, ReviewTheme
from reviews.models.parts import ORIGIN

# The partnership that owns a kind.
BOARDS = {
    "sar": "adults", "sar_discretionary": "adults", "rapid": "children", "lcspr": "children", "learning": "children",
    "dhr": "community_safety",
}  # fmt: skip
NAMED = ("local_reference", "chair", "reviewer", "methodology", "link")


class Maker:
    """What each of them needs: who acts, and today."""

    def __init__(self, locality: Locality, people: Any, *, on: date) -> None:
        self.locality, self.people, self.on = locality, people, on
        self.words = read("reviews")
        self.commissioner = next(iter(locality.commissioners.values()))
        self.themes = {each.code: each for each in ReviewTheme.objects.filter(commissioner=None)}
        partners = Partnership.objects.filter(commissioner=self.commissioner).select_related("board")
        self.boards: dict[str, Organisation] = {each.kind: each.board for each in partners}

    def ago(self, days: int) -> date:
        """So many days before today."""
        return self.on - timedelta(days=days)

    def at(self, days: int) -> Any:
        """The middle of the morning of that day."""
        return past(self.ago(days), on=self.on)


def load(locality: Locality, people: Any, *, on: date) -> None:
    """Every review with what happened in it."""
    maker = Maker(locality, people, on=on)
    made = [_review(maker, row) for row in maker.words["review"]]
    recommendations.load(maker, made)
    learning.load(maker, made)
    reports.passed(maker, Contribution.objects.outstanding(), Contribution.kind_code)
    promised = Action.objects.outstanding().filter(origin_kind=ORIGIN, state__in=Action.TO_DO)
    reports.passed(maker, promised, Action.kind_code)
    _looks(maker, made)


def _review(maker: Maker, row: dict[str, Any]) -> Review:
    named = [maker.people[key] for key in row["people"]]
    by, days = named[0], row["days"]
    text: dict[str, Any] = {name: row[name] for name in NAMED if name in row}
    text |= {f"theme_{n}": maker.themes[code] for n, code in enumerate(row.get("themes", ()), 1)}
    board = None if "board_name" in row else maker.boards.get(BOARDS.get(row["kind"], ""))
    review: Review = Review.objects.register(
        row["kind"], commissioner=maker.commissioner, people=named, reason=maker.words["reason"], by=by,
        at=maker.at(days), referred_on=maker.ago(days), pseudonym=row["pseudonym"], strands=strands_of(row["kind"]),
        board=board, board_name=row.get("board_name", ""), designated=by, family_involved=row.get("family"), **text,
    )  # fmt: skip
    happened = [(when, "event", what, words) for what, when, words in row["events"]]
    happened += [(when, "stage", what, words) for what, when, words in row["stages"]]
    for when, sort, what, words in sorted(happened, key=lambda each: (-each[0], each[1])):
        said: dict[str, Any] = {"on": maker.ago(when), "by": by, "at": maker.at(max(0, when))}
        if sort == "event":
            review.record(what, note=words, **said)
        else:
            review.move_to(what, expected=review.version, reason=words, **said)
    reports.ask(maker, review, row.get("reports", []))
    _afterwards(maker, review, row)
    return review


def _afterwards(maker: Maker, review: Review, row: dict[str, Any]) -> None:
    """Clocks that were moved, another kind, the end."""
    by = review.registered_by
    if "pause" in row:
        since, until, reason, chair = row["pause"]
        for verb, when in (("pause", since), ("resume", until)):
            clock = review.clocks.running().latest("due_on")
            said = {"reason": reason, "approved_by": chair, "by": by, "at": maker.at(when)}
            getattr(clock, verb)(maker.ago(when), expected=clock.version, **said)
    if "later" in row:
        when, ahead, reason, chair = row["later"]
        clock = review.clocks.running().latest("due_on")
        said = {"reason": reason, "approved_by": chair, "by": by, "at": maker.at(when)}
        clock.extend(maker.on + timedelta(days=ahead), expected=clock.version, **said)
    if "becomes" in row:
        kind, when, reason = row["becomes"]
        said = {"on": maker.ago(when), "by": by, "at": maker.at(when), "reason": reason}
        review.convert(kind, expected=review.version, **said)
    if "closed" in row:
        when, reason = row["closed"]
        review.close(expected=review.version, by=by, at=maker.at(when), reason=reason)


def _looks(maker: Maker, made: list[Review]) -> None:
    """Each was looked at by its people, some late in the evening, and one in an emergency."""
    for n, review in enumerate(made):
        for days, hour in ((20 - n, 10), (9, 22 if n == 1 else 14), (2, 11)):
            reader = review.registered_by
            at = past(maker.ago(days), hour, 5 * n, on=maker.on)
            ReviewRead.objects.create(review=review, reader=reader, at=at, what="The review")
    _of_last_month(maker, made)
    review, nurse, at = made[1], maker.people["nurse"], maker.at(12)
    EmergencyAccess.objects.let_in(
        nurse, review, reason="The coroner asked on the day, and nobody on the list was in the office", at=at
    )
    ReviewRead.objects.create(review=review, reader=nurse, at=at, what="The review", in_emergency=True)


def _of_last_month(maker: Maker, made: list[Review]) -> None:
    """A list taken away, and a week in which somebody covered for one of the people named."""
    away, instead, agreed = (maker.people[key] for key in ("lac", "adults", "director"))
    for review in made[:2]:
        ReviewRead.objects.create(
            review=review, reader=review.registered_by, at=maker.at(33), what="The register as a file", taken_away=True
        )
    Cover.objects.arrange(away, instead, first=maker.ago(40), last=maker.ago(34), reason="Leave", by=agreed)
    birch = next(review for review in made if review.pseudonym == "Child Birch")
    for days in (39, 36):
        ReviewRead.objects.create(
            review=birch, reader=instead, at=maker.at(days), what="The review", covering=away
        )  # fmt: skip

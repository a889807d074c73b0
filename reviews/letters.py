"""Letters about reviews: somebody was let in for an emergency, a report or a position is asked for.

No mail says what a review is about (hazard 27)."""

from datetime import date, datetime

from chasing.kinds import kind_of
from chasing.letters import Context, Writer, absolute, register
from chasing.models import Letter
from reviews.looks import LETTER, counted
from reviews.models import Contribution, EmergencyAccess, Position
from reviews.models.positions import ASKED as POSITIONS

ASKED = "review_report_asked"


def _emergency(letter: Letter, at: datetime) -> Context | None:
    given = EmergencyAccess.objects.select_related("user", "review").filter(pk=letter.about.get("emergency")).first()
    if given is None:
        return None
    return {"given": given, "link": absolute("reviews:review-list")}


def _asked(letter: Letter, at: datetime) -> Context | None:
    asked = Contribution.objects.outstanding().filter(pk=letter.about.get("contribution")).first()
    if asked is None:
        return None
    return {
        "due_on": asked.due_on,
        "reference": asked.reference,
        "link": kind_of(asked.kind_code).absolute(asked.reference),
    }


def _positions(letter: Letter, at: datetime) -> Context | None:
    mine = Position.objects.filter(
        recommendation__review=letter.about.get("review"), organisation=letter.about.get("organisation")
    )
    waiting = mine.holding().filter(position=Position.Where.NOT_SAID).count()
    return {"waiting": waiting, "link": absolute("reviews:position-list")} if waiting else None


def _looks(letter: Letter, at: datetime) -> Context:
    month = date(letter.about["year"], letter.about["month"], 1)
    link = f"{absolute('reviews:read-log')}?month={month:%Y-%m}&of=out"
    return {"month": month, "link": link, "found": counted(letter.commissioner_id or 0, month)}


def register_writers() -> None:
    """Called when the app is ready."""
    register(
        Writer("review_emergency", _emergency),
        Writer(ASKED, _asked),
        Writer(POSITIONS, _positions),
        Writer(LETTER, _looks),
    )

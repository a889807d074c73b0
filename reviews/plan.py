"""How the recommendations of a review stand, and what the register of actions asks of reviews and tells them.

The overall status of a recommendation is that of its worst open part, and says whose. Asked in one query for a page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.capabilities import Can
from actions.models import STATUSES, Action, Status
from actions.origins import Above, register_origin
from design.calendar import london_date
from reviews.models import ImpactReview, Recommendation, RecommendationAction, Review
from reviews.models.parts import ORIGIN, put_on_list
from reviews.reading import noted

if TYPE_CHECKING:
    from accounts.models import User

NO_ACTION = Status("no_action", "No action yet", "waiting")
RANK = {code: n for n, code in enumerate(STATUSES)}


@dataclass(frozen=True)
class Part:
    """How one organisation's action stands."""

    whose: str
    status: Status
    reopened: bool = False


@dataclass(frozen=True)
class Overall:
    """How a recommendation stands: the worst open part and whose, and how many count as verified."""

    status: Status
    whose: tuple[str, ...]
    verified: int
    parts: int
    reopened: bool = False

    @property
    def beside(self) -> str:
        """Whose, and how many of how many: what stands beside the tag."""
        named = ""
        if self.whose:
            more = len(self.whose) - 1
            named = self.whose[0] + (f" and {more} other{'' if more == 1 else 's'}" if more else "")
        counted = f"({self.verified} of {self.parts} part{'' if self.parts == 1 else 's'} verified)"
        return " ".join(filter(None, (named, counted if self.parts else "")))

    def __str__(self) -> str:
        return f"{self.status}: {self.beside}" if self.whose else f"{self.status} {self.beside}".strip()


def overall(parts: Iterable[Part], recommendation: Recommendation) -> Overall:
    """Of one recommendation with these parts."""
    held = sorted(parts, key=lambda part: RANK[part.status.code])
    verified, reopened = sum(part.status.counts for part in held), any(part.reopened for part in held)
    open_ = [part for part in held if part.status.is_open]
    if open_:
        worst = open_[0].status
        whose = tuple(dict.fromkeys(part.whose for part in open_ if part.status == worst))
        return Overall(worst, whose, verified, len(held), reopened)
    if recommendation.superseded_at is not None:
        return Overall(STATUSES["superseded"], (), verified, len(held))
    if recommendation.answer == recommendation.Answer.NOT_ACCEPTED:
        return Overall(STATUSES["not_accepted"], (), verified, len(held))
    return Overall(held[0].status if held else NO_ACTION, (), verified, len(held))


def with_overall(recommendations: Any, *, on: date) -> list[Recommendation]:
    """Each of a queryset with ``overall``, and with ``impacts``, the impact reviews that wait. One query for all."""
    failed = ImpactReview.objects.filter(part__action=OuterRef("pk"), outcome=ImpactReview.Outcome.FAILED)
    actions = Action.objects.filter(review_part__recommendation=OuterRef("pk")).with_status(on=on)
    said = actions.annotate(failed=Exists(failed)).order_by("organisation__name", "pk")
    waiting = ImpactReview.objects.filter(part__recommendation=OuterRef("pk")).outstanding().order_by("due_on", "pk")
    parts = JSONObject(whose="organisation__name", code="status_code", failed="failed")
    looks = JSONObject(
        pk="pk", whose="organisation__name", months="months", first="original_due_on", due="due_on",
        version="due_version",
    )  # fmt: skip
    rows: list[Any] = list(
        recommendations.annotate(
            held=ArraySubquery(said.values(part=parts)), waiting=ArraySubquery(waiting.values(look=looks))
        )
    )
    for row in rows:
        held = [(each["whose"], STATUSES[each["code"]], each["failed"]) for each in row.held]
        row.overall = overall([part_of(*each) for each in held], row)
        row.impacts = [Waiting.of(row.number, look) for look in row.waiting]
    return rows


def part_of(whose: str, status: Status, failed: bool) -> Part:
    """A part whose impact review failed was opened again, until it counts once more."""
    return Part(whose, status, failed and not status.counts)


@dataclass(frozen=True)
class Waiting:
    """An impact review that waits, in a line of a list."""

    pk: int
    number: str
    whose: str
    months: int
    first: date
    due: date
    moves: int

    @classmethod
    def of(cls, number: str, look: dict[str, Any]) -> "Waiting":
        """From what the database says."""
        first, due = (date.fromisoformat(look[name]) for name in ("first", "due"))
        return cls(look["pk"], number, look["whose"], look["months"], first, due, look["version"] - 1)


def _above(action: Action, reader: "User", at: datetime) -> list[Above]:
    """The number and words of the recommendation, and its plan; the way to it for whoever may read the review."""
    found = RecommendationAction.objects.filter(action=action).select_related("recommendation__review")
    part = found.first()
    if part is None:
        return []
    asked, review = part.recommendation, part.recommendation.review
    noted(review, reader, "An action", at=at)
    # The name of a national inquiry is known to everybody; of any other review a provider learns nothing.
    of = f" of the {review.pseudonym}" if review.kind == "inquiry" else ""
    url = link = ""
    if Review.objects.permitted(reader, Can.SEE_REVIEW, on=london_date(at)).filter(pk=review.pk).exists():
        url = reverse("reviews:recommendation-detail", args=[review.reference, asked.reference])
        link = "The recommendation and what others do about it"
    lines = [Above(f"Recommendation {asked.number}{of}", asked.text, url, link)]
    if part.milestones:
        lines.append(Above("Key milestones", part.milestones))
    return lines


def _verified(action: Action, by: "User", at: datetime) -> None:
    part = RecommendationAction.objects.select_related("action__circle").get(action=action)
    ImpactReview.objects.open_for(part, verified_on=london_date(at))


def _reopened(action: Action, by: "User", at: datetime) -> None:
    part = RecommendationAction.objects.get(action=action)
    ImpactReview.objects.end(part, "The action was opened again", at=at)


def _owned(action: Action, by: "User", at: datetime) -> None:
    put_on_list(action, by=by, at=at)


def register_plan() -> None:
    """Called when the app is ready."""
    tells: dict[str, Any] = {"above": _above, "verified": _verified, "reopened": _reopened, "owned": _owned}
    register_origin(ORIGIN, "Recommendation of a review", agreed=True, outlook=True, covered=True, **tells)

"""Every look at a review is noted, whoever looks; what stands out of the looks; and letting somebody in.

What stands out: looks by way of an emergency, by somebody who is no longer on the list, of files taken away, and out of
hours. All of it is for the Caldicott Guardian of the commissioner (trust.md row 25, threat T19).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.capabilities import Can
from accounts.models import CircleMember, Membership
from accounts.models.memberships import acts_of
from chasing.models import Letter
from design.calendar import london_date
from reviews.models import EmergencyAccess, Review, ReviewRead
from reviews.models.access import covered_places

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = {"out": "What stands out", "all": "Every look"}


def noted(
    review: Review, reader: "User", what: str, *, at: datetime, in_emergency: bool = False, taken_away: bool = False
) -> None:
    """One row for one look; by somebody who is there by cover only, for whom they cover."""
    place = None if in_emergency else covered_place(review, reader, on=london_date(at))
    ReviewRead.objects.create(
        review=review, reader=reader, at=at, what=what, taken_away=taken_away, in_emergency=in_emergency,
        covering=place.user if place else None,
    )  # fmt: skip


def covered_place(review: Review, reader: "User", *, on: date) -> CircleMember | None:
    """The place of the person for whom the reader covers, when they are on the list by that only."""
    acts = acts_of(reader, on)
    if acts is not None and not acts.covers:
        return None
    if CircleMember.objects.live(on=on).filter(circle=review.circle_id, user=reader).exists():
        return None
    return covered_places(reader, on).filter(circle=review.circle_id).select_related("user").first()


@transaction.atomic
def let_in(user: "User", review: Review, *, reason: str, at: datetime) -> EmergencyAccess:
    """Let the person read until the end of tomorrow; the list, for all of it, and the Caldicott Guardian are told."""
    given = EmergencyAccess.objects.let_in(user, review, reason=reason, at=at)
    whole = CircleMember.objects.live().filter(circle=review.circle_id, scope=CircleMember.Reach.WHOLE)
    listed = set(whole.values_list("user", flat=True))
    guardians = Membership.objects.live().filter(organisation=review.commissioner_id).granting(Can.SEE_REVIEW_READS)
    for reader in (listed | set(guardians.values_list("user", flat=True))) - {user.pk}:
        Letter.objects.write(
            "review_emergency", dedupe_key=f"review_emergency:{given.pk}:{reader}", at=at, to_user_id=reader,
            commissioner=review.commissioner, about={"emergency": given.pk},
        )  # fmt: skip
    return given


@dataclass
class Looks:
    """The rows of the log that were asked for."""

    rows: Any
    of: str
    review: str


def looks(user: "User", asked: Any) -> Looks:
    """The looks at reviews of the guardian's commissioners, the latest first: those that stand out, or every one."""
    reviews = Review.objects.permitted(user, Can.SEE_REVIEW_READS)
    rows = ReviewRead.objects.filter(review__in=reviews).with_reasons()
    of = asked.get("of") if asked.get("of") in SHOWN else "out"
    words = asked.get("review", "").strip()[:10]
    if words:
        rows = rows.filter(review__reference__iexact=words)
    if of == "out":
        rows = rows.standing_out()
    return Looks(rows.select_related("review", "reader").order_by("-at", "-pk"), of, words)

"""Every look at a review is noted, whoever looks, and by whose place they were there; and letting somebody in.

What stands out of the looks is in ``looks``.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.capabilities import Can
from accounts.models import CircleMember, Membership
from accounts.models.access import covered_places
from accounts.models.memberships import acts_of
from chasing.models import Letter
from design.calendar import london_date
from reviews.models import EmergencyAccess, Review, ReviewRead

if TYPE_CHECKING:
    from accounts.models import User


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


def noted_each(
    reviews: Iterable[Review], reader: "User", what: str, *, at: datetime, taken_away: bool = False
) -> None:  # fmt: skip
    """One row for each review of which a list says something. One statement."""
    ReviewRead.objects.bulk_create(
        ReviewRead(review=review, reader=reader, at=at, what=what, taken_away=taken_away)
        for review in sorted(reviews, key=lambda review: review.pk)
    )


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
